"""Prompt lookup: what it guesses, and when it stops guessing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.engine import speculation
from windowsill.engine.speculation import (
    FIRST_DRAFT,
    FIRST_REST,
    LONGEST_DRAFT,
    LONGEST_KEY,
    LONGEST_REST,
    SHORTEST_KEY,
    Lookup,
)

FREE = 0.0
"""Cost of a row that makes every guess pay, so that nothing is switched off."""

USUAL = 0.35
"""Cost of a row on a processor."""

COPYING = [*range(200), 40, 41]
"""A prompt whose end begins to repeat its middle."""

texts = st.lists(st.integers(0, 3), max_size=60)


def found_by_hand(tokens: list[int], size: int) -> list[int]:
    """What followed the newest earlier place of the longest ending, over and over."""
    for length in range(LONGEST_KEY, SHORTEST_KEY - 1, -1):
        for start in range(len(tokens) - length - 1, -1, -1):
            if len(tokens) > length and tokens[start : start + length] == tokens[-length:]:
                period = tokens[start + length :]
                return (period * size)[:size]
    return []


def found_in_the_newest(tokens: list[int], bound: int) -> list[int]:
    """The first token of a guess that knows only what stands at the ``bound`` newest places."""
    for length in range(LONGEST_KEY, SHORTEST_KEY - 1, -1):
        for start in range(len(tokens) - length - 1, -1, -1):
            if start + length >= len(tokens) - bound and tokens[start : start + length] == tokens[-length:]:
                return [tokens[start + length]]
    return []


def fail(lookup: Lookup, row_cost: float = USUAL) -> int:
    """Guess wrongly until it stops guessing; the number of guesses."""
    guesses = 0
    while drafted := lookup.draft(LONGEST_DRAFT):
        lookup.judge(len(drafted), 0, row_cost)
        guesses += 1
    return guesses


def rest(lookup: Lookup) -> int:
    """Tokens until it guesses again."""
    tokens = 0
    while not lookup.draft(LONGEST_DRAFT):
        lookup.push(7)
        tokens += 1
    return tokens


@given(texts, texts, st.integers(1, LONGEST_DRAFT))
def test_draft_is_what_a_search_by_hand_finds(prompt: list[int], answer: list[int], limit: int) -> None:
    lookup = Lookup(prompt)
    tokens = list(prompt)
    for token in answer:
        lookup.push(token)
        tokens.append(token)
        assert lookup.draft(limit) == found_by_hand(tokens, min(limit, FIRST_DRAFT))


@given(texts, st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20), st.integers(0, 20))), st.floats(0, 1))
def test_draft_is_never_longer_than_its_limit(
    prompt: list[int], steps: list[tuple[int, int, int]], row_cost: float
) -> None:
    lookup = Lookup(prompt)
    for token, limit, right in steps:
        drafted = lookup.draft(limit)
        assert len(drafted) <= min(limit, LONGEST_DRAFT)
        lookup.judge(len(drafted), min(right, len(drafted)), row_cost)
        lookup.push(token)


def test_draft_goes_on_with_the_text_that_is_copied() -> None:
    prompt = list(range(100))
    lookup = Lookup([*prompt, 40, 41])
    assert lookup.draft(LONGEST_DRAFT) == [42, 43, 44]


def test_draft_grows_while_every_guess_is_right() -> None:
    lookup = Lookup(COPYING)
    sizes = []
    for _ in range(4):
        drafted = lookup.draft(100)
        sizes.append(len(drafted))
        lookup.judge(len(drafted), len(drafted), USUAL)
        for token in drafted:
            lookup.push(token)
    assert sizes == [3, 7, 15, LONGEST_DRAFT]


def test_draft_shrinks_to_what_was_right() -> None:
    lookup = Lookup(COPYING)
    lookup.judge(15, 15, FREE)
    lookup.judge(15, 5, FREE)
    assert len(lookup.draft(100)) == 7
    lookup.judge(7, 4, FREE)
    assert len(lookup.draft(100)) == 7
    lookup.judge(7, 1, FREE)
    assert len(lookup.draft(100)) == 3
    lookup.judge(3, 0, FREE)
    assert len(lookup.draft(100)) == 1


def test_draft_fills_rows_that_are_computed_four_at_a_time() -> None:
    lookup = Lookup(COPYING)
    sizes = set()
    for right in (3, 7, 15, 9, 2, 0, 0, 0):
        drafted = lookup.draft(LONGEST_DRAFT)
        sizes.add(len(drafted))
        lookup.judge(len(drafted), min(right, len(drafted)), FREE)
    assert sizes == {3, 7, 15, 1}


def test_an_empty_guess_changes_nothing() -> None:
    lookup = Lookup(COPYING)
    for _ in range(100):
        lookup.judge(0, 0, USUAL)
    assert len(lookup.draft(100)) == FIRST_DRAFT


def test_guessing_stops_when_it_does_not_pay_and_is_tried_again_ever_later() -> None:
    lookup = Lookup(COPYING)
    rests = []
    for _ in range(7):
        assert 0 < fail(lookup) <= 4
        rests.append(rest(lookup))
    assert rests == [FIRST_REST, 64, 128, 256, 512, LONGEST_REST, LONGEST_REST]


def test_rests_are_short_again_after_guesses_that_paid() -> None:
    lookup = Lookup(COPYING)
    fail(lookup)
    rest(lookup)
    fail(lookup)
    rest(lookup)
    lookup.judge(LONGEST_DRAFT, LONGEST_DRAFT, USUAL)
    assert lookup.draft(4)
    fail(lookup)
    assert rest(lookup) == FIRST_REST


def test_draft_goes_on_behind_a_word_that_was_changed() -> None:
    lookup = Lookup([*range(100), 40, 41])
    assert lookup.draft(LONGEST_DRAFT) == [42, 43, 44]
    lookup.judge(3, 1, USUAL)
    for token in (42, 1000):
        lookup.push(token)
    assert lookup.draft(LONGEST_DRAFT) == [44]
    lookup.judge(1, 0, USUAL)
    lookup.push(2000)
    assert lookup.draft(LONGEST_DRAFT) == []


def test_guessing_goes_on_at_any_cost_that_its_hits_pay_for() -> None:
    lookup = Lookup(COPYING)
    for _ in range(100):
        lookup.judge(4, 1, 0.23)
    assert lookup.draft(4)


def test_guessing_stops_sooner_where_rows_cost_more() -> None:
    assert fail(Lookup(COPYING), row_cost=0.9) < fail(Lookup(COPYING), row_cost=0.1)


@pytest.mark.parametrize(("bound", "drafted"), [(5, []), (6, [3, 4, 5])])
def test_the_index_forgets_the_oldest_tokens(monkeypatch: pytest.MonkeyPatch, bound: int, drafted: list[int]) -> None:
    monkeypatch.setattr(speculation, "INDEXED_TOKENS", bound)
    lookup = Lookup([1, 2, 3, 4, 5, 6])
    lookup.push(1)
    lookup.push(2)
    assert lookup.draft(4) == drafted


@given(st.lists(st.integers(0, 3), max_size=200))
def test_the_index_is_bounded_and_right_when_it_is_full(tokens: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(speculation, "INDEXED_TOKENS", 20)
        lookup = Lookup([])
        for count, token in enumerate(tokens, 1):
            lookup.push(token)
            assert all(len(followers) <= 20 for followers in lookup._followers)
            assert lookup.draft(4)[:1] == found_in_the_newest(tokens[:count], 20)


def test_keys_of_different_tokens_differ() -> None:
    lookup = Lookup([0, 0, 9, 0, 0])
    assert lookup.draft(1) == [9]
    assert Lookup([2**31 - 1, 1, 5, 2**31 - 2, 1]).draft(1) == []
