"""Ends an Engine that lacks memory for its own work, so that the Hosts go on with another.

Rules this file keeps: what one request lacks memory for is that request's error, and none of this file's business; but
what the event loop or a thread drops for want of memory nobody hears of, be it a frame that came, a step's text or a
Host that connects. An Engine that lived on would keep its memory and leave its Hosts waiting.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from typing import Any, NoReturn

from windowsill import settings

logger = logging.getLogger(__name__)


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """From now on end this process where ``loop`` or any thread drops what it had no memory for."""
    loop.set_exception_handler(_dropped_by_loop)
    threading.excepthook = _dropped_by_thread


def leave(error: BaseException | None) -> NoReturn:
    """End this process at once: an orderly end would need memory too."""
    try:
        logger.critical("memory is short; the Engine ends, and the Hosts go on with another", exc_info=error)
        logging.shutdown()
    finally:
        os._exit(settings.STARVED_STATUS)


def _dropped_by_loop(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    if isinstance(error := context.get("exception"), MemoryError):
        leave(error)
    loop.default_exception_handler(context)


def _dropped_by_thread(dropped: threading.ExceptHookArgs) -> None:
    if isinstance(dropped.exc_value, MemoryError):
        leave(dropped.exc_value)
    threading.__excepthook__(dropped)
