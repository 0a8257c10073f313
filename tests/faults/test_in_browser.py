"""Processes die and tabs close in the middle of an answer, for real."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Page

from support.counting_gguf import counted
from support.desk import Desk, set_up
from support.tiny_gguf import make_tiny_gguf

BEGIN = """async () => {
  const session = await LanguageModel.create({samplingMode: 'most-predictable'});
  const reader = session.promptStreaming('Count.').getReader();
  globalThis.text = (await reader.read()).value;
  globalThis.outcome = (async () => {
    for (let next; !(next = await reader.read()).done;) globalThis.text += next.value;
    return 'done';
  })().catch(error => error.name);
}"""


def host_of(desk: Desk) -> int:
    """The pid of this home's Host: the process whose environment names the home."""
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
            home = b"WINDOWSILL_HOME=" + os.fsencode(desk.where.data.parent)
            if b"windowsill.native_host" in command and home in (folder / "environ").read_bytes().split(b"\0"):
                return int(folder.name)
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
    raise AssertionError("no Host runs")


def begin(desk: Desk) -> Page:
    page = desk.page()
    page.evaluate(BEGIN)
    return page


def engine_of(desk: Desk) -> int:
    stats = desk.stats()
    assert stats is not None
    assert stats.sequences == 1
    return stats.pid


def test_answer_goes_on_to_its_end_when_the_engine_is_killed(desk: Desk) -> None:
    page = begin(desk)
    before = engine_of(desk)
    os.kill(before, signal.SIGKILL)
    assert page.evaluate("() => globalThis.outcome") == "done"
    assert page.evaluate("() => globalThis.text").strip() == counted(150).strip()
    after = desk.stats()
    assert after is not None
    assert after.pid != before


def test_promises_reject_and_the_next_create_works_when_the_host_is_killed(desk: Desk) -> None:
    page = begin(desk)
    os.kill(host_of(desk), signal.SIGKILL)
    assert page.evaluate("() => globalThis.outcome") == "UnknownError"
    again = page.evaluate("""async () => {
      const session = await LanguageModel.create({samplingMode: 'most-predictable'});
      return session.prompt('Count.');
    }""")
    assert again.strip() == counted(150).strip()


def test_compute_stops_when_the_tab_closes(desk: Desk) -> None:
    page = begin(desk)
    engine_of(desk)
    page.close()
    while (stats := desk.stats()) is None or stats.sequences:
        """Each look asks the Engine, which answers between two steps; the test's time limit bounds it."""
    assert stats.decoded_tokens < 150


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
    model = make_tiny_gguf(tmp_path / "model.gguf")
    with set_up(model=model) as desk:
        desk.allow()
        spoil(model, problem)
        error = desk.page().evaluate(
            "() => LanguageModel.create().then(() => ['created', ''], error => [error.name, error.message])"
        )
    assert error[0] == name
    assert "model.gguf" not in error[1]
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
        make_tiny_gguf(model, architecture="nosucharch")
