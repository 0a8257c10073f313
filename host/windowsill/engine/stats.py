"""What the Engine tells of itself: who computes, with which model, at what cost."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterable, Sequence

from windowsill.engine import free_memory
from windowsill.engine.commands import Seen
from windowsill.engine.counters import Counters
from windowsill.engine.model import Model
from windowsill.engine.request import Request
from windowsill.engine_protocol import Generate, ModelStats, OriginStats, Stats


async def collect(number: int, models: Sequence[Model], under_way: Iterable[Request], counters: Counters) -> Stats:
    """The answer to request ``number``, once every model said what it does, or did when it was last heard of."""
    queued = _queued(under_way)
    seen = await asyncio.gather(*[model.look() for model in models])
    return Stats(
        id=number,
        pid=os.getpid(),
        models=tuple(map(_of, models, seen)),
        queued=queued,
        memory=free_memory.resident(),
        steps=counters.steps,
        decoded_tokens=counters.decoded_tokens,
        prefilled_tokens=counters.prefilled_tokens,
        cached_tokens=counters.cached_tokens,
        forced_tokens=counters.forced_tokens,
        drafted_tokens=counters.drafted_tokens,
        accepted_tokens=counters.accepted_tokens,
    )


def _queued(under_way: Iterable[Request]) -> dict[str, OriginStats]:
    waiting, paused, hidden = Counter[str](), Counter[str](), Counter[str]()
    for request in under_way:
        if isinstance(request.work, Generate) and request.answer is None:
            (paused if request.held else waiting)[request.origin] += 1
            hidden[request.origin] += not request.visible
    return {
        origin: OriginStats(running=0, waiting=waiting[origin], paused=paused[origin], hidden=hidden[origin], tokens=0)
        for origin in (waiting | paused)
    }


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
