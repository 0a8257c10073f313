"""Tries a way of computing in a child before an Engine computes so for the first time on this machine.

Rules this file keeps: each way is tried once with each build of llama.cpp and each set of device files, whatever came
of it; one that crashed is noted in the crash memory, and the next safer one is tried at once. A record that cannot be
read or written costs another trial, never an answer.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from windowsill import crash_memory, device_files, engine_check, shipped, whole_file
from windowsill.crash_memory import CrashMemory
from windowsill.engine_check import SELF_TEST
from windowsill.safe_options import Options

logger = logging.getLogger(__name__)

KEPT: Final = 32
"""Trials remembered (count): builds and devices change, and old ones are of no use."""


class Trial(Struct, frozen=True, kw_only=True):
    """What was tried. The files in ``devices`` stand for the devices, as asking ggml for those takes a second."""

    build: str
    devices: tuple[str, ...]
    options: Options


_decoder: Final = msgspec.json.Decoder(tuple[Trial, ...])


class Trials:
    """The record at ``path``. ``program``: what decodes on all devices in use, before its own arguments."""

    def __init__(self, path: Path, memory: CrashMemory, program: Sequence[str] = SELF_TEST) -> None:
        self._path = path
        self._memory = memory
        self._program = program
        self._made: tuple[Trial, ...] = ()

    def options(self, wanted: Options) -> Options:
        """Those ``wanted``, or safer ones where these crashed. Blocks while what was never tried is tried."""
        build = crash_memory.build()
        devices = tuple([str(path) for path in device_files.present()])
        self._made = tuple(dict.fromkeys([*self._read(), *self._made]))
        while True:
            options = self._memory.options(wanted)
            trial = Trial(build=build, devices=devices, options=options)
            if trial in self._made:
                return options
            self._try(options)
            self._made = (*self._made, trial)[-KEPT:]
            self._write()

    def _try(self, options: Options) -> None:
        verdict = engine_check.check(shipped.model(), None, options, self._program)
        if not verdict.works:
            where = "before any device" if verdict.device is None else f"on {verdict.device.name}"
            logger.warning("the self-test with %s ended with %d %s: %s", options, verdict.status, where, verdict.detail)
        self._memory.note(options, verdict.status, verdict.device)

    def _read(self) -> tuple[Trial, ...]:
        try:
            return _decoder.decode(self._path.read_bytes())
        except FileNotFoundError:
            return ()
        except (OSError, msgspec.DecodeError) as error:
            logger.warning("the record of trials at %s begins anew: %s", self._path, error)
            return ()

    def _write(self) -> None:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            whole_file.write(self._path, msgspec.json.encode(self._made), mode=0o600)
        except OSError as error:
            logger.error("a trial cannot be noted at %s: %s", self._path, error)
