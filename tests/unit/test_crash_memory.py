"""What crashed before, and what it costs to know."""

from __future__ import annotations

import importlib.metadata
import logging
import signal
import sys
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from windowsill import crash_memory, engine_check
from windowsill.crash_memory import CrashMemory
from windowsill.devices import Device, DeviceKind
from windowsill.safe_options import Configuration, Crash, Options
from windowsill.settings import Settings

CPU = Device(name="CPU", description="", kind=DeviceKind.CPU, backend="CPU", memory_free=0, memory_total=0)
GPU = msgspec.structs.replace(CPU, name="CUDA0", kind=DeviceKind.GPU, backend="CUDA")
SAFER = Options(flash_attention=False)


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def telling(folder: Path, *devices: Device) -> tuple[str, ...]:
    """A program that tells these devices, and notes that it was asked."""
    code = f"open({str(folder / 'asked')!r}, 'a').write('.'); print({msgspec.json.encode(devices).decode()!r})"
    return python(code)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "crashes.json"


def test_settings_say_what_is_wanted() -> None:
    assert crash_memory.wanted(Settings()) == Options()
    assert crash_memory.wanted(Settings(gpu_layers=0)) == Options(gpu_layers=0)
    assert crash_memory.wanted(Settings(cache_type="q8_0")) == Options(cache_type="q8_0")
    assert crash_memory.wanted(Settings(flash_attention=False)) == Options(flash_attention=False)


def test_without_a_crash_nobody_is_asked(path: Path, tmp_path: Path) -> None:
    memory = CrashMemory(path, program=telling(tmp_path, CPU))
    assert memory.options(Options()) == Options()
    memory.note(Options(), 0)
    memory.note(Options(), 1)
    memory.note(Options(), -signal.SIGKILL)
    assert not (tmp_path / "asked").exists()
    assert not path.exists()


def test_devices_are_asked_for_once(path: Path, tmp_path: Path) -> None:
    memory = CrashMemory(path, program=telling(tmp_path, CPU))
    memory.note(Options(), -signal.SIGSEGV)
    assert memory.options(Options()) == SAFER
    assert memory.options(Options()) == SAFER
    assert (tmp_path / "asked").read_text() == "."


def test_a_crash_says_nothing_of_other_devices(path: Path) -> None:
    CrashMemory(path, [CPU]).note(Options(), -signal.SIGSEGV)
    assert CrashMemory(path, [CPU]).options(Options()) == SAFER
    assert CrashMemory(path, [CPU, GPU]).options(Options()) == Options()


def test_a_crash_of_another_build_is_of_no_account(path: Path, tmp_path: Path) -> None:
    other = Configuration(build="0", devices=("CPU",), options=Options())
    engine_check.record(path, Crash(configuration=other, signal=signal.SIGSEGV))
    memory = CrashMemory(path, program=telling(tmp_path, CPU))
    assert memory.crashes() == ()
    assert memory.options(Options()) == Options()
    assert not (tmp_path / "asked").exists()


def test_build_is_a_version_and_a_digest_of_what_was_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    version, digest = crash_memory.build().split()
    assert version == importlib.metadata.version("llama-cpp-python")
    installed = importlib.metadata.distribution("llama-cpp-python")
    rebuilt = SimpleNamespace(
        version=version, read_text=lambda name: f"{installed.read_text(name)}libggml-vulkan.so,,1\n"
    )
    monkeypatch.setattr(importlib.metadata, "distribution", lambda _: rebuilt)
    assert crash_memory.build().split()[0] == version
    assert crash_memory.build().split()[1] != digest


def test_gpu_that_crashed_is_named_and_done_without(path: Path) -> None:
    memory = CrashMemory(path, [CPU, GPU])
    memory.note(Options(), -signal.SIGSEGV, GPU)
    (crash,) = memory.crashes()
    assert (crash.device, crash.gpu) == ("CUDA0", True)
    memory.note(memory.options(Options()), -signal.SIGSEGV, GPU)
    assert memory.options(Options()) == Options(gpu_layers=0)


def test_a_machine_whose_devices_cannot_be_told_remembers_too(path: Path) -> None:
    breaks = python("import os; os.abort()")
    CrashMemory(path, program=breaks).note(Options(), -signal.SIGSEGV)
    assert CrashMemory(path, program=breaks).options(Options()) == SAFER


def test_a_record_that_cannot_be_written_is_told_to_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "data").write_text("no folder")
    with caplog.at_level(logging.ERROR):
        CrashMemory(tmp_path / "data" / "crashes.json", [CPU]).note(Options(), -signal.SIGSEGV)
    assert "cannot be noted" in caplog.text
