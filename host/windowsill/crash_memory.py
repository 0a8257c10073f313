"""What crashed on this machine, kept in a file, and how the next Engine computes because of it.

Rules this file keeps: a record that cannot be read or written costs a crash more, never an answer; ggml's devices,
which take a child and a second to ask for, are asked for only when this build has crashed before, and once.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import logging
from collections.abc import Sequence
from pathlib import Path

from windowsill import engine_check, safe_options
from windowsill.devices import Device, DeviceKind
from windowsill.engine_check import DEVICES, Verdict
from windowsill.safe_options import ALL_LAYERS, Configuration, Crash, Options
from windowsill.settings import Settings

logger = logging.getLogger(__name__)


def wanted(settings: Settings) -> Options:
    """How the user's settings would have an Engine compute."""
    return Options(
        gpu_layers=ALL_LAYERS if settings.gpu_layers is None else settings.gpu_layers,
        cache_type=settings.cache_type,
        flash_attention=settings.flash_attention,
    )


def build() -> str:
    """Which llama.cpp is installed: its binding's version, and a digest of the files that it was installed with."""
    binding = importlib.metadata.distribution("llama-cpp-python")
    files = binding.read_text("RECORD") or ""
    return f"{binding.version} {hashlib.sha256(files.encode()).hexdigest()[:16]}"


class CrashMemory:
    """The record at ``path``. Its methods may block for as long as ggml's devices take to tell (seconds).

    ``devices``: those that are known already; ``program``: what tells them otherwise.
    """

    def __init__(self, path: Path, devices: Sequence[Device] | None = None, program: Sequence[str] = DEVICES) -> None:
        self._path = path
        self._program = program
        self._names = None if devices is None else _names(devices)

    def crashes(self) -> tuple[Crash, ...]:
        """Those of this build of llama.cpp, oldest first."""
        ours = build()
        crashes = engine_check.read_memory(self._path).crashes
        return tuple([crash for crash in crashes if crash.configuration.build == ours])

    def options(self, wanted: Options) -> Options:
        """Those ``wanted``, or safer ones where these crashed."""
        if not self.crashes():
            return wanted
        return safe_options.safest(engine_check.read_memory(self._path), self._configuration(wanted))

    def note(self, options: Options, status: int, device: Device | None = None) -> None:
        """A process that computed with ``options``, on ``device`` if that was one alone, ended with exit status
        ``status`` (negative: by a signal)."""
        if not safe_options.crashed(status):
            return
        crash = Crash(
            configuration=self._configuration(options),
            signal=abs(status),
            device=None if device is None else device.name,
            gpu=device is not None and device.kind in {DeviceKind.GPU, DeviceKind.INTEGRATED_GPU},
        )
        try:
            engine_check.record(self._path, crash)
        except OSError as error:
            logger.error("a crash cannot be noted at %s: %s", self._path, error)

    def _configuration(self, options: Options) -> Configuration:
        if self._names is None:
            listed = engine_check.list_devices(self._program)
            # A machine whose devices cannot be told is one of its own.
            self._names = () if isinstance(listed, Verdict) else _names(listed)
        return Configuration(build=build(), devices=self._names, options=options)


def _names(devices: Sequence[Device]) -> tuple[str, ...]:
    return tuple([device.name for device in devices])
