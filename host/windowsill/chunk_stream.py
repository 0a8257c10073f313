"""One answer's text on its way to a page: joined in time, held by credits, cut to frames; never dropped.

The first text goes at once, later text at most every ``CHUNK_JOIN_SECONDS``. Without credits text waits here and is
joined; when much waits, the writer is asked to pause.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from windowsill.settings import CHUNK_JOIN_SECONDS, STREAM_CREDITS, UNREAD_CHARACTERS

CHUNK_CHARACTERS: Final = 65_536
"""Characters of one chunk at most: escaped as JSON each takes up to 12 bytes, and a frame may have 900,000."""


class Writer(Protocol):
    """Where the text comes from."""

    def pause(self) -> None: ...
    def go(self) -> None: ...


class ChunkStream:
    """``push`` text, ``credit`` what was read, ``finish`` at the end. ``stream`` false: all goes out at the end."""

    def __init__(self, send: Callable[[str], None], *, stream: bool) -> None:
        self._send = send
        self._stream = stream
        self._credits = STREAM_CREDITS
        self._waiting: list[str] = []
        self._size = 0
        self._last = float("-inf")
        self._timer: asyncio.TimerHandle | None = None
        self._writer: Writer | None = None
        self._paused = False

    def attach(self, writer: Writer) -> None:
        """The generation that writes from now on."""
        self._writer = writer
        self._paused = False

    def push(self, text: str) -> None:
        """Text from the writer, in order; of an empty one no chunk is made."""
        if not text:
            return
        self._waiting.append(text)
        self._size += len(text)
        if self._stream:
            self._try_send()
            if self._size > UNREAD_CHARACTERS and not self._paused and self._writer:
                self._paused = True
                self._writer.pause()

    def credit(self, chunks: int) -> None:
        """The reader took that many more chunks. More than are on their way is no news: the bound stays."""
        self._credits = min(STREAM_CREDITS, self._credits + chunks)
        if self._waiting:
            self._try_send()

    def finish(self) -> None:
        """Send all that waits; the text of one answer is bounded by its context window."""
        self.close()
        while self._waiting:
            self._send_one()

    def close(self) -> None:
        """No more timers; what waits is forgotten unless ``finish`` sends it."""
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _try_send(self) -> None:
        if self._timer or not self._credits:
            return
        loop = asyncio.get_running_loop()
        due = self._last + CHUNK_JOIN_SECONDS
        if loop.time() < due:
            self._timer = loop.call_at(due, self._timed)
            return
        self._last = loop.time()
        self._credits -= 1
        self._send_one()
        if self._paused and self._size <= UNREAD_CHARACTERS and self._writer:
            self._paused = False
            self._writer.go()
        if self._waiting:
            self._try_send()

    def _timed(self) -> None:
        self._timer = None
        if self._waiting:
            self._try_send()

    def _send_one(self) -> None:
        text = "".join(self._waiting)
        rest = text[CHUNK_CHARACTERS:]
        self._waiting = [rest] if rest else []
        self._size = len(rest)
        self._send(text[:CHUNK_CHARACTERS])
