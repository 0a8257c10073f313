"""Real Engines: one that may not read the model that is asked for makes way, and finishes what it has."""

from __future__ import annotations

import asyncio
import os
import select
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing
from pathlib import Path
from typing import Final

import pytest

from support.engine_process import GREEDY, model_ref
from support.tiny_gguf import Shape, make_tiny_gguf
from windowsill.demo.throwaway import end_engine
from windowsill.engine_answers import Generation
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import ModelRef, Place, Turn
from windowsill.settings import Paths, Settings

pytestmark = pytest.mark.anyio

PROGRAM: Final = (sys.executable, "-m", "windowsill.engine")
MANY: Final = 3000
"""Tokens: under way for as long as the other Engine takes to start."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "run")


@pytest.fixture
async def link(where: Paths) -> AsyncIterator[EngineLink]:
    async with aclosing(EngineLink(where, Settings(threads=1), program=PROGRAM)) as link:
        yield link
    await asyncio.to_thread(end_engine, where)


def made(path: Path) -> ModelRef:
    return model_ref(make_tiny_gguf(path, Shape(context=4096), ends=False))


def generating(link: EngineLink, model: ModelRef) -> AbstractAsyncContextManager[Generation]:
    return link.generate(
        model=model,
        origin="https://a.example",
        visible=True,
        turns=(Turn(role="user", content="the word"),),
        sampling=GREEDY,
        max_tokens=MANY,
    )


async def pid_of(link: EngineLink) -> int:
    stats = await link.stats()
    assert stats is not None
    return stats.pid


async def confined(link: EngineLink) -> None:
    """Ends the test where every Engine may read every model."""
    welcome = await link.welcome()
    assert welcome is not None
    if welcome.readable == (Place(path="/"),):
        pytest.skip("this kernel has no sandbox of files")


async def test_another_model_of_the_same_folder_gets_an_engine_that_may_read_both(
    link: EngineLink, tmp_path: Path
) -> None:
    one, two = made(tmp_path / "one.gguf"), made(tmp_path / "two.gguf")
    assert (await link.describe(one)).name == "Tiny test model"
    first = await pid_of(link)
    await confined(link)
    handle = os.pidfd_open(first)
    async with generating(link, one) as generation:
        assert await anext(generation)
        await link.describe(two)
        second = await pid_of(link)
        assert second != first
        await link.describe(one)
        assert await pid_of(link) == second, "it may read what the first could"
        assert [text async for text in generation]
        assert generation.finished.completion_tokens == MANY
    await asyncio.to_thread(select.select, [handle], [], [])  # drained, and with nothing left to do, it leaves
    os.close(handle)


async def test_model_that_took_the_place_of_another_gets_an_engine_that_may_read_it(
    link: EngineLink, tmp_path: Path
) -> None:
    await link.describe(made(tmp_path / "model.gguf"))
    first = await pid_of(link)
    await confined(link)
    made(tmp_path / "newer.gguf")
    newer = model_ref((tmp_path / "newer.gguf").replace(tmp_path / "model.gguf"))
    assert (await link.describe(newer)).name == "Tiny test model"
    assert await pid_of(link) != first
