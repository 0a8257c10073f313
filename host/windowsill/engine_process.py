"""Finds the Engine that all Hosts of this user share, and starts it when there is none.

    running         connect
    starting        wait for the lock that its starter holds, then connect
    absent          take the lock, start it, wait for its ready byte, connect
    other version   take the lock, let it drain, start ours
    other models    the same, where it may not read the one that is asked for; ours may read what it could as well

Rules this file keeps: callers never look at the state first; an Engine starts under the lock.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import fcntl
import logging
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

from windowsill import shipped
from windowsill.engine_check import SELF_TEST
from windowsill.engine_connection import EngineConnection, State, connect
from windowsill.engine_protocol import Drain
from windowsill.engine_starter import PROGRAM, EngineStarter
from windowsill.errors import OperationError
from windowsill.ownership import own_folder
from windowsill.settings import Paths, Settings

logger = logging.getLogger(__name__)


class EngineFinder:
    """``program`` and ``self_test``: see ``EngineStarter``."""

    def __init__(
        self,
        where: Paths,
        current: Callable[[], Settings],
        program: Sequence[str] = PROGRAM,
        self_test: Sequence[str] = SELF_TEST,
    ) -> None:
        self._where = where
        self._current = current
        self._starter = EngineStarter(where, current, program, self_test)

    async def running(self) -> EngineConnection | None:
        """The Engine, if one of ours runs; starts nothing. Raises OperationError."""
        with _told():
            connection = await self._look()
            if connection is not None and connection.state is not State.READY:
                connection.close()
                return None
            return connection

    async def ready(self, model: Path) -> EngineConnection:
        """The Engine, one that may read ``model``, whatever it takes. Raises OperationError."""
        with _told():
            connection = await self._look()
            if connection is not None:
                if _serves(connection, model):
                    return connection
                connection.close()
            async with _locked(self._where.engine_lock):
                return await self._replace(model)

    async def _look(self) -> EngineConnection | None:
        own_folder(self._where.runtime)
        return await connect(self._where.engine_socket)

    async def _replace(self, model: Path) -> EngineConnection:
        """Look again, as the lock may have been waited for; then start."""
        readable = self._readable(model)
        connection = await self._look()
        if connection is None:
            await self._starter.settled()
        else:
            if _serves(connection, model):
                return connection
            if connection.state is State.READY:
                # What it could read, the next one can too, lest two Hosts take turns in replacing each other's.
                readable += [Path(place.path) for place in connection.welcome.readable]
            logger.info("an Engine of another version, or that may not read our model, shall leave")
            connection.notify(Drain())
            connection.close()
        await self._starter.start(dict.fromkeys(readable))
        started = await self._look()
        if started is None or started.state is not State.READY:
            if started is not None:
                started.close()
            raise self._starter.failure("the Engine was ready and does not answer")
        return started

    def _readable(self, model: Path) -> list[Path]:
        """Every model that may be asked for, links followed; the folder ``data/models`` is there from now on."""
        self._where.models.mkdir(mode=0o700, parents=True, exist_ok=True)
        configured = self._current().model
        files = [shipped.model(), model, *([] if configured is None else [configured])]
        return [self._where.models.resolve(), *(file.resolve() for file in files)]


def _serves(connection: EngineConnection, model: Path) -> bool:
    return connection.state is State.READY and connection.may_read(model)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What this machine refuses becomes an OperationError."""
    try:
        yield
    except OSError as error:
        raise OperationError("The model could not be started.", detail=f"no Engine: {error}") from error


@contextlib.asynccontextmanager
async def _locked(path: Path) -> AsyncIterator[None]:
    """Hold the lock file, which vanishes with its holder's process."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    taken: concurrent.futures.Future[None] = concurrent.futures.Future()
    # A daemon: neither an abandoned wait nor a stuck holder may keep the Host from leaving.
    threading.Thread(target=_take, args=(handle, taken), name="engine-lock", daemon=True).start()
    try:
        await asyncio.wrap_future(taken)
    except asyncio.CancelledError:
        if not taken.cancel():
            os.close(handle)
        raise
    try:
        yield
    finally:
        os.close(handle)


def _take(handle: int, taken: concurrent.futures.Future[None]) -> None:
    """Wait for the lock on ``handle``; close it, which lets go, when nobody waits for it any more."""
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        taken.set_result(None)
    except concurrent.futures.InvalidStateError:
        os.close(handle)
