"""A long text in pieces, cut where least is torn: between paragraphs, lines, sentences, words. Pure.

Rules this file keeps: pieces, put together, are the text; no piece is empty; reading a text takes time in proportion to
its length, whatever it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from msgspec import Struct

PARAGRAPHS: Final = re.compile(r"\n\s*\n\s*|(?<=[.!?…:;。！？؟।])\r?\n\s*|\n(?=[^\S\n]*(?:[-*•–]|\d{1,3}[.)])\s)")
"""Blank lines, ends of lines that end a sentence, and of those before an item of a list."""

BORDERS: Final = (
    re.compile(r"\n\s*\n\s*"),
    re.compile(r"\n\s*"),
    re.compile(r"[.!?…؟۔।॥։።။][\"'”’»)\]]*\s+|[。！？．][」』）”’]*\s*"),
    re.compile(r"\s+|[、，；：]"),
)
"""What ends with a border, best first: the sentences of scripts with and without spaces, then words or clauses."""

ATTACHED: Final = frozenset({"Mn", "Mc", "Me", "Cf", "Sk"})
"""Kinds of characters that belong to the one before them: marks, joiners, the colours of skin."""

JOINER: Final = "\u200d"
"""Makes one emoji of those on both sides."""

LONGEST_CHARACTER: Final = 32
"""Code points that are kept together as one character for a reader (count); longer ones are nobody's writing."""


class Framed(Struct, frozen=True, gc=False):
    """A text between the whitespace and control characters around it; ``core`` is empty where nothing else is."""

    before: str
    core: str
    after: str


def framed(text: str) -> Framed:
    """The three, put together, are the text."""
    first = next((index for index, character in enumerate(text) if not _is_blank(character)), len(text))
    last = next((index for index in range(len(text), first, -1) if not _is_blank(text[index - 1])), first)
    return Framed(text[:first], text[first:last], text[last:])


def paragraphs(text: str) -> tuple[str, ...]:
    """The text cut where lines are kept apart: other line breaks may be but where a line was full."""
    starts = [0, *(match.end() for match in PARAGRAPHS.finditer(text)), len(text)]
    return tuple([text[start:end] for start, end in pairwise(starts) if start < end])


def pieces(text: str, most: int) -> tuple[str, ...]:
    """The text in pieces of up to ``most`` characters, each as long as a good border lets it be."""
    return tuple(_pieces(text, most))


def _pieces(text: str, most: int) -> Iterator[str]:
    start = 0
    while len(text) - start > most:
        end = start + _cut(text[start : start + most])
        yield text[start:end]
        start = end
    if start < len(text):
        yield text[start:]


def _cut(window: str) -> int:
    """Where to end a piece: at the best border of the second half."""
    for border in BORDERS:
        ends = [match.end() for match in border.finditer(window)]
        if ends and ends[-1] >= len(window) // 2:
            return ends[-1]
    return _between_characters(window)


def _between_characters(window: str) -> int:
    """Before the last code point that begins a character."""
    for end in range(len(window) - 1, max(0, len(window) - LONGEST_CHARACTER), -1):
        if unicodedata.category(window[end]) not in ATTACHED and window[end - 1] != JOINER:
            return end
    return len(window)


def _is_blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) == "Cc"
