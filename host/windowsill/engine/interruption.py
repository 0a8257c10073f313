"""Lets long work in a worker thread end as soon as nobody wants its outcome any more.

Rules this file keeps: work looks up between two of its parts, none of which takes a tenth of a second; work that nobody
made ``interruptible`` never ends early.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Final, TypeVar

from anyio import from_thread

Outcome = TypeVar("Outcome")

_look: Final[ContextVar[Callable[[], None] | None]] = ContextVar("look", default=None)


def interruptible(work: Callable[[], Outcome]) -> Callable[[], Outcome]:
    """``work``, for ``anyio.to_thread``: who waits for it there may cancel it."""

    def run() -> Outcome:
        token = _look.set(from_thread.check_cancelled)
        try:
            return work()
        finally:
            _look.reset(token)

    return run


def look() -> None:
    """Between two parts of long work. Raises what ends it when it was cancelled."""
    check = _look.get()
    if check is not None:
        check()
