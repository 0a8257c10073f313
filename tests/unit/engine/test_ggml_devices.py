"""What ggml is asked before the sandbox is entered, and which device files stay open because of it."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Final

import pytest

from windowsill import device_files
from windowsill.devices import DeviceKind
from windowsill.engine import __main__ as engine
from windowsill.engine import free_memory, ggml_devices, processors, trial_decode
from windowsill.safe_options import Options

CPU: Final = (1, 0)
GPU: Final = (2, 1)
"""Devices as ggml tells them: a handle, and the number of a kind."""

FILE: Final = Path("/dev/dri/renderD128")


@pytest.fixture(autouse=True)
def _device_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly every desktop has one, whatever llama.cpp was built for."""
    monkeypatch.setattr(device_files, "present", lambda: (FILE,))


def seeing(monkeypatch: pytest.MonkeyPatch, *devices: tuple[int, int]) -> None:
    monkeypatch.setattr(ggml_devices, "_handles", lambda: list(devices))


def test_device_files_stay_open_for_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    seeing(monkeypatch, GPU, CPU)
    assert engine.devices_to_use(Options()) == (FILE,)


def test_device_files_are_shut_without_a_device_that_ggml_can_use(monkeypatch: pytest.MonkeyPatch) -> None:
    seeing(monkeypatch, CPU)
    assert engine.devices_to_use(Options()) == ()


def test_device_files_are_shut_when_no_layer_goes_to_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    seeing(monkeypatch, GPU, CPU)
    assert engine.devices_to_use(Options(gpu_layers=0)) == ()


def test_driver_that_crashes_or_raises_when_it_is_asked_ends_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ggml_devices, "_handles", lambda: os.kill(os.getpid(), signal.SIGKILL))
    assert engine.devices_to_use(Options()) == ()
    monkeypatch.setattr(ggml_devices, "_handles", lambda: 1 / 0)
    assert engine.devices_to_use(Options()) == ()


def test_nobody_is_asked_without_device_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_files, "present", lambda: ())
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("asked"))
    assert engine.devices_to_use(Options()) == ()


@pytest.mark.parametrize(("layers", "left_out"), [(0, True), (1, False)])
def test_vulkan_is_left_out_of_a_self_test_without_layers_on_gpus(
    monkeypatch: pytest.MonkeyPatch, layers: int, left_out: bool
) -> None:
    monkeypatch.setenv("GGML_DISABLE_VULKAN", "1")
    monkeypatch.delenv("GGML_DISABLE_VULKAN")
    found: list[bool] = []

    def handles() -> list[tuple[int, int]]:
        found.append("GGML_DISABLE_VULKAN" in os.environ)
        return []

    monkeypatch.setattr(ggml_devices, "_handles", handles)
    trial_decode.chosen(None, Options(gpu_layers=layers))
    assert found == [left_out]


@pytest.mark.parametrize(("left", "told"), [(2**20, 2**20), (2**60, None)], ids=["limited", "all of it"])
def test_memory_of_the_cpu_is_what_others_and_a_container_leave(
    monkeypatch: pytest.MonkeyPatch, left: int, told: int | None
) -> None:
    monkeypatch.setattr(free_memory, "available", lambda: left)
    (cpu,) = [device for device in ggml_devices.list_devices() if device.kind is DeviceKind.CPU]
    assert cpu.memory_free == (cpu.memory_total if told is None else told)
    assert cpu.memory_total > 2**20


def test_processors_of_the_cpu_are_those_that_an_engine_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processors, "usable", lambda: 3)
    counts = {device.kind: device.processors for device in ggml_devices.list_devices()}
    assert counts.pop(DeviceKind.CPU) == 3
    assert not any(counts.values())


def test_this_build_sees_what_it_lists() -> None:
    besides = [device for device in ggml_devices.list_devices() if device.kind is not DeviceKind.CPU]
    assert ggml_devices.any_besides_cpu() == bool(besides)
