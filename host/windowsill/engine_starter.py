"""Starts an Engine: its command line, its environment, its log, and a note of how it ended.

Rules this file keeps: an Engine outlives its Host; one that crashed is noted before the next is started here, which
then computes in a safer way; how an Engine computes was tried in a child before.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from windowsill import crash_memory, safe_options, settings
from windowsill.crash_memory import CrashMemory
from windowsill.engine_environment import engine_environment
from windowsill.errors import OperationError
from windowsill.safe_options import Options
from windowsill.settings import Paths, Settings
from windowsill.trials import Trials

logger = logging.getLogger(__name__)

Outcome = TypeVar("Outcome")

ENGINE_END_SECONDS: Final = 5.0
"""How long a start waits until the end of an Engine that answers no more is noted: it takes one second after a crash,
when devices are asked for; one that hangs while it leaves must not keep the next from starting."""

PROGRAM: Final = (sys.executable, "-I", "-m", "windowsill.engine")
"""Isolated: neither PYTHONPATH nor the folder that the browser started us in can put other code in its place."""


class EngineStarter:
    """``program``: what to start, before the Engine's own arguments; ``self_test``: the same of the self-test."""

    def __init__(
        self, where: Paths, current: Callable[[], Settings], program: Sequence[str], self_test: Sequence[str]
    ) -> None:
        self._where = where
        self._current = current
        self._program = program
        self._memory = CrashMemory(where.crash_record)
        self._trials = Trials(where.trials_record, self._memory, self_test)
        self._ended: concurrent.futures.Future[None] | None = None

    async def settled(self) -> None:
        """Wait, for a bounded time, until the end of the last Engine that was started here is noted."""
        if self._ended is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ENGINE_END_SECONDS):
                    await asyncio.wrap_future(self._ended)

    async def start(self, readable: Iterable[Path]) -> None:
        """Start an Engine that may read these paths, and wait until it listens. Raises OperationError, OSError."""
        current = self._current()
        wanted = crash_memory.wanted(current)
        options = await asyncio.wrap_future(_aside("engine-options", lambda: self._trials.options(wanted)))
        if options != wanted:
            logger.warning("the Engine computes with %s, as it crashed before", options)
        arguments = _arguments(current, options, readable)
        ready, writable = os.pipe()
        try:
            try:
                process = self._spawn([*arguments, "--ready-fd", str(writable)], writable)
            finally:
                os.close(writable)
            self._ended = _aside("engine-reaper", lambda: self._reap(process, options))
            try:
                async with asyncio.timeout(settings.ENGINE_START_SECONDS):
                    first = await _read_byte(ready)
            except TimeoutError as error:
                process.kill()
                raise self.failure(f"the Engine was not ready in {settings.ENGINE_START_SECONDS:g} seconds") from error
            except asyncio.CancelledError:
                process.kill()
                raise
        finally:
            os.close(ready)
        if not first:
            raise self.failure("the Engine left before it was ready")
        logger.info("Engine %d is ready", process.pid)

    def _spawn(self, arguments: Sequence[str], kept: int) -> subprocess.Popen[bytes]:
        with self._log().open("ab") as log:
            return subprocess.Popen(
                [*self._program, "--socket", os.fspath(self._where.engine_socket), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[kept],
                start_new_session=True,
                cwd="/",
                env=engine_environment(),
            )

    def _reap(self, process: subprocess.Popen[bytes], options: Options) -> None:
        status = process.wait()
        logger.log(logging.WARNING if status else logging.INFO, "Engine %d left with status %d", process.pid, status)
        self._memory.note(options, status)

    def _log(self) -> Path:
        log = self._where.engine_log
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > settings.MAX_LOG_BYTES:
            log.replace(log.with_suffix(".old.log"))
        return log

    def failure(self, what: str) -> OperationError:
        """What to raise when there is no Engine because of ``what``."""
        return OperationError("The model could not be started.", detail=f"{what}; its log is {self._where.engine_log}")


def _arguments(current: Settings, options: Options, readable: Iterable[Path]) -> list[str]:
    arguments = ["--threads", str(current.threads), "--idle-seconds", str(current.engine_idle_seconds)]
    arguments += safe_options.to_arguments(options)
    for path in readable:
        arguments += ["--readable", os.fspath(path)]
    return arguments


def _aside(name: str, work: Callable[[], Outcome]) -> concurrent.futures.Future[Outcome]:
    """What becomes of ``work`` in a daemon thread: nothing that hangs there keeps the Host from leaving."""
    outcome: concurrent.futures.Future[Outcome] = concurrent.futures.Future()
    outcome.set_running_or_notify_cancel()  # whoever walks away from it leaves it running

    def run() -> None:
        try:
            outcome.set_result(work())
        except Exception as error:
            outcome.set_exception(error)

    threading.Thread(target=run, name=name, daemon=True).start()
    return outcome


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
