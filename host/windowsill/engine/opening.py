"""Opens models' files with as much of them on GPUs, and as large caches, as the memory that is free now allows.

Rules this file keeps: what the conversations of a model may still take outside of its cache is not free for another; a
model that does not load on GPUs is loaded without them.
"""

from __future__ import annotations

import logging
from pathlib import Path
from weakref import WeakSet

from msgspec import structs

from windowsill.devices import Device, gpus, shares_memory
from windowsill.engine import bounds, free_memory, ggml_devices, memory_plan, model_shape
from windowsill.engine.compute import TooLarge
from windowsill.engine.memory_plan import CellType, Layout, Plan, Refusal
from windowsill.engine.runner import Runner
from windowsill.errors import OperationError
from windowsill.gguf_cursor import GgufError
from windowsill.gguf_header import GgufHeader
from windowsill.safe_options import Options

logger = logging.getLogger(__name__)


def layout_for(options: Options) -> Layout:
    """How an Engine with these ``options`` runs a model of the usual kind on processors."""
    return Layout(
        slots=bounds.SLOTS + 1,
        batch_tokens=bounds.BATCH_TOKENS,
        cell_type=CellType[options.cache_type.upper()],
        flash_attention=options.flash_attention,
    )


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
        layout = self._layout
        if any(layer.state for layer in shape.layers):
            # Every conversation that is kept has a state of its own.
            layout = structs.replace(layout, slots=bounds.STATE_IDS)
        window = min(header.context_length or bounds.MAX_CONTEXT, bounds.MAX_CONTEXT)
        host_free = self._free()
        listed = ggml_devices.list_devices() if self._options.gpu_layers else ()
        # Most room first, so that few of them are needed.
        used = sorted(gpus(listed), key=lambda gpu: _free_on(gpu, host_free), reverse=True)

        def planned(layout: Layout, most_layers: int) -> Plan | Refusal:
            return memory_plan.plan(
                shape,
                layout,
                host_free=host_free,
                gpus_free=[_free_on(gpu, host_free) for gpu in used],
                wanted=min(max(bounds.CACHE_TOKENS, window), bounds.SLOTS * window),
                least=min(window, bounds.LEAST_CONTEXT),
                saved=bounds.SAVED_STATE_BYTES,
                most_layers=most_layers,
                shared=any(shares_memory(gpu, listed) for gpu in used),
            )

        if used:
            reading = structs.replace(layout, batch_tokens=bounds.GPU_BATCH_TOKENS)
            with_gpus = planned(reading, self._options.gpu_layers)
            if isinstance(with_gpus, Plan) and with_gpus.gpu_layers:
                try:
                    return self._load(path, with_gpus, reading, used)
                except OperationError as error:
                    # Drivers tell more free memory than there is, and other programs take some meanwhile.
                    logger.warning("%s is loaded without GPUs: %s", path.name, error.detail)
        without = planned(layout, 0)
        if isinstance(without, Refusal):
            raise TooLarge(f"{path.name} {without.reason}")
        return self._load(path, without, layout, used)

    def _load(self, path: Path, plan: Plan, layout: Layout, used: list[Device]) -> Runner:
        names = [gpu.name for gpu in used]
        runner = Runner(path, plan, layout, threads=self._threads, options=self._options, gpus=names)
        self._opened.add(runner)
        return runner

    def _free(self) -> int:
        """Bytes of the host's memory that a model may take."""
        promised = sum([runner.unsaved for runner in self._opened])
        return max(0, free_memory.available() - bounds.SPARE_MEMORY - promised)


def _free_on(gpu: Device, host_free: int) -> int:
    """Bytes that may be taken on ``gpu``; one that tells none works in the machine's memory."""
    return max(0, gpu.memory_free - bounds.SPARE_GPU_MEMORY) if gpu.memory_total else host_free
