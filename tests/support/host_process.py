"""A Host's real process, with the test at the browser's end of its pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import msgspec
from msgspec import Struct

from support.host_desk import places
from windowsill import frames, wire
from windowsill.protocol import PROTOCOL_MAX, PROTOCOL_MIN, HostSays, Welcome
from windowsill.settings import Paths

T = TypeVar("T", bound=Struct)

HOST = Path(__file__).resolve().parents[2] / "host"


class HostProcess:
    """Speaks frames, and waits for them."""

    def __init__(self, process: subprocess.Popen[bytes], where: Paths, errors: Path) -> None:
        self._process = process
        self._where = where
        self._errors = errors

    @property
    def _input(self) -> IO[bytes]:
        assert self._process.stdin
        return self._process.stdin

    @property
    def _output(self) -> IO[bytes]:
        assert self._process.stdout
        return self._process.stdout

    @property
    def log(self) -> str:
        return self._where.host_log.read_text(encoding="utf-8")

    @property
    def errors(self) -> str:
        """What it wrote to standard error."""
        return self._errors.read_text(encoding="utf-8", errors="replace")

    def write(self, data: bytes) -> None:
        """Bytes as they are, whole frames or not."""
        self._input.write(data)
        self._input.flush()

    def say(self, message: dict[str, Any]) -> None:
        self.write(frames.encode(msgspec.json.encode(message)))

    def hear(self, kind: type[T]) -> T:
        """The next event, which must be of that kind."""
        event = self._next()
        assert isinstance(event, kind), event
        return event

    def hello(self) -> Welcome:
        versions = {"min": PROTOCOL_MIN, "max": PROTOCOL_MAX}
        self.say({"type": "hello", "protocol": versions, "version": "1", "profile": "profile"})
        return self.hear(Welcome)

    def leave(self) -> int:
        """End of input; its exit status."""
        self.close_input()
        return self.ended()

    def close_input(self) -> None:
        self._input.close()

    def ended(self) -> int:
        """The exit status of one that leaves by itself."""
        assert self._output.read() == b""
        return self._process.wait()

    def _next(self) -> HostSays:
        prefix = self._output.read(frames.PREFIX.size)
        assert len(prefix) == frames.PREFIX.size, "the Host ended"
        (length,) = frames.PREFIX.unpack(prefix)
        return wire.decode_host_says(self._output.read(length))


def from_page(request: Any, *, client: int = 1, **stamp: Any) -> dict[str, Any]:
    """A page's request with the Broker's stamp."""
    return {
        "type": "page",
        "client": client,
        "origin": "https://a.example",
        "incognito": False,
        "allowed": ["language-model"],
        "activated": True,
        "active": True,
        "visible": True,
        "request": request,
        **stamp,
    }


@contextmanager
def host_process(home: Path, *, first: Sequence[Path] = (), options: Sequence[str] = ()) -> Iterator[HostProcess]:
    """Start a Host whose files are all under ``home``. ``first``: folders it finds modules in before all others."""
    where = places(home)
    errors = home / "stderr"
    environment = {
        **os.environ,
        "WINDOWSILL_HOME": str(home),
        "PYTHONPATH": os.pathsep.join(map(str, (*first, HOST))),
    }
    with errors.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, *options, "-m", "windowsill.native_host", "chrome-extension://test/"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=sink,
            env=environment,
        )
    with process:
        try:
            yield HostProcess(process, where, errors)
        finally:
            process.kill()
