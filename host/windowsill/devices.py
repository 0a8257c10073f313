"""What can compute on this machine, and which of it a model is put on. Pure: told by a child, shared by all rooms."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from windowsill.safe_options import Options


class DeviceKind(StrEnum):
    """ggml's kinds. ACCELERATOR works along with the CPU (BLAS, AMX, some NPUs)."""

    CPU = "cpu"
    GPU = "gpu"
    INTEGRATED_GPU = "integrated_gpu"
    ACCELERATOR = "accelerator"


class Device(Struct, frozen=True, kw_only=True):
    """``name`` is ggml's (``CPU``, ``CUDA0``); memory in bytes, 0 where it does not say; ``features`` as it says;
    ``processors``: of the CPU, those that an Engine may keep busy (count)."""

    name: str
    description: str
    kind: DeviceKind
    backend: str
    memory_free: int
    memory_total: int
    features: tuple[str, ...] = ()
    processors: int = 0


def gpus(devices: Sequence[Device]) -> tuple[Device, ...]:
    """The GPUs that a model may be spread over: all with memory of their own, else the first integrated one.

    Those of one back end only: where llama.cpp has two, both may see the same card.
    """
    own = [device for device in devices if device.kind is DeviceKind.GPU]
    integrated = [device for device in devices if device.kind is DeviceKind.INTEGRATED_GPU]
    return tuple([device for device in own if device.backend == own[0].backend] if own else integrated[:1])


def shares_memory(device: Device, devices: Sequence[Device]) -> bool:
    """Whether the GPU ``device`` takes the machine's memory: integrated ones do, and those that tell the machine's as
    their own (OpenVINO) or none (Hexagon)."""
    machine = {one.memory_total for one in devices if one.kind is DeviceKind.CPU}
    return device.kind is DeviceKind.INTEGRATED_GPU or device.memory_total in machine | {0}


def in_use(devices: Sequence[Device], options: Options) -> tuple[Device, ...]:
    """The devices that a model runs on: GPUs, and what belongs to the CPU."""
    always = [device for device in devices if device.kind in {DeviceKind.CPU, DeviceKind.ACCELERATOR}]
    return tuple(always if options.gpu_layers == 0 else [*gpus(devices), *always])
