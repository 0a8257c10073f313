"""Our Engine as a contender, reached as the Host reaches it. Its home is one temporary folder."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio.to_thread

from bench.contender import Answering, Ask, Trace, Usage
from windowsill.demo.throwaway import end_engine
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import JsonSchema, ModelRef, Stats
from windowsill.engine_starter import PROGRAM
from windowsill.models import chosen
from windowsill.settings import Paths, Settings
from windowsill.tasks.sampling import SAMPLING_MODES


class EngineContender:
    """Made by ``running_engine``."""

    name = "Engine"

    def __init__(self, link: EngineLink, model: ModelRef) -> None:
        self._link = link
        self._model = model

    async def prepare(self, ask: Ask) -> Answering:
        """See ``Contender``."""

        async def answering(trace: Trace) -> None:
            trace.begin()
            async with self._link.generate(
                model=self._model,
                origin=ask.origin,
                visible=True,
                turns=ask.turns,
                sampling=SAMPLING_MODES["most-predictable"],
                max_tokens=ask.max_tokens,
                copies=ask.copies,
                constraint=None if ask.schema is None else JsonSchema(schema=ask.schema),
            ) as generation:
                async for text in generation:
                    trace.take(text)
            finished = generation.finished
            trace.usage = Usage(finished.prompt_tokens, finished.cached_tokens, finished.completion_tokens)

        return answering

    async def stats(self) -> Stats:
        """What the Engine has done until now."""
        stats = await self._link.stats()
        if stats is None:
            raise RuntimeError("no Engine runs")
        return stats


@asynccontextmanager
async def running_engine(
    model: Path, threads: int, *, program: Sequence[str] = PROGRAM
) -> AsyncIterator[EngineContender]:
    """An Engine of its own that is gone after the block."""
    with tempfile.TemporaryDirectory(prefix="windowsill-bench-") as folder:
        places = [Path(folder) / name for name in ("config", "data", "cache", "run")]
        where = Paths(*places)
        link = EngineLink(where, Settings(threads=threads), program=program)
        try:
            yield EngineContender(link, chosen.at(model).ref)
        finally:
            await link.aclose()
            await anyio.to_thread.run_sync(end_engine, where)
