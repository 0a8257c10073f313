"""The user stops an origin: the answers of all Hosts end, and nobody sends them again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.engine_process import EngineProcess, ask, model_ref, running_engine
from windowsill.engine_protocol import Cancel, Failed, ModelRef, Stop, Text
from windowsill.protocol import ErrorInfo

LONG = 8000
"""Tokens: more than a tiny model says while a test lasts."""

A = "https://a.example"
B = "https://b.example"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EngineProcess]:
    with running_engine(tmp_path / "run") as engine:
        yield engine


@pytest.fixture
def model(models: Path) -> ModelRef:
    return model_ref(models / "Q4_0.gguf")


def test_stop_ends_the_origin_s_answers_of_every_host(engine: EngineProcess, model: ModelRef) -> None:
    hosts = [engine.connect(), engine.connect()]
    for host in hosts:
        host.send(ask(1, model, "the word", max_tokens=LONG, origin=A))
        assert isinstance(host.receive(), Text)
    other = engine.connect()
    other.send(ask(1, model, "the word", max_tokens=LONG, origin=B))
    assert isinstance(other.receive(), Text)
    engine.connect().send(Stop(origin=A))
    for host in hosts:
        while isinstance(said := host.receive(), Text):
            pass
        assert isinstance(said, Failed)
        assert said.error == ErrorInfo(name="AbortError", message="The user stopped this answer.")
    other.send(Cancel(id=1))
    assert other.collect()[1].reason == "cancelled", "another origin's answer went on"


def test_stop_ends_what_has_not_begun(engine: EngineProcess, model: ModelRef) -> None:
    host = engine.connect()
    host.send(ask(1, model, "the word", max_tokens=LONG, origin=A), Stop(origin=A))
    said = host.receive()
    assert isinstance(said, Failed)
    assert said.error.name == "AbortError"


def test_stopped_origin_may_ask_again(engine: EngineProcess, model: ModelRef) -> None:
    host = engine.connect()
    host.send(Stop(origin=A))
    assert host.answer(ask(1, model, "the word", max_tokens=5, origin=A))[1].completion_tokens == 5
