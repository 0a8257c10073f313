"""One connected Host: bytes ⇄ messages, and how full its end is. Decides nothing about requests.

Rules this file keeps: only this user's processes get past the greeting; a frame that cannot be read, or a message that
breaks the protocol, ends this connection and no other.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

import msgspec

from windowsill import engine_protocol, frames, settings
from windowsill.engine import bounds
from windowsill.engine_protocol import EngineHears, EngineSays, EngineWelcome
from windowsill.ownership import peer_uid

logger = logging.getLogger(__name__)


class ProtocolViolation(Exception):
    """The Host said what it must not; the text is for the log."""


class Hub(Protocol):
    """What a connection tells of itself."""

    @property
    def welcome(self) -> EngineWelcome:
        """What a Host hears first."""

    def heard(self, connection: Connection, message: EngineHears) -> None:
        """A message came. Raises ProtocolViolation."""

    def fullness_changed(self, connection: Connection) -> None:
        """``connection.full`` is another now."""

    def lost(self, connection: Connection) -> None:
        """It is gone, with all it asked for."""


class Connection(asyncio.Protocol):
    """``owner``: user id that may connect."""

    def __init__(self, hub: Hub, owner: int) -> None:
        self.full = False
        self.open = False
        self._hub = hub
        self._owner = owner
        self._frames = frames.FrameReader(settings.MAX_ENGINE_FRAME)

    def send(self, message: EngineSays) -> None:
        """Queue ``message``; dropped when the Host is gone."""
        if self.open:
            self._transport.write(frames.encode(engine_protocol.encode(message)))

    def close(self) -> None:
        """Close after what is queued was sent."""
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a Host speaks through a stream socket")
        self._transport = transport
        stranger = peer_uid(transport.get_extra_info("socket"))
        if stranger != self._owner:
            logger.warning("user %d tried to connect", stranger)
            transport.abort()
            return
        self.open = True
        transport.set_write_buffer_limits(high=bounds.ENGINE_OUTBOX_BYTES)
        self.send(self._hub.welcome)

    def data_received(self, data: bytes) -> None:
        try:
            for frame in self._frames.feed(data):
                self._hear(frame)
        except (frames.FrameError, msgspec.DecodeError, UnicodeDecodeError, RecursionError, ProtocolViolation) as error:
            logger.warning("a connection is closed: %s", error)
            self._transport.abort()

    def _hear(self, frame: frames.Frame | frames.Oversized) -> None:
        if isinstance(frame, frames.Oversized):
            raise ProtocolViolation(f"a frame of {frame.length} bytes")
        self._hub.heard(self, engine_protocol.hears_decoder.decode(frame.body))

    def pause_writing(self) -> None:
        self.full = True
        self._hub.fullness_changed(self)

    def resume_writing(self) -> None:
        self.full = False
        self._hub.fullness_changed(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.open:
            self.open = False
            self._hub.lost(self)
