"""llama-server, the peer: built from the pinned binding's own llama.cpp with the binding's own flags, run on demand.

Rules this file keeps: built once per cache folder; it listens on a socket file as the Engine does, where nobody else
can reach it; it is stopped by its own id.
"""

from __future__ import annotations

import asyncio
import shlex
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct

PROGRAM: Final = "llama-server"
FLAGS: Final = Path(__file__).resolve().parents[2] / ".ci" / "llama-flags"

CONFIGURATION: Final = (
    "-DCMAKE_BUILD_TYPE=Release",
    "-DBUILD_SHARED_LIBS=ON",
    "-DCMAKE_BUILD_RPATH_USE_ORIGIN=ON",
    "-DLLAMA_BUILD_TESTS=OFF",
    "-DLLAMA_BUILD_EXAMPLES=OFF",
    "-DLLAMA_BUILD_APP=OFF",
    "-DLLAMA_BUILD_UI=OFF",
    "-DLLAMA_USE_PREBUILT_UI=OFF",
    "-DLLAMA_OPENSSL=OFF",
)
"""As the binding builds its library; nothing that a benchmark does not need, nor what would be downloaded."""

READY: Final = b"listening on"
"""In the line that the server logs once its model is loaded."""

LAST_LINES: Final = 20
"""Of its log, told when it does not start (count)."""

LEAVE_SECONDS: Final = 15.0


class PeerError(Exception):
    """The peer did not start; the text says why."""


class Capacity(Struct, frozen=True):
    """``threads``: that compute; ``slots``: requests at once; ``cells``: tokens in the cache, shared by all."""

    threads: int
    slots: int
    cells: int


def built_peer(cache: Path, source: Path) -> Path:
    """The program under ``cache``; built from llama.cpp's ``source`` when it is not there (8 minutes on two cores)."""
    build = cache / "peer"
    program = build / "bin" / PROGRAM
    if not program.exists():
        flags = shlex.split(subprocess.run([FLAGS], check=True, capture_output=True, text=True).stdout)
        tools = Path(sys.executable).parent
        cmake, ninja = str(tools / "cmake"), str(tools / "ninja")
        configure = [cmake, "-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={ninja}", "-S", str(source), "-B", str(build)]
        subprocess.run([*configure, *CONFIGURATION, *flags], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([cmake, "--build", str(build), "--target", PROGRAM], check=True)
    return program


@asynccontextmanager
async def running_peer(program: Path, model: Path, capacity: Capacity) -> AsyncIterator[Path]:
    """A server that has loaded ``model`` and is gone after the block; the socket it listens on. Raises PeerError."""
    with tempfile.TemporaryDirectory(prefix="windowsill-peer-") as folder:
        socket = Path(folder) / "peer.sock"
        process = await asyncio.create_subprocess_exec(
            *(str(program), "--model", str(model), "--host", str(socket), "--offline", "--no-ui"),
            *("--threads", str(capacity.threads), "--threads-batch", str(capacity.threads)),
            *("--parallel", str(capacity.slots), "--ctx-size", str(capacity.cells), "--kv-unified"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            log = process.stderr
            if log is None:
                raise PeerError("its log is not read")
            await _ready(log)
            drained = asyncio.create_task(_drain(log), name="peer's log")
            yield socket
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), LEAVE_SECONDS)
        await drained


async def _ready(log: asyncio.StreamReader) -> None:
    last: deque[bytes] = deque(maxlen=LAST_LINES)
    while READY not in (line := await log.readline()):
        if not line:
            raise PeerError(f"{PROGRAM} left:\n{b''.join(last).decode('utf-8', 'replace')}")
        last.append(line)


async def _drain(log: asyncio.StreamReader) -> None:
    """A full pipe would stop the server."""
    while await log.read(2**16):
        pass
