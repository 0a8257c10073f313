"""Time that passes by itself, at once, whenever an event loop has nothing else to do."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Mapping
from typing import Any, Final


class _JumpingSelector(selectors.DefaultSelector):
    """Where a loop would sleep until its next timer, this moves the clock there instead."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(timeout if timeout is None else 0)
        if not ready and timeout:
            self.now += timeout
        return ready


class ManualClockLoop(asyncio.SelectorEventLoop):
    """An event loop whose seconds cost nothing."""

    def __init__(self) -> None:
        self._clock = _JumpingSelector()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


MANUAL_CLOCK: Final[tuple[str, Mapping[str, Any]]] = ("asyncio", {"debug": True, "loop_factory": ManualClockLoop})
"""An ``anyio_backend`` for tests that wait for timeouts."""
