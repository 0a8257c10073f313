"""Finds the Engine that all Hosts of this user share, and starts it when there is none.

    running         connect
    starting        wait for the lock that its starter holds, then connect
    absent          take the lock, start it, wait for its ready byte, connect
    other version   take the lock, let it drain, start ours

Rules this file keeps: callers never look at the state first; an Engine starts under the lock and outlives its Host.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import fcntl
import logging
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from windowsill import settings
from windowsill.engine_connection import EngineConnection, State, connect
from windowsill.engine_protocol import Drain
from windowsill.errors import OperationError
from windowsill.ownership import own_folder
from windowsill.settings import Paths, Settings

logger = logging.getLogger(__name__)

PROGRAM: Final = (sys.executable, "-I", "-m", "windowsill.engine")
"""Isolated: neither PYTHONPATH nor the folder that the browser started us in can put other code in its place."""


class EngineFinder:
    """``program``: what to start, before the Engine's own arguments."""

    def __init__(self, where: Paths, current: Callable[[], Settings], program: Sequence[str] = PROGRAM) -> None:
        self._where = where
        self._current = current
        self._program = program

    async def running(self) -> EngineConnection | None:
        """The Engine, if one of ours runs; starts nothing. Raises OperationError."""
        with _told():
            connection = await self._look()
            if connection is not None and connection.state is not State.READY:
                connection.close()
                return None
            return connection

    async def ready(self) -> EngineConnection:
        """The Engine, whatever it takes. Raises OperationError."""
        with _told():
            connection = await self._look()
            if connection is not None:
                if connection.state is State.READY:
                    return connection
                connection.close()
            async with _locked(self._where.engine_lock):
                return await self._replace()

    async def _look(self) -> EngineConnection | None:
        own_folder(self._where.runtime)
        return await connect(self._where.engine_socket)

    async def _replace(self) -> EngineConnection:
        """Look again, as the lock may have been waited for; then start."""
        connection = await self._look()
        if connection is not None:
            if connection.state is State.READY:
                return connection
            logger.info("an Engine of another version shall leave")
            connection.notify(Drain())
            connection.close()
        await self._start()
        started = await self._look()
        if started is None or started.state is not State.READY:
            if started is not None:
                started.close()
            raise self._failure("the Engine was ready and does not answer")
        return started

    async def _start(self) -> None:
        readable, writable = os.pipe()
        try:
            try:
                process = self._spawn(writable)
            finally:
                os.close(writable)
            threading.Thread(target=_reap, args=(process,), name="engine-reaper", daemon=True).start()
            try:
                async with asyncio.timeout(settings.ENGINE_START_SECONDS):
                    first = await _read_byte(readable)
            except TimeoutError as error:
                process.kill()
                raise self._failure(f"the Engine was not ready in {settings.ENGINE_START_SECONDS:g} seconds") from error
            except asyncio.CancelledError:
                process.kill()
                raise
        finally:
            os.close(readable)
        if not first:
            raise self._failure("the Engine left before it was ready")
        logger.info("Engine %d is ready", process.pid)

    def _spawn(self, ready: int) -> subprocess.Popen[bytes]:
        arguments = ["--socket", os.fspath(self._where.engine_socket), "--ready-fd", str(ready)]
        arguments += ["--threads", str(self._current().threads)]
        arguments += ["--idle-seconds", str(self._current().engine_idle_seconds)]
        with self._where_it_logs().open("ab") as log:
            return subprocess.Popen(
                [*self._program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[ready],
                start_new_session=True,
                cwd="/",
            )

    def _where_it_logs(self) -> Path:
        log = self._where.engine_log
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > settings.MAX_LOG_BYTES:
            log.replace(log.with_suffix(".old.log"))
        return log

    def _failure(self, what: str) -> OperationError:
        return OperationError("The model could not be started.", detail=f"{what}; its log is {self._where.engine_log}")


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


async def _read_byte(handle: int) -> bytes:
    """The next byte, or none at the end."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(handle, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(handle)
    return os.read(handle, 1)


def _reap(process: subprocess.Popen[bytes]) -> None:
    status = process.wait()
    logger.log(logging.WARNING if status else logging.INFO, "Engine %d left with status %d", process.pid, status)
