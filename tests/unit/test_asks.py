"""One question per origin; every document of the origin waits for its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anyio
import pytest
from anyio.lowlevel import checkpoint

from support.manual_clock import MANUAL_CLOCK
from support.said import Said
from windowsill.asks import ASK_SECONDS, Asks
from windowsill.grants import LOCAL_FILES, Asker
from windowsill.protocol import Ask, AskEnded, Decision

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, Mapping[str, Any]]:
    return MANUAL_CLOCK


def asker(client: int = 1, *, profile: str = "p", origin: str = "https://a.example", incognito: bool = False) -> Asker:
    return Asker(profile=profile, origin=origin, client=client, incognito=incognito)


class Waiting:
    """Documents that wait for a decision, and the decisions they got."""

    def __init__(self, asks: Asks) -> None:
        self.asks = asks
        self.decisions: dict[int, Decision] = {}

    async def __call__(self, who: Asker) -> None:
        self.decisions[who.client] = await self.asks.ask(who, "language-model", "Model", None)


async def test_a_question_names_who_asks_for_what() -> None:
    said = Said()
    asks = Asks(said)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(asks.ask, asker(incognito=True), "language-model", "Model", "https://top.example")
        assert await said.until(Ask) == Ask(
            ask=1,
            origin="https://a.example",
            interface="language-model",
            model="Model",
            incognito=True,
            embedder="https://top.example",
        )
        asks.decide(1, "block")


@pytest.mark.parametrize("decision", ["allow", "once", "block", "dismiss"])
async def test_the_answer_reaches_every_document_of_the_origin(decision: Decision) -> None:
    said = Said()
    asks = Asks(said)
    waiting = Waiting(asks)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(waiting, asker(1))
        tasks.start_soon(waiting, asker(2))
        await checkpoint()
        await said.until(Ask)
        assert asks.decide(1, decision) == (asker(1), asker(2))
    assert waiting.decisions == {1: decision, 2: decision}
    assert [type(event) for event in said.events] == [Ask, AskEnded]
    assert not asks


async def test_other_origins_profiles_and_incognito_windows_have_a_question_of_their_own() -> None:
    said = Said()
    asks = Asks(said)
    waiting = Waiting(asks)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(waiting, asker(1))
        tasks.start_soon(waiting, asker(2, origin="https://b.example"))
        tasks.start_soon(waiting, asker(3, incognito=True))
        tasks.start_soon(waiting, asker(4, profile="q"))
        await said.until(Ask, 4)
        assert [ask.ask for ask in said.all(Ask)] == [1, 2, 3, 4]
        assert asks.decide(2, "allow") == (asker(2, origin="https://b.example"),)
        asks.decide(1, "block")
        asks.decide(3, "dismiss")
        asks.decide(4, "once")
    assert waiting.decisions == {1: "block", 2: "allow", 3: "dismiss", 4: "once"}


async def test_each_local_file_has_a_question_of_its_own() -> None:
    said = Said()
    waiting = Waiting(Asks(said))
    async with anyio.create_task_group() as tasks:
        for client in (1, 2):
            tasks.start_soon(waiting, asker(client, origin=LOCAL_FILES))
        await said.until(Ask, 2)
        assert waiting.asks.decide(1, "allow") == (asker(1, origin=LOCAL_FILES),)
        assert waiting.asks.decide(2, "block") == (asker(2, origin=LOCAL_FILES),)
    assert waiting.decisions == {1: "allow", 2: "block"}


async def test_an_unanswered_question_is_not_now_and_its_window_closes() -> None:
    said = Said()
    asks = Asks(said)
    before = anyio.current_time()
    assert await asks.ask(asker(), "language-model", "Model", None) == "dismiss"
    assert anyio.current_time() - before == pytest.approx(ASK_SECONDS)
    assert said.all(AskEnded) == [AskEnded(ask=1)]


async def test_the_question_stays_open_until_the_last_document_leaves() -> None:
    said = Said()
    asks = Asks(said)
    waiting = Waiting(asks)
    first, second = anyio.CancelScope(), anyio.CancelScope()

    async def in_scope(scope: anyio.CancelScope, who: Asker) -> None:
        with scope:
            await waiting(who)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(in_scope, first, asker(1))
        tasks.start_soon(in_scope, second, asker(2))
        await said.until(Ask)
        await checkpoint()
        first.cancel()
        await anyio.wait_all_tasks_blocked()
        assert said.all(AskEnded) == []
        second.cancel()
        await said.until(AskEnded)
    assert waiting.decisions == {}
    assert not asks
    assert asks.decide(1, "allow") == ()


async def test_an_answer_to_a_question_that_is_over_concerns_nobody() -> None:
    said = Said()
    asks = Asks(said)
    assert asks.decide(7, "allow") == ()
    assert said.events == []


async def test_after_an_answer_the_origin_may_be_asked_about_anew() -> None:
    said = Said()
    asks = Asks(said)
    waiting = Waiting(asks)
    for number in (1, 2):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(waiting, asker())
            assert (await said.until(Ask, number)).ask == number
            asks.decide(number, "dismiss")
