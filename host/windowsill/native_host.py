"""The process the browser starts. It answers the greeting first, and only then loads all that serves pages.

Rules this file keeps: no library's print reaches the frame stream (fd 1 is handed to a private handle first thing);
nothing is imported before the greeting that its answer does not need, because the browser waits for it.
"""

from __future__ import annotations

import os
import sys

OUTPUT = os.dup(1) if __name__ == "__main__" else -1
if __name__ == "__main__":
    os.dup2(2, 1)

import contextlib  # noqa: E402  (fd 1 is out of every import's reach from here on)
import logging  # noqa: E402
from pathlib import Path  # noqa: E402

from windowsill import __version__, wire  # noqa: E402
from windowsill.frames import FrameError  # noqa: E402
from windowsill.greeting import Greeting, greet  # noqa: E402
from windowsill.hearing import READ_BYTES, Hearing, Refused, refused  # noqa: E402
from windowsill.protocol import Hello, HostSays, ProtocolError  # noqa: E402
from windowsill.settings import MAX_LOG_BYTES, paths  # noqa: E402

log = logging.getLogger(__name__)


def main() -> None:
    """Serve one browser profile until its end of input."""
    where = paths()
    _log_to(where.host_log)
    log.info("host %s starts for %s", __version__, sys.argv[1:])
    try:
        hearing = Hearing()
        greeting = greeted(0, OUTPUT, hearing)
        if greeting is not None:
            from windowsill import host_loop

            host_loop.run(where, greeting, hearing, 0, OUTPUT)
    finally:
        log.info("host leaves")


def greeted(read_fd: int, write_fd: int, hearing: Hearing) -> Greeting | None:
    """Wait for ``hello`` and answer it; None when the input ended, or fell out of step, before it came."""
    try:
        while data := os.read(read_fd, READ_BYTES):
            for heard in hearing.feed(data):
                match heard:
                    case Hello():
                        greeting, welcome = greet(heard)
                        _say(write_fd, welcome)
                        return greeting
                    case Refused():
                        log.warning("refused: %s", heard.loggable)
                        _say(write_fd, heard.answer)
                    case _:
                        _say(write_fd, ProtocolError(message="the first message must be hello"))
    except FrameError as error:
        refusal = refused(f"{error}; the stream is out of step")
        log.warning("refused: %s", refusal.loggable)
        _say(write_fd, refusal.answer)
    return None


def _say(write_fd: int, event: HostSays) -> None:
    with os.fdopen(write_fd, "wb", closefd=False) as output:
        output.write(wire.encode(event))


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
