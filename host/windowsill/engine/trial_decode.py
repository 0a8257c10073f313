"""A decode on one device as an Engine would do it: its runner, its layout, all of its sequences together.

Rule this file keeps: it is for a child, which a driver may end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from windowsill.devices import Device, DeviceKind, in_use
from windowsill.engine import bounds, ggml_devices
from windowsill.engine.compute import DecodeError, NoRoom
from windowsill.engine.memory_plan import Need, Plan
from windowsill.engine.opening import layout_for
from windowsill.engine.runner import Runner
from windowsill.engine.sampling import Likeliest
from windowsill.engine.sequence import Batch, Chunk, Sequence
from windowsill.errors import WindowsillError
from windowsill.safe_options import ALL_LAYERS, Options

PROMPT_TOKENS: Final = 16
STEPS: Final = 4
"""Both shapes of batch are tried: a crash of matrix units shows with the first, most others with the second."""

CELLS: Final = 256
"""As many as llama.cpp allocates at least; all sequences fit."""


class DeviceFailed(Exception):
    """The device is not there, or does not decode; the text says what failed."""


def chosen(name: str | None, options: Options) -> tuple[Device, ...]:
    """The device of that name; None: all that a model is put on. Raises DeviceFailed."""
    if name is None:
        ggml_devices.leave_out_unused(options)
        return in_use(ggml_devices.list_devices(), options)
    found = tuple([device for device in ggml_devices.list_devices() if device.name == name])
    if not found:
        raise DeviceFailed(f"there is no device {name}")
    return found


def decode_on(path: Path, device: Device, options: Options, *, threads: int) -> None:
    """Read prompts and write some tokens with the model at ``path`` on ``device``. Raises DeviceFailed."""
    gpus = [device.name] if device.kind in {DeviceKind.GPU, DeviceKind.INTEGRATED_GPU} else []
    # With no layers, a GPU is only here because somebody asks for it by name.
    split = (options.gpu_layers or ALL_LAYERS,) * len(gpus)
    plan = Plan(split=split, cells=CELLS, need=Need(host=0))
    try:
        runner = Runner(path, plan, layout_for(options), threads=threads, options=options, gpus=gpus)
    except WindowsillError as error:
        raise DeviceFailed(error.detail) from error
    try:
        _decode(runner)
    except DecodeError as error:
        raise DeviceFailed(str(error)) from error
    except NoRoom as error:
        raise DeviceFailed("there is no room for a few tokens in its cache") from error
    finally:
        runner.close()


def _decode(runner: Runner) -> None:
    sequences = [Sequence(slot, "", [slot] * PROMPT_TOKENS, visible=True) for slot in range(bounds.SLOTS)]
    for slot, sequence in enumerate(sequences):
        sequence.slot = slot
    likeliest = Likeliest(runner.logits)
    batch = Batch([], [Chunk(sequence, 0, PROMPT_TOKENS) for sequence in sequences], [])
    for _ in range(STEPS):
        runner.decode(batch)
        for row, sequence, _ in batch.rows():
            sequence.tokens.append(likeliest.sample(row))
        batch = Batch(sequences, [], [])
    runner.decode(batch)
