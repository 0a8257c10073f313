"""What is tried before an Engine first computes so, what a crash there changes, and that it is tried once."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import pytest

from windowsill import crash_memory, device_files
from windowsill.crash_memory import CrashMemory
from windowsill.devices import Device, DeviceKind
from windowsill.engine_check import SELF_TEST
from windowsill.safe_options import Options
from windowsill.settings import Paths
from windowsill.trials import Trials

CPU: Final = Device(name="CPU", description="", kind=DeviceKind.CPU, backend="CPU", memory_free=0, memory_total=0)
GPU: Final = msgspec.structs.replace(CPU, name="CUDA0", kind=DeviceKind.GPU, backend="CUDA")
SAFER: Final = Options(flash_attention=False)

Machine = Callable[..., Trials]


@pytest.fixture
def where(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "run")


@pytest.fixture
def machine(where: Paths, tmp_path: Path) -> Machine:
    """Its self-test notes its arguments, tells ``on``, and crashes unless one of ``unless`` is among them."""

    def make(*unless: str, on: Device = CPU, ends: str = "os.kill(os.getpid(), signal.SIGSEGV)") -> Trials:
        code = f"""
import os, signal, sys
with open({str(tmp_path / "asked")!r}, "a") as asked:
    print(*sys.argv[1:-1], file=asked)
print({msgspec.json.encode(on).decode()!r}, flush=True)
if not any(one in " ".join(sys.argv) for one in {unless!r}):
    {ends}
"""
        memory = CrashMemory(where.crash_record, [GPU, CPU])
        return Trials(where.trials_record, memory, (sys.executable, "-c", code))

    return make


@pytest.fixture
def asked(tmp_path: Path) -> Callable[[], list[str]]:
    """With what arguments the self-test ran, in order."""
    journal = tmp_path / "asked"
    return lambda: journal.read_text().splitlines() if journal.exists() else []


ALL: Final = "--gpu-layers 1024 --cache-type f16"


def test_what_works_is_tried_once_by_all_hosts(machine: Machine, asked: Callable[[], list[str]]) -> None:
    trials = machine(ALL)
    assert [trials.options(Options()) for _ in range(2)] == [Options(), Options()]
    assert machine(ALL).options(Options()) == Options()
    assert asked() == [ALL]


def test_what_crashes_is_followed_by_a_safer_way_at_once_which_is_tried_too(
    machine: Machine, asked: Callable[[], list[str]], where: Paths
) -> None:
    assert machine("--no-flash-attention").options(Options()) == SAFER
    assert asked() == [ALL, f"{ALL} --no-flash-attention"]
    (crash,) = CrashMemory(where.crash_record).crashes()
    assert crash.device == "CPU"
    assert machine("--no-flash-attention").options(Options()) == SAFER
    assert len(asked()) == 2


def test_gpu_that_crashes_is_done_without(machine: Machine) -> None:
    assert machine("--gpu-layers 0", on=GPU).options(Options()) == Options(gpu_layers=0)


def test_hang_leads_to_a_safer_way(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("windowsill.engine_check.CHECK_SECONDS", 2.0)
    assert machine("--no-flash-attention", ends="signal.pause()").options(Options()) == SAFER


def test_machine_on_which_everything_crashes_uses_the_safest_way(
    machine: Machine, asked: Callable[[], list[str]]
) -> None:
    assert machine().options(Options()) == Options(extra_buffers=False, gpu_layers=0)
    assert len(asked()) == 4


def test_failure_in_order_is_told_to_the_log_and_changes_nothing(
    machine: Machine, asked: Callable[[], list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert machine(ends="sys.exit('no memory')").options(Options()) == Options()
    assert "on CPU: no memory" in caplog.text
    assert machine().options(Options()) == Options()
    assert len(asked()) == 1


def test_other_build_and_other_devices_are_tried_anew(
    machine: Machine, asked: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(ALL).options(Options())
    monkeypatch.setattr(device_files, "present", lambda: (Path("/dev/nvidia0"),))
    machine(ALL).options(Options())
    monkeypatch.setattr(crash_memory, "build", lambda: "another")
    machine(ALL).options(Options())
    machine(ALL).options(Options())
    assert len(asked()) == 3


def test_record_that_cannot_be_written_costs_another_trial_and_no_answer(
    machine: Machine, asked: Callable[[], list[str]], where: Paths, caplog: pytest.LogCaptureFixture
) -> None:
    where.cache.write_text("no folder")
    trials = machine("--no-flash-attention")
    assert [trials.options(Options()) for _ in range(2)] == [SAFER, SAFER]
    assert "cannot be noted" in caplog.text
    assert len(asked()) == 2
    assert machine("--no-flash-attention").options(Options()) == SAFER
    assert len(asked()) == 3


def test_damaged_record_begins_anew(
    machine: Machine, asked: Callable[[], list[str]], where: Paths, caplog: pytest.LogCaptureFixture
) -> None:
    where.cache.mkdir()
    where.trials_record.write_text("{")
    assert machine(ALL).options(Options()) == Options()
    assert "begins anew" in caplog.text
    assert machine(ALL).options(Options()) == Options()
    assert len(asked()) == 1


def test_real_self_test_passes_here(where: Paths) -> None:
    trials = Trials(where.trials_record, CrashMemory(where.crash_record), SELF_TEST)
    assert trials.options(Options(gpu_layers=0)) == Options(gpu_layers=0)
    assert not where.crash_record.exists()
