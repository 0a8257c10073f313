"""An Engine link whose counts are plain and whose answers the test writes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import cast

import anyio

from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import (
    AnyTurn,
    Constraint,
    Described,
    Finished,
    FinishReason,
    ModelRef,
    NewCall,
    Sampling,
    Stats,
    Tool,
    ToolCalls,
    Turn,
)
from windowsill.errors import WindowsillError


def tokens(turn: AnyTurn) -> int:
    """One for each character, one for the turn's markers."""
    called = sum(len(call.arguments) for call in turn.calls) if isinstance(turn, ToolCalls) else 0
    return len(turn.content) + called + 1


class FakeGeneration:
    """One answer under way: what was asked for, and how the test answers it."""

    finished: Finished

    def __init__(
        self, turns: tuple[AnyTurn, ...], max_tokens: int, *, continues: bool, visible: bool, origin: str
    ) -> None:
        self.turns = turns
        self.max_tokens = max_tokens
        self.continues = continues
        self.visible = visible
        self.origin = origin
        self.sampling: Sampling | None = None
        self.constraint: Constraint | None = None
        self.partition = ""
        self.private = False
        self.tools: tuple[Tool, ...] = ()
        self.wordy = False
        self.last = False
        self.instructions = 0
        self.copies = False
        self.running = True
        self.left = anyio.Event()
        self._written: list[str] = []
        self._ended: Finished | WindowsillError | None = None
        self._news = anyio.Event()
        self._said = ""

    def write(self, *texts: str) -> None:
        self._written += texts
        self._said += "".join(texts)
        self._news.set()

    def end(self, reason: FinishReason = "stop", *calls: NewCall) -> None:
        answer = tokens(Turn(role="assistant", content=self._said)) + sum(len(call.arguments) for call in calls)
        self._ended = Finished(
            id=1,
            reason=reason,
            prompt_tokens=0,
            cached_tokens=0,
            completion_tokens=answer,
            answer_tokens=answer,
            calls=calls,
        )
        self._news.set()

    def fail(self, error: WindowsillError) -> None:
        self._ended = error
        self._news.set()

    def pause(self) -> None:
        self.running = False

    def go(self) -> None:
        self.running = True

    def show(self, *, visible: bool) -> None:
        self.visible = visible

    async def __aiter__(self) -> AsyncIterator[str]:
        while True:
            while self._written:
                yield self._written.pop(0)
            if isinstance(self._ended, WindowsillError):
                raise self._ended
            if self._ended:
                self.finished = self._ended
                return
            self._news = anyio.Event()
            await self._news.wait()


class FakeLink:
    """What ``EngineLink`` offers the Host. While ``held``, describing a model waits. ``now``: what the Engine tells;
    ``refusal``: what it says of constraints; ``checked``: those that came to be looked at, with their prefixes, and
    ``tools_checked``: the tools beside them."""

    def __init__(self, *, context_window: int = 1000) -> None:
        self.context_window = context_window
        self.counted: list[tuple[AnyTurn, ...]] = []
        self.describing = anyio.Event()
        self.failure: WindowsillError | None = None
        self.refusal: WindowsillError | None = None
        self.checked: list[tuple[Constraint, str]] = []
        self.tools_checked: list[Tool] = []
        self._gate = anyio.Event()
        self._gate.set()
        self.now: Stats | None = None
        self.looks = 0
        self.stopped: list[str] = []
        self.forgotten = 0
        self.counted_for: list[tuple[str, bool]] = []
        self._started: list[FakeGeneration] = []
        self._news = anyio.Event()

    @property
    def as_link(self) -> EngineLink:
        return cast(EngineLink, self)

    def hold(self) -> None:
        self._gate = anyio.Event()

    def release(self) -> None:
        self._gate.set()

    async def describe(self, model: ModelRef) -> Described:
        self.describing.set()
        await self._gate.wait()
        if self.failure:
            raise self.failure
        return Described(id=1, name="Fake", context_window=self.context_window, vocabulary=256, device="none")

    async def stats(self) -> Stats | None:
        await anyio.lowlevel.checkpoint()
        self.looks += 1
        return self.now

    async def stop_origin(self, origin: str) -> None:
        await anyio.lowlevel.checkpoint()
        self.stopped.append(origin)

    def forget_private(self) -> None:
        self.forgotten += 1

    async def count(
        self,
        model: ModelRef,
        turns: Sequence[AnyTurn],
        *,
        origin: str,
        visible: bool,
        continues: bool = False,
        constraint: Constraint | None = None,
        tools: Sequence[Tool] = (),
    ) -> tuple[int, ...]:
        await anyio.lowlevel.checkpoint()
        self.tools_checked += tools
        if constraint is not None:
            self.checked.append((constraint, turns[-1].content if continues else ""))
            if self.refusal:
                raise self.refusal
        self.counted_for.append((origin, visible))
        self.counted.append(tuple(turns))
        return tuple(tokens(turn) for turn in turns)

    async def count_tools(self, model: ModelRef, tools: Sequence[Tool], *, origin: str, visible: bool) -> int:
        await anyio.lowlevel.checkpoint()
        if self.refusal:
            raise self.refusal
        return sum(len(tool.parameters) for tool in tools)

    @asynccontextmanager
    async def generate(
        self,
        *,
        model: ModelRef,
        origin: str,
        visible: bool,
        turns: Sequence[AnyTurn],
        sampling: Sampling,
        max_tokens: int,
        continues: bool = False,
        constraint: Constraint | None,
        instructions: int = 0,
        copies: bool = False,
        partition: str,
        private: bool,
        tools: Sequence[Tool] = (),
        wordy: bool = False,
        last: bool,
    ) -> AsyncIterator[FakeGeneration]:
        generation = FakeGeneration(tuple(turns), max_tokens, continues=continues, visible=visible, origin=origin)
        generation.sampling = sampling
        generation.constraint = constraint
        generation.partition = partition
        generation.private = private
        generation.tools = tuple(tools)
        generation.wordy = wordy
        generation.last = last
        generation.instructions = instructions
        generation.copies = copies
        self._started.append(generation)
        self._news.set()
        try:
            yield generation
        finally:
            generation.left.set()

    async def generation(self) -> FakeGeneration:
        """The next answer that is asked for."""
        while not self._started:
            self._news = anyio.Event()
            await self._news.wait()
        return self._started.pop(0)

    @property
    def asked(self) -> bool:
        """Whether an answer was asked for that ``generation`` did not hand out yet."""
        return bool(self._started)
