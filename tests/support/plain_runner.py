"""Opens the real runner as tests want it: on the CPU, in one thread, with cells for small models.

The environment may name a GPU by ggml's name of it, for all models of a run: TEST_GPU (docs/devices.md).
"""

from __future__ import annotations

import os
from pathlib import Path

from windowsill.engine import bounds
from windowsill.engine.memory_plan import Layout, Need, Plan
from windowsill.engine.runner import Runner
from windowsill.safe_options import ALL_LAYERS, Options


def plain_runner(path: Path, *, cells: int = 1024, saved_tokens: int = 0) -> Runner:
    """The model at ``path`` with so many ``cells`` (count); whoever opens it closes it."""
    layout = Layout(slots=bounds.SLOTS, batch_tokens=bounds.BATCH_TOKENS)
    gpus = [os.environ["TEST_GPU"]] if "TEST_GPU" in os.environ else []
    split = (ALL_LAYERS,) * len(gpus)
    plan = Plan(split=split, cells=cells, need=Need(host=0), saved_tokens=saved_tokens)
    return Runner(path, plan, layout, threads=1, options=Options(), gpus=gpus)
