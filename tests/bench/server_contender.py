"""llama-server as a contender: its own ``/completion``, streamed over its socket file, with this library's own sockets.

Rules this file keeps: the model's chat template is applied before the clock runs; each request has a connection of its
own, and closing it is how a reader walks away.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from bench.contender import Answering, Ask, Trace, Usage

GREEDY: Final = {"temperature": 0, "top_k": 1, "samplers": ["top_k"], "ignore_eos": True}
"""The cheapest way to the likeliest token; without ``samplers`` the server also runs chains that change nothing."""

EVENT: Final = b"data: "


class Timings(Struct):
    """Tokens read, found in the cache, and written."""

    prompt_n: int
    cache_n: int
    predicted_n: int


class Event(Struct):
    """One event of a stream; the last has ``timings``."""

    content: str
    timings: Timings | None = None


class ServerContender:
    """``socket``: where the server listens."""

    name = "llama-server"

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    async def prepare(self, ask: Ask) -> Answering:
        """See ``Contender``."""
        turns = {"messages": [{"role": turn.role, "content": turn.content} for turn in ask.turns]}
        async with self._post("/apply-template", turns) as pieces:
            prompt = json.loads(b"".join([piece async for piece in pieces]))["prompt"]
        body: dict[str, Any] = {"prompt": prompt, "n_predict": ask.max_tokens, "stream": True, **GREEDY}
        if ask.schema is not None:
            body["json_schema"] = json.loads(ask.schema)
            body["ignore_eos"] = False

        async def answering(trace: Trace) -> None:
            trace.begin()
            async with self._post("/completion", body) as pieces:
                async for line in _lines(pieces):
                    if line.startswith(EVENT):
                        _take(trace, msgspec.json.decode(line.removeprefix(EVENT), type=Event))

        return answering

    @asynccontextmanager
    async def _post(self, path: str, body: dict[str, Any]) -> AsyncIterator[AsyncIterator[bytes]]:
        """The body of the answer, in pieces as they come."""
        reader, writer = await asyncio.open_unix_connection(self._socket)
        try:
            encoded = json.dumps(body).encode()
            head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n"
            writer.write(f"{head}content-length: {len(encoded)}\r\n\r\n".encode() + encoded)
            status, _, fields = (await reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")
            if b" 200 " not in status:
                raise RuntimeError(f"{self.name}: {status!r} {await reader.read()!r}")
            yield _chunks(reader) if b"chunked" in fields.lower() else _rest(reader)
        finally:
            writer.close()


def _take(trace: Trace, event: Event) -> None:
    if event.content:
        trace.take(event.content)
    if event.timings is not None:
        timings = event.timings
        trace.usage = Usage(timings.prompt_n + timings.cache_n, timings.cache_n, timings.predicted_n)


async def _rest(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    yield await reader.read()


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """HTTP's chunked coding undone."""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        yield (await reader.readexactly(size + 2))[:-2]


async def _lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    unfinished = b""
    async for piece in pieces:
        *lines, unfinished = (unfinished + piece).split(b"\n")
        for line in lines:
            yield line
