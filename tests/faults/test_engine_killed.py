"""The real Engine dies by SIGKILL in the middle of an answer, and nobody who reads the answer notices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path

import pytest

from support.counting_gguf import counted, make_counting_gguf
from support.engine_process import GREEDY, model_ref
from support.fake_engine import kill
from windowsill.engine_answers import Generation
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import ModelRef, Turn
from windowsill.settings import Paths, Settings

pytestmark = pytest.mark.anyio

WORDS = 600
"""Enough that the answer takes a second or more, on any machine long after its first text."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> ModelRef:
    path = tmp_path_factory.mktemp("models") / "counting.gguf"
    return model_ref(make_counting_gguf(path, WORDS, layers=2, feed_forward=2048))


@pytest.fixture
def where(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "run")


@asynccontextmanager
async def linked(where: Paths) -> AsyncIterator[EngineLink]:
    """A link whose Engine is gone after the block."""
    link = EngineLink(where, Settings(threads=1))
    async with aclosing(link):
        try:
            yield link
        finally:
            stats = await link.stats()
            if stats is not None:
                kill(stats.pid)


def generate(link: EngineLink, model: ModelRef, question: str = "Count.") -> AbstractAsyncContextManager[Generation]:
    return link.generate(
        model=model,
        origin="https://a.example",
        visible=True,
        turns=(Turn(role="user", content=question),),
        sampling=GREEDY,
        max_tokens=WORDS + 100,
    )


async def pid_of(link: EngineLink) -> int:
    stats = await link.stats()
    assert stats is not None
    return stats.pid


async def test_killed_engine_is_replaced_and_the_answer_is_the_uninterrupted_one(where: Paths, model: ModelRef) -> None:
    async with linked(where) as link:
        async with generate(link, model) as generation:
            uninterrupted = "".join([text async for text in generation])
        assert uninterrupted.strip() == counted(WORDS).strip()
        whole = generation.finished
        first = await pid_of(link)
        async with generate(link, model) as generation:
            text = await anext(generation)
            kill(first)
            text += "".join([more async for more in generation])
        assert text == uninterrupted
        assert (generation.finished.reason, generation.finished.answer_tokens) == ("stop", whole.answer_tokens)
        assert 0 < generation.finished.completion_tokens < whole.completion_tokens, "the rest came from another Engine"
        assert await pid_of(link) != first


async def test_every_answer_in_flight_survives_two_kills(where: Paths, model: ModelRef) -> None:
    async def answer(question: str, begun: asyncio.Event) -> str:
        async with generate(link, model, question) as generation:
            text = await anext(generation)
            begun.set()
            return text + "".join([more async for more in generation])

    async with linked(where) as link:
        begun = [asyncio.Event(), asyncio.Event()]
        asked = [
            asyncio.create_task(answer(question, event))
            for question, event in zip(("Count.", "And you?"), begun, strict=True)
        ]
        for event in begun:
            await event.wait()
        first = await pid_of(link)
        kill(first)
        described = await link.describe(model)
        second = await pid_of(link)
        assert described.context_window > 0
        assert second != first
        kill(second)
        assert {text.strip() for text in await asyncio.gather(*asked)} == {counted(WORDS).strip()}
