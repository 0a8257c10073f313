"""What the Engine tells of itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.engine_process import ask, model_ref
from support.fake_runner import FakeRunner
from support.manual_clock import MANUAL_CLOCK
from support.tiny_gguf import Shape, make_tiny_gguf
from windowsill.engine import stats
from windowsill.engine.counters import Counters
from windowsill.engine.model import Model
from windowsill.engine_protocol import OriginStats

pytestmark = pytest.mark.anyio

SMALL = Shape(embedding=32, feed_forward=32, layers=1, heads=2, kv_heads=1)


async def test_engine_without_models_tells_of_itself() -> None:
    seen = await stats.collect(7, [], [], Counters())
    assert (seen.id, seen.pid, seen.models, seen.steps) == (7, os.getpid(), (), 0)
    assert seen.memory > 0


async def test_every_model_tells_who_computes_with_it_and_how_full_its_cache_is(tmp_path: Path) -> None:
    counters = Counters()
    models = []
    for name in ("busy", "idle"):
        ref = model_ref(make_tiny_gguf(tmp_path / f"{name}.gguf", SMALL, name=name))
        models.append(await Model.load(ref, lambda *_: FakeRunner(lambda _: ord("x"), cells=2048), counters, set()))
    busy = models[0]
    paused = ask(1, ref, "Hi", origin="https://a.example")
    answer = busy.start(paused, busy.prompt(paused), lambda _: answer.pause())
    other = ask(2, ref, "Hi", origin="https://b.example", max_tokens=3)
    await busy.start(other, busy.prompt(other), lambda _: None).ended
    seen = await stats.collect(7, models, [], counters)
    assert [(model.name, model.device, model.cache) for model in seen.models] == [
        ("busy", "fake", 2048),
        ("idle", "fake", 2048),
    ]
    origins = seen.models[0].origins
    assert origins.keys() <= {"https://a.example"}, "nobody is told of who has nothing under way"
    assert (seen.models[1].origins, seen.models[1].cells, seen.models[1].kept) == ({}, 0, 0)
    assert seen.models[0].cells > len(busy.prompt(paused).tokens)
    assert seen.decoded_tokens >= 3
    assert seen.steps == counters.steps
    answer.cancel()
    await answer.ended
    for model in models:
        await model.close()


@pytest.mark.parametrize("anyio_backend", [MANUAL_CLOCK])
async def test_model_in_a_step_without_end_is_told_as_it_was_when_it_last_answered(tmp_path: Path) -> None:
    ref = model_ref(make_tiny_gguf(tmp_path / "tiny.gguf", SMALL))
    runner = FakeRunner(lambda _: ord("x"), window=10**6, cells=10**6)
    counters = Counters()
    model = await Model.load(ref, lambda *_: runner, counters, set())
    request = ask(1, ref, "Hi", origin="https://a.example", max_tokens=10**6)
    runner.gate.clear()
    answer = model.start(request, model.prompt(request), lambda _: None)
    assert runner.reached_gate.acquire(timeout=30)
    (never,) = (await stats.collect(1, [model], [], counters)).models
    assert (never.origins, never.cells, never.cache) == ({}, 0, 10**6)
    answer.cancel()
    runner.gate.set()
    await answer.ended
    await model.close()


async def test_paused_sequence_is_told_as_paused(tmp_path: Path) -> None:
    ref = model_ref(make_tiny_gguf(tmp_path / "tiny.gguf", SMALL))
    runner = FakeRunner(lambda _: ord("x"), window=10**6, cells=10**6)
    runner.gate.clear()
    counters = Counters()
    model = await Model.load(ref, lambda *_: runner, counters, set())
    request = ask(1, ref, "Hi", origin="https://a.example", max_tokens=10**6)
    answer = model.start(request, model.prompt(request), lambda _: None)
    answer.pause()
    runner.gate.set()
    seen = await stats.collect(1, [model], [], counters)
    told = seen.models[0].origins["https://a.example"]
    assert told == OriginStats(running=0, waiting=0, paused=1, hidden=0, tokens=told.tokens)
    answer.cancel()
    await answer.ended
    await model.close()
