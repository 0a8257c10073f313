"""A home for Windowsill and a browser profile that exist only while the demo runs.

Rules this file keeps: nothing outside one temporary folder is written; the Engine is gone before the folder is; the
folder stays when the block fails, because its logs say why.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct

from windowsill import engine_protocol, frames, install, settings
from windowsill.engine_protocol import Drain
from windowsill.errors import WindowsillError
from windowsill.models import chosen
from windowsill.registration import RegistrationError
from windowsill.settings import Paths

LEAVE_SECONDS: Final = 15.0
"""A drained Engine without work leaves at once; one that is loading a large model needs longer."""


class DemoError(Exception):
    """The demo did not come to an answer; the text says why."""


class Place(Struct, frozen=True):
    """Where everything of this demo is."""

    folder: Path
    user_data: Path
    paths: Paths


@contextmanager
def place(model: Path | None) -> Iterator[Place]:
    """Make the home, register the Host for the profile, choose ``model`` (None: built-in). Raises DemoError."""
    folder = Path(tempfile.mkdtemp(prefix="windowsill-demo-"))
    home = folder / "home"
    before = os.environ.get("WINDOWSILL_HOME")
    os.environ["WINDOWSILL_HOME"] = str(home)
    try:
        where = settings.paths()
        here = Place(folder, folder / "profile", where)
        try:
            _furnish(here, home, model)
        except DemoError:
            shutil.rmtree(folder)  # nothing ran here that could have left a log
            raise
        try:
            yield here
        finally:
            end_engine(where)
    finally:
        if before is None:
            del os.environ["WINDOWSILL_HOME"]
        else:
            os.environ["WINDOWSILL_HOME"] = before
    shutil.rmtree(folder, ignore_errors=True)


def _furnish(here: Place, home: Path, model: Path | None) -> None:
    try:
        chosen.use(here.paths, model)
        planned = install.plan(here.paths, [here.user_data], python=Path(sys.executable), home=home)
        install.install(here.paths, planned)
    except WindowsillError as error:
        raise DemoError(error.detail) from error
    except RegistrationError as error:
        raise DemoError(str(error)) from error


def end_engine(where: Paths) -> None:
    """Ask the Engine at this home to leave, and wait until it has closed the connection. None there: nothing to do."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as engine:
        engine.settimeout(LEAVE_SECONDS)
        try:
            engine.connect(os.fspath(where.engine_socket))
        except (FileNotFoundError, ConnectionRefusedError):
            return
        engine.sendall(frames.encode(engine_protocol.encode(Drain())))
        while engine.recv(2**16):
            pass
