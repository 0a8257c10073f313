"""What the Engine tells of itself: who computes, with which model, at what cost."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence

from windowsill.engine import free_memory
from windowsill.engine.commands import Seen
from windowsill.engine.counters import Counters
from windowsill.engine.model import Model
from windowsill.engine_protocol import ModelStats, OriginStats, Stats


async def collect(number: int, models: Sequence[Model], counters: Counters) -> Stats:
    """The answer to request ``number``, once every model said what it does, or did when it was last heard of."""
    seen = await asyncio.gather(*[model.look() for model in models])
    return Stats(
        id=number,
        pid=os.getpid(),
        models=tuple(map(_of, models, seen)),
        memory=free_memory.resident(),
        steps=counters.steps,
        decoded_tokens=counters.decoded_tokens,
        prefilled_tokens=counters.prefilled_tokens,
        cached_tokens=counters.cached_tokens,
        forced_tokens=counters.forced_tokens,
        drafted_tokens=counters.drafted_tokens,
        accepted_tokens=counters.accepted_tokens,
    )


def _of(model: Model, seen: Seen) -> ModelStats:
    origins = {
        origin: OriginStats(
            running=load.running, waiting=load.waiting, paused=load.paused, hidden=load.hidden, tokens=load.tokens
        )
        for origin, load in seen.origins.items()
    }
    return ModelStats(
        name=model.name,
        device=model.device,
        memory=model.memory,
        cells=seen.cells,
        cache=seen.size,
        kept=seen.kept,
        origins=origins,
    )
