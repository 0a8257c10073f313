"""A browser's end of a real Host: many documents over one pair of pipes.

Rules this file keeps: a request that has no end after LOST_SECONDS is lost; what the Host says to nobody, or after an
end, is kept in ``strays``.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from support.host_process import HOST, from_page
from windowsill import frames, wire
from windowsill.protocol import (
    PROTOCOL_MAX,
    PROTOCOL_MIN,
    Chunk,
    Done,
    Error,
    HostSays,
    Idle,
    Overflow,
    Progress,
    Welcome,
)
from windowsill.settings import MAX_FRAME_TO_BROWSER

LOST_SECONDS: Final = 300.0
"""Without an end: far longer than any answer waits for the others, or for another Engine."""


class Document(Struct, frozen=True):
    """One page: the Broker's number for it, and its origin."""

    client: int
    origin: str


class Reply:
    """The request ``number`` under way, which also names the session that it makes: its text until now, and its end."""

    def __init__(self, document: Document, number: int) -> None:
        self.document = document
        self.number = number
        self.pieces: list[str] = []
        self._begun = asyncio.Event()
        self._end: asyncio.Future[Done | Error] = asyncio.get_running_loop().create_future()

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def take(self, said: Chunk | Done | Error) -> None:
        """What the Host said of this request."""
        if isinstance(said, Chunk):
            self.pieces.append(said.text)
        else:
            self._end.set_result(said)
        self._begun.set()

    async def begun(self) -> None:
        """Wait for the first text or, without any, the end. Raises TimeoutError."""
        await asyncio.wait_for(self._begun.wait(), LOST_SECONDS)

    async def ended(self) -> Done | Error:
        """Wait for the end. Raises TimeoutError."""
        return await asyncio.wait_for(asyncio.shield(self._end), LOST_SECONDS)


class Browser:
    """Made by ``browsing``. ``strays``: what nobody had asked for."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.strays: list[HostSays] = []
        self.pid = process.pid
        self._process = process
        self._clients = itertools.count(1)
        self._ids = itertools.count(1)
        self._replies: dict[tuple[int, int], Reply] = {}
        self._welcomed = asyncio.Event()
        self._idle = asyncio.Event()

    def open(self, origin: str) -> Document:
        """A document of that origin."""
        return Document(next(self._clients), origin)

    def close(self, document: Document) -> None:
        """Its tab closes."""
        self._say({"type": "gone", "client": document.client, "suspended": False})

    def ask(self, document: Document, verb: str, *, visible: bool = True, **request: Any) -> Reply:
        """Send a request; what will come of it."""
        reply = Reply(document, next(self._ids))
        self._replies[document.client, reply.number] = reply
        self.notify(document, verb, id=reply.number, visible=visible, **request)
        return reply

    def notify(self, document: Document, verb: str, *, visible: bool = True, **notice: Any) -> None:
        """Send what gets no answer."""
        request = {"type": verb, **notice}
        self._say(from_page(request, client=document.client, origin=document.origin, visible=visible))

    async def hello(self) -> None:
        """Greet, and wait until greeted."""
        versions = {"min": PROTOCOL_MIN, "max": PROTOCOL_MAX}
        self._say({"type": "hello", "protocol": versions, "version": "1", "profile": "soak"})
        await self._welcomed.wait()

    async def idle(self) -> None:
        """Wait until the Host says that nothing is left. Raises TimeoutError."""
        await asyncio.wait_for(self._idle.wait(), LOST_SECONDS)

    async def leave(self) -> int:
        """End the Host's input; its exit status."""
        assert self._process.stdin
        self._process.stdin.close()
        return await self._process.wait()

    async def listen(self) -> None:
        """Take all that the Host says, to its end."""
        assert self._process.stdout
        reader = frames.FrameReader(MAX_FRAME_TO_BROWSER)
        while data := await self._process.stdout.read(2**16):
            for frame in reader.feed(data):
                assert isinstance(frame, frames.Frame)
                self._hear(wire.decode_host_says(frame.body))

    def _hear(self, said: HostSays) -> None:
        match said:
            case Chunk() | Done() | Error():
                self._pass_on(said)
            case Welcome():
                self._welcomed.set()
            case Idle():
                self._idle.set()
            case Progress() | Overflow():
                pass
            case _:
                self.strays.append(said)

    def _pass_on(self, said: Chunk | Done | Error) -> None:
        place = said.client, said.id
        reply = self._replies.get(place)
        if reply is None:
            self.strays.append(said)
            return
        reply.take(said)
        if isinstance(said, Chunk):
            self.notify(reply.document, "credit", id=said.id, chunks=1)
        else:
            del self._replies[place]

    def _say(self, message: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(frames.encode(msgspec.json.encode(message)))


@asynccontextmanager
async def browsing(home: Path) -> AsyncIterator[Browser]:
    """A browser whose Host has its files under ``home``, and is gone after the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "windowsill.native_host", "chrome-extension://test/"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "WINDOWSILL_HOME": str(home), "PYTHONPATH": str(HOST)},
    )
    browser = Browser(process)
    listening = asyncio.create_task(browser.listen(), name="browser listens")
    try:
        await browser.hello()
        yield browser
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await listening
