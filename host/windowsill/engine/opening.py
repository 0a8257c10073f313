"""Opens a model's file with as much of it on GPUs, and as large a cache, as the memory that is free now allows."""

from __future__ import annotations

from pathlib import Path

from msgspec import structs

from windowsill import settings
from windowsill.devices import gpus
from windowsill.engine import free_memory, ggml_devices, memory_plan, model_shape
from windowsill.engine.compute import TooLarge
from windowsill.engine.memory_plan import Layout, Refusal
from windowsill.engine.model_shape import ModelShape
from windowsill.engine.runner import Runner
from windowsill.errors import OperationError
from windowsill.gguf_cursor import GgufError
from windowsill.gguf_header import GgufHeader
from windowsill.safe_options import Options


def open_runner(path: Path, header: GgufHeader, *, threads: int, options: Options, layout: Layout) -> Runner:
    """The model, loaded. Raises TooLarge, NotSupportedError or OperationError. ``threads`` 0: one per core."""
    try:
        shape = model_shape.read_shape(path)
    except GgufError as error:
        raise OperationError("The model could not be loaded.", detail=f"{path} cannot be used: {error}") from error
    if any(layer.state for layer in shape.layers):
        # Every conversation that is kept has a state of its own.
        layout = structs.replace(layout, slots=settings.STATE_IDS)
    gpus_free = _free_on_gpus() if options.gpu_layers else ()
    if gpus_free:
        layout = structs.replace(layout, batch_tokens=settings.GPU_BATCH_TOKENS)
    window = min(header.context_length or settings.MAX_CONTEXT, settings.MAX_CONTEXT)
    planned = memory_plan.plan(
        shape,
        layout,
        host_free=free_memory.available() - settings.SPARE_MEMORY,
        gpus_free=gpus_free,
        wanted=min(max(settings.CACHE_TOKENS, window), settings.SLOTS * window),
        least=min(window, settings.LEAST_CONTEXT),
        most_layers=options.gpu_layers,
    )
    if isinstance(planned, Refusal):
        raise TooLarge(f"{path.name} {planned.reason}")
    return Runner(
        path,
        planned,
        layout,
        threads=threads,
        options=options,
        saved_tokens=settings.SAVED_STATE_BYTES // _bytes_a_cell(shape, layout),
    )


def _bytes_a_cell(shape: ModelShape, layout: Layout) -> int:
    """What one token takes in the cache; at least 1."""
    numbers = sum(layer.keys + layer.values for layer in shape.layers)
    return max(1, int(numbers * layout.cell_type.value))


def _free_on_gpus() -> tuple[int, ...]:
    """Bytes that may be taken on each GPU that a model is spread over."""
    devices = ggml_devices.list_devices()
    return tuple([max(0, device.memory_free - settings.SPARE_GPU_MEMORY) for device in gpus(devices)])
