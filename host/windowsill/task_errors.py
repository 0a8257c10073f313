"""Which of our errors a task interface may show: others become the one that the standards have for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from windowsill.errors import OperationError, UnknownError, WindowsillError
from windowsill.protocol import ErrorName, Interface

INITIALIZATION: Final[frozenset[ErrorName]] = frozenset(
    {"AbortError", "NotAllowedError", "NotSupportedError", "OperationError", "QuotaExceededError"}
)
"""Of ``create()`` once the user allowed it; anything else that keeps it from getting ready is an OperationError
(web-ai-apis 2.2)."""

OPERATION: Final[frozenset[ErrorName]] = frozenset(
    {"AbortError", "NotAllowedError", "QuotaExceededError", "UnknownError"}
)
"""Of a call on an object; anything else is an UnknownError (web-ai-apis 2.8)."""

UNSUPPORTED: Final[frozenset[Interface]] = frozenset({"summarizer", "writer", "rewriter", "proofreader"})
"""Whose calls may fail with a NotSupportedError, for the language of what they are given."""


@contextmanager
def initializing() -> Iterator[None]:
    """What fails inside is what ``create()`` may fail with."""
    try:
        yield
    except WindowsillError as error:
        if error.name in INITIALIZATION:
            raise
        raise OperationError("The model could not be made ready.", detail=error.detail) from error


@contextmanager
def operating(interface: Interface) -> Iterator[None]:
    """What fails inside is what a call on an object of the ``interface`` may fail with."""
    try:
        yield
    except WindowsillError as error:
        if error.name in OPERATION or (error.name == "NotSupportedError" and interface in UNSUPPORTED):
            raise
        raise UnknownError("The model could not answer.", detail=error.detail) from error
