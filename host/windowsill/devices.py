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
    """``name`` is ggml's (``CPU``, ``CUDA0``); memory in bytes, 0 where it does not say; ``features`` as it says."""

    name: str
    description: str
    kind: DeviceKind
    backend: str
    memory_free: int
    memory_total: int
    features: tuple[str, ...] = ()


def gpus(devices: Sequence[Device]) -> tuple[Device, ...]:
    """The GPUs that a model is spread over: all with memory of their own, else the first integrated one."""
    own = [device for device in devices if device.kind is DeviceKind.GPU]
    return tuple(own or [device for device in devices if device.kind is DeviceKind.INTEGRATED_GPU][:1])


def in_use(devices: Sequence[Device], options: Options) -> tuple[Device, ...]:
    """The devices that a model runs on: GPUs, and what belongs to the CPU."""
    always = [device for device in devices if device.kind in {DeviceKind.CPU, DeviceKind.ACCELERATOR}]
    return tuple(always if options.gpu_layers == 0 else [*gpus(devices), *always])
