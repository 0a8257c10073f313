"""``make bench-tasks``: twenty inputs of one page, all at once and one after another, through Host and Engine.

Rules this file keeps: both ways take turns, each time with inputs that nobody has read yet; the task's instructions are
read before the clock runs, as they are once for all pages. Answers are equally long whatever the model says: the tasks
that pages have decide that themselves, and what random weights say would tell nothing of them.
"""

from __future__ import annotations

import argparse
import itertools
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from unittest.mock import patch

import anyio
import anyio.to_thread
from msgspec import Struct
from rich.console import Console

from bench import report
from bench.figures import Finding, Goal, median
from bench.known_models import realistic_model
from bench.prompts import Prompts
from support.host_desk import HostDesk, host_desk, places
from windowsill.demo.throwaway import end_engine
from windowsill.engine import processors
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import Stats
from windowsill.protocol import ErrorInfo, Result, TaskOptions, WrittenResult
from windowsill.settings import Settings
from windowsill.tasks.fence import RULE, Section, fenced
from windowsill.tasks.model import Question, TaskModel
from windowsill.tasks.sampling import SAMPLING_MODES
from windowsill.tasks.table import TASKS
from windowsill.tasks.task import Abilities, Job, Write

INPUTS: Final = 20
"""Of a page that maps a list (count)."""

INSTRUCTIONS: Final = 200
"""Words beside the rule about fences: as many as those of a task take."""

WORDS: Final = 60
"""Of one input: a review, or a comment."""

ANSWER: Final = 48
"""Tokens: two sentences."""

FASTER: Final = Goal(2.5, at_most=False)

OPTIONS: Final = {"type": "summarizer", "kind": "tldr", "format": "plain-text", "length": "short", "preference": "auto"}


class EquallyLong:
    """A task whose answers take ANSWER tokens each."""

    def __init__(self, instructions: str) -> None:
        self._instructions = instructions

    def matched(self, options: TaskOptions, abilities: Abilities | None) -> TaskOptions:
        """See ``Task``."""
        return options

    async def quota(self, options: TaskOptions, shared_context: str, model: TaskModel) -> int:
        """See ``Task``."""
        return model.context_window

    async def measure(self, job: Job, model: TaskModel) -> int:
        """See ``Task``."""
        return sum(await model.count(job.input))

    async def run(self, job: Job, model: TaskModel, write: Write) -> Result:
        """See ``Task``."""
        question = Question(
            instructions=self._instructions,
            data=fenced([Section("text", job.input)]),
            sampling=SAMPLING_MODES["most-predictable"],
            max_tokens=ANSWER,
        )
        async with model.asked(question) as answer:
            async for text in answer:
                write(text)
        return WrittenResult()


class Round(Struct, frozen=True):
    """How long INPUTS took, and what the Engine did for them: steps, and tokens that it read (counts)."""

    seconds: float
    steps: int
    read: int


Ask = Callable[[str], Coroutine[None, None, None]]


async def one_after_another(ask: Ask, inputs: Sequence[str]) -> None:
    """Each input when the one before it is done."""
    for text in inputs:
        await ask(text)


async def all_at_once(ask: Ask, inputs: Sequence[str]) -> None:
    """As ``Promise.all`` does."""
    async with anyio.create_task_group() as group:
        for text in inputs:
            group.start_soon(ask, text)


class Page:
    """A document with an open object of the task."""

    def __init__(self, desk: HostDesk, link: EngineLink, prompts: Prompts) -> None:
        self._desk = desk
        self._link = link
        self._prompts = prompts
        self._ids = itertools.count(2)

    async def open(self) -> None:
        """Make the object, which loads the model."""
        self._desk.allow()
        await self._call({"type": "createTask", "id": 1, "options": OPTIONS})

    async def round(self, way: Callable[[Ask, Sequence[str]], Awaitable[None]]) -> Round:
        """INPUTS new ones, that ``way``."""
        inputs = [self._prompts.text(WORDS) for _ in range(INPUTS)]
        before = await self._stats()
        began = time.perf_counter()
        await way(self._ask, inputs)
        seconds = time.perf_counter() - began
        after = await self._stats()
        return Round(seconds, after.steps - before.steps, after.prefilled_tokens - before.prefilled_tokens)

    async def _ask(self, text: str) -> None:
        await self._call({"type": "runTask", "id": next(self._ids), "session": 1, "input": text, "stream": False})

    async def _call(self, request: dict[str, object]) -> None:
        end = await self._desk.call(request)
        if isinstance(end, ErrorInfo):
            raise RuntimeError(f"{end.name}: {end.message}")

    async def _stats(self) -> Stats:
        stats = await self._link.stats()
        if stats is None:
            raise RuntimeError("no Engine runs")
        return stats


@asynccontextmanager
async def opened_page(model: Path, threads: int) -> AsyncIterator[Page]:
    """A page at a Host and an Engine of its own, which are gone after the block."""
    with tempfile.TemporaryDirectory(prefix="windowsill-bench-") as folder:
        settings, prompts = Settings(model=model, threads=threads), Prompts()
        where = places(Path(folder) / "engine")
        link = EngineLink(where, settings)
        try:
            with patch.dict(TASKS, {"summarizer": EquallyLong(prompts.text(INSTRUCTIONS) + RULE)}):
                async with host_desk(Path(folder) / "host", settings, engine=link) as desk:
                    page = Page(desk, link, prompts)
                    await page.open()
                    yield page
        finally:
            await link.aclose()
            await anyio.to_thread.run_sync(end_engine, where)


async def measured(model: Path, threads: int, runs: int) -> list[Finding]:
    """The median of ``runs`` rounds each way."""
    singly: list[Round] = []
    together: list[Round] = []
    async with opened_page(model, threads) as page:
        await page.round(all_at_once)  # reads the instructions, and uses every slot once
        for _ in range(runs):
            singly.append(await page.round(one_after_another))
            together.append(await page.round(all_at_once))
    slow, fast = (median([one.seconds for one in rounds]) for rounds in (singly, together))
    return [
        Finding(what=f"{INPUTS} inputs, one after another", unit="s", ours=slow),
        Finding(what=f"{INPUTS} inputs at once", unit="s", ours=fast),
        Finding(what="one after another / at once", unit="×", ours=slow / fast if slow and fast else None, goal=FASTER),
        Finding(what="steps, one after another", unit="", ours=median([one.steps for one in singly])),
        Finding(what="steps, at once", unit="", ours=median([one.steps for one in together])),
        Finding(what="prompts read, one after another", unit="tokens", ours=median([one.read for one in singly])),
        Finding(what="prompts read, at once", unit="tokens", ours=median([one.read for one in together])),
    ]


def main() -> int:
    """Measure and print; an exit status: 0 when no goal is missed."""
    parser = argparse.ArgumentParser(prog="bench.tasks_bench", description=__doc__)
    parser.add_argument("--model", type=Path, help="a file of which no answer ends by itself; made when none is named")
    parser.add_argument("--threads", type=int, default=processors.usable(), help="that compute")
    parser.add_argument("--runs", type=int, default=3, help="of each way, whose median counts")
    parser.add_argument("--json", type=Path, help="also write the findings to this file")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # who ends it early ends the Engine as well
    model = arguments.model or realistic_model()
    print("Measuring; other work on this machine spoils the figures.", flush=True)
    findings = anyio.run(measured, model.absolute(), arguments.threads, arguments.runs)
    told = report.Report(report.conditions(model.stem, arguments.threads, arguments.runs), findings)
    Console(width=report.WIDTH, highlight=False).print(str(told.conditions), report.table(findings), sep="\n")
    if arguments.json is not None:
        arguments.json.write_bytes(report.json(told))
    return 1 if any(finding.met is False for finding in findings) else 0


if __name__ == "__main__":
    raise SystemExit(main())
