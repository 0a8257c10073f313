"""Ends an Engine that hangs, so that the Hosts go on with another: nothing else can end what a thread is at.

Rules this file keeps: a look finds decode threads that are stuck; where no look can be taken, as the event loop is
stuck or some thread keeps Python's lock, the kernel's alarm ends the process. It is set only while there is work, so
that an idle Engine may be stopped for as long as anybody likes.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
from collections.abc import Callable, Collection

import anyio

from windowsill import settings
from windowsill.engine import bounds
from windowsill.engine.decode_loop import DecodeLoop

logger = logging.getLogger(__name__)

Alarm = Callable[[float], object]
"""Ends this process after so many seconds unless it is called again before; never, when told 0."""


def kernel_alarm() -> Alarm:
    """The one that needs nothing of Python; what the threads were at goes to the log first. Call once."""
    faulthandler.register(signal.SIGALRM, file=sys.stderr, all_threads=True, chain=True)
    return lambda seconds: signal.setitimer(signal.ITIMER_REAL, seconds)


class Watchdog:
    """``threads``: the decode threads of now."""

    def __init__(self, threads: Collection[DecodeLoop], alarm: Alarm) -> None:
        self._threads = threads
        self._alarm = alarm
        self._working = False

    def work(self) -> None:
        """There is work from now on."""
        self._working = True
        self._alarm(bounds.DEAF_SECONDS)

    def rest(self) -> None:
        """There is none."""
        self._working = False
        self._alarm(0)

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await anyio.sleep(bounds.WATCH_SECONDS)
            if self._working:
                self._alarm(bounds.DEAF_SECONDS)
            if any(thread.stuck for thread in self._threads):
                logger.critical("a decode thread is stuck; the Engine ends, and the Hosts go on with another")
                logging.shutdown()
                os._exit(settings.STUCK_STATUS)
