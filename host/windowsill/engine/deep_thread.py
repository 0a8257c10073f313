"""A thread with a stack of its own size, for libraries that recurse along what they are given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, TypeVar

from windowsill.errors import OperationError

T = TypeVar("T")

STACK: Final = 128 * 2**20
"""Bytes. llguidance recurses along references; the deepest constraint takes less than half of it."""

_stack_size: Final = threading.Lock()


def _panicked(error: BaseException) -> OperationError:
    return OperationError("What was asked for could not be prepared.", detail=str(error))


def in_deep_thread(work: Callable[[], T]) -> T:
    """What ``work`` returns or raises, done in a thread with STACK: other threads have 0.5 to 16 MB."""
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:
            # Also what is no Exception: a panic in Rust comes as such a one.
            outcome.set_exception(error if isinstance(error, Exception) else _panicked(error))

    with _stack_size:
        usual = threading.stack_size(STACK)
        try:
            thread = threading.Thread(target=run, name="compile")
            thread.start()
        finally:
            threading.stack_size(usual)
    thread.join()
    return outcome.result()
