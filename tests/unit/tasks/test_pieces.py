"""Pieces make the text again, and are cut where little is torn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.tasks.pieces import framed, paragraphs, pieces

TEXTS = st.text(st.one_of(st.sampled_from(" \n\r\t.!?。、)\u200d\u0301aé字👩🏽"), st.characters()), max_size=200)


@given(TEXTS, st.integers(1, 60))
def test_pieces_make_the_text_again_and_are_as_short_as_asked(text: str, most: int) -> None:
    parts = pieces(text, most)
    assert "".join(parts) == text
    assert all(0 < len(part) <= most for part in parts)


@given(TEXTS)
def test_paragraphs_make_the_text_again_and_hold_no_blank_line_inside(text: str) -> None:
    parts = paragraphs(text)
    assert "".join(parts) == text
    assert all("\n\n" not in part.strip() for part in parts)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One.\n\n\nTwo.", ("One.\n\n\n", "Two.")),
        ("One.\r\nTwo?\nThree", ("One.\r\n", "Two?\n", "Three")),
        ("A line that goes\non in the next.", ("A line that goes\non in the next.",)),
        ("List\n- one\n  * two\n3. three", ("List\n", "- one\n", "  * two\n", "3. three")),
    ],
)
def test_lines_are_told_apart_from_where_a_line_was_full(text: str, parts: tuple[str, ...]) -> None:
    assert paragraphs(text) == parts


@given(TEXTS)
def test_a_frame_makes_the_text_again_and_its_core_begins_and_ends_with_something(text: str) -> None:
    parts = framed(text)
    assert parts.before + parts.core + parts.after == text
    assert parts.core == parts.core.strip()


@pytest.mark.parametrize("text", ["", " \r\n\t\f", "\x00\x01\x1f", "\u3000\u00a0"])
def test_a_blank_text_has_no_core(text: str) -> None:
    assert framed(text).core == ""


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One two.\n\nThree four.", ("One two.\n\n", "Three four.")),
        ("One. Two three.\nFour five.", ("One. Two three.\n", "Four five.")),
        ("Is it one? It is two.", ("Is it one? ", "It is two.")),
        ('He said: "No!" Then left.', ('He said: "No!" ', "Then left.")),
        ("one two three four five six", ("one two three four five ", "six")),
        (
            "昨日は大きい市場に行きました。そして、パンを買いました。",
            ("昨日は大きい市場に行きました。", "そして、パンを買いました。"),
        ),
        ("क्या यह एक है। यह दो है।", ("क्या यह एक है। ", "यह दो है।")),
    ],
)
def test_a_text_is_cut_at_the_best_border_there_is(text: str, parts: tuple[str, ...]) -> None:
    assert pieces(text, len(text) - 1) == parts


@pytest.mark.parametrize("character", ["é", "👩🏽", "👩\u200d👩\u200d👧", "कि"])
def test_what_is_one_character_for_a_reader_is_not_cut_in_two(character: str) -> None:
    parts = pieces(character * 20, 7)
    assert all(len(part) % len(character) == 0 for part in parts)


def test_a_sentence_border_far_from_the_end_gives_way_to_a_word_border() -> None:
    assert pieces("No. " + "word " * 40, 100)[0] == "No. " + "word " * 19


@pytest.mark.parametrize("unit", ["\n ", ".)", ". ", "\n\n", " ", "\u0301", "\u200d", "a", "。」"])
def test_a_text_of_megabytes_of_anything_is_cut(unit: str) -> None:
    text = unit * (2**21 // len(unit))
    assert sum(map(len, pieces(text, 4000))) == len(text)
    assert sum(map(len, paragraphs(text))) == len(text)
