"""Ends of sentences, and words, in many scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.tasks.sentences import after_words, ends, words

PROSE = st.lists(st.sampled_from([*"aB1 \n.!?。」*", "Mr", "漢", "e.g", "😀"]), max_size=40).map("".join)


def split(text: str) -> list[str]:
    cuts = [0, *ends(text)]
    return [text[start:end].strip() for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True) if text[start:end]]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ('She said "No." He left.', ['She said "No."', "He left."]),
        ("Das kostet 3.50 Euro. Am 3. Oktober.", ["Das kostet 3.50 Euro.", "Am 3. Oktober."]),
        ("Mr. Smith met J. S. Bach in the U.S. Senate, e.g. once.", None),
        ("Wait... what? Yes.", ["Wait... what?", "Yes."]),
        ("彼は来た。「行こう。」と言った！終わり", ["彼は来た。", "「行こう。」", "と言った！", "終わり"]),
        ("هل هذا صحيح؟ نعم.", ["هل هذا صحيح؟", "نعم."]),
        ("यह सच है। हाँ।", ["यह सच है।", "हाँ।"]),
        ("**Bold.** Next.", ["**Bold.**", "Next."]),
        ("A title\nA line. Another", ["A title", "A line.", "Another"]),
        ("1. First\n2. Second", ["1. First", "2. Second"]),
        ("Mr.\nand etc.\n more", ["Mr.", "and etc.", "more"]),
        ("Yahoo! is a name.", None),
        ("See example.com. Then go.", ["See example.com.", "Then go."]),
    ],
)
def test_sentences_end_where_readers_end_them(text: str, sentences: list[str] | None) -> None:
    assert split(text) == (sentences or [text])


@given(text=PROSE, cut=st.integers(0, 60))
def test_ends_that_are_certain_early_stand_when_the_rest_has_come(text: str, cut: int) -> None:
    early = [*ends(text[:cut], whole=False)]
    assert [*ends(text)][: len(early)] == early


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("- one, two – three!", 3),
        ("漢字かな", 2),
        ("it's 3.5 %", 2),
        ("สวัสดีครับ", 2),
        ("مرحبا بالعالم", 2),
        ("ab漢字", 2),
    ],
)
def test_words_are_counted_in_any_script(text: str, count: int) -> None:
    assert words(text) == count


@given(text=PROSE, count=st.integers(1, 9))
def test_so_many_words_stand_before_the_offset(text: str, count: int) -> None:
    assert words(text[: after_words(text, count)]) == min(count, words(text))


@pytest.mark.parametrize("run", [".", '."', ". ", "\n", "a.", "。」", "*"])
def test_a_long_run_of_anything_is_read_in_linear_time(run: str) -> None:
    text = run * (200_000 // len(run))
    assert sum(1 for _ in ends(text)) + words(text) >= 0
