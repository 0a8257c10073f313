"""Opens the real runner as tests want it: on the CPU, in one thread, with cells for small models."""

from __future__ import annotations

from pathlib import Path

from windowsill import settings
from windowsill.engine.memory_plan import Layout, Need, Plan
from windowsill.engine.runner import Runner
from windowsill.safe_options import Options


def plain_runner(path: Path, *, cells: int = 1024, saved_tokens: int = 0) -> Runner:
    """The model at ``path`` with so many ``cells`` (count); whoever opens it closes it."""
    layout = Layout(slots=settings.SLOTS, batch_tokens=settings.BATCH_TOKENS)
    plan = Plan(gpu_layers=0, cells=cells, need=Need(host=0, gpu=0), saved_tokens=saved_tokens)
    return Runner(path, plan, layout, threads=1, options=Options())
