"""The Host's requests to the Engine, whichever Engine it is by the time they end.

Rules this file keeps: one connection for all requests, opened when one first needs it; an Engine that dies is replaced,
and what was under way is sent again with the text that was already received, at most ``MAX_ENGINE_RESTARTS`` times.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from msgspec import structs

from windowsill import settings as limits
from windowsill.engine_connection import EngineConnection, ProtocolViolation, State, Terminal, Work
from windowsill.engine_process import PROGRAM, EngineFinder
from windowsill.engine_protocol import (
    Count,
    Counted,
    Describe,
    Described,
    Failed,
    Finished,
    Generate,
    GetStats,
    Go,
    ModelRef,
    Pause,
    Sampling,
    Stats,
    Text,
    Turn,
)
from windowsill.errors import InvalidStateError, UnknownError, WindowsillError, from_wire
from windowsill.settings import Paths, Settings

Answer = TypeVar("Answer", Described, Counted, Stats)

Connect = Callable[[], Awaitable[EngineConnection]]


class EngineLink:
    """The way to the Engine. Every method may raise WindowsillError. ``program``: see ``EngineFinder``."""

    def __init__(self, where: Paths, settings: Settings, *, program: Sequence[str] = PROGRAM) -> None:
        self.settings = settings
        self._finder = EngineFinder(where, lambda: self.settings, program)
        self._ids = itertools.count(1)
        self._connection: EngineConnection | None = None
        self._connecting: asyncio.Task[EngineConnection] | None = None
        self._closed = False

    async def describe(self, model: ModelRef) -> Described:
        """Load the model if it is not loaded, and say what it is."""
        return await self._ask(Describe(id=next(self._ids), model=model), Described)

    async def count(self, model: ModelRef, turns: Sequence[Turn]) -> tuple[int, ...]:
        """Tokens of each turn by itself."""
        return (await self._ask(Count(id=next(self._ids), model=model, turns=tuple(turns)), Counted)).tokens

    async def stats(self) -> Stats | None:
        """What the Engine does now; None when none runs. Never starts one."""
        shared = self._open_connection()
        connection = shared or await self._finder.running()
        if connection is None:
            return None
        try:
            return await _reply(connection, GetStats(id=next(self._ids)), Stats)
        finally:
            if connection is not shared:
                connection.close()

    @asynccontextmanager
    async def generate(
        self,
        *,
        model: ModelRef,
        origin: str,
        visible: bool,
        turns: Sequence[Turn],
        sampling: Sampling,
        max_tokens: int,
        continues: bool = False,
        stop: tuple[str, ...] = (),
    ) -> AsyncIterator[Generation]:
        """An answer that streams; leaving the block early cancels it. The arguments are those of ``Generate``."""
        request = Generate(
            id=next(self._ids),
            model=model,
            origin=origin,
            visible=visible,
            turns=tuple(turns),
            sampling=sampling,
            max_tokens=max_tokens,
            continues=continues,
            stop=stop,
        )
        generation = Generation(request, self._connected)
        try:
            await generation.begin()
            yield generation
        finally:
            generation.cancel()

    async def aclose(self) -> None:
        """Close the connection, which cancels what is under way. The Engine lives on."""
        self._closed = True
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.wait([self._connecting])
        if self._connection is not None:
            await self._connection.aclose()

    async def _ask(self, request: Describe | Count, kind: type[Answer]) -> Answer:
        for _ in range(1 + limits.MAX_ENGINE_RESTARTS):
            answer = await _reply(await self._connected(), request, kind)
            if answer is not None:
                return answer
        raise _gave_up()

    def _open_connection(self) -> EngineConnection | None:
        connection = self._connection
        return connection if connection is not None and connection.state is State.READY else None

    async def _connected(self) -> EngineConnection:
        """The shared connection. All who need it wait for one attempt, which outlives whoever asked first."""
        if self._closed:
            raise InvalidStateError("The Host is leaving.")
        connection = self._open_connection()
        if connection is not None:
            return connection
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._connect(), name="engine-connect")
            self._connecting.add_done_callback(_seen)
        attempt = self._connecting
        await asyncio.wait([attempt])
        if attempt.cancelled():
            raise InvalidStateError("The Host is leaving.")
        return attempt.result()

    async def _connect(self) -> EngineConnection:
        try:
            self._connection = await self._finder.ready()
        finally:
            self._connecting = None
        return self._connection


class Generation:
    """One answer: iterate over its text. ``finished`` is there once the iterator is exhausted."""

    finished: Finished

    def __init__(self, request: Generate, connect: Connect) -> None:
        self._request = request
        self._connect = connect
        self._connection: EngineConnection | None = None
        self._received: list[str] = []
        self._unread: list[str] = []
        self._end: Finished | Failed | None = None
        self._lost = False
        self._losses = 0
        self._paused = False
        self._changed = asyncio.Event()

    async def begin(self) -> None:
        """Send the request, with all the text that earlier Engines sent."""
        self._connection = await self._connect()
        self._lost = False
        request = structs.replace(self._request, resume="".join(self._received))
        self._connection.begin(request, self)
        if self._paused:
            self._connection.notify(Pause(id=self._request.id))

    def __aiter__(self) -> Generation:
        return self

    async def __anext__(self) -> str:
        """All text that came since the last time, never empty. Raises WindowsillError when there will be no end."""
        while not self._unread:
            if isinstance(self._end, Finished):
                self.finished = self._end
                raise StopAsyncIteration
            if self._end is not None:
                raise _error(self._end)
            if self._lost:
                await self._begin_again()
            else:
                self._changed.clear()
                await self._changed.wait()
        text = "".join(self._unread)
        self._unread.clear()
        return text

    def pause(self) -> None:
        """The reader is full: the Engine stops soon."""
        self._paused = True
        if self._connection is not None:
            self._connection.notify(Pause(id=self._request.id))

    def go(self) -> None:
        """The reader takes more."""
        self._paused = False
        if self._connection is not None:
            self._connection.notify(Go(id=self._request.id))

    def cancel(self) -> None:
        """Nobody reads on. Nothing happens when the answer has ended."""
        if self._connection is not None:
            self._connection.cancel(self._request.id)

    async def _begin_again(self) -> None:
        self._losses += 1
        if self._losses > limits.MAX_ENGINE_RESTARTS:
            raise _gave_up()
        await self.begin()

    # -- engine_connection.Listener

    def heard(self, message: Text | Terminal) -> None:
        """See ``Listener``."""
        match message:
            case Text(text=text):
                self._received.append(text)
                self._unread.append(text)
            case Finished() | Failed():
                self._end = message
            case _:
                raise ProtocolViolation(f"{type(message).__name__} for a generation")
        self._changed.set()

    def lost(self) -> None:
        """See ``Listener``."""
        self._lost = True
        self._changed.set()


class _Reply(Generic[Answer]):
    """Listens for the one answer of ``kind``; its result is None when the Engine is lost."""

    def __init__(self, kind: type[Answer]) -> None:
        self._kind: type[Answer] = kind
        self.result: asyncio.Future[Answer | Failed | None] = asyncio.get_running_loop().create_future()

    def heard(self, message: Text | Terminal) -> None:
        """See ``Listener``."""
        if not isinstance(message, (self._kind, Failed)):
            raise ProtocolViolation(f"{type(message).__name__} instead of {self._kind.__name__}")
        if not self.result.done():
            self.result.set_result(message)

    def lost(self) -> None:
        """See ``Listener``."""
        if not self.result.done():
            self.result.set_result(None)


async def _reply(connection: EngineConnection, request: Work, kind: type[Answer]) -> Answer | None:
    """The Engine's answer; None when it was lost. Raises what the Engine failed with."""
    reply = _Reply(kind)
    connection.begin(request, reply)
    try:
        answer = await reply.result
    finally:
        connection.cancel(request.id)
    if isinstance(answer, Failed):
        raise _error(answer)
    return answer


def _error(failed: Failed) -> WindowsillError:
    error = from_wire(failed.error)
    error.detail = failed.detail
    return error


def _gave_up() -> UnknownError:
    return UnknownError(
        "The model stopped working.",
        detail=f"the Engine was lost {limits.MAX_ENGINE_RESTARTS + 1} times during one request",
    )


def _seen(attempt: asyncio.Task[EngineConnection]) -> None:
    """A failed attempt is told to those who wait for it; with nobody left it is no news."""
    if not attempt.cancelled():
        attempt.exception()
