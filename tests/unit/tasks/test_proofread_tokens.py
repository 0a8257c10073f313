"""Where a text may be taken apart."""

from __future__ import annotations

import itertools

import pytest
import regex
from hypothesis import given

from support.awkward_texts import TEXTS
from windowsill.tasks.proofread_tokens import LONGEST_TOKEN, is_blank, is_word, tokens


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("", []),
        ("Hello, world!", ["Hello", ",", " ", "world", "!"]),
        ("I can't, it’s", ["I", " ", "can't", ",", " ", "it’s"]),
        ("dogs' 'tis", ["dogs", "'", " ", "'", "tis"]),
        ("well-known", ["well", "-", "known"]),
        ("a \r\n\r\n\tb", ["a", " \r\n\r\n\t", "b"]),
        ("👩‍👩‍👧🇩🇪e\u0301t", ["👩‍👩‍👧", "🇩🇪", "e\u0301t"]),
        (" \u0301a", [" \u0301", "a"]),
        ("他是我", ["他", "是", "我"]),
        ("สวัสดี", ["ส", "วั", "ส", "ดี"]),
        ("привет мир", ["привет", " ", "мир"]),
    ],
)
def test_words_stay_whole_and_marks_stand_alone(text: str, taken: list[str]) -> None:
    assert tokens(text) == taken


@given(TEXTS)
def test_the_tokens_of_any_text_are_the_text(text: str) -> None:
    assert "".join(tokens(text)) == text


@given(TEXTS)
def test_no_token_begins_or_ends_within_a_grapheme_cluster(text: str) -> None:
    borders = set(itertools.accumulate(map(len, regex.findall(r"\X", text))))
    assert set(itertools.accumulate(map(len, tokens(text)))) <= borders


@given(TEXTS)
def test_a_token_is_blank_or_a_word_or_one_cluster(text: str) -> None:
    for token in tokens(text):
        assert is_blank(token) + is_word(token) == 1 or len(regex.findall(r"\X", token)) == 1


@pytest.mark.parametrize("letter", ["x", " ", "\n"])
def test_what_is_longer_than_any_word_is_several_tokens(letter: str) -> None:
    assert tokens(letter * 3 * LONGEST_TOKEN) == [letter * LONGEST_TOKEN] * 3
