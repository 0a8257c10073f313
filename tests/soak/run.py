"""One soak: many open sessions, some active, an Engine that is killed now and then, and memory watched meanwhile.

Rules this file keeps: it has three acts. In the first quarter of the time Engines are killed; in the second, the last
of them warms up; in the second half nobody disturbs it, and memory must be flat.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread
from msgspec import Struct

from soak.browser import LOST_SECONDS, browsing
from soak.ledger import Ledger
from soak.load import Load
from soak.memory import Sample, growth, resident
from soak.visitor import Judge, Street, Visitor
from support.host_desk import places
from windowsill import settings
from windowsill.demo.throwaway import end_engine
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import Stats
from windowsill.grant_store import EVERY_PROFILE, GrantStore
from windowsill.models import chosen

ORIGINS: Final = tuple(f"https://{name}.example" for name in ("a", "b", "c", "d", "e", "f", "g", "h"))

KILLED_SHARE: Final = 0.25
WARM_SHARE: Final = 0.5
"""Of the time, until which Engines are killed, and from which on memory must be flat."""

KILL_DEEDS: Final = 40
"""Between two kills (count): an answer survives three of them, and does not take so long that more come."""

SAMPLE_DEEDS: Final = 10
"""Between two looks at memory (count)."""


ENGINE_FILLS: Final = 1_000
"""Answers (count) until the Engine holds as many conversations in memory as it may: until then it is meant to grow."""


class Plan(Struct, frozen=True, kw_only=True):
    """``sessions`` are open, ``active`` are asked at a time (counts). One Engine is killed, however short the time."""

    seconds: float
    sessions: int = 64
    active: int = 8
    seed: int = 1


class Memory(Struct, frozen=True):
    """One process: its samples of the whole time, and those of the time when it must be flat, if by then it has given
    as many answers as it ``fills`` up with (count)."""

    name: str
    fills: int
    all: list[Sample]
    steady: list[Sample]

    @property
    def full(self) -> bool:
        """Whether it had all that it is meant to keep when the steady time began."""
        return bool(self.steady) and self.steady[0].answers >= self.fills

    @property
    def grown(self) -> float:
        """Bytes that it grew by in the steady time, along a straight line."""
        return growth(self.steady) * (self.steady[-1].answers - self.steady[0].answers) if self.steady else 0.0


class Report(Struct, frozen=True):
    """What became of it all (counts)."""

    seconds: float
    begun: Counter[str]
    ended: Counter[str]
    lost: list[str]
    kills: int
    memories: tuple[Memory, ...]


class _Soak:
    """One soak under way."""

    def __init__(self, plan: Plan, street: Street) -> None:
        self._plan = plan
        self._street = street
        self._began = time.monotonic()
        self.kills = 0
        self.host = Memory("Host", 0, [], [])
        self.engine = Memory("Engine", ENGINE_FILLS, [], [])

    async def run(self) -> None:
        """Open all sessions, use them until the time is over, close them, and see to it that nothing is left."""
        street = self._street
        visitors = [Visitor(street, Load(self._plan.seed + number)) for number in range(self._plan.active)]
        for number in range(self._plan.sessions):
            document = street.browser.open(ORIGINS[number % len(ORIGINS)])
            street.free.put_nowait(await visitors[0].create(document))
        async with anyio.create_task_group() as watching:
            watching.start_soon(self._kill)
            watching.start_soon(self._sample)
            async with anyio.create_task_group() as visiting:
                for visitor in visitors:
                    visiting.start_soon(self._visits, visitor)
            watching.cancel_scope.cancel()
        while not street.free.empty():
            street.browser.close(street.free.get_nowait().document)
        await street.browser.idle()
        with anyio.fail_after(LOST_SECONDS):
            while _under_way(await street.link.stats()):
                pass  # an abort has no answer to wait for; the Engine answers between two steps

    @property
    def _passed(self) -> float:
        """The share of the time that is over."""
        return (time.monotonic() - self._began) / self._plan.seconds

    async def _visits(self, visitor: Visitor) -> None:
        while self._passed < 1 or not self.kills:
            await visitor.visit()

    async def _kill(self) -> None:
        ledger = self._street.ledger
        while True:
            await ledger.reached(ledger.over + KILL_DEEDS)
            stats = await self._street.link.stats()
            if self.kills and self._passed > KILLED_SHARE:
                return
            if stats is not None:
                os.kill(stats.pid, signal.SIGKILL)
                self.kills += 1

    async def _sample(self) -> None:
        ledger = self._street.ledger
        while True:
            await ledger.reached(ledger.over + SAMPLE_DEEDS)
            stats = await self._street.link.stats()
            if stats is None:
                continue
            for memory, size in ((self.host, resident(self._street.browser.pid)), (self.engine, stats.memory)):
                sample = Sample(ledger.over, size)
                memory.all.append(sample)
                if self._passed > WARM_SHARE:
                    memory.steady.append(sample)


async def soak(plan: Plan, home: Path, model: Path | None, judge: Judge, *, threads: int = 0) -> Report:
    """A Host and an Engine of its own under ``home``, and all of ``plan``. Raises TimeoutError when work is left over.

    ``judge``: whether a text is a whole answer of ``model`` (None: the built-in one). ``threads``: 0: one per core.
    """
    where = places(home)
    began = time.monotonic()
    chosen.use(where, model)
    with where.config_file.open("a", encoding="utf-8") as config:
        config.write(f"threads = {threads}\n")
    with closing(GrantStore(where)) as store:
        for origin in ORIGINS:
            store.put(EVERY_PROFILE, origin, "allow")
    current = settings.load(where)
    link = EngineLink(where, current)
    try:
        async with browsing(home) as browser:
            street = Street(browser, link, chosen.chosen(current).ref, judge, Ledger(), asyncio.Queue(), asyncio.Lock())
            run = _Soak(plan, street)
            await run.run()
            left = await browser.leave()
    finally:
        await link.aclose()
        await anyio.to_thread.run_sync(end_engine, where)
    ledger = street.ledger
    lost = [*ledger.lost, *(f"said to nobody: {said}" for said in browser.strays)]
    if left:
        lost.append(f"the Host left with status {left}")
    return Report(time.monotonic() - began, ledger.begun, ledger.ended, lost, run.kills, (run.host, run.engine))


def _under_way(stats: Stats | None) -> int:
    """Answers that the Engine computes, or that wait in it."""
    if stats is None:
        return 0
    loads = [stats.queued, *(model.origins for model in stats.models)]
    return sum(load.running + load.waiting + load.paused for origins in loads for load in origins.values())
