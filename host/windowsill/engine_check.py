"""Asks children of the Engine's program what devices there are and whether they work: a driver may end who asks it.

Rules this file keeps: whatever a child does, the caller gets an answer within a bound; what crashed is recorded by the
caller's process, in one step.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from windowsill import safe_options, settings, whole_file
from windowsill.devices import Device
from windowsill.engine_environment import engine_environment
from windowsill.safe_options import Crash, Memory, Options

logger = logging.getLogger(__name__)

LIST_SECONDS: Final = 60.0
"""GPU drivers take seconds to wake; some compile their programs then."""

CHECK_SECONDS: Final = 300.0
"""A first decode on a GPU may compile hundreds of programs."""

DEVICES: Final = (sys.executable, "-I", "-m", "windowsill.engine.devices")
SELF_TEST: Final = (sys.executable, "-I", "-m", "windowsill.engine.self_test")

_told: Final = msgspec.json.Decoder(tuple[Device, ...])
_begun: Final = msgspec.json.Decoder(Device)


class Verdict(Struct, frozen=True, kw_only=True):
    """``status``: exit status, negative for a signal, STUCK_STATUS when it took too long; ``detail``: its last words;
    ``device``: the one that it came to last."""

    status: int
    detail: str
    device: Device | None = None

    @property
    def works(self) -> bool:
        """Whether all devices decoded."""
        return self.status == 0


class _Ran(Struct, frozen=True):
    """How a child ended, and what it wrote until then."""

    status: int
    output: bytes
    detail: str


def list_devices(program: Sequence[str] = DEVICES) -> tuple[Device, ...] | Verdict:
    """What ggml sees; why it cannot be told, when even asking fails."""
    ran = _run(program, LIST_SECONDS)
    return Verdict(status=ran.status, detail=ran.detail) if ran.status else _told.decode(ran.output)


def check(model: Path, device: str | None, options: Options, program: Sequence[str] = SELF_TEST) -> Verdict:
    """Decode a few tokens of ``model`` in a child on ``device``; None: on each that an Engine would use, in turn."""
    arguments = safe_options.to_arguments(options)
    if device is not None:
        arguments += ["--device", device]
    ran = _run([*program, *arguments, os.fspath(model)], CHECK_SECONDS)
    lines = ran.output.splitlines()
    return Verdict(status=ran.status, detail=ran.detail, device=_begun.decode(lines[-1]) if lines else None)


def read_memory(path: Path) -> Memory:
    """What crashed until now; nothing, when the record cannot be read: a crash is then found once more."""
    try:
        return safe_options.from_json(path.read_bytes())
    except FileNotFoundError:
        return Memory()
    except (OSError, msgspec.DecodeError) as error:
        logger.warning("the record of crashes at %s begins anew: %s", path, error)
        return Memory()


def record(path: Path, crash: Crash) -> None:
    """Note ``crash`` at ``path``. Raises OSError."""
    before = read_memory(path)
    after = safe_options.remember(before, crash)
    if after != before:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole_file.write(path, safe_options.to_json(after), mode=0o600)


def _run(command: Sequence[str], seconds: float) -> _Ran:
    try:
        ran = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            cwd="/",
            env=engine_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return _Ran(settings.STUCK_STATUS, late.output or b"", f"no answer in {seconds:g} seconds")
    lines = ran.stderr.decode("utf-8", "replace").strip().splitlines()
    return _Ran(ran.returncode, ran.stdout, lines[-1] if lines else "")
