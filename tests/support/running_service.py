"""The Engine's front in a thread of this process, over fake runners; and what its clients say and hear."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from support.engine_process import EngineClient
from support.fake_runner import END, FakeRunner, Script
from support.tiny_gguf import Shape
from windowsill.engine.local_socket import LocalSocket
from windowsill.engine.service import Service
from windowsill.engine_protocol import (
    EngineSays,
    Finished,
    GetStats,
    Place,
    Stats,
    Text,
)
from windowsill.gguf_header import GgufHeader

SMALL = Shape(embedding=32, feed_forward=32, layers=1, heads=2, kv_heads=1)
OPENING = b"<|im_start|>assistant\n"


def replies(answer: str) -> Script:
    """What a chat model says after the opening of its answer: ``answer``, wherever it stopped, and the end."""
    data: list[int] = [*answer.encode(), END]

    def script(tokens: list[int]) -> int:
        text = bytes(tokens)
        return data[len(text) - text.rindex(OPENING) - len(OPENING)]

    return script


def endless(_: list[int]) -> int:
    return ord("x")


class Running:
    """A service in a thread of its own, which may read any model; ``runners`` are what it opened."""

    def __init__(self, folder: Path, open_runner: Callable[[], FakeRunner], *, idle: float = 600.0, owner: int) -> None:
        self.path = folder / "engine.sock"
        self.runners: list[FakeRunner] = []
        self.alarms: list[float] = []
        self.clients: list[EngineClient] = []
        self._open_runner = open_runner
        self._idle = idle
        self._owner = owner
        self._listening = threading.Event()
        self._left = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        assert self._listening.wait(timeout=30)

    def open_runner(self, _: Path, __: GgufHeader) -> FakeRunner:
        self.runners.append(self._open_runner())
        return self.runners[-1]

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.service = Service(
            LocalSocket(self.path),
            self.open_runner,
            idle_seconds=self._idle,
            owner=self._owner,
            on_listening=self._listening.set,
            alarm=self.alarms.append,
        )
        self.service.welcome = msgspec.structs.replace(self.service.welcome, readable=(Place(path="/"),))
        try:
            await self.service.run()
        finally:
            self._left.set()

    def connect(self) -> EngineClient:
        self.clients.append(EngineClient(self.path))
        return self.clients[-1]

    def leave(self) -> None:
        if not self._left.is_set():
            self._loop.call_soon_threadsafe(self.service.leave)
        self.join()

    def close(self) -> None:
        """Let every step go on, leave, and part with the clients."""
        for runner in self.runners:
            runner.gate.set()
        self.leave()
        for client in self.clients:
            client.close()

    def join(self) -> None:
        """Wait until it left by itself."""
        self._thread.join(timeout=30)
        assert not self._thread.is_alive()
        assert all(runner.closed for runner in self.runners)


class Serve(Protocol):
    """Starts a service over runners made by ``open_runner``."""

    def __call__(
        self, open_runner: Callable[[], FakeRunner], *, idle: float = 600.0, owner: int | None = None
    ) -> Running: ...


def cancelled(number: int) -> Finished:
    """How a request ends that was never computed."""
    return Finished(
        id=number, reason="cancelled", prompt_tokens=0, cached_tokens=0, completion_tokens=0, answer_tokens=0
    )


def terminal(client: EngineClient) -> EngineSays:
    while isinstance(said := client.receive(), Text):
        pass
    return said


def stats(client: EngineClient) -> Stats:
    """What the Engine tells, while answers may stream to the same client."""
    client.send(GetStats(id=999))
    said = terminal(client)
    assert isinstance(said, Stats)
    return said


def names(seen: Stats) -> list[str]:
    return [model.name for model in seen.models]


def closed(client: EngineClient) -> bool:
    try:
        while True:
            client.receive()
    except EOFError:
        return True
