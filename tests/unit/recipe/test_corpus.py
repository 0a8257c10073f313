"""The corpus: seeded, honest about what is held out, and consistent with its own expectations."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipe.corpus import SKILLS, conversations, evaluation
from recipe.exchange import fits, held_out, listed, plural, sentence, with_article


def test_the_same_seed_gives_the_same_conversations() -> None:
    first = list(itertools.islice(conversations(3), 300))
    assert first == list(itertools.islice(conversations(3), 300))
    assert first != list(itertools.islice(conversations(4), 300))


def test_the_same_seed_gives_the_same_evaluation() -> None:
    assert evaluation(1, 5) == evaluation(1, 5)
    assert evaluation(1, 5) != evaluation(2, 5)


def test_every_expected_answer_fits_its_own_expectation() -> None:
    for turns in itertools.islice(conversations(5), 3000):
        for turn in turns:
            assert turn.role != "assistant" or fits(turn.content, turn.accept), turn


def test_a_conversation_alternates_user_and_assistant_after_an_optional_system_prompt() -> None:
    for turns in itertools.islice(conversations(6), 1000):
        roles = [turn.role for turn in turns]
        if roles[0] == "system":
            roles = roles[1:]
        assert roles == ["user", "assistant"] * (len(roles) // 2)
        assert roles


def test_no_training_conversation_asks_a_held_out_question_of_a_skill() -> None:
    asked = {turns[0].content for name in SKILLS for turns in evaluation(1, 40)[name]}
    assert all(held_out(question) for question in asked)
    trained = {
        turn.content for turns in itertools.islice(conversations(7), 5000) for turn in turns if turn.role == "user"
    }
    assert not asked & trained


def test_the_evaluation_covers_every_skill() -> None:
    assert set(SKILLS) <= set(evaluation(1, 1))


@pytest.mark.parametrize(
    ("answer", "accept", "expected"),
    [
        ("A banana is yellow.", ("yellow",), True),
        ("The cattle are here.", ("cat",), False),
        ("Yes!", ("no", "yes"), True),
        ("", ("no",), False),
    ],
)
def test_an_answer_fits_when_it_holds_an_accepted_text_as_whole_words(
    answer: str, accept: tuple[str, ...], expected: bool
) -> None:
    assert fits(answer, accept) is expected


@pytest.mark.parametrize(
    ("noun", "article", "many"),
    [("cat", "a cat", "cats"), ("owl", "an owl", "owls"), ("fox", "a fox", "foxes"), ("mouse", "a mouse", "mice"),
     ("cherry", "a cherry", "cherries"), ("key", "a key", "keys"), ("wolf", "a wolf", "wolves")],
)  # fmt: skip
def test_nouns_get_their_article_and_plural(noun: str, article: str, many: str) -> None:
    assert with_article(noun) == article
    assert plural(noun) == many


@given(st.lists(st.sampled_from(["red", "blue", "green"]), min_size=1, max_size=6))
def test_a_listing_names_every_item_and_joins_the_last_two_with_and(items: list[str]) -> None:
    text = listed(items)
    assert text.replace(" and ", ", ").split(", ") == items
    assert sentence(text)[0].isupper()
