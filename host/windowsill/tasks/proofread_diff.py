"""The corrections that make one text of another: as few tokens as can be, as a reader would mark them. Pure.

Rule: applied to the text that they came from, the edits give the other one exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from msgspec import Struct
from rapidfuzz.distance import Levenshtein

from windowsill.tasks.proofread_tokens import is_blank, is_word, tokens


class Edit(Struct, frozen=True):
    """``start`` to ``end`` (code points; equal where something comes in) is to read ``text``."""

    start: int
    end: int
    text: str


class _Change(Struct, frozen=True):
    """Tokens of the one text, from ``start`` on, and of the other that stand in their place."""

    start: int
    old: tuple[str, ...]
    new: tuple[str, ...]


def edits(text: str, corrected: str) -> tuple[Edit, ...]:
    """Ascending, not overlapping. Each takes whole words; a word that became two is one edit, and so are words that
    touch, as in scripts without blanks; a word and the mark beside it are two."""
    old, new = tokens(text), tokens(corrected)
    at = [0, *accumulate(map(len, old))]
    return tuple(
        [
            Edit(at[change.start], at[change.start + len(change.old)], "".join(change.new))
            for whole in _changes(old, new)
            for change in _parts(whole)
        ]
    )


def applied(text: str, made: Sequence[Edit]) -> str:
    """The text with the edits made."""
    parts, at = [], 0
    for edit in made:
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def utf16_offsets(text: str, made: Sequence[Edit]) -> Iterator[tuple[int, int]]:
    """Start and end of each edit in UTF-16 units."""
    at = units = 0
    for edit in made:
        start = units + _units(text[at : edit.start])
        units = start + _units(text[edit.start : edit.end])
        at = edit.end
        yield start, units


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[_Change]:
    """What differs between tokens that both have."""
    numbers: dict[str, int] = {}
    first, second = ([numbers.setdefault(token, len(numbers)) for token in side] for side in (old, new))
    at_old = at_new = 0
    for block in Levenshtein.editops(first, second).as_matching_blocks():
        change = _Change(at_old, tuple(old[at_old : block.a]), tuple(new[at_new : block.b]))
        if change.old or change.new:
            yield change
        at_old, at_new = block.a + block.size, block.b + block.size


def _parts(change: _Change) -> Iterator[_Change]:
    """The change, or the words, blanks and marks that were changed each by itself, where all can be told apart."""
    solid = [[at for at, token in enumerate(side) if _is_solid(token)] for side in (change.old, change.new)]
    kinds = [[is_word(side[at]) for at in places] for side, places in zip((change.old, change.new), solid, strict=True)]
    if kinds[0] != kinds[1] or any(map(_touch, change.old, change.old[1:])):
        yield change
        return
    at_old = at_new = 0
    for old, new in zip([*solid[0], len(change.old)], [*solid[1], len(change.new)], strict=True):
        yield from _part(change, at_old, old, at_new, new)
        yield from _part(change, old, old + 1, new, new + 1)
        at_old, at_new = old + 1, new + 1


def _part(whole: _Change, start: int, end: int, new_start: int, new_end: int) -> Iterator[_Change]:
    old, new = whole.old[start:end], whole.new[new_start:new_end]
    if old != new:
        yield _Change(whole.start + start, old, new)


def _is_solid(token: str) -> bool:
    return is_word(token) or is_blank(token)


def _touch(token: str, after: str) -> bool:
    return is_word(token) and is_word(after)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
