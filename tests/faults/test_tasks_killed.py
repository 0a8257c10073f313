"""The real Engine dies by SIGKILL in the middle of twenty runs of a task: none of them is lost, and none ends twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from support.counting_gguf import counted, make_counting_gguf
from support.fake_engine import kill
from support.fake_task import FakeTask
from support.host_desk import HostDesk, host_desk
from windowsill.engine_link import EngineLink
from windowsill.errors import AbortError
from windowsill.protocol import Chunk, ErrorInfo, Result, TaskResult, WrittenResult
from windowsill.settings import Paths, Settings
from windowsill.tasks.table import TASKS

pytestmark = pytest.mark.anyio

RUNS: Final = range(2, 22)
WORDS: Final = 200
OPTIONS: Final = {"type": "summarizer", "kind": "tldr", "format": "plain-text", "length": "short", "preference": "auto"}
ABORTED: Final = AbortError("The request was aborted.").to_wire()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_counting_gguf(
        tmp_path_factory.mktemp("models") / "counting.gguf", WORDS, layers=2, feed_forward=2048, context=8192
    )


@pytest.fixture
async def link(tmp_path: Path, model: Path) -> AsyncIterator[EngineLink]:
    """To an Engine that is gone afterwards."""
    home = tmp_path / "engine"
    link = EngineLink(
        Paths(home / "config", home / "data", home / "cache", home / "run"), Settings(model=model, threads=1)
    )
    yield link
    stats = await link.stats()
    await link.aclose()
    if stats is not None:
        kill(stats.pid)


@pytest.fixture
async def desk(
    tmp_path: Path, model: Path, link: EngineLink, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[HostDesk]:
    """A document with an object of a task that gives the model's whole answer."""
    monkeypatch.setitem(TASKS, "summarizer", FakeTask())
    async with host_desk(tmp_path, Settings(model=model), engine=link) as desk:
        desk.allow()
        made = await desk.call({"type": "createTask", "id": 1, "options": OPTIONS})
        assert isinstance(made, TaskResult)
        yield desk


def run(id: int) -> dict[str, Any]:
    return {"type": "runTask", "id": id, "session": 1, "input": f"Text {id}", "stream": True}


async def killed(link: EngineLink) -> None:
    stats = await link.stats()
    assert stats is not None
    kill(stats.pid)


async def ends(desk: HostDesk) -> dict[int, Result | ErrorInfo]:
    """How each run ended, once."""
    for number in RUNS:
        await desk.said.terminal(1, number)
    told = {number: desk.said.terminals(1, number) for number in RUNS}
    assert {len(ends) for ends in told.values()} == {1}
    return {number: end for number, (end,) in told.items()}


async def test_twenty_runs_go_on_with_another_engine(desk: HostDesk, link: EngineLink) -> None:
    for number in RUNS:
        desk.page(run(number))
    await desk.said.until(Chunk)
    await killed(link)
    assert await ends(desk) == dict.fromkeys(RUNS, WrittenResult())
    assert {desk.said.text(1, number).strip() for number in RUNS} == {counted(WORDS).strip()}


async def test_runs_that_are_aborted_beside_a_dying_engine_end_and_the_others_go_on(
    desk: HostDesk, link: EngineLink
) -> None:
    before, after = RUNS[0], RUNS[-1]
    for number in RUNS:
        desk.page(run(number))
    await desk.said.until(Chunk)
    desk.page({"type": "abort", "id": before})
    await killed(link)
    desk.page({"type": "abort", "id": after})
    told = await ends(desk)
    assert {number for number, end in told.items() if end == ABORTED} == {before, after}
    others = told.keys() - {before, after}
    assert {desk.said.text(1, number).strip() for number in others} == {counted(WORDS).strip()}
    assert all(told[number] == WrittenResult() for number in others)
