"""Markup goes, words stay."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from support.staged import passed, split
from windowsill.tasks.writing.plain_text import PlainText

PIECES = (
    *("**", "*", "_", "__", "`", "# ", "- ", "* ", "> ", "\n", "\n\n", " ", "one", "two", "[a](http://b.c)", "&amp;"),
    *("<b>", "</b>", "```\n", "~~", "\\*", "---\n", "😀", "שלום"),
)
WORDS = st.text(st.sampled_from("abcdefgh"), min_size=1, max_size=6)


def plain(text: str) -> str:
    return passed(PlainText(), [text])


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("No markup, 3 * 4 and snake_case_name.", "No markup, 3 * 4 and snake_case_name."),
        ("**Bold**, *slanted*, ***both***, __b__, _s_ and ~~gone~~.", "Bold, slanted, both, b, s and gone."),
        ("# Title #\n\nText", "Title\n\nText"),
        ("Title\n=====\nText", "Title\nText"),
        ("- one\n* two\n  + three", "• one\n• two\n• three"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("> quoted\n>> twice", "quoted\ntwice"),
        ("a\n\n---\n\nb", "a\n\n\nb"),
        ("`code` and `__init__`", "code and __init__"),
        ("See [the page](https://a.b/c).", "See the page (https://a.b/c)."),
        ("<https://a.b/c> and [https://a.b](https://a.b)", "https://a.b/c and https://a.b"),
        ("![a picture](p.png)", "a picture"),
        ("x<sub>2</sub> <br/>and List<String>", "x2 and List<String>"),
        ("fish &amp; chips, 1 &lt; 2", "fish & chips, 1 < 2"),
        ("\\*not slanted\\*", "*not slanted*"),
        ("```py\na = b * c  # _x_\n```\nafter", "a = b * c  # _x_\nafter"),
        ("**over\ntwo lines**", "over\ntwo lines"),
        ("#hashtag -5 +1 *", "#hashtag -5 +1 *"),
        ("    indented", "indented"),
        ("**粗体**文字", "粗体文字"),
    ],
)
def test_markup_is_left_out(markdown: str, text: str) -> None:
    assert plain(markdown) == text


def test_points_keep_the_bullet_that_was_asked_for() -> None:
    assert passed(PlainText("* "), ["* **one**: _a_\n* two"]) == "* one: a\n* two"


def test_text_without_markup_goes_out_word_by_word() -> None:
    stage = PlainText()
    assert [stage.push(piece) for piece in ("One tw", "o three", " *four", "* five", "\n")] == [
        "One ",
        "two ",
        "three ",
        "",
        "four five\n",
    ]


@given(text=st.lists(st.sampled_from(PIECES), max_size=16).map("".join), cuts=st.lists(st.integers(0, 80), max_size=12))
def test_how_the_answer_was_cut_changes_nothing(text: str, cuts: list[int]) -> None:
    assert passed(PlainText(), split(text, cuts)) == plain(text)


# A word right after a fence names the code's language, and is markup.
@given(text=st.lists(st.sampled_from(PIECES), max_size=16).map("".join).filter(lambda s: not re.search("[~`]{3}.", s)))
def test_no_word_is_lost(text: str) -> None:
    said = re.findall("one|two|😀|שלום", text)
    assert re.findall("one|two|😀|שלום", plain(text)) == said


@given(
    words=st.lists(WORDS, min_size=3, max_size=8),
    marks=st.lists(st.sampled_from(["", "*", "**", "_", "__", "`", "~~", "***"]), min_size=8, max_size=8),
    begins=st.sampled_from(["", "# ", "### ", "- ", "> ", "> - "]),
)
def test_commonmark_sees_nothing_but_text_in_what_is_left(words: list[str], marks: list[str], begins: str) -> None:
    line = begins + " ".join(f"{mark}{word}{mark}" for mark, word in zip(marks, words, strict=False))
    tokens = MarkdownIt("commonmark").enable("strikethrough").parse(plain(line))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert {token.type for token in tokens[1].children or []} == {"text"}


def test_a_line_that_is_too_long_to_be_parsed_at_once_is_plain_all_the_same() -> None:
    words = [f"word{number}" for number in range(2_000)]
    assert plain(" ".join(f"**{word}**," for word in words)) == " ".join(f"{word}," for word in words)
    assert plain("[" * 20_000) == "[" * 20_000


def test_blanks_in_a_heading_take_no_time_to_speak_of() -> None:
    assert plain("# a" + " " * 200_000 + "b ##").split() == ["a", "b"]
