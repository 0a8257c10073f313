"""Which devices there are, which are used, and what is said when one does not work."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from support.tiny_gguf import make_tiny_gguf
from windowsill import device_report, engine_check
from windowsill.device_report import Report
from windowsill.devices import Device, DeviceKind
from windowsill.engine_check import Verdict
from windowsill.errors import OperationError
from windowsill.safe_options import Options
from windowsill.settings import STUCK_STATUS, Paths, Settings

CPU = Device(
    name="CPU", description="A CPU", kind=DeviceKind.CPU, backend="CPU", memory_free=1, memory_total=2, processors=4
)
GPU = Device(name="CUDA0", description="A GPU", kind=DeviceKind.GPU, backend="CUDA", memory_free=3, memory_total=4)
WORKS = Verdict(status=0, detail="")


@pytest.fixture
def where(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "run")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, Verdict]:
    """A machine with a CPU and a GPU; how a decode on each ends."""
    verdicts = {"CPU": WORKS, "CUDA0": WORKS}
    monkeypatch.setattr(engine_check, "list_devices", lambda *_: (GPU, CPU))
    monkeypatch.setattr(engine_check, "check", lambda _model, device, _options: verdicts[device])
    return verdicts


def report(where: Paths, model: Path | None = None, *, gpu_layers: int | None = None, check: bool = False) -> Report:
    return device_report.make(where, Settings(model=model, gpu_layers=gpu_layers), check=check)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return make_tiny_gguf(tmp_path / "tiny.gguf")


def test_all_devices_are_used_and_none_is_tried_unasked(where: Paths, machine: dict[str, Verdict]) -> None:
    found = report(where)
    assert [(one.device, one.used, one.verdict) for one in found.devices] == [(GPU, True, None), (CPU, True, None)]
    assert (found.options, found.remarks, found.broken) == (Options(), (), False)


def test_a_gpu_without_layers_is_not_used(where: Paths, machine: dict[str, Verdict]) -> None:
    assert [one.used for one in report(where, gpu_layers=0).devices] == [False, True]


def test_devices_that_work_are_said_to(where: Paths, model: Path, machine: dict[str, Verdict]) -> None:
    found = report(where, model, check=True)
    assert [one.verdict is not None and one.verdict.works for one in found.devices] == [True, True]
    assert not found.broken
    assert not where.crash_record.exists()


def test_a_crash_is_said_remembered_and_answered_with_a_remedy(
    where: Paths, model: Path, machine: dict[str, Verdict]
) -> None:
    machine["CUDA0"] = Verdict(status=-signal.SIGSEGV, detail="")
    found = report(where, model, check=True)
    assert found.devices[0].verdict is not None
    assert found.devices[0].verdict.reason == "it crashed (Segmentation fault)"
    assert found.broken
    assert found.options == Options(flash_attention=False)
    driver, careful = found.remarks
    assert "gpu_layers = 0" in driver
    assert careful.startswith("after a crash of CUDA0, ")
    assert str(where.crash_record) in careful
    assert report(where).options == found.options, "the next Engine knows"


def test_a_device_that_fails_in_order_is_not_remembered(where: Paths, model: Path, machine: dict[str, Verdict]) -> None:
    machine["CPU"] = Verdict(status=1, detail="the model could not be loaded")
    found = report(where, model, check=True)
    (remark,) = found.remarks
    assert "models use" in remark
    assert found.options == Options()


def test_a_device_that_is_not_used_breaks_nothing(where: Paths, model: Path, machine: dict[str, Verdict]) -> None:
    machine["CUDA0"] = Verdict(status=STUCK_STATUS, detail="no answer in 300 seconds")
    found = report(where, model, gpu_layers=0, check=True)
    assert found.devices[0].verdict is not None
    assert found.devices[0].verdict.reason == "no answer in 300 seconds"
    assert not found.broken
    assert found.options == Options(gpu_layers=0), "not more careful because of it"
    assert not where.crash_record.exists()


def test_every_device_that_crashed_is_named(where: Paths, model: Path, machine: dict[str, Verdict]) -> None:
    machine["CPU"] = machine["CUDA0"] = Verdict(status=-signal.SIGSEGV, detail="")
    assert report(where, model, check=True).remarks[-1].startswith("after a crash of CUDA0 and CPU, ")


def test_a_machine_that_crashes_when_it_is_asked_is_told_in_plain_words(
    where: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_check, "list_devices", lambda *_: Verdict(status=-signal.SIGABRT, detail=""))
    with pytest.raises(OperationError) as caught:
        report(where)
    assert "crashed" in caught.value.detail


def test_threads_are_the_users_or_one_per_processor(where: Paths, machine: dict[str, Verdict]) -> None:
    assert report(where).threads == 4
    assert device_report.make(where, Settings(threads=1), check=False).threads == 1


@pytest.mark.parametrize(
    ("options", "threads", "summary"),
    [
        (Options(), 4, "the next Engine: 4 threads, cache type f16, flash attention on"),
        (
            Options(cache_type="q8_0", extra_buffers=False, gpu_layers=8),
            1,
            "the next Engine: 1 thread, cache type q8_0, flash attention on, no matrix units, at most 8 layers on GPUs",
        ),
        (
            Options(flash_attention=False, gpu_layers=0),
            2,
            "the next Engine: 2 threads, cache type f16, flash attention off",
        ),
    ],
)
def test_next_engine_is_told_in_one_line(options: Options, threads: int, summary: str) -> None:
    assert device_report.summary(Report(devices=(), options=options, threads=threads, remarks=())) == summary


@pytest.mark.parametrize(
    ("wanted", "options", "words"),
    [
        (Options(gpu_layers=8), Options(gpu_layers=8), "nothing changed"),
        (Options(), Options(extra_buffers=False), "no matrix units"),
        (Options(), Options(flash_attention=False), "no flash attention"),
        (Options(flash_attention=False, gpu_layers=0), Options(gpu_layers=0), "flash attention"),
        (
            Options(cache_type="q8_0"),
            Options(extra_buffers=False, gpu_layers=0),
            "a cache of f16, no matrix units, no GPU",
        ),
    ],
)
def test_what_is_done_otherwise_is_told_in_words(wanted: Options, options: Options, words: str) -> None:
    assert device_report.words(options, wanted) == words
