"""Exceptions of the product, one class per DOMException name that crosses the wire.

    WindowsillError
    ├── AbortError            the work was not wanted any more
    ├── InvalidStateError     the object or document is gone
    ├── NetworkError          a download could not start or failed
    ├── NotAllowedError       the user or a policy said no
    ├── NotSupportedError     these options, or this model, cannot be served
    ├── OperationError        initialization failed
    ├── QuotaExceededError    more tokens requested than the quota holds
    ├── UnknownError          everything else: Engine gone, room exhausted
    └── UnmetConstraintError  "SyntaxError": the answer does not become what its constraint asks for

``message`` reaches pages, so it holds no path, model name or stack. What only the user may read goes to ``detail``.
"""

from __future__ import annotations

from typing import ClassVar

from windowsill.protocol import ErrorInfo, ErrorName


class WindowsillError(Exception):
    """Base of all. Abstract: raise a leaf. ``detail`` is for logs and ``doctor``, never for pages."""

    name: ClassVar[ErrorName]

    def __init__(self, message: str, *, detail: str | None = None) -> None:
        if type(self) is WindowsillError:
            raise TypeError("WindowsillError is abstract; raise one of its leaves")
        super().__init__(message)
        self.message = message
        self.detail = detail or message

    def to_wire(self) -> ErrorInfo:
        """The error information that crosses the wire."""
        return ErrorInfo(name=self.name, message=self.message)


class AbortError(WindowsillError):
    """The work was not wanted any more."""

    name = "AbortError"


class InvalidStateError(WindowsillError):
    """The object or its document is gone."""

    name = "InvalidStateError"


class NetworkError(WindowsillError):
    """A download could not start or failed."""

    name = "NetworkError"


class NotAllowedError(WindowsillError):
    """The user or a policy said no."""

    name = "NotAllowedError"


class NotSupportedError(WindowsillError):
    """These options, or this model, cannot be served."""

    name = "NotSupportedError"


class OperationError(WindowsillError):
    """Initialization failed."""

    name = "OperationError"


class QuotaExceededError(WindowsillError):
    """More was requested than the quota holds (both in tokens, ``requested >= quota``)."""

    name = "QuotaExceededError"

    def __init__(self, message: str, *, requested: int, quota: int) -> None:
        super().__init__(message)
        self.requested = requested
        self.quota = quota

    def to_wire(self) -> ErrorInfo:
        return ErrorInfo(name=self.name, message=self.message, requested=self.requested, quota=self.quota)


class UnknownError(WindowsillError):
    """Everything else: the Engine is gone, the room is exhausted."""

    name = "UnknownError"


class UnmetConstraintError(WindowsillError):
    """The answer does not become what its response constraint asks for."""

    name = "SyntaxError"


LEAVES: dict[str, type[WindowsillError]] = {leaf.name: leaf for leaf in WindowsillError.__subclasses__()}


def from_wire(info: ErrorInfo) -> WindowsillError:
    """The exception that ``to_wire`` described."""
    if info.name == "QuotaExceededError":
        requested = int(info.requested) if isinstance(info.requested, (int, float)) else 0
        quota = int(info.quota) if isinstance(info.quota, (int, float)) else 0
        return QuotaExceededError(info.message, requested=requested, quota=quota)
    return LEAVES[info.name](info.message)
