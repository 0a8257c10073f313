"""Finding, starting and replacing the Engine: every row of the table, with fake Engines."""

from __future__ import annotations

import asyncio
import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from support.fake_engine import SELF_TEST, FakeEngine, FakeEngines, Life, finished
from windowsill import engine_connection, engine_process, frames, settings, shipped
from windowsill.engine_answers import Generation
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import ENGINE_PROTOCOL, Drain, EngineHears, ModelRef, Sampling, Stop, Turn
from windowsill.engine_starter import PROGRAM
from windowsill.errors import InvalidStateError, OperationError
from windowsill.settings import Paths, Settings

pytestmark = pytest.mark.anyio

MODEL = ModelRef(path="/model.gguf", version="1")
NO_PROGRAM = ("/nonexistent/engine",)
FOREVER = 600.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def where(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "run")


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[FakeEngines]:
    engines = FakeEngines(tmp_path)
    yield engines
    engines.kill()


@asynccontextmanager
async def linked(where: Paths, program: tuple[str, ...]) -> AsyncIterator[EngineLink]:
    link = EngineLink(where, Settings(engine_idle_seconds=FOREVER), program=program, self_test=SELF_TEST)
    async with aclosing(link):
        yield link


@asynccontextmanager
async def starting(where: Paths, tmp_path: Path, *lives: Life) -> AsyncIterator[tuple[EngineLink, FakeEngines]]:
    engines = FakeEngines(tmp_path, *lives)
    try:
        async with linked(where, engines.program) as link:
            yield link, engines
    finally:
        engines.kill()


@pytest.fixture
def lock_wanted(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set when somebody begins to wait for the lock."""
    wanted = threading.Event()

    class Watched:
        LOCK_EX = fcntl.LOCK_EX

        @staticmethod
        def flock(handle: int, operation: int) -> None:
            wanted.set()
            fcntl.flock(handle, operation)

    monkeypatch.setattr(engine_process, "fcntl", Watched)
    return wanted


async def refused(link: EngineLink) -> OperationError:
    with pytest.raises(OperationError, match=r"^The model could not be started\.$") as caught:
        await link.describe(MODEL)
    return caught.value


async def pid_of(link: EngineLink) -> int:
    stats = await link.stats()
    assert stats is not None
    return stats.pid


async def reaped() -> None:
    """Wait until every Engine that was started here is dead and gone; those that live on make this wait for ever."""
    for thread in threading.enumerate():
        if thread.name == "engine-reaper":
            await asyncio.to_thread(thread.join)


def generating(link: EngineLink, model: str) -> AbstractAsyncContextManager[Generation]:
    return link.generate(
        model=ModelRef(path=model, version="1"),
        origin="https://a.example",
        visible=True,
        turns=(Turn(role="user", content="Count."),),
        sampling=Sampling(temperature=0.0, top_k=1, top_p=1.0, min_p=0.0),
        max_tokens=9,
    )


def _target(pid: int, name: str) -> str:
    return str(Path(f"/proc/{pid}/{name}").readlink())


# -- running


async def test_running_engine_is_connected_to(where: Paths) -> None:
    async with FakeEngine(where.engine_socket) as engine, linked(where, NO_PROGRAM) as link:
        assert (await link.describe(MODEL)).name == "Fake"
        assert (await link.describe(MODEL)).context_window == 1000
        assert engine.connections == 1


async def test_nothing_is_connected_before_the_first_request(where: Paths) -> None:
    async with FakeEngine(where.engine_socket) as engine, linked(where, NO_PROGRAM):
        pass
    assert engine.connections == 0


# -- absent


async def test_absent_engine_is_started(where: Paths, engines: FakeEngines) -> None:
    async with linked(where, engines.program) as link:
        assert (await link.describe(MODEL)).name == "Fake"
        assert [await pid_of(link)] == engines.pids
    assert where.engine_log.read_text() == "a fake Engine starts\n"


async def test_socket_file_of_a_dead_engine_is_absence(where: Paths, engines: FakeEngines) -> None:
    async with FakeEngine(where.engine_socket):
        pass
    assert where.engine_socket.exists()
    async with linked(where, engines.program) as link:
        assert (await link.describe(MODEL)).name == "Fake"


async def test_started_engine_leads_its_own_session_in_the_root_folder(where: Paths, engines: FakeEngines) -> None:
    async with linked(where, engines.program) as link:
        await link.describe(MODEL)
        (pid,) = engines.pids
        assert os.getsid(pid) == pid
        assert [_target(pid, name) for name in ("cwd", "fd/0")] == ["/", os.devnull]


async def test_engine_outlives_its_host_and_holds_none_of_its_pipes(where: Paths, engines: FakeEngines) -> None:
    host = """
import asyncio, pathlib, sys
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import ModelRef
from windowsill.settings import Paths, Settings

async def main():
    where = Paths(*map(pathlib.Path, sys.argv[1:5]))
    await EngineLink(where, Settings(), program=sys.argv[5:], self_test=["true"]).describe(
        ModelRef(path="/model.gguf", version="1")
    )

asyncio.run(main())
"""
    folders = [str(folder) for folder in (where.config, where.data, where.cache, where.runtime)]
    command = [sys.executable, "-I", "-c", host, *folders, *engines.program]
    run = await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)
    assert run.stdout == b"", "reading to its end did not wait for the Engine"
    async with linked(where, NO_PROGRAM) as link:
        assert [await pid_of(link)] == engines.pids


async def test_engine_that_ends_leaves_no_zombie(where: Paths, engines: FakeEngines) -> None:
    async with linked(where, engines.program) as link:
        await link.describe(MODEL)
        (pid,) = engines.pids
        engines.kill()
        await reaped()
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_engine_that_dies_before_it_is_ready_names_its_log(where: Paths, tmp_path: Path) -> None:
    async with starting(where, tmp_path, Life(dies="starting")) as (link, engines):
        assert str(where.engine_log) in (await refused(link)).detail
        await refused(link)
        assert len(engines.pids) == 2, "a later request tries again"


async def test_engine_that_is_never_ready_is_killed(
    where: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "gate")
    monkeypatch.setattr(settings, "ENGINE_START_SECONDS", 1.0)
    async with starting(where, tmp_path, Life(gate=str(tmp_path / "gate"))) as (link, _):
        assert "not ready in 1 seconds" in (await refused(link)).detail
        await reaped()


async def test_program_that_does_not_exist_is_an_operation_error(where: Paths) -> None:
    async with linked(where, NO_PROGRAM) as link:
        assert NO_PROGRAM[0] in (await refused(link)).detail


async def test_long_log_begins_anew(where: Paths, engines: FakeEngines) -> None:
    where.cache.mkdir()
    where.engine_log.write_bytes(b"x" * (settings.MAX_LOG_BYTES + 1))
    async with linked(where, engines.program) as link:
        await link.describe(MODEL)
    assert where.engine_log.read_text() == "a fake Engine starts\n"
    assert (where.cache / "engine.old.log").stat().st_size == settings.MAX_LOG_BYTES + 1


# -- starting


async def test_two_hosts_that_start_at_once_start_one_engine(where: Paths, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    async with starting(where, tmp_path, Life(gate=str(gate))) as (one, engines), linked(where, engines.program) as two:
        asked = [asyncio.create_task(link.describe(MODEL)) for link in (one, two)]
        # Opening it for writing waits for the fake Engine to open it for reading: one is starting by then.
        await asyncio.to_thread(gate.write_bytes, b"")
        await asyncio.gather(*asked)
        assert len(engines.pids) == 1
        assert await pid_of(one) == await pid_of(two)


async def test_engine_that_another_host_starts_is_waited_for(where: Paths, lock_wanted: threading.Event) -> None:
    where.runtime.mkdir(mode=0o700)
    async with linked(where, NO_PROGRAM) as link:
        with where.engine_lock.open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            asked = asyncio.create_task(link.describe(MODEL))
            await asyncio.to_thread(lock_wanted.wait)
            engine = FakeEngine(where.engine_socket)
            await engine.__aenter__()
        assert (await asked).name == "Fake"
        await engine.__aexit__()


async def test_abandoned_wait_lets_go_of_the_lock(where: Paths, lock_wanted: threading.Event) -> None:
    where.runtime.mkdir(mode=0o700)
    with where.engine_lock.open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        async with linked(where, NO_PROGRAM) as link:
            asked = asyncio.create_task(link.describe(MODEL))
            await asyncio.to_thread(lock_wanted.wait)
        with pytest.raises(InvalidStateError):
            await asked
    with where.engine_lock.open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)


async def test_start_goes_on_when_whoever_asked_first_walks_away(where: Paths, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    async with starting(where, tmp_path, Life(gate=str(gate))) as (link, engines):
        first, second = (asyncio.create_task(link.describe(MODEL)) for _ in range(2))
        opening = asyncio.create_task(asyncio.to_thread(gate.open, "wb"))
        writer = await opening
        first.cancel()
        writer.close()
        assert (await second).name == "Fake"
        assert first.cancelled()
        assert len(engines.pids) == 1


async def test_closing_while_it_starts_ends_the_start(where: Paths, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    async with starting(where, tmp_path, Life(gate=str(gate))) as (link, engines):
        asked = asyncio.create_task(link.describe(MODEL))
        with await asyncio.to_thread(gate.open, "wb"):
            await link.aclose()
        with pytest.raises(InvalidStateError):
            await asked
        await reaped()
        assert len(engines.pids) == 1


# -- other version


@pytest.mark.parametrize(
    "other",
    [Life(version="0.0.0"), Life(protocol=ENGINE_PROTOCOL - 1), Life(greeting=frames.encode(b"\x93other"))],
    ids=["version", "protocol", "unreadable"],
)
async def test_engine_of_another_version_is_drained_and_replaced(
    where: Paths, engines: FakeEngines, other: Life
) -> None:
    async with FakeEngine(where.engine_socket, other) as engine, linked(where, engines.program) as link:
        assert (await link.describe(MODEL)).name == "Fake"
        await engine.wait_for(Drain)
        assert engine.heard == [Drain()]
        assert [await pid_of(link)] == engines.pids


async def test_started_engine_of_another_version_is_an_operation_error(where: Paths, tmp_path: Path) -> None:
    async with starting(where, tmp_path, Life(version="0.0.0")) as (link, _):
        assert "does not answer" in (await refused(link)).detail


# -- other models


def reads(start: list[str]) -> list[str]:
    """What an Engine was started with for reading."""
    return [path for option, path in pairwise(start) if option == "--readable"]


async def test_engine_that_may_not_read_the_model_is_drained_and_replaced(where: Paths, tmp_path: Path) -> None:
    elsewhere = Life(readable=("/elsewhere",))
    async with (
        FakeEngine(where.engine_socket, elsewhere) as engine,
        starting(where, tmp_path, Life(readable=None)) as (link, engines),
    ):
        assert await link.stats() is not None, "to look at, any Engine of ours will do"
        model = ModelRef(path=str(tmp_path / "model.gguf"), version="1")
        assert (await link.describe(model)).name == "Fake"
        await engine.wait_for(Drain)
        (start,) = engines.starts
        assert str(tmp_path / "model.gguf") in reads(start)
        assert "/elsewhere" in reads(start), "another Host must not have to replace it in turn"
        assert (await link.describe(model)).name == "Fake"
        assert len(engines.pids) == 1


async def test_started_engine_may_read_every_model_of_this_home(where: Paths, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "weights").touch()
    (tmp_path / "named").mkdir()
    (tmp_path / "named" / "model.gguf").symlink_to(tmp_path / "kept" / "weights")
    engines = FakeEngines(tmp_path, Life(readable=None))
    chosen = Settings(model=tmp_path / "named" / "model.gguf")
    try:
        async with aclosing(EngineLink(where, chosen, program=engines.program, self_test=SELF_TEST)) as link:
            await link.describe(ModelRef(path=str(shipped.model()), version="1"))
            await link.describe(ModelRef(path=str(chosen.model), version="1"))
            await link.describe(ModelRef(path=str(where.models / "later.gguf"), version="1"))
        (start,) = engines.starts
        assert set(reads(start)) == {str(shipped.model()), str(tmp_path / "kept" / "weights"), str(where.models)}
        assert where.models.is_dir()
    finally:
        engines.kill()


async def test_answers_of_an_engine_that_was_replaced_go_on_and_can_be_stopped(where: Paths, tmp_path: Path) -> None:
    life = Life(readable=("/a",), ends=None)
    async with (
        FakeEngine(where.engine_socket, life) as engine,
        starting(where, tmp_path, Life(readable=None)) as (link, engines),
        generating(link, "/a/model.gguf") as generation,
    ):
        assert await anext(generation)
        await link.describe(ModelRef(path="/b/model.gguf", version="1"))
        assert [await pid_of(link)] == engines.pids
        await link.stop_origin("https://a.example")
        assert await engine.wait_for(Stop) == [Stop(origin="https://a.example")]
        (connection,) = [one for one in engine.open if one.closed.is_set() is False]
        connection.say(finished(1, "stop"))
        assert [text async for text in generation] == []
        assert generation.finished.reason == "stop"


# -- stats


async def test_stats_start_nothing(where: Paths, engines: FakeEngines) -> None:
    async with linked(where, engines.program) as link:
        assert await link.stats() is None
    assert engines.pids == []


async def test_stats_know_no_engine_of_another_version(where: Paths) -> None:
    async with FakeEngine(where.engine_socket, Life(version="0.0.0")) as engine, linked(where, NO_PROGRAM) as link:
        assert await link.stats() is None
    assert engine.heard == []


async def test_silent_engine_is_no_engine(where: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ENGINE_START_SECONDS", 0.01)
    async with FakeEngine(where.engine_socket, Life(silent=True)), linked(where, NO_PROGRAM) as link:
        assert await link.stats() is None


# -- whom to trust


async def test_folder_that_others_may_enter_is_refused(where: Paths) -> None:
    where.runtime.mkdir()
    where.runtime.chmod(0o755)
    async with linked(where, NO_PROGRAM) as link:
        assert "open to other users" in (await refused(link)).detail


async def test_folder_that_is_a_link_is_refused(where: Paths, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    where.runtime.symlink_to(tmp_path / "elsewhere")
    async with linked(where, NO_PROGRAM) as link:
        assert "link" in (await refused(link)).detail


async def test_folder_of_another_user_is_refused(where: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    where.runtime.mkdir(mode=0o700)
    monkeypatch.setattr(os, "getuid", lambda: where.runtime.stat().st_uid + 1)
    async with linked(where, NO_PROGRAM) as link:
        assert "belongs to another user" in (await refused(link)).detail


async def test_process_of_another_user_hears_nothing(where: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_connection, "peer_uid", lambda _: os.getuid() + 1)
    async with FakeEngine(where.engine_socket) as engine, linked(where, NO_PROGRAM) as link:
        assert "another user's process" in (await refused(link)).detail
    nothing: list[EngineHears] = []
    assert engine.heard == nothing


def test_real_engine_is_started_isolated() -> None:
    assert (sys.executable, "-I", "-m", "windowsill.engine") == PROGRAM


def test_link_imports_nothing_heavy() -> None:
    code = "import sys, windowsill.engine_link; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True)
    assert not {"numpy", "llama_cpp", "jinja2", "windowsill.engine"} & set(run.stdout.split())
