"""How a text is asked about in pieces: how large one may be, and how many are under way.

Rule: what waits for its turn costs nothing; a text may have 100,000 pieces.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

import anyio

from windowsill.errors import NotSupportedError, WindowsillError
from windowsill.tasks.model import TaskModel

QUESTIONS_AT_ONCE: Final = 8
"""Answers of one call under way (count): as many as the Engine decodes in one batch."""

SMALLEST_PIECE: Final = 16
"""Code points below which a piece is not cut further: that is a word, of which alone no model can tell much."""

SMALLEST_ROOM: Final = 64
"""Tokens that a piece needs at the least: a sentence in its fence."""

_One = TypeVar("_One")


async def piece_room(model: TaskModel, instructions: str, *, growth: float, slack: int) -> int:
    """Tokens that the data of one piece may take, so that its answer has room: of ``growth`` for each of them and
    ``slack`` more. Raises NotSupportedError when that is too little for a sentence."""
    (ours,) = await model.count(instructions)
    room = int((model.context_window - ours - slack) / (1 + growth))
    if room < SMALLEST_ROOM:
        raise NotSupportedError("The model's context window is too small for this.")
    return room


async def side_by_side(work: Callable[[_One], Awaitable[None]], of: Iterable[_One]) -> None:
    """``work`` on each, begun in their order, QUESTIONS_AT_ONCE of them at a time. The first failure ends all, and is
    raised."""
    left = iter(of)
    failures: list[WindowsillError] = []

    async def seat() -> None:
        try:
            for one in left:
                await work(one)
        except WindowsillError as error:
            failures.append(error)
            tasks.cancel_scope.cancel()

    async with anyio.create_task_group() as tasks:
        for _ in range(QUESTIONS_AT_ONCE):
            tasks.start_soon(seat)
    if failures:
        raise failures[0]
