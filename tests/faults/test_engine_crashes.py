"""The real Engine dies at every stage of an answer, hangs, or lacks memory: its readers get all of it, or an error."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path

import pytest

from support import dying_engine, starved_engine, stuck_engine
from support.counting_gguf import counted, make_counting_gguf
from support.engine_process import GREEDY, model_ref
from support.fake_engine import kill
from support.host_desk import create, host_desk, prompt
from support.openings import at_opening
from support.tiny_gguf import Shape, make_tiny_gguf
from windowsill import settings
from windowsill.engine_answers import Generation
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import JsonSchema, ModelRef, Turn
from windowsill.engine_starter import PROGRAM
from windowsill.protocol import ErrorInfo
from windowsill.settings import STUCK_STATUS, Paths, Settings

pytestmark = pytest.mark.anyio

WORDS = 150
"""Enough for a second or more."""

LONG = "Count. " * 150
"""A question that takes several steps to read."""

signals = pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV], ids=["killed", "segfault"])


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all tests."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def model(models: Path) -> ModelRef:
    return model_ref(make_counting_gguf(models / "counting.gguf", WORDS, layers=8, feed_forward=2048))


@pytest.fixture(scope="module")
def small(models: Path) -> ModelRef:
    shape = Shape(embedding=32, feed_forward=32, layers=1, heads=2, kv_heads=1)
    return model_ref(make_tiny_gguf(models / "small.gguf", shape))


@pytest.fixture
def where(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "run")


@asynccontextmanager
async def linked(
    where: Paths, program: Sequence[str] = PROGRAM, chosen: Path | None = None
) -> AsyncIterator[EngineLink]:
    """A link whose Engine is gone after the block; it may read the ``chosen`` model beside the first one asked for."""
    link = EngineLink(where, Settings(threads=1, model=chosen), program=program)
    async with aclosing(link):
        try:
            yield link
        finally:
            stats = await link.stats()
            if stats is not None:
                kill(stats.pid)


def generate(
    link: EngineLink, model: ModelRef, question: str = "Count.", constraint: JsonSchema | None = None
) -> AbstractAsyncContextManager[Generation]:
    return link.generate(
        model=model,
        origin="https://a.example",
        visible=True,
        turns=(Turn(role="user", content=question),),
        sampling=GREEDY,
        max_tokens=WORDS + 100,
        constraint=constraint,
    )


async def pid_of(link: EngineLink) -> int:
    stats = await link.stats()
    assert stats is not None
    return stats.pid


async def rest_of(generation: Generation) -> str:
    return "".join([text async for text in generation])


@signals
@pytest.mark.parametrize("opening", [1, 3], ids=["header", "weights"])
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells when a file is opened")
async def test_engine_that_dies_while_it_loads_is_replaced(
    where: Paths, model: ModelRef, small: ModelRef, number: signal.Signals, opening: int
) -> None:
    async with linked(where, chosen=Path(model.path)) as link:
        await link.describe(small)
        first = await pid_of(link)
        with at_opening(model.path, opening, lambda: os.kill(first, number)) as died:
            async with generate(link, model) as generation:
                text = await rest_of(generation)
            assert died.wait(timeout=10)
        assert text.strip() == counted(WORDS).strip()
        assert await pid_of(link) != first


@signals
async def test_engine_that_dies_while_it_reads_the_prompt_is_replaced(
    where: Paths, model: ModelRef, tmp_path: Path, number: signal.Signals
) -> None:
    journal = tmp_path / "journal"
    async with linked(where, (sys.executable, dying_engine.__file__, str(int(number)), str(journal))) as link:
        async with generate(link, model, LONG) as generation:
            assert (await rest_of(generation)).strip() == counted(WORDS).strip()
        _, second = map(int, journal.read_text().split())
        assert await pid_of(link) == second


@signals
@pytest.mark.parametrize("words", [WORDS // 2, WORDS - 10], ids=["middle", "end"])
async def test_engine_that_dies_in_the_middle_of_an_answer_is_replaced(
    where: Paths, model: ModelRef, number: signal.Signals, words: int
) -> None:
    async with linked(where) as link:
        await link.describe(model)
        first = await pid_of(link)
        async with generate(link, model) as generation:
            text = ""
            while len(text.split()) < words:
                text += await anext(generation)
            os.kill(first, number)
            text += await rest_of(generation)
        assert text.strip() == counted(WORDS).strip()
        assert generation.finished.reason == "stop"


async def test_constrained_answer_goes_on_inside_its_schema(where: Paths, model: ModelRef) -> None:
    words = ", ".join(f'"w{number}"' for number in range(40))
    schema = f'{{"type": "array", "minItems": 20, "maxItems": 20, "items": {{"enum": [{words}]}}}}'
    async with linked(where) as link:
        async with generate(link, model, constraint=JsonSchema(schema=schema)) as generation:
            whole = await rest_of(generation)
        first = await pid_of(link)
        async with generate(link, model, constraint=JsonSchema(schema=schema)) as generation:
            text = await anext(generation)
            kill(first)
            text += await rest_of(generation)
        assert text == whole
        assert (text[0], text[-1]) == ("[", "]")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds a process's address space")
@pytest.mark.parametrize("megabytes", [0, 1, 64, 128, 192, 256])
async def test_page_hears_why_while_memory_is_short_and_gets_its_next_answer(
    where: Paths, model: ModelRef, tmp_path: Path, megabytes: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def ask(id: int) -> str | ErrorInfo:
        """A page's session, and its answer."""
        made = await desk.call(create(id, samplingMode="most-predictable"))
        if isinstance(made, ErrorInfo):
            return made
        ended = await desk.call(prompt(id + 1, "Count.", session=id, stream=False))
        return ended if isinstance(ended, ErrorInfo) else desk.said.text(1, id + 1).strip()

    caplog.set_level("INFO", "windowsill.request_table")
    plenty = tmp_path / "plenty"
    program = (sys.executable, starved_engine.__file__, str(megabytes * 2**20), str(plenty))
    whole = counted(WORDS).strip()
    async with (
        linked(where, program) as link,
        host_desk(tmp_path / "host", Settings(model=Path(model.path)), engine=link) as desk,
    ):
        desk.allow()
        first = await ask(1)
        if isinstance(first, ErrorInfo):
            assert first.name in ("OperationError", "UnknownError")
            assert " of client 1: " in caplog.text, "the user is told why"
            assert first.message not in caplog.text, "in more words than the page"
        else:
            assert megabytes > 1, "so little cannot do"
            assert first == whole
        survivor = await link.stats()
        if survivor is None:
            plenty.touch()
        else:
            starved_engine.relieve(survivor.pid, plenty)
        assert await ask(3) == whole
        assert survivor is None or survivor.pid == await pid_of(link), "it lives on"


@pytest.mark.parametrize("place", stuck_engine.PLACES)
@pytest.mark.parametrize(
    ("manner", "status"),
    [("thread", STUCK_STATUS), ("lock", -signal.SIGALRM), ("loop", -signal.SIGALRM), ("process", -signal.SIGKILL)],
    ids=stuck_engine.MANNERS,
)
async def test_engine_that_hangs_is_ended_and_its_answer_goes_on(
    where: Paths,
    small: ModelRef,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    manner: str,
    status: int,
) -> None:
    if manner == "process":
        # Nothing in it can end it, so its Host does.
        monkeypatch.setattr(settings, "ENGINE_SILENCE_SECONDS", 0.5)
    journal = tmp_path / "journal"
    async with linked(where, (sys.executable, stuck_engine.__file__, place, manner, str(journal))) as link:
        try:
            async with generate(link, small) as generation:
                assert await rest_of(generation) == stuck_engine.ANSWER
        finally:
            kill(int(journal.read_text().split()[0]))
        stuck, second = map(int, journal.read_text().split())
        assert await pid_of(link) == second
    assert f"Engine {stuck} left with status {status}" in caplog.text


async def test_log_says_where_an_engine_hung_that_kept_pythons_lock(
    where: Paths, small: ModelRef, tmp_path: Path
) -> None:
    program = (sys.executable, stuck_engine.__file__, "step", "lock", str(tmp_path / "journal"))
    async with linked(where, program) as link, generate(link, small) as generation:
        await rest_of(generation)
    assert "in hold_the_lock" in where.engine_log.read_text()
