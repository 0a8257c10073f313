"""Which corrections make one text of another."""

from __future__ import annotations

from itertools import pairwise

import pytest
import regex
from hypothesis import given

from support.awkward_texts import TEXTS
from windowsill.tasks.proofread_diff import Edit, applied, edits, utf16_offsets


def found(text: str, corrected: str) -> list[tuple[str, str]]:
    return [(text[edit.start : edit.end], edit.text) for edit in edits(text, corrected)]


@pytest.mark.parametrize(
    ("text", "corrected", "corrections"),
    [
        ("I has teh key.", "I have the key.", [("has", "have"), ("teh", "the")]),
        ("the same", "the same", []),
        ("its fine", "it's fine", [("its", "it's")]),
        ("hello world", "Hello, world!", [("hello", "Hello"), ("", ","), ("", "!")]),
        ("I saw alot", "I saw a lot", [("alot", "a lot")]),
        ("I can not go", "I cannot go", [("can not", "cannot")]),
        ("He is in house", "He is in the house", [("", "the ")]),
        ("the the cat", "the cat", [("the ", "")]),
        ("a well known man", "a well-known man", [(" ", "-")]),
        ("Hi , you", "Hi, you", [(" ", "")]),
        ("我门走", "我们走", [("门", "们")]),
        ("我他门走", "我我们走", [("他门", "我们")]),
        ("a 👩‍👩‍👧 teh", "a 👩‍👧 the", [("👩‍👩‍👧", "👩‍👧"), ("teh", "the")]),
        ("cafe\u0301 teh", "café the", [("cafe\u0301", "café"), ("teh", "the")]),
        ("one\r\ntwo", "one\ntwo", [("\r\n", "\n")]),
        ("", "a", [("", "a")]),
        ("a", "", [("a", "")]),
    ],
)
def test_a_correction_is_what_a_reader_would_mark(
    text: str, corrected: str, corrections: list[tuple[str, str]]
) -> None:
    assert found(text, corrected) == corrections


@given(TEXTS, TEXTS)
def test_the_edits_of_any_text_give_the_other(text: str, corrected: str) -> None:
    assert applied(text, edits(text, corrected)) == corrected


@given(TEXTS, TEXTS)
def test_edits_ascend_do_not_overlap_and_change_something(text: str, corrected: str) -> None:
    made = edits(text, corrected)
    for edit in made:
        assert 0 <= edit.start <= edit.end <= len(text)
        assert text[edit.start : edit.end] != edit.text
    for one, next_one in pairwise(made):
        assert one.end <= next_one.start
        assert (one.start, one.end) < (next_one.start, next_one.end)


@given(TEXTS, TEXTS)
def test_no_edit_begins_or_ends_within_a_grapheme_cluster(text: str, corrected: str) -> None:
    borders = {0, *(cluster.end() for cluster in regex.finditer(r"\X", text))}
    for edit in edits(text, corrected):
        assert {edit.start, edit.end} <= borders


@given(TEXTS, TEXTS)
def test_a_page_that_applies_them_in_utf_16_gets_the_other_text(text: str, corrected: str) -> None:
    made, units = edits(text, corrected), text.encode("utf-16-le")
    parts, at = [], 0
    for edit, (start, end) in zip(made, utf16_offsets(text, made), strict=True):
        parts += [units[2 * at : 2 * start], edit.text.encode("utf-16-le")]
        at = end
    assert b"".join([*parts, units[2 * at :]]).decode("utf-16-le") == corrected


def test_offsets_count_two_for_what_is_beyond_the_basic_plane() -> None:
    assert list(utf16_offsets("👍 teh", [Edit(2, 5, "the"), Edit(5, 5, ".")])) == [(3, 6), (6, 6)]
