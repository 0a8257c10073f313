"""A text cut into parts that fit a model's window: between paragraphs, else lines, sentences, words. Pure.

Rules this file keeps: the pieces together are the text; time is linear in it; what is seen as one character stays
whole.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from windowsill.tasks import sentences

LONGEST_PIECE: Final = 4_096
"""Characters of one piece, counted by itself: a page of a book, so that parts can be filled well."""

LONGEST_CLUSTER: Final = 32
"""Code points that are kept together as one character: families of emoji have some ten."""

_JOINER: Final = "\u200d"
_FLAG_LETTERS: Final = "".join(map(chr, range(0x1F1E6, 0x1F200)))
"""Two of them are seen as one flag."""


def cut(text: str, longest: int) -> Iterator[str]:
    """Pieces of at most ``longest`` characters (at least 1)."""
    start = 0
    while len(text) - start > longest:
        end = _border(text, start, start + longest)
        yield text[start:end]
        start = end
    yield text[start:]


def packed(pieces: Sequence[str], sizes: Sequence[int], room: int) -> list[str]:
    """Neighbours put together, as many as ``room`` holds of their ``sizes``; a piece that is larger stays alone."""
    parts: list[str] = []
    part: list[str] = []
    left = room
    for piece, size in zip(pieces, sizes, strict=True):
        if part and size > left:
            parts.append("".join(part))
            part, left = [], room
        part.append(piece)
        left -= size
    return [*parts, "".join(part)] if part else parts


def _border(text: str, start: int, end: int) -> int:
    """Where to cut behind ``start``, at ``end`` at the latest: not in the first half, if there is any other place."""
    half = start + (end - start) // 2
    for mark in ("\n\n", "\n"):
        if (found := text.rfind(mark, half, end)) >= 0:
            return found + len(mark)
    *_, last = (0, *sentences.ends(text[half:end]))
    if last and half + last < end:
        return half + last
    found = text.rfind(" ", half, end)
    return found + 1 if found >= 0 else _whole(text, start, end)


def _whole(text: str, start: int, end: int) -> int:
    """The nearest place up to ``end`` that is not inside of a character."""
    for place in range(end, max(start, end - LONGEST_CLUSTER), -1):
        if not (_extends(text[place]) or text[place - 1] == _JOINER or _halves_flag(text[start : place + 1])):
            return place
    return end


def _extends(character: str) -> bool:
    """Whether it belongs to the one before: accents, joiners, variants, skin colours."""
    accents = unicodedata.category(character) in ("Mn", "Me", "Mc")
    return accents or character == _JOINER or "\U0001f3fb" <= character <= "\U0001f3ff"


def _halves_flag(text: str) -> bool:
    """Whether the last character is the second letter of a flag."""
    letters = len(text) - len(text.rstrip(_FLAG_LETTERS))
    return letters > 0 and letters % 2 == 0
