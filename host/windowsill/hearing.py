"""Bytes from the browser become messages, or refusals that name what was wrong. No I/O.

Rules this file keeps: a frame that makes no sense costs itself only; bytes after which nothing can make sense raise
FrameError; what is logged of a refusal holds no words of a page's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from windowsill import wire
from windowsill.frames import FrameReader, Oversized
from windowsill.protocol import HostHears, ProtocolError
from windowsill.settings import MAX_FRAME_FROM_BROWSER

READ_BYTES: Final = 65_536
"""Bytes taken from the browser at once: what a pipe holds."""


class Refused(Struct, frozen=True):
    """``answer`` goes back to the browser, ``loggable`` to the log."""

    answer: ProtocolError
    loggable: str


def refused(reason: str) -> Refused:
    """A refusal whose reason holds nothing of a page's."""
    return Refused(ProtocolError(message=reason), reason)


class Hearing:
    """One browser's stream. Whoever stops in the midst of ``feed`` finds the rest by feeding no bytes."""

    def __init__(self) -> None:
        self._frames = FrameReader(MAX_FRAME_FROM_BROWSER)

    def feed(self, data: bytes) -> Iterator[HostHears | Refused]:
        """Take ``data``; yield what became whole. Raises FrameError when no later byte can make sense."""
        for frame in self._frames.feed(data):
            if isinstance(frame, Oversized):
                yield refused(f"a frame of {frame.length} bytes is over the limit of {MAX_FRAME_FROM_BROWSER}")
                continue
            try:
                message = wire.decode_host_hears(frame.body)
            except wire.WireError as error:
                yield Refused(ProtocolError(message=str(error)), error.loggable)
            else:
                yield message

    @property
    def pending(self) -> int:
        """Bytes of an unfinished frame (count); more than 0 at end of input means it was cut off."""
        return self._frames.pending
