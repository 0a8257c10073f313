"""Children that list devices and decode on them; children that break; the record of what broke."""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path
from typing import Final

import msgspec
import pytest

from support.tiny_gguf import Shape, make_tiny_gguf
from windowsill import engine_check
from windowsill.devices import Device, DeviceKind
from windowsill.engine_check import Verdict
from windowsill.safe_options import Configuration, Crash, Memory, Options, safest
from windowsill.settings import STUCK_STATUS

LIST: Final = (sys.executable, "-m", "windowsill.engine.devices")
SELF_TEST: Final = (sys.executable, "-m", "windowsill.engine.self_test")
SMALL: Final = Shape(embedding=64, feed_forward=32, layers=1, heads=2, kv_heads=1, context=512)
CONFIGURATION: Final = Configuration(build="1", devices=("CPU",), options=Options())
CRASH: Final = Crash(configuration=CONFIGURATION, signal=signal.SIGSEGV)
CPU: Final = Device(name="CPU", description="", kind=DeviceKind.CPU, backend="CPU", memory_free=0, memory_total=0)


def python(code: str) -> tuple[str, ...]:
    """A program whose arguments are of no account."""
    return (sys.executable, "-c", code)


@pytest.fixture(autouse=True)
def _children_find_this_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))


def test_programs_are_isolated() -> None:
    assert (sys.executable, "-I", "-m", "windowsill.engine.devices") == engine_check.DEVICES
    assert (sys.executable, "-I", "-m", "windowsill.engine.self_test") == engine_check.SELF_TEST


def test_cpu_is_listed_with_its_features_and_memory() -> None:
    listed = engine_check.list_devices(LIST)
    assert not isinstance(listed, Verdict)
    (cpu,) = [device for device in listed if device.kind is DeviceKind.CPU]
    assert isinstance(cpu, Device)
    assert (cpu.name, cpu.backend) == ("CPU", "CPU")
    assert 0 < cpu.memory_free <= cpu.memory_total
    assert cpu.features


@pytest.mark.parametrize(
    "options",
    [
        Options(),
        Options(extra_buffers=False),
        Options(gpu_layers=0),
        Options(cache_type="q8_0"),
        Options(flash_attention=False),
    ],
    ids=str,
)
def test_cpu_decodes(tmp_path: Path, options: Options) -> None:
    model = make_tiny_gguf(tmp_path / "tiny.gguf", SMALL)
    assert engine_check.check(model, "CPU", options, SELF_TEST).works


def test_attention_of_the_options_is_what_is_tried(tmp_path: Path) -> None:
    model = make_tiny_gguf(tmp_path / "tiny.gguf", SMALL)
    without = engine_check.check(model, "CPU", Options(cache_type="q8_0", flash_attention=False), SELF_TEST)
    assert not without.works, "llama.cpp has such caches with flash attention alone"


def test_device_that_is_not_there_does_not_work(tmp_path: Path) -> None:
    model = make_tiny_gguf(tmp_path / "tiny.gguf", SMALL)
    verdict = engine_check.check(model, "CUDA7", Options(), SELF_TEST)
    assert verdict.device is None
    assert (verdict.works, verdict.status, verdict.detail) == (False, 1, "there is no device CUDA7")


def test_model_that_cannot_be_loaded_does_not_work(tmp_path: Path) -> None:
    (tmp_path / "no.gguf").write_bytes(b"GGUF")
    verdict = engine_check.check(tmp_path / "no.gguf", "CPU", Options(), SELF_TEST)
    assert (verdict.status, verdict.detail) == (1, "llama.cpp could not load the model file")


def test_crash_is_told_by_its_signal_and_makes_the_next_start_safer(tmp_path: Path) -> None:
    breaks = python("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    verdict = engine_check.check(tmp_path / "any.gguf", "CPU", Options(), breaks)
    assert verdict.status == -signal.SIGSEGV
    path = tmp_path / "state" / "crashes.json"
    engine_check.record(path, CRASH)
    assert safest(engine_check.read_memory(path), CONFIGURATION) == Options(flash_attention=False)
    assert path.stat().st_mode & 0o777 == 0o600


def test_asking_for_devices_may_crash() -> None:
    verdict = engine_check.list_devices(python("import os; os.abort()"))
    assert isinstance(verdict, Verdict)
    assert verdict.status == -signal.SIGABRT


def test_child_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_check, "CHECK_SECONDS", 0.1)
    verdict = engine_check.check(tmp_path / "any.gguf", "CPU", Options(), python("import signal; signal.pause()"))
    assert (verdict.works, verdict.status, verdict.detail) == (False, STUCK_STATUS, "no answer in 0.1 seconds")


def test_all_devices_in_use_decode_in_one_child_and_the_last_is_told(tmp_path: Path) -> None:
    verdict = engine_check.check(make_tiny_gguf(tmp_path / "tiny.gguf", SMALL), None, Options(), SELF_TEST)
    assert verdict.works
    assert verdict.device is not None
    assert verdict.device.kind in {DeviceKind.CPU, DeviceKind.ACCELERATOR}


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGSEGV)", "signal.pause()"], ids=["crashes", "hangs"])
def test_device_that_a_child_ended_on_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    monkeypatch.setattr(engine_check, "CHECK_SECONDS", 2.0)
    line = msgspec.json.encode(CPU).decode()
    breaks = python(f"import os, signal; print({line!r}, flush=True); {end}")
    verdict = engine_check.check(tmp_path / "any.gguf", None, Options(), breaks)
    assert (verdict.works, verdict.device) == (False, CPU)


def test_damaged_record_begins_anew_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "crashes.json"
    path.write_text("{")
    with caplog.at_level(logging.WARNING):
        assert engine_check.read_memory(path) == Memory()
    assert "begins anew" in caplog.text
    engine_check.record(path, CRASH)
    assert len(engine_check.read_memory(path).crashes) == 1
