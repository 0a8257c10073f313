"""An Engine that does as it is told: it speaks the protocol on a real socket, and computes nothing.

``FakeEngine`` runs in the test's own event loop. ``FakeEngines`` is what an ``EngineLink`` can start: this file as a
program, ``fake_engine.py SCRIPT JOURNAL`` before the Engine's own arguments.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import os
import select
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self, TypeVar

import msgspec
from msgspec import Struct

from windowsill import __version__, engine_protocol, frames, settings
from windowsill.engine_protocol import (
    ENGINE_PROTOCOL,
    Cancel,
    Count,
    Counted,
    Describe,
    Described,
    Drain,
    EngineHears,
    EngineSays,
    EngineWelcome,
    Failed,
    Finished,
    FinishReason,
    Generate,
    GetStats,
    Place,
    Stats,
    Text,
)
from windowsill.protocol import ErrorInfo

SELF_TEST = ("true",)
"""A self-test that passes."""

Heard = TypeVar("Heard", bound=EngineHears)


class Life(Struct, frozen=True, kw_only=True):
    """One Engine from its start to its end.

    ``pieces``: the answer to everything, less what was delivered before. ``dies``: at this moment; "answering" is after
    the first piece. ``ends``: the reason of ``finished``; None leaves answers open until they are cancelled.
    ``silent``: no greeting; ``mute``: greets, then only ``cancel`` is answered; ``greeting``: sent instead of ours.
    ``gate``: a FIFO that must be opened for writing before it is ready. ``readable``: paths that it says it may read;
    None: those it was started with. ``kills``: the signal by which ``dies`` ends its process.
    """

    pieces: tuple[str, ...] = ("One", " two", " three", ".")
    dies: Literal["never", "starting", "asked", "answering"] = "never"
    ends: FinishReason | None = "stop"
    failure: ErrorInfo | None = None
    protocol: int = ENGINE_PROTOCOL
    version: str = __version__
    greeting: bytes | None = None
    silent: bool = False
    mute: bool = False
    gate: str | None = None
    readable: tuple[str, ...] | None = ("/",)
    kills: int | None = None


class FakeEngine:
    """Listens at ``path`` inside its ``async with``. After each death it lives the next life; the last one for good."""

    def __init__(self, path: Path, *lives: Life) -> None:
        self.heard: list[EngineHears] = []
        self.connections = 0
        self.open: set[_FakeConnection] = set()
        self.gone = asyncio.Event()
        self._path = path
        self._lives = list(lives) or [Life()]
        self._heard_more = asyncio.Event()

    @property
    def life(self) -> Life:
        return self._lives[0]

    async def __aenter__(self) -> Self:
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        self._path.unlink(missing_ok=True)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(lambda: _FakeConnection(self), os.fspath(self._path))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        open_ones = list(self.open)
        for connection in open_ones:
            connection.transport.abort()
        for connection in open_ones:
            await connection.closed.wait()

    async def wait_for(self, kind: type[Heard], count: int = 1) -> list[Heard]:
        """The messages of this kind, once there are ``count`` of them."""
        while len(found := self.all(kind)) < count:
            self._heard_more.clear()
            await self._heard_more.wait()
        return found

    def all(self, kind: type[Heard]) -> list[Heard]:
        """What was heard of this kind so far."""
        return [message for message in self.heard if isinstance(message, kind)]

    def hears(self, connection: _FakeConnection, message: EngineHears) -> None:
        self.heard.append(message)
        self._heard_more.set()
        life = self.life
        match message:
            case Describe() | Count() | Generate() if life.dies == "asked":
                self.die()
            case Describe() | Count() | Generate() if life.mute:
                pass
            case Describe() | Count() | Generate() if life.failure is not None:
                connection.say(Failed(id=message.id, error=life.failure, detail="what only the user may read"))
            case Describe(id=number):
                connection.say(Described(id=number, name="Fake", context_window=1000, vocabulary=10, device="CPU"))
            case Count(id=number, turns=turns):
                connection.say(Counted(id=number, tokens=tuple(len(turn.content) for turn in turns)))
            case Generate():
                self._answer(connection, message)
            case Cancel(id=number):
                connection.say(finished(number, "cancelled"))
            case GetStats(id=number):
                connection.say(_stats(number))
            case Drain():
                self._server.close()
                self._path.unlink()
                self.gone.set()

    def _answer(self, connection: _FakeConnection, request: Generate) -> None:
        skip = len(request.resume)
        for piece in self.life.pieces:
            rest, skip = piece[skip:], max(0, skip - len(piece))
            if rest:
                connection.say(Text(id=request.id, text=rest))
                if self.life.dies == "answering":
                    self.die()
                    return
        if self.life.ends is not None:
            connection.say(finished(request.id, self.life.ends))

    def die(self) -> None:
        """Break every connection after what was sent; the next one meets the next life."""
        for connection in list(self.open):
            connection.transport.close()
        if len(self._lives) > 1:
            self._lives.pop(0)


class _FakeProcess(FakeEngine):
    """The same in a process of its own, which a death ends."""

    def die(self) -> None:
        if self.life.kills is not None:
            os.kill(os.getpid(), self.life.kills)
        os._exit(1)


class _FakeConnection(asyncio.Protocol):
    def __init__(self, engine: FakeEngine) -> None:
        self.closed = asyncio.Event()
        self._engine = engine
        self._frames = frames.FrameReader(settings.MAX_ENGINE_FRAME)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._engine.open.add(self)
        self._engine.connections += 1
        life = self._engine.life
        if life.greeting is not None:
            transport.write(life.greeting)
        elif not life.silent:
            readable = tuple([Place(path=path) for path in life.readable or ()])
            welcome = EngineWelcome(protocol=life.protocol, version=life.version, readable=readable, unconfined=())
            self.say(welcome)

    def say(self, message: EngineSays) -> None:
        self.transport.write(frames.encode(engine_protocol.encode(message)))

    def data_received(self, data: bytes) -> None:
        for frame in self._frames.feed(data):
            assert isinstance(frame, frames.Frame)
            self._engine.hears(self, engine_protocol.hears_decoder.decode(frame.body))

    def connection_lost(self, exc: Exception | None) -> None:
        self._engine.open.discard(self)
        self.closed.set()


def finished(number: int, reason: FinishReason) -> Finished:
    """How a fake generation ends."""
    return Finished(id=number, reason=reason, prompt_tokens=5, cached_tokens=0, completion_tokens=4, answer_tokens=6)


def _stats(number: int) -> Stats:
    return Stats(
        id=number,
        pid=os.getpid(),
        models=(),
        queued={},
        memory=0,
        steps=0,
        decoded_tokens=0,
        prefilled_tokens=0,
        cached_tokens=0,
        forced_tokens=0,
        drafted_tokens=0,
        accepted_tokens=0,
    )


class FakeEngines:
    """A program that an ``EngineLink`` can start; each start lives the next of ``lives``, the last one for good."""

    def __init__(self, folder: Path, *lives: Life) -> None:
        self._journal = folder / "journal"
        self._journal.touch()
        script = folder / "script"
        script.write_bytes(msgspec.json.encode(lives or (Life(),)))
        self.program = (sys.executable, "-I", __file__, str(script), str(self._journal))

    @property
    def starts(self) -> list[list[str]]:
        """The Engines that were started, in order: process ids and arguments."""
        return [line.split("\t") for line in self._journal.read_text().splitlines()]

    @property
    def pids(self) -> list[int]:
        """Their process ids."""
        return [int(start[0]) for start in self.starts]

    def kill(self) -> None:
        """End all that were started, and return when they have."""
        for pid in self.pids:
            kill(pid)


def kill(pid: int) -> None:
    """SIGKILL the process, and return when it is dead."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    select.select([handle], [], [])
    os.close(handle)


def main() -> None:
    """Be one of ``FakeEngines``."""
    parser = argparse.ArgumentParser()
    parser.add_argument("script", type=Path)
    parser.add_argument("journal", type=Path)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--ready-fd", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--idle-seconds", type=float, required=True)
    parser.add_argument("--readable", action="append", default=[])
    arguments, _ = parser.parse_known_args()
    lives = msgspec.json.decode(arguments.script.read_bytes(), type=Sequence[Life])
    with arguments.journal.open("r+") as journal:
        fcntl.flock(journal, fcntl.LOCK_EX)
        starts = len(journal.read().splitlines())
        journal.write("\t".join([str(os.getpid()), *sys.argv[3:]]) + "\n")
    life = lives[min(starts, len(lives) - 1)]
    if life.readable is None:
        life = msgspec.structs.replace(life, readable=tuple(arguments.readable))
    print("a fake Engine starts", flush=True)
    if life.gate is not None:
        Path(life.gate).read_bytes()
    if life.dies == "starting":
        raise SystemExit(1)
    asyncio.run(_live(arguments.socket, life, arguments.ready_fd))


async def _live(path: Path, life: Life, ready: int) -> None:
    async with _FakeProcess(path, life) as engine:
        os.write(ready, b"1")
        os.close(ready)
        await engine.gone.wait()


if __name__ == "__main__":
    main()
