"""A trial runs what an Engine would: its layout, its sequences, the device that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray

from windowsill.devices import Device, DeviceKind
from windowsill.engine import bounds, trial_decode
from windowsill.engine.compute import DecodeError, NoRoom
from windowsill.engine.memory_plan import CellType, Layout, Plan
from windowsill.engine.sequence import Batch
from windowsill.safe_options import ALL_LAYERS, Options

CPU: Final = Device(name="CPU", description="", kind=DeviceKind.CPU, backend="CPU", memory_free=0, memory_total=0)
GPU: Final = Device(name="CUDA0", description="", kind=DeviceKind.GPU, backend="CUDA", memory_free=0, memory_total=0)


class RecordingRunner:
    """Decodes nothing, and notes what it was asked; ``fails``: the first decode raises it."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.fails = fails
        self.plan: Plan | None = None
        self.layout: Layout | None = None
        self.gpus: list[str] = []
        self.sizes: list[tuple[int, int]] = []
        self.closed = False

    def open(self, path: Path, plan: Plan, layout: Layout, *, threads: int, options: Options, gpus: list[str]) -> Any:
        self.plan, self.layout, self.gpus = plan, layout, gpus
        return self

    def decode(self, batch: Batch) -> None:
        if self.fails is not None:
            raise self.fails
        self.sizes.append((len(batch.decoding), len(batch.chunks)))

    def logits(self, row: int) -> NDArray[np.float32]:
        return np.zeros(4, np.float32)

    def close(self) -> None:
        self.closed = True


Try = Callable[..., RecordingRunner]


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> Try:
    def decode(device: Device, options: Options, fails: Exception | None = None) -> RecordingRunner:
        runner = RecordingRunner(fails)
        monkeypatch.setattr(trial_decode, "Runner", runner.open)
        if fails is None:
            trial_decode.decode_on(Path("any.gguf"), device, options, threads=1)
        else:
            with pytest.raises(trial_decode.DeviceFailed):
                trial_decode.decode_on(Path("any.gguf"), device, options, threads=1)
        return runner

    return decode


def test_all_sequences_of_an_engine_read_and_write_together(tried: Try) -> None:
    first, *others = tried(CPU, Options()).sizes
    assert first == (0, bounds.SLOTS)
    assert set(others) == {(bounds.SLOTS, 0)}


def test_layout_is_the_engines_with_what_the_user_chose(tried: Try) -> None:
    layout = tried(CPU, Options(cache_type="q8_0")).layout
    assert layout == Layout(slots=bounds.SLOTS + 1, batch_tokens=bounds.BATCH_TOKENS, cell_type=CellType.Q8_0)
    layout = tried(CPU, Options(flash_attention=False)).layout
    assert layout is not None
    assert (layout.cell_type, layout.flash_attention) == (CellType.F16, False)


@pytest.mark.parametrize(
    ("device", "options", "split", "gpus"),
    [
        (CPU, Options(), (), []),
        (GPU, Options(gpu_layers=3), (3,), ["CUDA0"]),
        (GPU, Options(gpu_layers=0), (ALL_LAYERS,), ["CUDA0"]),
    ],
    ids=["CPU", "GPU", "GPU that is not used"],
)
def test_layers_lie_on_the_device_that_is_tried(
    tried: Try, device: Device, options: Options, split: tuple[int, ...], gpus: list[str]
) -> None:
    runner = tried(device, options)
    assert runner.plan is not None
    assert (runner.plan.split, runner.gpus) == (split, gpus)


@pytest.mark.parametrize("failure", [NoRoom(), DecodeError("llama_decode returned -3")])
def test_decode_that_fails_is_the_devices_failure_and_the_model_is_unloaded(tried: Try, failure: Exception) -> None:
    assert tried(CPU, Options(), failure).closed
