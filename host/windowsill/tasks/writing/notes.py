"""Notes of a text that no window holds: of its parts, then of the notes, until they fit.

Rules this file keeps: parts are noted several at once, as the Engine decodes them together; every round leaves fewer
of them, so the tree is never deep; whoever cancels ends all of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final

import anyio.to_thread

from windowsill.errors import UnknownError
from windowsill.tasks.piece_by_piece import side_by_side
from windowsill.tasks.pieces import pieces
from windowsill.tasks.writing.parts import packed

LONGEST_PIECE: Final = 4_096
"""Characters of one piece, which is counted by itself: a page of a book, so that parts can be filled well."""

Count = Callable[..., Awaitable[tuple[int, ...]]]
"""Tokens of each text."""

Note = Callable[[str, str], Awaitable[str]]
"""The key points of a section: its label, its text."""


async def take(text: str, room: int, count: Count, note: Note) -> str:
    """Notes of ``text`` that take at most ``room`` tokens, in which each part has to fit too.

    Raises UnknownError when the model's notes are as long as what they are of, and what ``count`` and ``note`` raise.
    """
    label, parts = "text", await _parts(text, room, count)
    while True:
        notes = [f"{taken}\n" for taken in await _concurrently(parts, partial(note, label))]
        together = "".join(notes)
        sizes = await count(together, *notes)
        if sizes[0] <= room:
            return together
        groups = packed(notes, sizes[1:], room)
        if len(groups) >= len(parts):
            raise UnknownError("The text could not be summarized.", detail="its parts' notes fill as many windows")
        label, parts = "notes", groups


async def _parts(text: str, room: int, count: Count) -> list[str]:
    """What fits into ``room`` each."""
    longest = min(LONGEST_PIECE, room)
    cut = await anyio.to_thread.run_sync(pieces, text, longest)
    while True:
        sizes = await count(*cut)
        if longest == 1 or max(sizes) <= room:
            return packed(cut, sizes, room)
        longest //= 2
        too_long = [size > room for size in sizes]
        cut = await anyio.to_thread.run_sync(_cut_again, cut, too_long, longest)


def _cut_again(cut: Sequence[str], too_long: Sequence[bool], longest: int) -> tuple[str, ...]:
    marked = zip(cut, too_long, strict=True)
    return tuple([one for piece, long in marked for one in (pieces(piece, longest) if long else (piece,))])


async def _concurrently(parts: Sequence[str], note: Callable[[str], Awaitable[str]]) -> list[str]:
    """The notes of all parts, in their order."""
    notes = [""] * len(parts)

    async def work(numbered: tuple[int, str]) -> None:
        place, part = numbered
        notes[place] = await note(part)

    await side_by_side(work, enumerate(parts))
    return notes
