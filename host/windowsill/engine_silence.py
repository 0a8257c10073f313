"""How long an Engine at work has said nothing: it is asked for a word, and given up if none comes. Its own watchdog
is no help when it is stopped, or when memory is so short that nothing in it gets on.

Rules this file keeps: no timer while nothing is under way; looks are counted, not seconds, so that a Host which was
itself stopped for long does not judge by that time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from windowsill import settings

ASK_AFTER: Final = 2
"""Looks without a word (count): a whole interval between two has passed then."""


class Silence:
    """``busy``: whether something is under way; ``ask``: have the Engine say anything; ``give_up``: it hangs."""

    def __init__(self, busy: Callable[[], bool], ask: Callable[[], None], give_up: Callable[[], None]) -> None:
        self._busy = busy
        self._ask = ask
        self._give_up = give_up
        self._looks = 0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Something is under way from now on."""
        if self._timer is None:
            self._looks = 0
            self._wait()

    def broken(self) -> None:
        """It said something."""
        self._looks = 0

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(settings.ENGINE_SILENCE_SECONDS, self._look)

    def _look(self) -> None:
        self._timer = None
        if not self._busy():
            return
        self._looks += 1
        if self._looks == settings.ENGINE_SILENT_LOOKS:
            self._give_up()
            return
        if self._looks == ASK_AFTER:
            self._ask()
        self._wait()
