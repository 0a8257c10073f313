"""The process the browser starts: standard input and output on one side, ``dispatch`` on the other.

Rules this file keeps: no library's print reaches the frame stream (fd 1 is handed to a private handle first thing); end
of input ends everything within two seconds, because the browser kills then; nothing else ends the Host.
"""

from __future__ import annotations

import os
import sys

OUTPUT = os.dup(1) if __name__ == "__main__" else -1
if __name__ == "__main__":
    os.dup2(2, 1)

import asyncio  # noqa: E402  (fd 1 is out of every import's reach from here on)
import contextlib  # noqa: E402
import logging  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402

import anyio  # noqa: E402

from windowsill import __version__, wire  # noqa: E402
from windowsill.dispatch import Dispatch  # noqa: E402
from windowsill.engine_link import EngineLink  # noqa: E402
from windowsill.file_watch import FileWatch  # noqa: E402
from windowsill.frames import FrameError, FrameReader, Oversized  # noqa: E402
from windowsill.grant_store import GrantStore  # noqa: E402
from windowsill.grants import Grants  # noqa: E402
from windowsill.protocol import HostSays, ProtocolError  # noqa: E402
from windowsill.settings import (  # noqa: E402
    MAX_FRAME_FROM_BROWSER,
    MAX_LOG_BYTES,
    Paths,
    Settings,
    SettingsError,
    load,
    paths,
)

log = logging.getLogger(__name__)

READ_BYTES = 65_536


def main() -> None:
    """Serve one browser profile until its end of input."""
    where = paths()
    _log_to(where.host_log)
    log.info("host %s starts for %s", __version__, sys.argv[1:])
    try:
        anyio.run(serve, where, 0, OUTPUT)
    finally:
        log.info("host leaves")


async def serve(where: Paths, read_fd: int, write_fd: int) -> None:
    """Frames in from ``read_fd``, events out to ``write_fd``, until end of input."""
    loop = asyncio.get_running_loop()
    output = await _open_output(write_fd)
    store = GrantStore(where)
    link = EngineLink(where, _settings(where))
    async with anyio.create_task_group() as tasks:
        dispatch = Dispatch(tasks, lambda event: _say(output, event), Grants(store), link, link.settings)

        def changed(path: Path) -> None:
            loop.call_soon_threadsafe(_changed, dispatch, where, path)

        watch = FileWatch([where.data, where.config], changed)

        def greeted() -> None:
            tasks.start_soon(anyio.to_thread.run_sync, _start, watch)

        try:
            await _hear(read_fd, output, dispatch, greeted)
        finally:
            tasks.cancel_scope.cancel()
    watch.close()
    store.close()
    with anyio.move_on_after(0.5):
        await link.aclose()
    output.close()


async def _hear(read_fd: int, output: asyncio.WriteTransport, dispatch: Dispatch, greeted: Callable[[], None]) -> None:
    """Read to the end of input; a frame that makes no sense is answered and logged, not fatal.

    ``greeted`` is called once, after the first frames: for what would make the browser wait for its hello.
    """
    source = asyncio.StreamReader(limit=READ_BYTES)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(source), os.fdopen(read_fd, "rb", buffering=0)
    )
    frames = FrameReader(MAX_FRAME_FROM_BROWSER)
    first = True
    while data := await source.read(READ_BYTES):
        try:
            for frame in frames.feed(data):
                if isinstance(frame, Oversized):
                    _refuse(output, f"a frame of {frame.length} bytes is over the limit of {MAX_FRAME_FROM_BROWSER}")
                    continue
                try:
                    dispatch.hear(wire.decode_host_hears(frame.body))
                except wire.WireError as error:
                    log.warning("refused: %s", error.loggable)
                    _say(output, ProtocolError(message=str(error)))
        except FrameError as error:
            _refuse(output, f"{error}; the stream is out of step")
            return
        if first:
            first = False
            greeted()
    if frames.pending:
        log.warning("input ended inside a frame (%d bytes of it had come)", frames.pending)


def _start(watch: FileWatch) -> None:
    try:
        watch.start()
    except OSError as error:
        log.error("what other processes change goes unnoticed until the next start: %s", error)


def _refuse(output: asyncio.WriteTransport, reason: str) -> None:
    log.warning("refused: %s", reason)
    _say(output, ProtocolError(message=reason))


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


def _log_to(path: Path) -> None:
    """Log to a file that begins anew when it has grown, or to standard error where no file can be written."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
            path.replace(path.with_suffix(".old.log"))
    handler: logging.Handler
    try:
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError:
        handler = logging.StreamHandler(sys.stderr)
    logging.basicConfig(
        level=logging.INFO, handlers=[handler], format="%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"
    )


if __name__ == "__main__":
    main()
