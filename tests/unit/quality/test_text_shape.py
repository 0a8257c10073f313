"""What is counted and found in texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.quality import text_shape


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" \n ", 0),
        ("One word, two words: five.", 5),
        ("It's a well-known fact, isn't it?", 6),
        ("1,204 tickets at 18.50", 4),
        ("a [link](https://a.example/b) — and `code()`", 4),
        ("図書館", 2),
        ("図書館 Tarn", 3),
        ("يصل الماء", 2),
    ],
)
def test_words_are_counted_in_every_script(text: str, count: int) -> None:
    assert text_shape.words(text) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("No full stop", 1),
        ("One. Two! Three?", 3),
        ("Dr. Nwosu left. She was late.", 2),
        ("Am 12. Dezember hielt der erste Zug. Endlich.", 2),
        ("It cost 4.50 in 2019. Then it rose.", 2),
        ("He said “Stop.” Then he left.", 2),
        ("They sell wool, honey, etc. and tools.", 1),
        ("駅まで歩いた。雨が降った。", 2),
        ("A heading\n\nA sentence.", 2),
    ],
)
def test_sentences_are_counted_and_abbreviations_end_none(text: str, count: int) -> None:
    assert text_shape.sentences(text) == count


@given(st.text())
def test_a_text_has_sentences_if_and_only_if_it_has_words(text: str) -> None:
    assert (text_shape.sentences(text) > 0) == (text_shape.words(text) > 0)


@pytest.mark.parametrize("line", ["* one", "- one", "+ one", "• one"])
def test_bullets_are_bullets(line: str) -> None:
    assert text_shape.is_bullet(line)


@pytest.mark.parametrize("line", ["one", "*one*", "-5 degrees", "*", ""])
def test_other_lines_are_no_bullets(line: str) -> None:
    assert not text_shape.is_bullet(line)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("**Bold**", {"strong"}),
        ("a *little*", {"em"}),
        ("# Title", {"heading"}),
        ("* one\n* two", {"bullet_list", "list_item"}),
        ("[a](https://a.example)", {"link"}),
        ("`x`", {"code_inline"}),
        ("a <b>tag</b>", {"html_inline"}),
    ],
)
def test_markup_is_named(text: str, kinds: set[str]) -> None:
    assert text_shape.markup(text) == kinds


@pytest.mark.parametrize(
    "text", ["", "5 * 3 * 2 = 30", "snake_case_name", "Mill Street\n9 am", "see https://a.example/b_c", "-5 °"]
)
def test_plain_text_has_no_markup(text: str) -> None:
    assert text_shape.markup(text) == frozenset()


def test_emphasis_that_is_not_closed_shows() -> None:
    assert text_shape.broken_emphasis("a **bold word")
    assert not text_shape.broken_emphasis("a **bold** word")
    assert not text_shape.broken_emphasis("the code `2 ** 3`")


def test_numbers_are_told_apart_by_value_and_not_by_grouping() -> None:
    assert (
        text_shape.numbers("11,800 euros")
        == text_shape.numbers("11.800 Euro")
        == text_shape.numbers("١١٨٠٠")
        == {"11800"}
    )
    assert text_shape.numbers("4.50") == {"4.50"}


def test_numbers_of_list_entries_and_addresses_are_none() -> None:
    assert text_shape.numbers("1. first\n2) second\nhttps://a.example/3") == frozenset()


def test_addresses_end_before_the_punctuation_around_them() -> None:
    text = "See https://a.example/b, (http://c.example) or x.y@d.example."
    assert text_shape.addresses(text) == {"https://a.example/b", "http://c.example", "x.y@d.example"}


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("It made 11,800 euros.", "11800"),
        ("Er kam am 12. Dezember 2021.", "12. dezember 2021"),
        ("On May 14 we meet", "14 May | May 14"),
        ("٤٢٠ بيتًا", "420"),
        ("SOLVANG", "Ingrid Solvang | Solvang"),
    ],
)
def test_a_fact_is_found_in_any_of_its_ways_of_writing(text: str, fact: str) -> None:
    assert text_shape.mentions(text, fact)


@pytest.mark.parametrize(("text", "fact"), [("4120 people", "12"), ("12.5 percent", "12"), ("3.12", "12"), ("", "12")])
def test_a_number_is_not_found_within_another(text: str, fact: str) -> None:
    assert not text_shape.mentions(text, fact)


def test_a_word_stands_by_itself() -> None:
    assert text_shape.says("It is Lima.", "LIMA")
    assert not text_shape.says("Climate", "lima")
    assert not text_shape.says("Saturno", "Saturn")
    assert text_shape.says("a <h1>", "<h1")


def test_places_to_fill_are_found_and_links_are_none() -> None:
    assert text_shape.placeholders("Dear [Name], see [us](https://a.example) [1]") == ["[Name]"]


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    text_shape.markup(text)
    text_shape.blocks(text)
    text_shape.broken_emphasis(text)
    text_shape.numbers(text)
    text_shape.addresses(text)
    assert "".join(text_shape.pieces(text)) == "".join(text.split()) or "_" in text
