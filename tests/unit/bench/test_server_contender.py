"""Against a scripted server on a socket file: the real one is what benchmarks are for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.contender import Ask, Streaming, Usage, answer
from bench.server_contender import ServerContender
from windowsill.engine_protocol import Turn

ASK = Ask(turns=(Turn(role="user", content="Hi"),), max_tokens=3)
LAST = {"content": "", "stop": True, "timings": {"prompt_n": 4, "cache_n": 6, "predicted_n": 2, "prompt_ms": 1.5}}


def events(*bodies: dict[str, Any]) -> bytes:
    return b"".join(b"data: " + json.dumps(body).encode() + b"\n\n" for body in bodies)


def chunked(data: bytes, size: int) -> bytes:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces)


class Scripted:
    """Answers ``/completion`` with ``body``; ``asked`` are the requests' paths and bodies."""

    def __init__(self, body: bytes, *, status: str = "200 OK", ends: bool = True) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.left = asyncio.Event()
        self._body = body
        self._status = status
        self._ends = ends

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        path = head.split()[1]
        self.asked.append((path, json.loads(await reader.readexactly(length))))
        if path == "/apply-template":
            rendered = b'{"prompt": "<user>Hi"}'
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(rendered) + rendered)
        else:
            head = f"HTTP/1.1 {self._status}\r\nTransfer-Encoding: chunked\r\n\r\n"
            writer.write(head.encode() + self._body + (b"0\r\n\r\n" if self._ends else b""))
            await writer.drain()
            if not self._ends:
                await reader.read()
                self.left.set()
        writer.close()


@asynccontextmanager
async def listening(scripted: Scripted, folder: Path) -> AsyncIterator[ServerContender]:
    server = await asyncio.start_unix_server(scripted.serve, folder / "peer.sock")
    async with server:
        yield ServerContender(folder / "peer.sock")


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_answer_is_put_together_however_its_stream_is_cut(tmp_path: Path, size: int) -> None:
    async def check() -> None:
        body = chunked(events({"content": " so", "tokens": [1]}, {"content": " ü"}, LAST), size)
        scripted = Scripted(body)
        async with listening(scripted, tmp_path) as contender:
            trace = await answer(contender, ASK)
        assert trace.pieces == [" so", " ü"]
        assert trace.usage == Usage(prompt=10, cached=6, answer=2)
        assert trace.asked < trace.arrivals[0][0] <= trace.arrivals[1][0]

    asyncio.run(check())


def test_question_is_asked_as_the_model_template_renders_it(tmp_path: Path) -> None:
    async def check() -> None:
        scripted = Scripted(chunked(events({"content": " so"}, LAST), 1000))
        async with listening(scripted, tmp_path) as contender:
            await answer(contender, Ask(turns=ASK.turns, max_tokens=3, schema='{"type":"boolean"}'))
        (template, turns), (completion, body) = scripted.asked
        assert (template, completion) == ("/apply-template", "/completion")
        assert turns == {"messages": [{"role": "user", "content": "Hi"}]}
        assert (body["prompt"], body["n_predict"], body["stream"]) == ("<user>Hi", 3, True)
        assert (body["json_schema"], body["ignore_eos"]) == ({"type": "boolean"}, False)

    asyncio.run(check())


def test_reader_that_walks_away_closes_the_connection(tmp_path: Path) -> None:
    async def check() -> None:
        scripted = Scripted(chunked(events({"content": " so"}), 1000), ends=False)
        async with listening(scripted, tmp_path) as contender:
            async with Streaming(contender, ASK) as stream:
                await stream.writing()
            await scripted.left.wait()

    asyncio.run(check())


def test_refusal_is_no_answer(tmp_path: Path) -> None:
    async def check() -> None:
        scripted = Scripted(chunked(b"busy", 10), status="503 Service Unavailable")
        async with listening(scripted, tmp_path) as contender, Streaming(contender, ASK) as stream:
            await stream.writing()

    with pytest.raises(RuntimeError, match="503 Service Unavailable"):
        asyncio.run(check())
