"""A text in the pieces that a correction may replace: words, blanks, and single characters as a reader sees them. Pure.

Rule: a token is whole grapheme clusters, so that no correction cuts an emoji, an accent or a surrogate pair in two.
"""

from __future__ import annotations

from typing import Final

import regex

UNSPACED: Final = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
"""Scripts that put nothing between words: each cluster is a token, or a whole sentence would be a word."""

LONGEST_TOKEN: Final = 64
"""Clusters of one token (count): the longest words there are; what is longer is noise, and is cut to fit a piece."""

_LETTER: Final = rf"(?=[\p{{L}}\p{{N}}--[{UNSPACED}]])\X"
_WORD: Final = rf"(?:{_LETTER}|(?=['’])\X(?={_LETTER})(?<=['’]))"
_BLANK: Final = r"(?=\s)\X(?<=\s)"
_TOKEN: Final = regex.compile(
    rf"{_LETTER}{_WORD}{{0,{LONGEST_TOKEN - 1}}}+|(?:{_BLANK}){{1,{LONGEST_TOKEN}}}+|\X", regex.VERSION1
)


def tokens(text: str) -> list[str]:
    """The text in order, nothing left out."""
    found: list[str] = _TOKEN.findall(text)
    return found


def is_blank(token: str) -> bool:
    """Whether a reader sees nothing of it but room."""
    return token.isspace()


def is_word(token: str) -> bool:
    """Whether it is of letters or digits."""
    return token[0].isalnum()
