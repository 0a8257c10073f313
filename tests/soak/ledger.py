"""What was asked and how it ended.

Rules this file keeps: everything that begins ends in exactly one of ``ended`` and ``lost``.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter


class Ledger:
    """``begun`` and ``ended``: by name of the deed (counts). ``lost``: what went wrong."""

    def __init__(self) -> None:
        self.begun: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        self.lost: list[str] = []
        self._began = time.monotonic()
        self._more = asyncio.Event()

    @property
    def over(self) -> int:
        """Deeds that came to an end, lost ones among them (count)."""
        return self.ended.total() + len(self.lost)

    def begin(self, deed: str) -> None:
        """Something is asked."""
        self.begun[deed] += 1

    def end(self, deed: str) -> None:
        """It ended as it should."""
        self.ended[deed] += 1
        self._more.set()

    def lose(self, deed: str, why: str) -> None:
        """It did not; what is told of it says when, in seconds from the beginning."""
        self.lost.append(f"{deed} at {time.monotonic() - self._began:.0f} s: {why}")
        self._more.set()

    async def reached(self, over: int) -> None:
        """Wait until so many are over."""
        while self.over < over:
            self._more.clear()
            await self._more.wait()
