"""What ggml sees on this machine, what of it the next Engine uses, and whether it works."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from windowsill import crash_memory, devices, engine_check
from windowsill.crash_memory import CrashMemory
from windowsill.devices import Device, DeviceKind
from windowsill.engine_check import Verdict
from windowsill.errors import OperationError
from windowsill.models.chosen import chosen
from windowsill.safe_options import ALL_LAYERS, Crash, Options
from windowsill.settings import Paths, Settings


class Checked(Struct, frozen=True):
    """How a decode on a device ended. ``reason``: why it does not work, in plain words; empty when it does."""

    works: bool
    reason: str


class Seen(Struct, frozen=True, kw_only=True):
    """A device. ``verdict`` None: it was not tried."""

    device: Device
    used: bool
    verdict: Checked | None


class Report(Struct, frozen=True, kw_only=True):
    """``options`` and ``threads`` (count): those of the next Engine; ``remarks``: what to know and to do about it."""

    devices: tuple[Seen, ...]
    options: Options
    threads: int
    remarks: tuple[str, ...]

    @property
    def broken(self) -> bool:
        """Whether a device that is used does not work."""
        return any(one.used and one.verdict is not None and not one.verdict.works for one in self.devices)


def make(where: Paths, settings: Settings, *, check: bool) -> Report:
    """Ask ggml, and with ``check`` try each device; a crash is remembered. Raises WindowsillError."""
    listed = engine_check.list_devices()
    if isinstance(listed, Verdict):
        detail = f"the devices cannot be told: {_reason(listed)}"
        raise OperationError("The devices cannot be told.", detail=detail)
    memory = CrashMemory(where.crash_record, listed)
    wanted = crash_memory.wanted(settings)
    options = memory.options(wanted)
    used = devices.in_use(listed, options)
    verdicts: dict[str, Verdict] = {}
    if check:
        model = Path(chosen(settings).ref.path)
        for device in listed:
            verdict = verdicts[device.name] = engine_check.check(model, device.name, options)
            if device in used:
                memory.note(options, verdict.status, device)
    seen = [Seen(device=device, used=device in used, verdict=_checked(verdicts.get(device.name))) for device in listed]
    after = memory.options(wanted)
    remarks = _remarks(where, seen, wanted, after, memory.crashes())
    threads = settings.threads or max(device.processors for device in listed)
    return Report(devices=tuple(seen), options=after, threads=threads, remarks=tuple(remarks))


def _remarks(where: Paths, seen: list[Seen], wanted: Options, options: Options, crashes: Sequence[Crash]) -> list[str]:
    remarks = [
        _remedy(where, one.device) for one in seen if one.used and one.verdict is not None and not one.verdict.works
    ]
    if options != wanted:
        remarks.append(
            f"after {culprits(crashes)}, Engines compute more carefully from their next start on "
            f"({words(options, wanted)}); to try anew, for one after an update, remove {where.crash_record}"
        )
    return remarks


def _remedy(where: Paths, device: Device) -> str:
    if device.kind in {DeviceKind.GPU, DeviceKind.INTEGRATED_GPU}:
        return f"update the driver of {device.name}, or do without it: gpu_layers = 0 in {where.config_file}"
    return f"{device.name} has to work: try another model (windowsill models use), or install llama-cpp-python anew"


def summary(report: Report) -> str:
    """How the next Engine computes, in plain words."""
    options = report.options
    parts = [
        f"{report.threads} thread{'s' if report.threads > 1 else ''}",
        f"cache type {options.cache_type}",
        f"flash attention {'on' if options.flash_attention else 'off'}",
    ]
    if not options.extra_buffers:
        parts.append("no matrix units")
    if 0 < options.gpu_layers < ALL_LAYERS:
        parts.append(f"at most {options.gpu_layers} layers on GPUs")
    return f"the next Engine: {', '.join(parts)}"


def culprits(crashes: Sequence[Crash]) -> str:
    """What crashed: the devices that are known to have, else only that something did."""
    named = dict.fromkeys([crash.device for crash in crashes if crash.device is not None])
    return f"a crash of {' and '.join(named)}" if named else "a crash"


def words(options: Options, wanted: Options) -> str:
    """What differs from what the user ``wanted``, in plain words."""
    parts = []
    if options.cache_type != wanted.cache_type:
        parts.append(f"a cache of {options.cache_type}")
    if options.flash_attention != wanted.flash_attention:
        parts.append("flash attention" if options.flash_attention else "no flash attention")
    if options.extra_buffers != wanted.extra_buffers:
        parts.append("no matrix units")
    if options.gpu_layers != wanted.gpu_layers:
        parts.append("no GPU")
    return ", ".join(parts) or "nothing changed"


def _checked(verdict: Verdict | None) -> Checked | None:
    return None if verdict is None else Checked(verdict.works, "" if verdict.works else _reason(verdict))


def _reason(verdict: Verdict) -> str:
    """Why a child failed: by what signal, or in its own last words."""
    if verdict.status < 0:
        crash = signal.strsignal(-verdict.status) or f"signal {-verdict.status}"
        return f"it crashed ({crash})"
    return verdict.detail or f"exit status {verdict.status}"
