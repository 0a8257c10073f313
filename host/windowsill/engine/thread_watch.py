"""Whether the decode thread is at something that will never end. No clock: callers say what time it is.

Rules this file keeps: whatever the thread does is a task, with a bound that fits its kind; the thread alone writes
here, any other may read.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

BASE_SECONDS: Final = 600.0
"""A load, and each step while none has shown how long they take here, may take this long for the smallest model: a
driver may build its programs first, and a prompt of a full batch is slow on a weak machine."""

SLOWEST_READING: Final = 8 * 2**20
"""Bytes a second, at the least, at which a model's file is read: a card, or a share in a slow network. It is mapped, so
that either the load or the first step reads it."""

LEAST_SECONDS: Final = 60.0
"""No step is overdue before, however short the others were, and no command, though they take milliseconds: the machine
may sleep, swap or be busy."""

TIMES_LONGEST: Final = 20
"""Beyond this many times the longest step until now; or, up to the bound of the first, as many times as a batch has
tokens: all steps until now may have been of one token."""


class Task(Enum):
    """What the thread is at: it loads the model, decodes a batch, or does what else it is told, unloading included."""

    LOAD = auto()
    STEP = auto()
    COMMAND = auto()


class ThreadWatch:
    """``size``: bytes of the model's file. ``batch_tokens``: tokens of a step at most, known once the model is loaded.
    ``longest``: seconds that the longest step took that ended."""

    def __init__(self, size: int) -> None:
        self.longest: float | None = None
        self.batch_tokens = 1
        self._first = BASE_SECONDS + size / SLOWEST_READING
        self._under_way: tuple[Task, float] | None = None

    def began(self, task: Task, now: float) -> None:
        """A task begins."""
        self._under_way = task, now

    def ended(self, now: float, *, worked: bool = False) -> None:
        """The task is over. ``worked``: it was a step that had something to do, and tells how long steps take."""
        if worked and self._under_way is not None:
            self.longest = max(self.longest or 0.0, now - self._under_way[1])
        self._under_way = None

    def overdue(self, now: float) -> bool:
        """Whether the task under way should have ended long ago."""
        if self._under_way is None:
            return False
        task, began = self._under_way
        return now - began > self._limit(task)

    def _limit(self, task: Task) -> float:
        match task:
            case Task.COMMAND:
                return LEAST_SECONDS
            case Task.STEP if self.longest is not None:
                full = min(self._first, self.batch_tokens * self.longest)
                return max(LEAST_SECONDS, TIMES_LONGEST * self.longest, full)
            case _:
                return self._first
