"""The Host after its greeting: standard input and output on one side, ``dispatch`` on the other.

Rules this file keeps: end of input ends everything within two seconds, because the browser kills then; nothing else
ends the Host.
"""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from typing import Final

import anyio

from windowsill import wire
from windowsill.dispatch import Dispatch
from windowsill.engine_link import EngineLink
from windowsill.file_watch import FileWatch
from windowsill.frames import FrameError
from windowsill.grant_store import GrantStore
from windowsill.grants import Grants
from windowsill.greeting import Greeting
from windowsill.hearing import READ_BYTES, Hearing, Refused, refused
from windowsill.models.measured_pairs import MeasuredPairs
from windowsill.protocol import HostSays
from windowsill.settings import Paths, Settings, SettingsError, load

log = logging.getLogger(__name__)

LEAVE_SECONDS: Final = 0.5
"""For closing the Engine's connection; the browser kills two seconds after end of input (browser-facts 2)."""


def run(where: Paths, greeting: Greeting, hearing: Hearing, read_fd: int, write_fd: int) -> None:
    """Serve whom ``greeting`` names, until end of input. ``hearing`` may hold messages that came with the greeting."""
    anyio.run(_serve, where, greeting, hearing, read_fd, write_fd)


async def _serve(where: Paths, greeting: Greeting, hearing: Hearing, read_fd: int, write_fd: int) -> None:
    output = await _open_output(write_fd)
    store = GrantStore(where)
    link = EngineLink(where, _settings(where))
    async with anyio.create_task_group() as tasks:
        pairs = MeasuredPairs(where.measured_pairs)
        dispatch = Dispatch(
            tasks, lambda event: _say(output, event), Grants(store), link, link.settings, greeting, pairs
        )

        watch = FileWatch([where.data, where.config], lambda path: _changed(dispatch, where, path))
        tasks.start_soon(anyio.to_thread.run_sync, _start, watch)
        try:
            await _hear(read_fd, output, dispatch, hearing)
        finally:
            tasks.cancel_scope.cancel()
    watch.close()
    store.close()
    with anyio.move_on_after(LEAVE_SECONDS):
        await link.aclose()
    output.close()


async def _hear(read_fd: int, output: asyncio.WriteTransport, dispatch: Dispatch, hearing: Hearing) -> None:
    """Read to the end of input; a frame that makes no sense is answered and logged, not fatal."""
    source = asyncio.StreamReader(limit=READ_BYTES)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(source), os.fdopen(read_fd, "rb", buffering=0)
    )
    data = b""
    try:
        while True:
            for heard in hearing.feed(data):
                if isinstance(heard, Refused):
                    _refuse(output, heard)
                else:
                    dispatch.hear(heard)
            data = await source.read(READ_BYTES)
            if not data:
                break
    except FrameError as error:
        _refuse(output, refused(f"{error}; the stream is out of step"))
        return
    finally:
        transport.close()
    if hearing.pending:
        log.warning("input ended inside a frame (%d bytes of it had come)", hearing.pending)


def _start(watch: FileWatch) -> None:
    try:
        watch.start()
    except OSError as error:
        log.error("what other processes change goes unnoticed until the next start: %s", error)


def _refuse(output: asyncio.WriteTransport, refusal: Refused) -> None:
    log.warning("refused: %s", refusal.loggable)
    _say(output, refusal.answer)


def _say(output: asyncio.WriteTransport, event: HostSays) -> None:
    if not output.is_closing():
        output.write(wire.encode(event))


def _changed(dispatch: Dispatch, where: Paths, path: Path) -> None:
    """A file of ours changed: another process wrote a grant, or the user the settings."""
    if path == where.config_file:
        dispatch.use(_settings(where))
    elif path == where.grants_file:
        dispatch.recheck_grants()


def _settings(where: Paths) -> Settings:
    """The user's settings; those of the package when the file cannot be used (``doctor`` says why)."""
    try:
        return load(where)
    except SettingsError as error:
        log.error("%s; going on with the default settings", error)
        return Settings()


async def _open_output(write_fd: int) -> asyncio.WriteTransport:
    """The private handle of what was fd 1. Written without blocking: a browser that stalls must not stall the Host."""
    transport, _ = await asyncio.get_running_loop().connect_write_pipe(
        asyncio.BaseProtocol, os.fdopen(write_fd, "wb", buffering=0)
    )
    return transport
