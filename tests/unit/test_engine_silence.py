"""An Engine that says nothing: when it is asked, and when it is given up."""

from __future__ import annotations

import asyncio

import pytest

from windowsill import settings
from windowsill.engine_silence import ASK_AFTER, Silence
from windowsill.settings import ENGINE_SILENT_LOOKS

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ENGINE_SILENCE_SECONDS", 0.001)


class Bench:
    """Notes what is done: "look", "ask" or "give up". ``answers``: what is asked is answered at once; work ends after
    so many ``looks``, which leaves nothing to look at."""

    def __init__(self, *, answers: bool = False, looks: int = 1000) -> None:
        self.done: list[str] = []
        self.over = asyncio.Event()
        self.looks = looks
        self.silence = Silence(self._busy, self._ask, self._give_up)
        self._answers = answers

    def _busy(self) -> bool:
        self.done.append("look")
        self.looks -= 1
        if self.looks < 0:
            self.over.set()
            return False
        return True

    def _ask(self) -> None:
        self.done.append("ask")
        if self._answers:
            self.silence.broken()

    def _give_up(self) -> None:
        self.done.append("give up")
        self.over.set()


async def test_engine_is_asked_once_and_given_up_when_it_says_nothing() -> None:
    bench = Bench()
    bench.silence.begin()
    await bench.over.wait()
    looks = ["look"] * ENGINE_SILENT_LOOKS
    assert bench.done == [*looks[:ASK_AFTER], "ask", *looks[ASK_AFTER:], "give up"]


async def test_engine_that_answers_is_never_given_up() -> None:
    bench = Bench(answers=True, looks=5 * ENGINE_SILENT_LOOKS)
    bench.silence.begin()
    await bench.over.wait()
    assert "ask" in bench.done
    assert "give up" not in bench.done


async def test_looks_end_with_the_work_and_begin_with_the_next() -> None:
    bench = Bench(looks=1)
    bench.silence.begin()
    await bench.over.wait()
    assert bench.done == ["look", "look"]
    bench.over.clear()
    bench.looks = ASK_AFTER
    bench.silence.begin()
    await bench.over.wait()
    assert bench.done == ["look", "look", *["look"] * ASK_AFTER, "ask", "look"], "silence before does not count"


async def test_more_work_does_not_look_more_often() -> None:
    bench = Bench()
    bench.silence.begin()
    bench.silence.begin()
    await bench.over.wait()
    assert bench.done.count("look") == ENGINE_SILENT_LOOKS
