"""Conversations in memory: who finds them, which of them, and which go first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from windowsill.engine.prefix_tree import common
from windowsill.engine.saved_states import MOST_STATES, SavedStates


def found(states: SavedStates, tokens: list[int], origin: str) -> tuple[int, int] | None:
    best = states.best(tokens, origin, len(tokens))
    return best and (best[0].key, best[1])


def test_an_origin_finds_its_own_and_our_instructions_only() -> None:
    states = SavedStates(100)
    own, _ = states.add("a", [1, 2, 3])
    ours, _ = states.add(None, [7, 8])
    assert found(states, [1, 2, 9], "a") == (own, 2)
    assert found(states, [1, 2, 9], "b") is None
    assert found(states, [7, 8, 9], "b") == (ours, 2)


def test_what_shares_most_is_found_up_to_the_limit() -> None:
    states = SavedStates(100)
    states.add("a", [1, 2, 9])
    longer, _ = states.add("a", [1, 2, 3, 4, 5])
    best = states.best([1, 2, 3, 4, 5, 6], "a", 4)
    assert best is not None
    assert (best[0].key, best[1]) == (longer, 4)


def test_nothing_is_found_after_all_was_forgotten() -> None:
    states = SavedStates(4)
    keys = [states.add("a", [token, token])[0] for token in (1, 2)]
    assert states.clear() == keys
    assert found(states, [1, 1], "a") is None
    assert states.add("a", [3, 3, 3, 3])[1] == [], "all the room is there again"


def test_least_recently_used_goes_first() -> None:
    states = SavedStates(4)
    first, _ = states.add("a", [1, 1])
    second, _ = states.add("a", [2, 2])
    assert first is not None
    states.use(first)
    third, forgotten = states.add("a", [3, 3])
    assert forgotten == [second]
    assert first in states
    assert third in states


def test_what_another_begins_with_is_not_held_twice() -> None:
    states = SavedStates(6)
    short, _ = states.add("a", [1, 2])
    other, _ = states.add("b", [1, 2])
    long, forgotten = states.add("a", [1, 2, 3])
    assert forgotten == [short]
    assert other in states
    assert long in states


def test_too_much_is_not_saved_and_costs_nobody() -> None:
    states = SavedStates(3)
    kept, _ = states.add("a", [1, 2, 3])
    assert states.add("a", [4] * 4) == (None, [])
    assert kept in states


def test_of_many_short_ones_the_newest_are_held() -> None:
    states = SavedStates(1_000_000)
    first, *_, newest = [states.add("a", [token])[0] for token in range(MOST_STATES)]
    another, forgotten = states.add("a", [MOST_STATES])
    assert forgotten == [first]
    assert newest in states
    assert another in states
    assert states.add("a", [MOST_STATES, 1])[1] == [another], "what it goes on from gave it its place"


few_tokens = st.lists(st.integers(0, 2), min_size=1, max_size=8)


@given(saved=st.lists(st.tuples(st.sampled_from(["a", "b", None]), few_tokens)), asked=few_tokens)
def test_nothing_that_an_origin_may_know_of_shares_more_than_what_is_found(
    saved: list[tuple[str | None, list[int]]], asked: list[int]
) -> None:
    states = SavedStates(1_000)
    for origin, tokens in saved:
        states.add(origin, tokens)
    limit = len(asked) - 1
    best = states.best(asked, "a", limit)
    shared = max([common(tokens, asked, 0, limit) for origin, tokens in saved if origin in {"a", None}], default=0)
    assert (0 if best is None else best[1]) == shared
    if best is not None:
        assert best[0].origin in {"a", None}
        assert common(best[0].tokens, asked, 0, limit) == shared
