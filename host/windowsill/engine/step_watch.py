"""Whether a step of the decode thread takes so long that it will never end. No clock: callers say what time it is.

Written by the decode thread, read by any other.
"""

from __future__ import annotations

from typing import Final

from windowsill import settings

FIRST_SECONDS: Final = 600.0
"""A step may take this long while none has shown how long they take here: a large model's prompt on a slow disk."""

LEAST_SECONDS: Final = 60.0
"""No step is overdue before, however short the others were: the machine may sleep, swap or be busy."""

TIMES_LONGEST: Final = 20
"""Beyond this many times the longest step until now; or, up to FIRST_SECONDS, as many times as a batch has tokens: all
steps until now may have been of one token."""


class StepWatch:
    """``longest``: seconds that the longest step took that ended."""

    def __init__(self) -> None:
        self.longest: float | None = None
        self._began: float | None = None

    def began(self, now: float) -> None:
        """A step begins."""
        self._began = now

    def ended(self, now: float, *, worked: bool) -> None:
        """The step is over; not ``worked``: there was nothing to do, which tells nothing of how long steps take."""
        if worked and self._began is not None:
            self.longest = max(self.longest or 0.0, now - self._began)
        self._began = None

    def overdue(self, now: float) -> bool:
        """Whether the step under way should have ended long ago."""
        began = self._began
        if began is None:
            return False
        return now - began > self._limit()

    def _limit(self) -> float:
        if self.longest is None:
            return FIRST_SECONDS
        full = min(FIRST_SECONDS, settings.BATCH_TOKENS * self.longest)
        return max(LEAST_SECONDS, TIMES_LONGEST * self.longest, full)
