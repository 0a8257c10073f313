"""Cuts a text where it breathes, into pieces that a model can correct one by one. Pure.

Rule: pieces begin and end with something to read; what stands between them belongs to none and stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Final

from msgspec import Struct

from windowsill.tasks.proofread_tokens import is_blank, tokens

ENDS: Final = frozenset(".!?…")
"""Marks that end a sentence where a blank follows, or a mark that closes."""

UNSPACED_ENDS: Final = frozenset("。！？｡।॥؟។")
"""Marks that end a sentence whatever follows."""

CLOSERS: Final = frozenset("\"'”’»)]")


class Piece(Struct, frozen=True):
    """``start``: where it stood (code points)."""

    start: int
    text: str


class _Border(IntEnum):
    """How well a text can be cut behind a token."""

    ANYWHERE = 0
    BLANK = 1
    SENTENCE = 2
    LINE = 3
    PARAGRAPH = 4


def pieces(text: str, limit: int, *, start: int = 0) -> Iterator[Piece]:
    """Of at most ``limit`` code points each, but for a token that alone is longer. ``start``: where ``text`` stood."""
    whole = tokens(text)
    at, begun = start, 0
    while begun < len(whole):
        end = _end(whole, begun, limit)
        yield from _trimmed(whole[begun:end], at)
        at += sum(map(len, whole[begun:end]))
        begun = end


def _end(whole: Sequence[str], begun: int, limit: int) -> int:
    """The token before which the piece that begins with ``begun`` ends: at the last of the best borders in reach."""
    best, end, size = _Border.ANYWHERE, begun + 1, len(whole[begun])
    for index in range(begun + 1, len(whole)):
        border = _border(whole, index)
        if border >= best:
            best, end = border, index
        size += len(whole[index])
        if size > limit:
            return end
    return len(whole)


def _border(whole: Sequence[str], index: int) -> _Border:
    """That before the token."""
    token = whole[index - 1]
    if token in UNSPACED_ENDS:
        return _Border.SENTENCE
    if not is_blank(token):
        return _Border.ANYWHERE
    lines = len(token.splitlines()) - (not token.endswith(("\n", "\r")))
    if lines:
        return _Border.PARAGRAPH if lines > 1 else _Border.LINE
    before = index - 2
    while before > 0 and whole[before] in CLOSERS:
        before -= 1
    return _Border.SENTENCE if before >= 0 and whole[before] in ENDS else _Border.BLANK


def _trimmed(piece: Sequence[str], at: int) -> Iterator[Piece]:
    first, last = 0, len(piece)
    while first < last and is_blank(piece[first]):
        first += 1
    while last > first and is_blank(piece[last - 1]):
        last -= 1
    if first < last:
        yield Piece(at + sum(map(len, piece[:first])), "".join(piece[first:last]))
