"""What holds one request up, and what ends it."""

from __future__ import annotations

import pytest

from windowsill.engine.answers import Answer
from windowsill.engine.commands import Cancel, Go, Pause, Show
from windowsill.engine.connection import Connection
from windowsill.engine.request import Request
from windowsill.engine_protocol import Describe, EngineHears, EngineWelcome, ModelRef

pytestmark = pytest.mark.anyio


class Nobody:
    """A hub that hears nothing."""

    welcome = EngineWelcome(protocol=1, version="1", readable=(), unconfined=())

    def heard(self, connection: Connection, message: EngineHears) -> None: ...

    def fullness_changed(self, connection: Connection) -> None: ...

    def lost(self, connection: Connection) -> None: ...


class Asked:
    """A request with an answer under way, and what was commanded of that."""

    def __init__(self) -> None:
        work = Describe(id=1, model=ModelRef(path="/a.gguf", version="1"))
        self.request = Request(Connection(Nobody(), 0), work)
        self.commands: list[Cancel | Pause | Go | Show] = []
        self.request.answer = Answer(1, self.commands.append, lambda _: None)

    def pause(self, on: bool) -> None:
        self.request.pause(paused=on)


async def test_answer_is_paused_by_its_reader_and_by_a_full_connection_until_neither_holds_it() -> None:
    asked = Asked()
    asked.pause(True)
    asked.request.connection.full = True
    asked.pause(False)
    asked.request.connection.full = False
    asked.request.hold()
    assert asked.commands == [Pause(1), Pause(1), Go(1)]


async def test_paused_answer_is_set_aside_when_its_model_must_go() -> None:
    asked = Asked()
    asked.pause(True)
    asked.request.make_way()
    assert asked.commands == [Pause(1), Cancel(1)]
    assert asked.request.set_aside
    assert not asked.request.readable.is_set()
    asked.pause(False)
    assert asked.request.readable.is_set()


async def test_answer_that_somebody_reads_is_set_aside_only_once_it_is_paused() -> None:
    asked = Asked()
    asked.request.make_way()
    assert not asked.request.set_aside
    asked.pause(True)
    assert asked.request.set_aside


async def test_answer_that_is_cancelled_is_not_set_aside() -> None:
    asked = Asked()
    asked.pause(True)
    asked.request.make_way()
    asked.request.cancel()
    assert not asked.request.set_aside
    asked.pause(True)
    assert not asked.request.set_aside


async def test_request_that_has_no_answer_is_cancelled_as_a_whole() -> None:
    asked = Asked()
    asked.request.answer = None
    asked.request.stop()
    assert asked.request.scope.cancel_called
    assert asked.request.stopped
    assert asked.commands == []
