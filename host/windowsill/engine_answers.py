"""What a request waits for: the text of a generation, or one answer; whichever Engine gives it in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from msgspec import structs

from windowsill import settings as limits
from windowsill.engine_connection import EngineConnection, ProtocolViolation, Terminal, Work
from windowsill.engine_protocol import (
    Counted,
    Described,
    Failed,
    Finished,
    Generate,
    Go,
    Pause,
    Stats,
    Text,
    Visible,
)
from windowsill.errors import UnknownError, WindowsillError, from_wire

Answer = TypeVar("Answer", Described, Counted, Stats)

Connect = Callable[[], Awaitable[EngineConnection]]


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

    def show(self, *, visible: bool) -> None:
        """The document that asks came on screen, or left it."""
        if visible == self._request.visible:
            return
        self._request = structs.replace(self._request, visible=visible)
        if self._connection is not None:
            self._connection.notify(Visible(id=self._request.id, visible=visible))

    def cancel(self) -> None:
        """Nobody reads on. Nothing happens when the answer has ended."""
        if self._connection is not None:
            self._connection.cancel(self._request.id)

    async def _begin_again(self) -> None:
        self._losses += 1
        if self._losses > limits.MAX_ENGINE_RESTARTS:
            raise gave_up()
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


async def reply(connection: EngineConnection, request: Work, kind: type[Answer]) -> Answer | None:
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


def gave_up() -> UnknownError:
    """When a request lost every Engine that it was sent to."""
    return UnknownError(
        "The model stopped working.",
        detail=f"the Engine was lost {limits.MAX_ENGINE_RESTARTS + 1} times during one request",
    )
