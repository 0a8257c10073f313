"""One connection to an Engine: bytes ⇄ messages, each handed to the request that it is about.

Rules this file keeps: only this user's processes are spoken to; bytes that break the protocol end the connection; a
listener hears one terminal message or, once, that the connection was lost, and nothing after it cancelled.
"""

from __future__ import annotations

import asyncio
import logging
import os
from enum import Enum, auto
from pathlib import Path
from typing import Final, Protocol

import msgspec

from windowsill import __version__, engine_protocol, frames, settings
from windowsill.engine_protocol import (
    ENGINE_PROTOCOL,
    Cancel,
    Count,
    Counted,
    Describe,
    Described,
    EngineHears,
    EngineWelcome,
    Failed,
    Finished,
    Generate,
    GetStats,
    Place,
    Stats,
    Text,
)
from windowsill.engine_silence import Silence
from windowsill.errors import UnknownError
from windowsill.ownership import NotOurs, end_peer, peer_uid

logger = logging.getLogger(__name__)

Work = Describe | Count | Generate | GetStats
Terminal = Described | Counted | Finished | Stats | Failed

WORD: Final = 0
"""Number of the request by which an Engine is asked to say anything; those of others count from one."""


class State(Enum):
    """CONNECTING leads to one of the others; all of them end in LOST. OTHER: an Engine of another version."""

    CONNECTING = auto()
    READY = auto()
    OTHER = auto()
    STRANGER = auto()
    LOST = auto()


class ProtocolViolation(Exception):
    """The Engine said what it must not; the text is for the log."""


class Listener(Protocol):
    """Who waits for the answer to one request."""

    def heard(self, message: Text | Terminal) -> None:
        """The Engine answered. Raises ProtocolViolation when this is no answer to the request."""

    def lost(self) -> None:
        """The Engine is gone; no more will be heard."""


class EngineConnection(asyncio.Protocol):
    """Made by ``connect``. ``welcome`` is there once the state is READY."""

    welcome: EngineWelcome

    def __init__(self) -> None:
        self.state = State.CONNECTING
        self._listeners: dict[int, Listener] = {}
        self._frames = frames.FrameReader(settings.MAX_ENGINE_FRAME)
        self._silence = Silence(lambda: bool(self._listeners), lambda: self.notify(GetStats(id=WORD)), self._end)
        self._settled = asyncio.Event()
        self._closed = asyncio.Event()

    async def greeted(self) -> None:
        """Wait until ``state`` is no longer CONNECTING."""
        await self._settled.wait()

    @property
    def open(self) -> bool:
        """Whether more may be heard from it."""
        return self.state is not State.LOST

    def may_read(self, model: Path) -> bool:
        """Whether this Engine can open the file that is at ``model`` now, wherever links lead."""
        file = model.resolve()
        return any(_holds(place, file) for place in self.welcome.readable)

    def begin(self, request: Work, listener: Listener) -> None:
        """Send ``request``. Raises UnknownError when it is too large to send; loss is told to the listener."""
        if self.state is not State.READY:
            listener.lost()
            return
        body = engine_protocol.encode(request)
        if len(body) > settings.MAX_ENGINE_FRAME:
            raise UnknownError("The conversation is too large.", detail=f"{len(body)} bytes for the Engine")
        self._listeners[request.id] = listener
        self._silence.begin()
        self._transport.write(frames.encode(body))

    def cancel(self, number: int) -> None:
        """Request ``number`` is not wanted any more; nothing happens when it has ended."""
        if self._listeners.pop(number, None) is not None:
            self.notify(Cancel(id=number))

    def notify(self, notice: EngineHears) -> None:
        """Send a notice, unless the Engine is gone."""
        if self.state is not State.LOST:
            self._transport.write(frames.encode(engine_protocol.encode(notice)))

    def close(self) -> None:
        """Close after what was written is sent. Listeners are told."""
        self._settle(State.LOST)
        self._transport.close()

    async def aclose(self) -> None:
        """Close at once, which cancels what is under way, and wait until that is done."""
        self._abort()
        await self._closed.wait()

    # -- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("an Engine speaks through a stream socket")
        self._transport = transport
        stranger = peer_uid(transport.get_extra_info("socket"))
        if stranger != os.getuid():
            logger.error("user %d answers where the Engine should", stranger)
            self._settle(State.STRANGER)
            transport.abort()

    def data_received(self, data: bytes) -> None:
        self._silence.broken()
        try:
            for frame in self._frames.feed(data):
                if isinstance(frame, frames.Oversized):
                    raise ProtocolViolation(f"a frame of {frame.length} bytes")
                self._hear(frame.body)
        except (frames.FrameError, msgspec.DecodeError, UnicodeDecodeError, RecursionError, ProtocolViolation) as error:
            logger.error("the connection to the Engine is closed: %s", error)
            self._abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.state is not State.STRANGER:
            self._settle(State.LOST)
        self._closed.set()
        listeners = list(self._listeners.values())
        self._listeners.clear()
        for listener in listeners:
            listener.lost()

    def _hear(self, body: bytes) -> None:
        if self.state is State.CONNECTING:
            self._greet(body)
        elif self.state is State.READY:
            self._dispatch(body)

    def _greet(self, body: bytes) -> None:
        """A greeting that cannot be read is another protocol's."""
        try:
            welcome = msgspec.msgpack.decode(body, type=EngineWelcome)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self._settle(State.OTHER)
            return
        self.welcome = welcome
        ours = (welcome.protocol, welcome.version) == (ENGINE_PROTOCOL, __version__)
        self._settle(State.READY if ours else State.OTHER)

    def _dispatch(self, body: bytes) -> None:
        message = engine_protocol.says_decoder.decode(body)
        if isinstance(message, EngineWelcome):
            raise ProtocolViolation("a second greeting")
        listener = self._listeners.get(message.id)
        if listener is None:
            return
        if isinstance(message, Finished) and message.reason == "cancelled":
            # Nobody here cancelled it, so the Engine is about to leave.
            self._abort()
            return
        listener.heard(message)
        if not isinstance(message, Text):
            self._listeners.pop(message.id, None)

    def _end(self) -> None:
        """The Engine hangs. What it owes is asked of the next one, as after a crash."""
        logger.error("the Engine has work and says nothing any more; it is ended")
        end_peer(self._transport.get_extra_info("socket"))
        self._abort()

    def _settle(self, state: State) -> None:
        self.state = state
        self._settled.set()

    def _abort(self) -> None:
        self._settle(State.LOST)
        self._transport.abort()


def _holds(place: Place, file: Path) -> bool:
    if place.inode is None:
        return file.is_relative_to(place.path)
    try:
        about = file.stat()
    except OSError:
        return False
    return place.inode == (about.st_dev, about.st_ino)


async def connect(path: Path) -> EngineConnection | None:
    """The Engine behind ``path``, greeted: READY or OTHER; None when none answers. Raises NotOurs, OSError."""
    loop = asyncio.get_running_loop()
    try:
        _, connection = await loop.create_unix_connection(EngineConnection, os.fspath(path))
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    try:
        async with asyncio.timeout(settings.ENGINE_START_SECONDS):
            await connection.greeted()
    except TimeoutError:
        logger.error("the Engine accepts a connection and says nothing")
        await connection.aclose()
        return None
    except asyncio.CancelledError:
        connection.close()
        raise
    if connection.state is State.STRANGER:
        raise NotOurs(f"another user's process answers at {path}")
    return None if connection.state is State.LOST else connection
