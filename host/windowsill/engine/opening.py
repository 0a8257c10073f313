"""Opens models' files with as much of them on GPUs, and as large caches, as the memory that is free now allows.

Rules this file keeps: what the conversations of a model may still take outside of its cache is not free for another.
"""

from __future__ import annotations

from pathlib import Path
from weakref import WeakSet

from msgspec import structs

from windowsill import settings
from windowsill.devices import gpus
from windowsill.engine import free_memory, ggml_devices, memory_plan, model_shape
from windowsill.engine.compute import TooLarge
from windowsill.engine.memory_plan import Layout, Refusal
from windowsill.engine.runner import Runner
from windowsill.errors import OperationError
from windowsill.gguf_cursor import GgufError
from windowsill.gguf_header import GgufHeader
from windowsill.safe_options import Options


class Opener:
    """One for all models of an Engine. ``threads`` 0: one per core."""

    def __init__(self, *, threads: int, options: Options, layout: Layout) -> None:
        self._threads = threads
        self._options = options
        self._layout = layout
        self._opened: WeakSet[Runner] = WeakSet()

    def open(self, path: Path, header: GgufHeader) -> Runner:
        """The model, loaded; one at a time. Raises TooLarge, NotSupportedError or OperationError."""
        try:
            shape = model_shape.read_shape(path)
        except GgufError as error:
            raise OperationError("The model could not be loaded.", detail=f"{path} cannot be used: {error}") from error
        layout, options = self._layout, self._options
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
            host_free=self._free(),
            gpus_free=gpus_free,
            wanted=min(max(settings.CACHE_TOKENS, window), settings.SLOTS * window),
            least=min(window, settings.LEAST_CONTEXT),
            saved=settings.SAVED_STATE_BYTES,
            most_layers=options.gpu_layers,
        )
        if isinstance(planned, Refusal):
            raise TooLarge(f"{path.name} {planned.reason}")
        runner = Runner(path, planned, layout, threads=self._threads, options=options)
        self._opened.add(runner)
        return runner

    def _free(self) -> int:
        """Bytes of the host's memory that a model may take."""
        promised = sum([runner.unsaved for runner in self._opened])
        return max(0, free_memory.available() - settings.SPARE_MEMORY - promised)


def _free_on_gpus() -> tuple[int, ...]:
    """Bytes that may be taken on each GPU that a model is spread over."""
    devices = ggml_devices.list_devices()
    return tuple([max(0, device.memory_free - settings.SPARE_GPU_MEMORY) for device in gpus(devices)])
