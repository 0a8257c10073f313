"""llama.cpp's devices, through the parts of ggml that its binding leaves out: what there is, and a decode on one.

Rule this file keeps: whoever only wants to know asks in a child, as a driver may end who asks it; an Engine asks once
its way of computing was tried in one.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from llama_cpp import _ggml, llama_cpp

from windowsill.devices import Device, DeviceKind, in_use
from windowsill.safe_options import Options

KINDS: Final = {
    0: DeviceKind.CPU,
    1: DeviceKind.GPU,
    2: DeviceKind.INTEGRATED_GPU,
    3: DeviceKind.ACCELERATOR,
}
"""ggml's numbers of kinds; its fifth stands for several devices that are told one by one too."""

PROMPT_TOKENS: Final = 16
STEPS: Final = 4
"""Both shapes of batch are tried: a crash of matrix units shows with the first, most others with the second."""

CELLS: Final = 256


class DeviceFailed(Exception):
    """The device is there and does not decode; the text says what failed."""


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
    return tuple([_describe(handle, KINDS[kind]) for handle, kind in _handles() if kind in KINDS])


def chosen(name: str | None, options: Options) -> tuple[Device, ...]:
    """The device of that name; None: all that a model is put on. Raises DeviceFailed."""
    if name is None:
        leave_out_unused(options)
        return in_use(list_devices(), options)
    found = tuple([device for device in list_devices() if device.name == name])
    if not found:
        raise DeviceFailed(f"there is no device {name}")
    return found


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


def decode_on(path: Path, device: str, options: Options, *, threads: int) -> None:
    """Read a prompt and write some tokens with the model at ``path`` on one of the devices. Raises DeviceFailed."""
    llama_cpp.llama_backend_init()
    kinds = {_text("ggml_backend_dev_name", handle): KINDS.get(kind) for handle, kind in _handles()}
    on_gpu = kinds[device] in {DeviceKind.GPU, DeviceKind.INTEGRATED_GPU}
    devices = only([device] if on_gpu else [])
    params = llama_cpp.llama_model_default_params()
    params.devices = ctypes.addressof(devices)
    params.n_gpu_layers = options.gpu_layers if on_gpu else 0
    params.use_extra_bufts = options.extra_buffers
    model = llama_cpp.llama_model_load_from_file(os.fsencode(path), params)
    if model is None:
        raise DeviceFailed("the model could not be loaded")
    try:
        _decode(model, threads)
    finally:
        llama_cpp.llama_model_free(model)


def only(gpus: Sequence[str]) -> ctypes.Array[ctypes.c_void_p]:
    """What tells llama.cpp to use these GPUs, none when there are no names, besides the CPU; kept while it loads."""
    handles = {_text("ggml_backend_dev_name", handle): handle for handle, _ in _handles()}
    return (ctypes.c_void_p * (len(gpus) + 1))(*[handles[name] for name in gpus], None)


def _decode(model: llama_cpp.llama_model_p, threads: int) -> None:
    params = llama_cpp.llama_context_default_params()
    params.n_ctx = CELLS
    params.n_threads = params.n_threads_batch = threads
    context = llama_cpp.llama_init_from_model(model, params)
    if context is None:
        raise DeviceFailed("there is not enough memory for its cache")
    sampler = llama_cpp.llama_sampler_init_greedy()
    try:
        any_token = max(0, llama_cpp.llama_vocab_bos(llama_cpp.llama_model_get_vocab(model)))
        tokens = (llama_cpp.llama_token * PROMPT_TOKENS)(*[any_token] * PROMPT_TOKENS)
        for _ in range(1 + STEPS):
            outcome = llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(tokens, len(tokens)))
            if outcome != 0:
                raise DeviceFailed(f"llama_decode returned {outcome}")
            tokens = (llama_cpp.llama_token * 1)(llama_cpp.llama_sampler_sample(sampler, context, -1))
    finally:
        llama_cpp.llama_sampler_free(sampler)
        llama_cpp.llama_free(context)


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
