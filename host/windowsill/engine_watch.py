"""Looks at the Engine for the extension's own pages: when they ask, and by itself while one is open and work goes on.

Rules this file keeps: at most one look in ``LIVE_SECONDS``, whoever asks; none at all while nobody watches and asks,
or nothing begins or ends here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

import anyio
from anyio.abc import TaskGroup

from windowsill import engine_usage
from windowsill.engine_link import EngineLink
from windowsill.engine_usage import Look, Usage
from windowsill.errors import WindowsillError

log = logging.getLogger(__name__)

LIVE_SECONDS: Final = 0.5
"""Between two looks at the Engine for the extension's own pages: eyes follow no faster, and each wakes five processes
on cores that the model needs."""

STALE_LOOKS: Final = 4
"""Looks further apart than so many intervals tell no rate: what went on between them is not what goes on now."""


class EngineWatch:
    """``busy``: whether work is under way here; ``tell`` is called with every new look while somebody watches."""

    def __init__(
        self, tasks: TaskGroup, link: EngineLink, busy: Callable[[], bool], tell: Callable[[Usage | None], None]
    ) -> None:
        self._tasks = tasks
        self._link = link
        self._busy = busy
        self._tell = tell
        self._stirred = anyio.Event()
        self._watching: anyio.CancelScope | None = None
        self._last: Look | None = None
        self._usage: Usage | None = None

    def watch(self, on: bool) -> None:
        """Somebody looks from now on, or nobody does."""
        if on and self._watching is None:
            self._watching = anyio.CancelScope()
            self._stirred = anyio.Event()
            self._tasks.start_soon(self._run, self._watching)
        elif not on and self._watching is not None:
            self._watching.cancel()
            self._watching = None

    def stir(self) -> None:
        """Work began or ended."""
        self._stirred.set()

    async def look(self) -> Usage | None:
        """What the Engine does now, as of ``LIVE_SECONDS`` ago at most; None when none runs."""
        now, last = anyio.current_time(), self._last
        if last is not None and now - last.at < LIVE_SECONDS:
            return self._usage
        try:
            stats = await self._link.stats()
        except WindowsillError as error:
            log.warning("the Engine cannot be looked at: %s", error.detail)
            stats = None
        if stats is None:
            self._last = self._usage = None
            return None
        self._last = Look(anyio.current_time(), stats)
        recent = last is not None and self._last.at - last.at < STALE_LOOKS * LIVE_SECONDS
        self._usage = engine_usage.usage(last if recent else None, self._last)
        return self._usage

    async def _run(self, scope: anyio.CancelScope) -> None:
        with scope:
            while True:
                if not self._busy():
                    await self._stirred.wait()
                self._stirred = anyio.Event()
                self._tell(await self.look())
                await anyio.sleep(LIVE_SECONDS)
