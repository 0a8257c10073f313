"""Starts the Host as a browser would, greets it and lets it go: the proof that the installed launcher works."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO, Final

import anyio
import msgspec
from anyio.abc import ByteReceiveStream, Process

from windowsill import __version__, frames, settings, wire
from windowsill.frames import Frame, FrameError, FrameReader
from windowsill.protocol import PROTOCOL_MAX, PROTOCOL_MIN, Hello, Versions, Welcome
from windowsill.registration import ORIGIN

ANSWER_SECONDS: Final = 10.0
"""From starting the Host to its answer: 0.15 s when warm, several when a slow disk reads Python for the first time."""

LEAVE_SECONDS: Final = 2.0
"""From end of input to the Host's end; the browser kills it then (browser-facts 2)."""

LAST_WORDS: Final = 4096
"""Bytes of standard error that are looked at for a reason."""


class HandshakeError(Exception):
    """The Host did not answer as it must; the text says how, in plain words."""


async def handshake(launcher: Path) -> Welcome:
    """The Host's answer to ``hello``. Raises HandshakeError; the Host is gone afterwards in any case."""
    with tempfile.TemporaryFile() as errors:
        try:
            process = await anyio.open_process([str(launcher), ORIGIN], stderr=errors, cwd=launcher.parent)
        except OSError as error:
            raise HandshakeError(f"{launcher} cannot be started: {error.strerror}") from error
        async with process:
            try:
                return await _greet(process, errors)
            finally:
                if process.returncode is None:
                    process.kill()


async def _greet(process: Process, errors: IO[bytes]) -> Welcome:
    if process.stdin is None or process.stdout is None:
        raise AssertionError("open_process makes both pipes")
    with anyio.move_on_after(ANSWER_SECONDS):
        try:
            await process.stdin.send(frames.encode(msgspec.json.encode(_hello())))
            body = await _first_frame(process.stdout)
        except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError) as error:
            code = await process.wait()
            raise HandshakeError(f"the Host ended with exit code {code} before it answered{_why(errors)}") from error
        try:
            answer = wire.decode_host_says(body)
        except wire.WireError as error:
            raise HandshakeError(f"the Host answered with something else than a greeting: {error}") from error
        if not isinstance(answer, Welcome):
            raise HandshakeError(f"the Host answered with something else than a greeting: {type(answer).__name__}")
        await process.stdin.aclose()
        await _leave(process)
        return answer
    raise HandshakeError(f"the Host did not answer within {ANSWER_SECONDS:g} s")


async def _leave(process: Process) -> None:
    with anyio.move_on_after(LEAVE_SECONDS) as limit:
        code = await process.wait()
        if code != 0:
            raise HandshakeError(f"the Host answered, but ended with exit code {code}")
    if limit.cancelled_caught:
        raise HandshakeError(f"the Host answered, but did not leave within {LEAVE_SECONDS:g} s of its end of input")


async def _first_frame(stream: ByteReceiveStream) -> bytes:
    reader = FrameReader(settings.MAX_FRAME_TO_BROWSER)
    while True:
        try:
            for frame in reader.feed(await stream.receive()):
                if isinstance(frame, Frame):
                    return frame.body
                raise HandshakeError(f"the Host answered with a frame of {frame.length} bytes")
        except FrameError as error:
            raise HandshakeError(f"the Host printed something else than frames: {error}") from error


def _hello() -> Hello:
    return Hello(protocol=Versions(min=PROTOCOL_MIN, max=PROTOCOL_MAX), version=__version__, profile="doctor")


def _why(errors: IO[bytes]) -> str:
    """The last line of what it wrote to standard error, where Python names the exception."""
    end = errors.seek(0, 2)
    errors.seek(max(0, end - LAST_WORDS))
    lines = errors.read().decode(errors="replace").strip().splitlines()
    return f": {lines[-1]}" if lines else ""
