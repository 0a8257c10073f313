"""What is measured, whoever answers: a conversation asked, and when which text came back.

Both contenders are asked the same conversations, and every figure is computed from the same kind of trace.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, Self

from msgspec import Struct

from windowsill.engine_protocol import Turn

ORIGIN: Final = "https://bench.example"


class Ask(Struct, frozen=True, kw_only=True):
    """One greedy answer of exactly ``max_tokens``, or one that ends as its JSON ``schema`` does.

    ``copies``: it repeats much of the question, which a contender may make use of.
    """

    turns: tuple[Turn, ...]
    max_tokens: int
    origin: str = ORIGIN
    schema: str | None = None
    copies: bool = False


class Usage(Struct, frozen=True):
    """Tokens of one answer. ``cached``: of the prompt's, not read again."""

    prompt: int
    cached: int
    answer: int


class Trace:
    """One answer as its client saw it. ``usage`` is there when it has ended."""

    usage: Usage

    def __init__(self) -> None:
        self.asked = 0.0
        self.arrivals: list[tuple[float, int]] = []
        self.pieces: list[str] = []
        self._more = asyncio.Event()

    def begin(self) -> None:
        """The request is about to be sent."""
        self.asked = time.perf_counter()

    def take(self, text: str) -> None:
        """Text came."""
        self.arrivals.append((time.perf_counter(), len(text)))
        self.pieces.append(text)
        self._more.set()

    async def arrived(self, times: int) -> None:
        """Wait until text came ``times`` times."""
        while len(self.arrivals) < times:
            self._more.clear()
            await self._more.wait()

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def first_seconds(self) -> float:
        """From asking to the first text."""
        return self.arrivals[0][0] - self.asked

    @property
    def seconds(self) -> float:
        """From asking to the last text."""
        return self.arrivals[-1][0] - self.asked


Answering = Callable[[Trace], Awaitable[None]]


class Contender(Protocol):
    """``prepare`` does what needs no clock; what it returns sends the request and fills a trace to its end.

    Cancelling that walks away from the answer.
    """

    name: str

    async def prepare(self, ask: Ask) -> Answering:
        """Everything up to sending."""


async def answer(contender: Contender, ask: Ask) -> Trace:
    """One answer, to its end."""
    (trace,) = await answers(contender, [ask])
    return trace


async def answers(contender: Contender, asks: list[Ask]) -> list[Trace]:
    """All of them at once, to their ends."""
    ready = [await contender.prepare(ask) for ask in asks]
    traces = [Trace() for _ in asks]
    async with asyncio.TaskGroup() as group:
        for answering, trace in zip(ready, traces, strict=True):
            group.create_task(_run(answering, trace))
    return traces


async def _run(answering: Answering, trace: Trace) -> None:
    await answering(trace)


class Streaming:
    """An answer under way in the background; the block's end walks away from it."""

    def __init__(self, contender: Contender, ask: Ask) -> None:
        self.trace = Trace()
        self._contender = contender
        self._ask = ask

    async def __aenter__(self) -> Self:
        answering = await self._contender.prepare(self._ask)
        self._task = asyncio.create_task(_run(answering, self.trace))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.result()

    async def writing(self, times: int = 1) -> None:
        """Wait until its text came ``times`` times. Raises what keeps it from coming."""
        arrived = asyncio.create_task(self.trace.arrived(times))
        await asyncio.wait([arrived, self._task], return_when=asyncio.FIRST_COMPLETED)
        if not arrived.done():
            arrived.cancel()
            self._task.result()

    async def ended(self) -> Trace:
        """Wait for its end."""
        await self._task
        return self.trace
