"""Requests that outlive their Engine, over scripted fake Engines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path

import pytest

from support.fake_engine import SELF_TEST, FakeEngine, FakeEngines, Life, finished
from windowsill import __version__, engine_protocol, frames, settings
from windowsill.engine_answers import Generation
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import (
    ENGINE_PROTOCOL,
    Cancel,
    Count,
    Counted,
    Describe,
    EngineWelcome,
    Failed,
    ForgetPrivate,
    Generate,
    GetStats,
    Go,
    ModelRef,
    Pause,
    Place,
    RegExp,
    Sampling,
    Stop,
    Turn,
    Visible,
)
from windowsill.errors import (
    AbortError,
    InvalidStateError,
    NotSupportedError,
    OperationError,
    QuotaExceededError,
    UnknownError,
)
from windowsill.protocol import ErrorInfo
from windowsill.settings import MAX_ENGINE_RESTARTS, Paths, Settings

pytestmark = pytest.mark.anyio

MODEL = ModelRef(path="/model.gguf", version="1")
TURNS = (Turn(role="user", content="Count."),)
GREEDY = Sampling(temperature=0.0, top_k=1, top_p=1.0, min_p=0.0)
WHOLE = "One two three."
OPEN = Life(ends=None)
"""Answers, and does not end its answers."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def where(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "run")


@asynccontextmanager
async def linked(where: Paths, *lives: Life) -> AsyncIterator[tuple[EngineLink, FakeEngine]]:
    """A link to a running Engine; nothing can be started."""
    async with FakeEngine(where.engine_socket, *lives) as engine:
        link = EngineLink(where, Settings(), program=("/nonexistent/engine",), self_test=SELF_TEST)
        async with aclosing(link):
            yield link, engine


def generate(link: EngineLink) -> AbstractAsyncContextManager[Generation]:
    return link.generate(
        model=MODEL, origin="https://a.example", visible=True, turns=TURNS, sampling=GREEDY, max_tokens=9
    )


async def count(link: EngineLink, turns: Sequence[Turn]) -> tuple[int, ...]:
    return await link.count(MODEL, turns, origin="https://a.example", visible=True)


async def answer(link: EngineLink) -> str:
    async with generate(link) as generation:
        return "".join([text async for text in generation])


# -- answers


async def test_generation_streams_text_and_ends_with_finished(where: Paths) -> None:
    async with linked(where) as (link, engine):
        async with generate(link) as generation:
            assert "".join([text async for text in generation]) == WHOLE
        assert generation.finished.reason == "stop"
        assert engine.heard == [
            Generate(
                id=1,
                model=MODEL,
                origin="https://a.example",
                visible=True,
                turns=TURNS,
                sampling=GREEDY,
                max_tokens=9,
            )
        ], "an answer that ended is not cancelled"


async def test_every_option_of_generate_reaches_the_engine(where: Paths) -> None:
    async with linked(where) as (link, engine):
        async with link.generate(
            model=MODEL,
            origin="https://a.example",
            visible=False,
            turns=[*TURNS, Turn(role="assistant", content="One")],
            sampling=GREEDY,
            max_tokens=9,
            continues=True,
            stop=(".",),
            constraint=RegExp(source="a+", flags="i"),
            instructions=1,
            copies=True,
            partition="p",
            private=True,
        ) as generation:
            assert [text async for text in generation]
        (heard,) = engine.all(Generate)
        assert (heard.visible, heard.continues, heard.stop, len(heard.turns)) == (False, True, (".",), 2)
        assert (heard.constraint, heard.instructions, heard.copies) == (RegExp(source="a+", flags="i"), 1, True)
        assert (heard.partition, heard.private) == ("p", True)


async def test_exhausted_generation_stays_exhausted(where: Paths) -> None:
    async with linked(where) as (link, _), generate(link) as generation:
        assert [text async for text in generation]
        assert [text async for text in generation] == []


async def test_count_answers_per_turn(where: Paths) -> None:
    async with linked(where) as (link, _):
        assert await count(link, [*TURNS, Turn(role="user", content="abc")]) == (6, 3)


async def test_requests_share_one_connection_and_keep_apart(where: Paths) -> None:
    async with linked(where) as (link, engine):
        first, tokens, second = await asyncio.gather(answer(link), count(link, TURNS), answer(link))
        assert (first, tokens, second) == (WHOLE, (6,), WHOLE)
        assert engine.connections == 1
        assert (
            len({request.id for request in engine.all(Generate)} | {request.id for request in engine.all(Count)}) == 3
        )


async def test_stats_use_the_shared_connection(where: Paths) -> None:
    async with linked(where) as (link, engine):
        await link.describe(MODEL)
        assert await link.stats() is not None
        assert engine.connections == 1
        assert len(engine.all(GetStats)) == 1


async def test_text_that_waits_is_joined(where: Paths) -> None:
    async with linked(where) as (link, _), generate(link) as generation:
        await link.describe(MODEL)
        assert await anext(generation) == WHOLE, "all of it came before the description did"


async def test_stopping_an_origin_starts_no_engine(where: Paths, tmp_path: Path) -> None:
    engines = FakeEngines(tmp_path)
    async with aclosing(EngineLink(where, Settings(), program=engines.program, self_test=SELF_TEST)) as link:
        await link.stop_origin("https://a.example")
        assert await link.welcome() is None
    assert engines.pids == []


async def test_stopping_an_origin_reaches_an_engine_that_nobody_here_uses_yet(where: Paths) -> None:
    async with linked(where) as (link, engine):
        await link.stop_origin("https://a.example")
        assert await engine.wait_for(Stop) == [Stop(origin="https://a.example")]


async def test_answer_that_the_user_stopped_is_not_asked_for_again(where: Paths) -> None:
    stopped = ErrorInfo(name="AbortError", message="The user stopped this answer.")
    async with linked(where, OPEN) as (link, engine), generate(link) as generation:
        assert await anext(generation) == WHOLE
        (connection,) = engine.open
        connection.say(Failed(id=1, error=stopped, detail="stopped"))
        with pytest.raises(AbortError, match=r"^The user stopped this answer\.$"):
            await anext(generation)
        assert len(engine.all(Generate)) == 1


async def test_engine_s_greeting_can_be_read(where: Paths) -> None:
    async with linked(where, Life(readable=("/models",))) as (link, _):
        welcome = await link.welcome()
        assert welcome is not None
        assert (welcome.readable, welcome.unconfined) == ((Place(path="/models"),), ())


# -- failures of a request


async def test_failure_keeps_its_name_message_and_detail(where: Paths) -> None:
    failure = ErrorInfo(name="NotSupportedError", message="Not this model.")
    async with linked(where, Life(failure=failure)) as (link, _):
        for request in (answer(link), link.describe(MODEL), count(link, TURNS)):
            with pytest.raises(NotSupportedError, match=r"^Not this model\.$") as caught:
                await request
            assert caught.value.detail == "what only the user may read"


async def test_exceeded_quota_keeps_its_numbers(where: Paths) -> None:
    failure = ErrorInfo(name="QuotaExceededError", message="Too long.", requested=7, quota=5)
    async with linked(where, Life(failure=failure)) as (link, _):
        with pytest.raises(QuotaExceededError) as caught:
            await answer(link)
        assert (caught.value.requested, caught.value.quota) == (7, 5)


async def test_request_too_large_for_a_frame_is_refused_and_others_go_on(
    where: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with linked(where) as (link, engine):
        monkeypatch.setattr(settings, "MAX_ENGINE_FRAME", 1000)
        with pytest.raises(UnknownError, match="too large"):
            await count(link, [Turn(role="user", content="x" * 1000)])
        assert await count(link, TURNS) == (6,)
        assert engine.connections == 1


# -- cancelling


async def test_leaving_early_cancels(where: Paths) -> None:
    async with linked(where, OPEN) as (link, engine):
        async with generate(link) as generation:
            assert await anext(generation)
        assert await engine.wait_for(Cancel) == [Cancel(id=1)]
        assert await count(link, TURNS) == (6,), "the late end of what was cancelled disturbs nobody"
        assert engine.connections == 1


async def test_cancelled_task_cancels_its_generation_alone(where: Paths) -> None:
    async with linked(where, OPEN) as (link, engine), generate(link) as other:
        task = asyncio.create_task(answer(link))
        await engine.wait_for(Generate, 2)
        task.cancel()
        assert await engine.wait_for(Cancel) == [Cancel(id=2)]
        assert task.cancelled()
        assert await anext(other) == WHOLE


async def test_cancelled_description_is_cancelled_in_the_engine(where: Paths) -> None:
    async with linked(where, Life(mute=True)) as (link, engine):
        task = asyncio.create_task(link.describe(MODEL))
        await engine.wait_for(Describe)
        task.cancel()
        assert await engine.wait_for(Cancel) == [Cancel(id=1)]


async def test_pause_and_go_reach_the_engine(where: Paths) -> None:
    async with linked(where, OPEN) as (link, engine), generate(link) as generation:
        generation.pause()
        assert await engine.wait_for(Pause) == [Pause(id=1)]
        generation.go()
        assert await engine.wait_for(Go) == [Go(id=1)]


# -- crashes


async def test_change_of_visibility_reaches_the_engine_once(where: Paths) -> None:
    async with linked(where, OPEN) as (link, engine), generate(link) as generation:
        for visible in (True, False, False, True):
            generation.show(visible=visible)
        (sent,) = await engine.wait_for(Generate)
        assert await engine.wait_for(Visible, 2) == [
            Visible(id=sent.id, visible=False),
            Visible(id=sent.id, visible=True),
        ]


async def test_hidden_answer_is_hidden_in_the_next_engine_too(where: Paths) -> None:
    async with linked(where, OPEN, Life()) as (link, engine), generate(link) as generation:
        assert await anext(generation)
        generation.show(visible=False)
        await engine.wait_for(Visible)
        engine.die()
        assert [text async for text in generation] == []
        assert [sent.visible for sent in engine.all(Generate)] == [True, False]


async def test_private_conversations_are_forgotten_by_the_engine_that_is_in_use(where: Paths) -> None:
    async with linked(where) as (link, engine):
        link.forget_private()
        await count(link, TURNS)
        link.forget_private()
        assert await engine.wait_for(ForgetPrivate) == [ForgetPrivate()]


async def test_answer_goes_on_after_a_crash_without_repeating(where: Paths) -> None:
    async with linked(where, Life(dies="answering"), Life(dies="answering"), Life()) as (link, engine):
        assert await answer(link) == WHOLE
        assert [request.resume for request in engine.all(Generate)] == ["", "One", "One two"]
        assert {request.id for request in engine.all(Generate)} == {1}


async def test_answer_goes_on_in_an_engine_that_is_started(where: Paths, tmp_path: Path) -> None:
    engines = FakeEngines(tmp_path, Life(dies="answering"), Life(dies="answering"), Life())
    try:
        async with aclosing(EngineLink(where, Settings(), program=engines.program, self_test=SELF_TEST)) as link:
            assert await answer(link) == WHOLE
        assert len(engines.pids) == 3
    finally:
        engines.kill()


async def test_all_that_was_in_flight_is_sent_again_over_one_connection(where: Paths) -> None:
    async with linked(where, OPEN, Life()) as (link, engine):
        asked = [asyncio.create_task(answer(link)) for _ in range(3)]
        await engine.wait_for(Generate, 3)
        engine.die()
        assert await asyncio.gather(*asked) == [WHOLE] * 3
        assert engine.connections == 2


async def test_paused_answer_is_paused_again_after_a_crash(where: Paths) -> None:
    async with linked(where, Life(dies="answering"), OPEN) as (link, engine), generate(link) as generation:
        assert await anext(generation) == "One"
        generation.pause()
        assert await anext(generation) == " two three."
        assert await engine.wait_for(Pause) == [Pause(id=1)]


async def test_resumed_answer_can_be_cancelled(where: Paths) -> None:
    async with linked(where, Life(dies="answering"), OPEN) as (link, engine):
        async with generate(link) as generation:
            assert await anext(generation) == "One"
            assert await anext(generation) == " two three."
        assert await engine.wait_for(Cancel) == [Cancel(id=1)]


async def test_describe_and_count_are_asked_again_after_a_crash(where: Paths) -> None:
    async with linked(where, Life(dies="asked"), Life(dies="asked"), Life()) as (link, engine):
        assert (await link.describe(MODEL)).name == "Fake"
        assert len(engine.all(Describe)) == 3
    async with linked(where, Life(dies="asked"), Life()) as (link, engine):
        assert await count(link, TURNS) == (6,)


async def test_engine_that_always_dies_is_given_up(where: Paths) -> None:
    async with linked(where, Life(dies="asked")) as (link, engine):
        for request, kind in (
            (answer(link), Generate),
            (link.describe(MODEL), Describe),
            (count(link, TURNS), Count),
        ):
            with pytest.raises(UnknownError, match=r"^The model stopped working\.$") as caught:
                await request
            assert "lost 4 times" in caught.value.detail
            assert len(engine.all(kind)) == 1 + MAX_ENGINE_RESTARTS


async def test_engine_that_cannot_be_started_again_fails_the_answer(where: Paths) -> None:
    async with linked(where) as (link, engine):
        await link.describe(MODEL)
        await engine.__aexit__()
        with pytest.raises(OperationError):
            await answer(link)


async def test_engine_that_leaves_and_cancels_by_itself_is_replaced(where: Paths) -> None:
    async with linked(where, OPEN, Life()) as (link, engine), generate(link) as generation:
        assert await anext(generation) == WHOLE
        (connection,) = engine.open
        connection.say(finished(1, "cancelled"))
        await connection.closed.wait()
        engine.die()
        assert [text async for text in generation] == []
        assert generation.finished.reason == "stop"
        assert [request.resume for request in engine.all(Generate)] == ["", WHOLE]


async def test_idle_engine_that_left_is_found_again(where: Paths) -> None:
    async with linked(where) as (link, engine):
        await link.describe(MODEL)
        (connection,) = engine.open
        engine.die()
        await connection.closed.wait()
        assert await answer(link) == WHOLE


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\xff" * 4,
        frames.PREFIX.pack(settings.MAX_ENGINE_FRAME + 1),
        frames.encode(b"\xc1"),
        frames.encode(b"\x81\xa4type\xa1\xff"),
        frames.encode(b"\x91" * 9999),
        frames.encode(
            engine_protocol.encode(
                EngineWelcome(protocol=ENGINE_PROTOCOL, version=__version__, readable=(), unconfined=())
            )
        ),
    ],
    ids=["length", "limit", "msgpack", "utf8", "nesting", "greeting"],
)
async def test_engine_that_talks_nonsense_is_a_lost_engine(where: Paths, nonsense: bytes) -> None:
    async with linked(where, OPEN) as (link, engine), generate(link) as generation:
        assert await anext(generation) == WHOLE
        (connection,) = engine.open
        connection.transport.write(nonsense)
        await connection.closed.wait()
        assert await count(link, TURNS) == (6,)
        assert engine.connections == 2


async def test_answer_of_the_wrong_kind_is_nonsense(where: Paths) -> None:
    async with linked(where, OPEN) as (link, engine), generate(link) as generation:
        assert await anext(generation) == WHOLE
        (connection,) = engine.open
        connection.say(Counted(id=1, tokens=()))
        await connection.closed.wait()
        assert await count(link, TURNS) == (6,)


async def test_answer_to_another_question_is_nonsense(where: Paths) -> None:
    async with linked(where, Life(mute=True), Life()) as (link, engine):
        question = asyncio.create_task(link.describe(MODEL))
        await engine.wait_for(Describe)
        (connection,) = engine.open
        connection.say(Counted(id=1, tokens=()))
        await connection.closed.wait()
        engine.die()
        assert (await question).name == "Fake"


async def test_engine_at_work_that_says_nothing_is_asked_and_left_alone_while_it_answers(
    where: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "ENGINE_SILENCE_SECONDS", 0.001)
    async with linked(where, Life(mute=True)) as (link, engine):
        question = asyncio.create_task(link.describe(MODEL))
        await engine.wait_for(GetStats, settings.ENGINE_SILENT_LOOKS)
        assert (engine.connections, question.done()) == (1, False)
        question.cancel()
        await engine.wait_for(Cancel)


# -- closing


async def test_closed_link_fails_what_is_in_flight_and_refuses_more(where: Paths) -> None:
    async with linked(where, OPEN) as (link, engine):
        task = asyncio.create_task(answer(link))
        await engine.wait_for(Generate)
        await link.aclose()
        for request in (task, link.describe(MODEL)):
            with pytest.raises(InvalidStateError):
                await request
        assert not engine.gone.is_set()
