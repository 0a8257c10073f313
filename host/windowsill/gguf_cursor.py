"""Walks forward through a GGUF header's bytes: numbers, texts and lists, none longer than ``settings`` allows.

Rules this file keeps: a length that the file announces costs neither memory nor time before it was checked; a text that
nobody asks for is stepped over; what is wrong is a GgufError with a closed ``problem``.
"""

from __future__ import annotations

import struct
from enum import StrEnum
from typing import BinaryIO, Final

from windowsill import settings

PIECE: Final = 2**18
"""Bytes read from the file at a time: the headers of small models whole, and no more of a large one than is needed."""

SCALARS: Final[dict[int, struct.Struct]] = {
    0: struct.Struct("<B"),
    1: struct.Struct("<b"),
    2: struct.Struct("<H"),
    3: struct.Struct("<h"),
    4: struct.Struct("<I"),
    5: struct.Struct("<i"),
    6: struct.Struct("<f"),
    7: struct.Struct("<?"),
    10: struct.Struct("<Q"),
    11: struct.Struct("<q"),
    12: struct.Struct("<d"),
}
"""Value types of fixed size: number -> layout."""

STRING: Final = 8
ARRAY: Final = 9
U32: Final = SCALARS[4]
U64: Final = SCALARS[10]


class Problem(StrEnum):
    """Why a file cannot be used."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    NOT_GGUF = "not_gguf"
    TRUNCATED = "truncated"
    UNSUPPORTED_VERSION = "unsupported_version"
    MALFORMED = "malformed"
    UNKNOWN_ARCHITECTURE = "unknown_architecture"


UNSUITABLE: Final = frozenset(
    {Problem.MISSING, Problem.NOT_GGUF, Problem.UNKNOWN_ARCHITECTURE, Problem.UNSUPPORTED_VERSION}
)


class GgufError(Exception):
    """The file cannot be used; ``str`` of it says why in plain words, without naming the file."""

    def __init__(self, problem: Problem, text: str) -> None:
        super().__init__(text)
        self.problem = problem

    @property
    def unsuitable(self) -> bool:
        """Whether this is no model that could answer; every other problem is damage to one that could."""
        return self.problem in UNSUITABLE


class Cursor:
    """Walks forward through the header, a piece of the file in memory at a time."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.size = size
        self._file = file
        self._piece = b""
        self._start = 0
        self._at = 0

    @property
    def position(self) -> int:
        """Bytes from the start of the file."""
        return self._start + self._at

    def take(self, count: int) -> bytes:
        """The next ``count`` bytes."""
        if self._at + count > len(self._piece):
            self._read(count)
        taken = self._piece[self._at : self._at + count]
        self._at += count
        return taken

    def skip(self, count: int) -> None:
        """Step over ``count`` bytes without reading them."""
        self._at += count
        self._check(self.position)

    def number(self, layout: struct.Struct) -> int:
        """One whole number."""
        (value,) = layout.unpack(self.take(layout.size))
        return int(value)

    def string(self, limit: int = settings.GGUF_MAX_STRING) -> bytes:
        """A string of at most ``limit`` bytes."""
        length = self.number(U64)
        if length > limit:
            raise GgufError(Problem.MALFORMED, f"a text of {length} bytes is announced where {limit} is the most")
        return self.take(length)

    def skip_strings(self, count: int) -> None:
        """Step over ``count`` strings; the loop a vocabulary of 250,000 goes through."""
        read_length = U64.unpack_from
        limit = settings.GGUF_MAX_STRING
        while count:
            piece, at, last = self._piece, self._at, len(self._piece) - U64.size
            while count and at <= last:
                (length,) = read_length(piece, at)
                if length > limit:
                    raise GgufError(Problem.MALFORMED, f"a text of {length} bytes is announced")
                at += U64.size + length
                count -= 1
            self._at = at
            if count:
                self._read(U64.size)
        self._check(self.position)

    def _read(self, count: int) -> None:
        start = self.position
        self._check(start + count)
        self._file.seek(start)
        piece = bytearray()
        want = max(PIECE, count)
        while len(piece) < count:
            read = self._file.read(want - len(piece))
            if not read:
                raise GgufError(Problem.TRUNCATED, "it ends in the middle of its header")
            piece += read
        self._piece, self._start, self._at = bytes(piece), start, 0

    def _check(self, end: int) -> None:
        if end > self.size:
            raise GgufError(Problem.TRUNCATED, f"it ends after {self.size} bytes, in the middle of its header")
        if end > settings.GGUF_MAX_HEADER:
            raise GgufError(Problem.MALFORMED, f"its header goes past {settings.GGUF_MAX_HEADER} bytes")
