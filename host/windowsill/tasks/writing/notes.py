"""Notes of a text that no window holds: of its parts, then of the notes, until they fit.

Rules this file keeps: parts are noted several at once, as the Engine decodes them together; every round leaves fewer
of them, so the tree is never deep; whoever cancels ends all of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final

import anyio
import anyio.to_thread

from windowsill.errors import UnknownError
from windowsill.tasks.writing.parts import LONGEST_PIECE, cut, packed

PARTS_AT_ONCE: Final = 8
"""Parts that are noted together (count): as many as the Engine decodes in one batch."""

Count = Callable[..., Awaitable[tuple[int, ...]]]
"""Tokens of each text."""

Note = Callable[[str, str], Awaitable[str]]
"""The key points of a section: its label, its text."""


async def take(text: str, room: int, count: Count, note: Note) -> str:
    """Notes of ``text`` that take at most ``room`` tokens, in which each part has to fit too.

    Raises UnknownError when the model's notes are as long as what they are of, what ``count`` raises, and what ``note``
    raises in a group.
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
    pieces = await anyio.to_thread.run_sync(lambda: [*cut(text, longest)])
    while True:
        sizes = await count(*pieces)
        if longest == 1 or max(sizes) <= room:
            return packed(pieces, sizes, room)
        longest //= 2
        sized = zip(pieces, sizes, strict=True)
        pieces = [smaller for piece, size in sized for smaller in (cut(piece, longest) if size > room else (piece,))]


async def _concurrently(parts: Sequence[str], note: Callable[[str], Awaitable[str]]) -> list[str]:
    """The notes of all parts, in their order. A failure ends them all."""
    notes = [""] * len(parts)
    seats = anyio.Semaphore(PARTS_AT_ONCE)

    async def work(place: int) -> None:
        async with seats:
            notes[place] = await note(parts[place])

    async with anyio.create_task_group() as tasks:
        for place in range(len(parts)):
            tasks.start_soon(work, place)
    return notes
