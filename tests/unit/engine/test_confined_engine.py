"""The real Engine's process is confined once it listens, and works all the same."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.engine_process import EngineProcess, ask, model_ref, running_engine
from support.tiny_gguf import Shape, make_tiny_gguf
from windowsill.engine import landlock
from windowsill.engine.sandbox import SECCOMP
from windowsill.engine_protocol import Describe, Described, Text

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine not in SECCOMP, reason="the sandbox is for Linux on x86-64 and ARM"
)
needs_landlock = pytest.mark.skipif(
    sys.platform == "linux" and landlock.version() == 0, reason="this kernel has no Landlock"
)

SMALL = Shape(embedding=32, feed_forward=32, layers=1, heads=2, kv_heads=1, context=8192)
FILTERED = "2"
"""The kernel's word for a process whose system calls a program filters."""


@pytest.fixture
def allowed(tmp_path: Path) -> Path:
    """A model that is named to the Engine."""
    (tmp_path / "allowed").mkdir()
    return make_tiny_gguf(tmp_path / "allowed" / "tiny.gguf", SMALL, ends=False)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """One that is not."""
    (tmp_path / "elsewhere").mkdir()
    return make_tiny_gguf(tmp_path / "elsewhere" / "tiny.gguf", SMALL)


@pytest.fixture
def engine(tmp_path: Path, allowed: Path) -> Iterator[EngineProcess]:
    (tmp_path / "models").mkdir()
    with running_engine(tmp_path / "run", readable=[allowed, tmp_path / "models"]) as engine:
        yield engine


def told_by_kernel(task: Path) -> tuple[str, str]:
    """Whether the thread can gain no privileges, and how its system calls are judged."""
    lines = (task / "status").read_text().splitlines()
    about = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return about["NoNewPrivs"], about["Seccomp"]


def test_every_thread_is_confined_before_hosts_can_connect_and_after_a_load(
    engine: EngineProcess, allowed: Path
) -> None:
    tasks = Path(f"/proc/{engine.process.pid}/task")
    assert {told_by_kernel(task) for task in tasks.iterdir()} == {("1", FILTERED)}
    engine.connect().answer(ask(1, model_ref(allowed), "the word", max_tokens=5))
    assert {told_by_kernel(task) for task in tasks.iterdir()} == {("1", FILTERED)}


def test_named_model_and_one_that_came_into_a_named_folder_are_loaded(
    engine: EngineProcess, allowed: Path, tmp_path: Path
) -> None:
    client = engine.connect()
    for model in (allowed, make_tiny_gguf(tmp_path / "models" / "tiny.gguf", SMALL)):
        client.send(Describe(id=1, model=model_ref(model)))
        assert isinstance(client.receive(), Described)


@needs_landlock
def test_model_beside_a_named_one_cannot_be_read(engine: EngineProcess, allowed: Path) -> None:
    beside = make_tiny_gguf(allowed.parent / "beside.gguf", SMALL)
    assert "it cannot be read" in engine.connect().failure(Describe(id=1, model=model_ref(beside))).detail


@needs_landlock
def test_model_elsewhere_cannot_be_read(engine: EngineProcess, elsewhere: Path) -> None:
    failed = engine.connect().failure(Describe(id=1, model=model_ref(elsewhere)))
    assert failed.error.name == "OperationError"
    assert "it cannot be read" in failed.detail


@needs_landlock
def test_link_out_of_a_named_folder_leads_nowhere(engine: EngineProcess, tmp_path: Path, elsewhere: Path) -> None:
    link = tmp_path / "models" / "link.gguf"
    link.symlink_to(elsewhere)
    assert engine.connect().failure(Describe(id=1, model=model_ref(link))).error.name == "OperationError"


def test_confined_engine_leaves_in_order_while_it_answers(engine: EngineProcess, allowed: Path) -> None:
    client = engine.connect()
    client.send(ask(1, model_ref(allowed), "the word", max_tokens=8000))
    assert isinstance(client.receive(), Text)
    engine.terminate()
    assert client.collect()[1].reason == "cancelled"
    assert engine.wait() == 0
    assert b"confined: " in engine.stderr
    assert b"Landlock does not reach" not in engine.stderr
