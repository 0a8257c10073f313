"""Answers end within their limits, at the end of a sentence where there is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.staged import passed, split
from windowsill.tasks import sentences
from windowsill.tasks.writing.limits import ELLIPSIS, Limited, Limits

PROSE = st.lists(st.sampled_from([*"aB \n.!。」", "word ", "漢字", "😀", ". "]), max_size=40).map("".join)


@pytest.mark.parametrize(
    ("text", "count", "given"),
    [
        ("One. Two. Three.", 1, "One."),
        ("One. Two. Three.", 2, "One. Two."),
        ("One. Two", 3, "One. Two"),
        ('He said "No." Then.', 1, 'He said "No."'),
        ("一。二。三。", 2, "一。二。"),
        ("\n\nOne\n\nTwo", 1, "\n\nOne"),
        ("Dr. Who came. He left.", 1, "Dr. Who came."),
    ],
)
def test_no_more_sentences_come_than_allowed(text: str, count: int, given: str) -> None:
    stage = Limited(Limits(words=100, sentences=count))
    assert passed(stage, [text]) == given


def test_an_answer_ends_at_the_last_sentence_that_fits() -> None:
    stage = Limited(Limits(words=8))
    assert (
        passed(stage, ["One two three four five. Six seven. Eight nine ten."]) == "One two three four five. Six seven."
    )
    assert stage.full


def test_a_sentence_that_is_too_long_by_itself_is_cut_and_says_so() -> None:
    stage = Limited(Limits(words=3))
    assert passed(stage, ["One two three four five."]) == f"One two three{ELLIPSIS}"


def test_the_first_half_is_given_as_it_comes_and_the_rest_by_sentences() -> None:
    stage = Limited(Limits(words=6))
    pieces = ["One two", " three.", " Four", " five.", " Six"]
    assert [stage.push(piece) for piece in pieces] == ["One two", " three.", "", "", " Four five."]
    assert stage.finish() == " Six"


@given(text=PROSE, words=st.integers(1, 12), count=st.none() | st.integers(1, 3), cuts=st.lists(st.integers(0, 99)))
def test_limits_hold_however_the_answer_was_cut(text: str, words: int, count: int | None, cuts: list[int]) -> None:
    limits = Limits(words=words, sentences=count)
    given = passed(Limited(limits), [text])
    assert passed(Limited(limits), split(text, cuts)).rstrip() == given.rstrip()
    assert sentences.words(given) <= words
    assert text.startswith(given.removesuffix(ELLIPSIS))


def test_a_long_sentence_is_counted_on_and_not_anew_with_every_word() -> None:
    stage = Limited(Limits(words=50_000))
    assert "".join(stage.push("word ") for _ in range(40_000)).startswith("word word")
    assert not stage.full
    assert passed(Limited(Limits(words=3)), ["one two ", "three", " four"]) == f"one two three{ELLIPSIS}"
