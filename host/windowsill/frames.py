"""Length-prefixed frames: feed bytes in any pieces, take whole frames out. No I/O.

The native-messaging framing (32-bit length in native byte order, then the body) on both legs of the Host. A frame
over the limit is skipped to its end and reported, so the stream stays in step; a length no peer of ours can mean
ends the stream.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

PREFIX: Final = struct.Struct("=I")

ABSURD_LENGTH: Final = 1 << 28
"""Bytes. Beyond 256 MiB a length is a stray print or a lost sync, not a frame (browsers stop at 64 MiB)."""


class Frame(Struct, frozen=True):
    """One whole body."""

    body: bytes


class Oversized(Struct, frozen=True):
    """A frame of ``length`` bytes was over the limit and is being skipped."""

    length: int


class FrameError(Exception):
    """The stream is out of step and cannot go on."""


def encode(body: bytes) -> bytes:
    """One frame around ``body``."""
    return PREFIX.pack(len(body)) + body


class FrameReader:
    """Bytes in through ``feed``, frames out of its iterator. Empty frames are frames."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._skip = 0

    def feed(self, data: bytes) -> Iterator[Frame | Oversized]:
        """Take ``data``; yield what became whole. Raises FrameError when no later byte can make sense."""
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        self._buffer += data
        while len(self._buffer) >= PREFIX.size:
            (length,) = PREFIX.unpack_from(self._buffer)
            if length > ABSURD_LENGTH:
                raise FrameError(f"frame of {length} bytes announced")
            end = PREFIX.size + length
            if length > self._limit:
                yield Oversized(length)
                self._skip = max(0, end - len(self._buffer))
                del self._buffer[:end]
                continue
            if len(self._buffer) < end:
                return
            body = bytes(memoryview(self._buffer)[PREFIX.size : end])
            del self._buffer[:end]
            yield Frame(body)

    @property
    def pending(self) -> int:
        """Bytes of an unfinished frame (count); more than 0 at end of file means it was cut off."""
        return len(self._buffer) + self._skip
