"""How an Engine is started, with fake Engines: its arguments and environment, and what a crash changes."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from support.fake_engine import SELF_TEST, FakeEngines, Life
from windowsill import engine_check
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import ModelRef
from windowsill.safe_options import Options
from windowsill.settings import Paths, Settings

pytestmark = pytest.mark.anyio

MODEL = ModelRef(path="/model.gguf", version="1")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def where(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "run")


@asynccontextmanager
async def linked(
    where: Paths,
    folder: Path,
    *lives: Life,
    settings: Settings | None = None,
    self_test: tuple[str, ...] = SELF_TEST,
) -> AsyncIterator[tuple[EngineLink, FakeEngines]]:
    engines = FakeEngines(folder, *lives)
    try:
        async with aclosing(
            EngineLink(where, settings or Settings(), program=engines.program, self_test=self_test)
        ) as link:
            yield link, engines
    finally:
        await asyncio.to_thread(engines.kill)


def options_of(start: list[str]) -> dict[str, str]:
    """The options of a start that take a value, but for the folders."""
    return dict(zip(start[1::2], start[2::2], strict=False))


def environment(pid: int) -> list[bytes]:
    return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")


def crashing(number: signal.Signals) -> Life:
    return Life(dies="asked", kills=number)


async def test_settings_become_arguments(where: Paths, tmp_path: Path) -> None:
    chosen = Settings(threads=3, engine_idle_seconds=7.5, gpu_layers=12, cache_type="q8_0")
    async with linked(where, tmp_path, settings=chosen) as (link, engines):
        await link.describe(MODEL)
        (start,) = engines.starts
    options = options_of(start)
    assert [options[name] for name in ("--threads", "--idle-seconds", "--gpu-layers")] == ["3", "7.5", "12"]
    assert options["--cache-type"] == "q8_0"
    assert "--no-flash-attention" not in start


async def test_flash_attention_and_gpus_can_be_done_without(where: Paths, tmp_path: Path) -> None:
    chosen = Settings(gpu_layers=0, flash_attention=False)
    async with linked(where, tmp_path, settings=chosen) as (link, engines):
        await link.describe(MODEL)
        (start,) = engines.starts
    assert "--no-flash-attention" in start
    assert options_of(start)["--gpu-layers"] == "0"


async def test_no_library_of_an_engine_starts_threads_before_its_sandbox(where: Paths, tmp_path: Path) -> None:
    async with linked(where, tmp_path) as (link, engines):
        await link.describe(MODEL)
        (pid,) = engines.pids
        assert b"OPENBLAS_NUM_THREADS=1" in environment(pid)


async def test_devices_are_not_asked_for_while_nothing_crashed(
    where: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(engine_check, "list_devices", refuse)
    async with linked(where, tmp_path) as (link, engines):
        await link.describe(MODEL)
        assert len(engines.pids) == 1
    assert not where.crash_record.exists()


async def test_engine_that_crashed_is_followed_by_a_safer_one(where: Paths, tmp_path: Path) -> None:
    async with linked(where, tmp_path, crashing(signal.SIGSEGV), Life()) as (link, engines):
        assert (await link.describe(MODEL)).name == "Fake"
        first, second = engines.starts
    assert "--no-flash-attention" not in first
    assert "--no-flash-attention" in second
    (crash,) = engine_check.read_memory(where.crash_record).crashes
    assert (crash.signal, crash.configuration.options) == (signal.SIGSEGV, Options())
    assert "CPU" in crash.configuration.devices


async def test_another_host_knows_what_crashed(where: Paths, tmp_path: Path) -> None:
    async with linked(where, tmp_path, crashing(signal.SIGILL), Life()) as (link, engines):
        await link.describe(MODEL)
        await asyncio.to_thread(engines.kill)
    (tmp_path / "other").mkdir()
    async with linked(where, tmp_path / "other") as (link, engines):
        await link.describe(MODEL)
        (start,) = engines.starts
    assert "--no-flash-attention" in start


async def test_way_of_computing_that_crashes_in_its_self_test_is_never_an_engines(where: Paths, tmp_path: Path) -> None:
    fails = "import os, sys; '--no-flash-attention' in sys.argv or os.abort()"
    async with linked(where, tmp_path, self_test=(sys.executable, "-c", fails)) as (link, engines):
        await link.describe(MODEL)
        (start,) = engines.starts
    assert "--no-flash-attention" in start
    assert where.trials_record.is_file()


async def test_engine_that_was_killed_from_outside_says_nothing_about_its_options(where: Paths, tmp_path: Path) -> None:
    async with linked(where, tmp_path, crashing(signal.SIGKILL), Life()) as (link, engines):
        await link.describe(MODEL)
        assert len(engines.pids) == 2
        assert not any("--no-flash-attention" in start for start in engines.starts)
    assert not where.crash_record.exists()
