"""The Host's requests to the Engine, whichever Engine it is by the time they end.

Rules this file keeps: one connection for all new requests, opened when one first needs it; an Engine that dies is
replaced, and what was under way is sent again with the text that was already received, at most ``MAX_ENGINE_RESTARTS``
times. Where another Engine takes over because the first may not read a model, the first keeps what it has under way.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from windowsill import settings as limits
from windowsill.engine_answers import Answer, Generation, gave_up, reply
from windowsill.engine_check import SELF_TEST
from windowsill.engine_connection import EngineConnection, State
from windowsill.engine_process import EngineFinder
from windowsill.engine_protocol import (
    AnyTurn,
    Constraint,
    Count,
    Counted,
    Describe,
    Described,
    EngineWelcome,
    ForgetPrivate,
    Generate,
    GetStats,
    ModelRef,
    Sampling,
    Stats,
    Stop,
    Tool,
)
from windowsill.engine_starter import PROGRAM
from windowsill.errors import InvalidStateError
from windowsill.settings import Paths, Settings


class EngineLink:
    """The way to the Engine. Every method may raise WindowsillError. ``program`` and ``self_test``: see
    ``EngineStarter``."""

    def __init__(
        self,
        where: Paths,
        settings: Settings,
        *,
        program: Sequence[str] = PROGRAM,
        self_test: Sequence[str] = SELF_TEST,
    ) -> None:
        self.settings = settings
        self._finder = EngineFinder(where, lambda: self.settings, program, self_test)
        self._ids = itertools.count(1)
        self._connection: EngineConnection | None = None
        self._earlier: list[EngineConnection] = []
        self._connecting: asyncio.Task[EngineConnection] | None = None
        self._closed = False

    async def describe(self, model: ModelRef) -> Described:
        """Load the model if it is not loaded, and say what it is."""
        return await self._ask(Describe(id=next(self._ids), model=model), Described)

    async def count(
        self,
        model: ModelRef,
        turns: Sequence[AnyTurn],
        *,
        origin: str,
        visible: bool,
        continues: bool = False,
        constraint: Constraint | None = None,
        tools: Sequence[Tool] = (),
    ) -> tuple[int, ...]:
        """Tokens of each turn by itself. Raises NotSupportedError for what no answer could follow or call: the
        ``constraint``, the ``tools``, both together."""
        request = Count(
            id=next(self._ids),
            model=model,
            origin=origin,
            visible=visible,
            turns=tuple(turns),
            continues=continues,
            constraint=constraint,
            tools=tuple(tools),
        )
        return (await self._ask(request, Counted)).tokens

    async def count_tools(self, model: ModelRef, tools: Sequence[Tool], *, origin: str, visible: bool) -> int:
        """Tokens of the definitions together. Raises NotSupportedError when no answer could call them."""
        request = Count(id=next(self._ids), model=model, origin=origin, visible=visible, turns=(), tools=tuple(tools))
        return (await self._ask(request, Counted)).tools

    async def stats(self) -> Stats | None:
        """What the Engine does now; None when none runs. Never starts one."""
        async with self._running() as connection:
            if connection is None:
                return None
            return await reply(connection, GetStats(id=next(self._ids)), Stats)

    async def welcome(self) -> EngineWelcome | None:
        """How the Engine greets; None when none runs. Never starts one."""
        async with self._running() as connection:
            return None if connection is None else connection.welcome

    async def stop_origin(self, origin: str) -> None:
        """Stop what any Host asked for ``origin``: it ends with an AbortError. Never starts an Engine."""
        for connection in self._earlier:
            connection.notify(Stop(origin=origin))
        async with self._running() as running:
            if running is not None:
                running.notify(Stop(origin=origin))

    def forget_private(self) -> None:
        """Have forgotten what was said in private partitions and has ended."""
        for connection in (*self._earlier, self._connection):
            if connection is not None:
                connection.notify(ForgetPrivate())

    @asynccontextmanager
    async def generate(
        self,
        *,
        model: ModelRef,
        origin: str,
        visible: bool,
        turns: Sequence[AnyTurn],
        sampling: Sampling,
        max_tokens: int,
        continues: bool = False,
        stop: tuple[str, ...] = (),
        constraint: Constraint | None = None,
        instructions: int = 0,
        copies: bool = False,
        partition: str = "",
        private: bool = False,
        tools: Sequence[Tool] = (),
        wordy: bool = False,
        last: bool = False,
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
            constraint=constraint,
            instructions=instructions,
            copies=copies,
            partition=partition,
            private=private,
            tools=tuple(tools),
            wordy=wordy,
            last=last,
        )
        generation = Generation(request, lambda: self._connected(model))
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
        for connection in (*self._earlier, self._connection):
            if connection is not None:
                await connection.aclose()

    async def _ask(self, request: Describe | Count, kind: type[Answer]) -> Answer:
        for _ in range(1 + limits.MAX_ENGINE_RESTARTS):
            answer = await reply(await self._connected(request.model), request, kind)
            if answer is not None:
                return answer
        raise gave_up()

    def _open_connection(self) -> EngineConnection | None:
        connection = self._connection
        return connection if connection is not None and connection.state is State.READY else None

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[EngineConnection | None]:
        """A connection to the Engine that runs, if one does."""
        shared = self._open_connection()
        connection = shared or await self._finder.running()
        try:
            yield connection
        finally:
            if connection is not None and connection is not shared:
                connection.close()

    async def _connected(self, model: ModelRef) -> EngineConnection:
        """The shared connection, to an Engine that may read ``model``.

        All who need one wait for one attempt, which outlives whoever asked first.
        """
        path = Path(model.path)
        while True:
            if self._closed:
                raise InvalidStateError("The Host is leaving.")
            connection = self._open_connection()
            if connection is not None and connection.may_read(path):
                return connection
            ours = self._connecting is None
            if self._connecting is None:
                self._connecting = asyncio.create_task(self._connect(path), name="engine-connect")
                self._connecting.add_done_callback(_seen)
            attempt = self._connecting
            await asyncio.wait([attempt])
            if attempt.cancelled():
                raise InvalidStateError("The Host is leaving.")
            connection = attempt.result()
            if ours or connection.may_read(path):
                return connection

    async def _connect(self, model: Path) -> EngineConnection:
        try:
            connection = await self._finder.ready(model)
        finally:
            self._connecting = None
        self._earlier = [one for one in (*self._earlier, self._connection) if one is not None and one.open]
        self._connection = connection
        return connection


def _seen(attempt: asyncio.Task[EngineConnection]) -> None:
    """A failed attempt is told to those who wait for it; with nobody left it is no news."""
    if not attempt.cancelled():
        attempt.exception()
