"""Processes die and tabs close in the middle of an answer, for real."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page

from support.counting_gguf import counted
from support.desk import Desk, set_up
from support.halted_answer import HaltedAnswer
from support.host_pids import hosts, until_ended
from support.running_service import Running
from support.tiny_gguf import make_tiny_gguf
from windowsill.engine_protocol import Stats

MODEL_NAME = "A model that the page shall not know"

BEGIN = """async () => {
  const session = globalThis.session = await LanguageModel.create({samplingMode: 'most-predictable'});
  const reader = session.promptStreaming('Count.').getReader();
  globalThis.text = (await reader.read()).value;
  globalThis.outcome = (async () => {
    for (let next; !(next = await reader.read()).done;) globalThis.text += next.value;
    return 'done';
  })().catch(error => error.name);
}"""

WAIT_BEHIND = """async () => {
  const {session} = globalThis, other = await LanguageModel.create();
  const waiting = [session.prompt('And?'), session.append('And?'), session.clone(), other.prompt('Count.')];
  globalThis.waiting = waiting.map(promise => promise.then(() => 'done', error => error.name));
  await LanguageModel.availability();
}"""
"""More that cannot end before the answer has. What is answered at once comes last: then the Host has heard it all."""

ENDS = "() => Promise.all([globalThis.outcome, ...globalThis.waiting])"
"""What became of every promise."""


def begin(desk: Desk) -> Page:
    page = desk.page()
    page.evaluate(BEGIN)
    return page


def engine_of(desk: Desk) -> int:
    stats = desk.stats()
    assert stats is not None
    assert under_way(stats) == 1
    return stats.pid


def under_way(stats: Stats) -> int:
    """Answers that the Engine computes, or that wait in it."""
    loads = [load for model in stats.models for load in model.origins.values()]
    return sum(load.running + load.waiting + load.paused for load in loads)


def test_answer_goes_on_to_its_end_when_the_engine_is_killed(desk: Desk) -> None:
    page = begin(desk)
    before = engine_of(desk)
    os.kill(before, signal.SIGKILL)
    assert page.evaluate("() => globalThis.outcome") == "done"
    assert page.evaluate("() => globalThis.text").strip() == counted(150).strip()
    after = desk.stats()
    assert after is not None
    assert after.pid != before


def test_every_open_promise_rejects_and_the_next_create_works_when_the_host_is_killed(desk: Desk) -> None:
    page = begin(desk)
    page.evaluate(WAIT_BEHIND)
    (host,) = hosts(desk.where.data.parent)
    os.kill(host, signal.SIGKILL)
    until_ended(host)
    assert page.evaluate(ENDS) == ["UnknownError"] * 5
    again = page.evaluate("""async () => {
      const session = await LanguageModel.create({samplingMode: 'most-predictable'});
      return session.prompt('Count.');
    }""")
    assert again.strip() == counted(150).strip()


def test_step_under_way_is_the_last_when_the_tab_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = HaltedAnswer(monkeypatch, tokens=200)
    with set_up() as desk, closing(Running(desk.where.runtime, lambda: answer.runner, owner=os.getuid())) as engine:
        desk.allow()
        page = begin(desk)
        answer.runner.until_halted()
        page.close()
        answer.until_cancelled()
        assert answer.last_steps(engine.connect()) == 1


@pytest.mark.parametrize(
    ("problem", "name"),
    [
        ("missing", "NotSupportedError"),
        ("not-gguf", "NotSupportedError"),
        ("unknown-architecture", "NotSupportedError"),
        ("truncated", "OperationError"),
    ],
)
def test_create_rejects_when_the_model_file_is_bad(tmp_path: Path, problem: str, name: str) -> None:
    model = make_tiny_gguf(tmp_path / "model.gguf", name=MODEL_NAME)
    with set_up(model=model) as desk:
        desk.allow()
        spoil(model, problem)
        error = desk.page().evaluate(
            "() => LanguageModel.create().then(() => ['created', ''], error => [error.name, error.message])"
        )
    assert error[0] == name
    assert "model.gguf" not in error[1]
    assert MODEL_NAME not in error[1]
    assert str(tmp_path) not in error[1]


def spoil(model: Path, problem: str) -> None:
    if problem == "missing":
        model.unlink()
    elif problem == "not-gguf":
        model.write_bytes(b"not a model at all" * 100)
    elif problem == "truncated":
        model.write_bytes(model.read_bytes()[: model.stat().st_size // 2])
    else:
        model.unlink()
        make_tiny_gguf(model, architecture="nosucharch", name=MODEL_NAME)
