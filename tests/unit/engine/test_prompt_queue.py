"""Who is read next, that one origin holds nobody else up, and that no origin lets too much wait."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import anyio
import pytest

from windowsill.engine import interruption, prompt_queue
from windowsill.engine.prompt_queue import READERS, PromptQueue
from windowsill.errors import UnknownError

pytestmark = pytest.mark.anyio

SECONDS: Final = 10.0
"""For a thread to come or go, on a machine with other work too."""


class Asker:
    """A document of an origin."""

    def __init__(self, origin: str, *, visible: bool = True) -> None:
        self.origin = origin
        self.visible = visible


class Prompts:
    """Prompts of which each waits in its thread until ``finish``; ``began`` names those that threads took, in order."""

    def __init__(self, tasks: anyio.abc.TaskGroup) -> None:
        self.queue = PromptQueue()
        self.began: list[str] = []
        self.ended: list[str] = []
        self._tasks = tasks
        self._gates: dict[str, threading.Event] = {}
        self._news = anyio.Event()

    async def ask(self, name: str, asker: Asker | None = None) -> anyio.CancelScope:
        """A prompt of ``asker``, or of the origin that its first letter names, now in the queue or in a thread."""
        scope: anyio.CancelScope = await self._tasks.start(self._read, name, asker or Asker(name[0]))
        return scope

    async def _read(self, name: str, asker: Asker, *, task_status: anyio.abc.TaskStatus[anyio.CancelScope]) -> None:
        self._gates[name] = threading.Event()
        with anyio.CancelScope() as scope:
            task_status.started(scope)
            await self.queue.read(asker, 1, self._work(name))
        self.ended.append(name)
        self._tell()

    def _work(self, name: str) -> Callable[[], None]:
        def work() -> None:
            anyio.from_thread.run_sync(self._begin, name)
            assert self._gates[name].wait(SECONDS)

        return work

    def _begin(self, name: str) -> None:
        self.began.append(name)
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = anyio.Event()

    def release(self) -> None:
        """Let every thread end."""
        for gate in self._gates.values():
            gate.set()

    async def until_began(self, *names: str) -> None:
        with anyio.fail_after(SECONDS):
            while not set(names) <= set(self.began):
                await self._news.wait()

    async def finish(self, *names: str) -> None:
        """Let them end, one after the other."""
        for name in names:
            await self.until_began(name)
            self._gates[name].set()
            with anyio.fail_after(SECONDS):
                while name not in self.ended:
                    await self._news.wait()


@asynccontextmanager
async def prompting() -> AsyncIterator[Prompts]:
    async with anyio.create_task_group() as tasks:
        prompts = Prompts(tasks)
        try:
            yield prompts
        finally:
            prompts.release()


async def test_another_origin_is_read_while_one_has_a_long_prompt_and_many_more() -> None:
    async with prompting() as prompts:
        crowd = [f"a{number}" for number in range(100)]
        for name in crowd:
            await prompts.ask(name)
        await prompts.ask("b")
        await prompts.finish("b")
        assert prompts.began == ["a0", "b"], "an origin has one thread at a time"
        await prompts.finish(*crowd)
    assert [name for name in prompts.began if name != "b"] == crowd


async def test_turns_go_round_between_more_origins_than_there_are_threads() -> None:
    async with prompting() as prompts:
        origins = "abcdefgh"[: READERS + 2]
        for number in "12":
            for origin in origins:
                await prompts.ask(origin + number)
        await prompts.until_began(*[origin + "1" for origin in origins[:READERS]])
        assert len(prompts.began) == READERS
        for number in "12":
            await prompts.finish(*[origin + number for origin in origins])


async def test_visible_ones_are_read_first_as_they_are_when_their_turn_comes() -> None:
    async with prompting() as prompts:
        hidden, shown = Asker("a", visible=False), Asker("a", visible=False)
        await prompts.ask("a0")
        await prompts.ask("hidden", hidden)
        await prompts.ask("shown", shown)
        shown.visible = True
        await prompts.finish("a0", "shown", "hidden")
    assert prompts.began == ["a0", "shown", "hidden"]


async def test_visible_one_that_comes_while_all_threads_are_busy_is_read_before_hidden_ones() -> None:
    async with prompting() as prompts:
        busy = [chr(ord("a") + number) + "0" for number in range(READERS)]
        for name in busy:
            await prompts.ask(name)
        await prompts.until_began(*busy)
        await prompts.ask("x-hidden", Asker("x", visible=False))
        await prompts.ask("y-shown", Asker("y"))
        await prompts.finish(busy[0])
        await prompts.until_began("y-shown")
        assert "x-hidden" not in prompts.began
        await prompts.finish(*busy[1:], "y-shown", "x-hidden")


async def test_cancelled_prompt_leaves_the_queue_and_is_never_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt_queue, "WAITING_PROMPTS", 1)
    async with prompting() as prompts:
        await prompts.ask("a0")
        scope = await prompts.ask("a1")
        await anyio.lowlevel.checkpoint()
        scope.cancel()
        await anyio.lowlevel.checkpoint()
        await prompts.ask("a2")
        await prompts.finish("a0", "a2")
    assert prompts.began == ["a0", "a2"]


async def test_prompt_that_is_cancelled_as_its_turn_comes_gives_it_to_the_next() -> None:
    async with prompting() as prompts:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await prompts.queue.read(Asker("a"), 1, lambda: None)
        await prompts.ask("a1")
        await prompts.finish("a1")
    assert prompts.began == ["a1"]


@pytest.mark.parametrize(("bound", "most"), [("WAITING_PROMPTS", 2), ("WAITING_CHARACTERS", 2)])
async def test_origin_that_lets_too_much_wait_is_refused_and_no_other(
    monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    monkeypatch.setattr(prompt_queue, bound, most)
    async with prompting() as prompts:
        for name in ("a0", "a1", "a2", "b0"):
            await prompts.ask(name)
        await prompts.until_began("a0", "b0")
        with pytest.raises(UnknownError):
            await prompts.queue.read(Asker("a"), 1, lambda: None)
        await prompts.ask("b1")
        await prompts.finish("a0", "a1", "a2", "b0", "b1")
        assert await prompts.queue.read(Asker("a"), 1, lambda: "read") == "read"


async def test_work_that_fails_gives_its_turn_back() -> None:
    queue = PromptQueue()

    def fail() -> None:
        raise KeyError

    for _ in range(READERS + 1):
        with pytest.raises(KeyError):
            await queue.read(Asker("a"), 1, fail)
    assert await queue.read(Asker("a"), 1, lambda: "read") == "read"


async def test_prompt_that_is_cancelled_while_it_is_read_leaves_its_thread_at_its_next_look() -> None:
    queue = PromptQueue()
    with anyio.CancelScope() as scope:

        def work() -> None:
            anyio.from_thread.run_sync(scope.cancel)
            interruption.look()

        await queue.read(Asker("a"), 1, work)
    assert scope.cancelled_caught
    assert await queue.read(Asker("a"), 1, lambda: "next") == "next"
