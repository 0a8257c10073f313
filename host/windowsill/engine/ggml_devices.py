"""llama.cpp's devices, through the parts of ggml that its binding leaves out.

Rule this file keeps: whoever only wants to know asks in a child, as a driver may end who asks it; an Engine asks once
its way of computing was tried in one.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from typing import Any, Final

from llama_cpp import _ggml, llama_cpp
from msgspec import structs

from windowsill.devices import Device, DeviceKind
from windowsill.engine import free_memory, processors
from windowsill.safe_options import Options

KINDS: Final = {
    0: DeviceKind.CPU,
    1: DeviceKind.GPU,
    2: DeviceKind.INTEGRATED_GPU,
    3: DeviceKind.ACCELERATOR,
}
"""ggml's numbers of kinds; its fifth stands for several devices that are told one by one too."""


class _Feature(ctypes.Structure):
    """struct ggml_backend_feature."""

    _fields_ = [("name", ctypes.c_char_p), ("value", ctypes.c_char_p)]


_FeaturesOf = ctypes.CFUNCTYPE(ctypes.POINTER(_Feature), ctypes.c_void_p)


def leave_out_unused(options: Options) -> None:
    """Before ggml is asked for anything: without layers on GPUs, it wakes no driver of Vulkan's, as one may crash."""
    if not options.gpu_layers:
        os.environ["GGML_DISABLE_VULKAN"] = "1"


def list_devices() -> tuple[Device, ...]:
    """All devices, in ggml's order."""
    llama_cpp.llama_backend_init()
    told = [_describe(handle, KINDS[kind]) for handle, kind in _handles() if kind in KINDS]
    return tuple([_limited(device) if device.kind is DeviceKind.CPU else device for device in told])


def any_besides_cpu() -> bool:
    """Whether there is a GPU, an NPU or an accelerator.

    Asked in a fork: a driver may end who asks it, and what threads it starts would not be in the sandbox.
    """
    child = os.fork()
    if child == 0:
        answer = os.EX_UNAVAILABLE
        try:
            if any(KINDS.get(kind, DeviceKind.CPU) is not DeviceKind.CPU for _, kind in _handles()):
                answer = os.EX_OK
        finally:
            os._exit(answer)
    _, status = os.waitpid(child, 0)
    return status == os.EX_OK


def only(gpus: Sequence[str]) -> ctypes.Array[ctypes.c_void_p]:
    """What tells llama.cpp to use these GPUs, none when there are no names, besides the CPU; kept while it loads."""
    handles = {_text("ggml_backend_dev_name", handle): handle for handle, _ in _handles()}
    return (ctypes.c_void_p * (len(gpus) + 1))(*[handles[name] for name in gpus], None)


def _handles() -> list[tuple[int, int]]:
    """Each device's handle, and ggml's number of its kind."""
    count = _function("ggml_backend_dev_count", ctypes.c_size_t)()
    get = _function("ggml_backend_dev_get", ctypes.c_void_p, ctypes.c_size_t)
    kind = _function("ggml_backend_dev_type", ctypes.c_int, ctypes.c_void_p)
    return [(handle, kind(handle)) for handle in [get(index) for index in range(count)]]


def _describe(handle: int, kind: DeviceKind) -> Device:
    free, total = ctypes.c_size_t(0), ctypes.c_size_t(0)
    memory = _function("ggml_backend_dev_memory", None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    memory(handle, ctypes.byref(free), ctypes.byref(total))
    registry = _function("ggml_backend_dev_backend_reg", ctypes.c_void_p, ctypes.c_void_p)(handle)
    return Device(
        name=_text("ggml_backend_dev_name", handle),
        description=_text("ggml_backend_dev_description", handle).strip(),
        kind=kind,
        backend=_text("ggml_backend_reg_name", registry),
        memory_free=free.value,
        memory_total=total.value,
        features=_features(registry),
    )


def _limited(cpu: Device) -> Device:
    """``cpu`` as others and a container leave it to us: ggml calls all of its memory free."""
    free = min(cpu.memory_total, free_memory.available())
    return structs.replace(cpu, memory_free=free, processors=processors.usable())


def _features(registry: int) -> tuple[str, ...]:
    """Names of what the back end was built for and the hardware has."""
    find = _function("ggml_backend_reg_get_proc_address", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p)
    address = find(registry, b"ggml_backend_get_features")
    if not address:
        return ()
    listed = _FeaturesOf(address)(registry)
    found: list[str] = []
    index = 0
    while listed[index].name:
        name, value = listed[index].name.decode(), listed[index].value.decode()
        if value != "0":
            found.append(name if value == "1" else f"{name}={value}")
        index += 1
    return tuple(found)


def _text(function: str, handle: int) -> str:
    said: bytes | None = _function(function, ctypes.c_char_p, ctypes.c_void_p)(handle)
    return (said or b"").decode("utf-8", "replace")


def _function(name: str, result: Any, *arguments: Any) -> ctypes._NamedFuncPointer:
    function: ctypes._NamedFuncPointer = getattr(_ggml.libggml, name)
    function.restype = result
    function.argtypes = arguments
    return function
