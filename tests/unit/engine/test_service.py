"""The Engine's front over fake runners: requests, connections, models, coming and going."""

from __future__ import annotations

import asyncio
import os
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import msgspec
import pytest

from support.engine_process import EngineClient, ask, model_ref
from support.fake_runner import END, FakeRunner, FakeVocabulary, Script
from support.tiny_gguf import Shape, make_tiny_gguf
from windowsill import frames, settings
from windowsill.engine.local_socket import LocalSocket
from windowsill.engine.service import Service
from windowsill.engine_protocol import (
    Cancel,
    Count,
    Counted,
    Describe,
    Described,
    Drain,
    EngineSays,
    Finished,
    GetStats,
    Go,
    ModelRef,
    Pause,
    Stats,
    Text,
    Turn,
)
from windowsill.errors import OperationError

SMALL = Shape(embedding=32, feed_forward=32, layers=1, heads=2, kv_heads=1)
OPENING = b"<|im_start|>assistant\n"


def replies(answer: str) -> Script:
    """What a chat model says after the opening of its answer: ``answer``, wherever it stopped, and the end."""
    data: list[int] = [*answer.encode(), END]

    def script(tokens: list[int]) -> int:
        text = bytes(tokens)
        return data[len(text) - text.rindex(OPENING) - len(OPENING)]

    return script


def endless(_: list[int]) -> int:
    return ord("x")


class Running:
    """A service in a thread of its own; ``runners`` are what it opened."""

    def __init__(self, folder: Path, open_runner: Callable[[], FakeRunner], *, idle: float = 600.0, owner: int) -> None:
        self.path = folder / "engine.sock"
        self.runners: list[FakeRunner] = []
        self.clients: list[EngineClient] = []
        self._open_runner = open_runner
        self._idle = idle
        self._owner = owner
        self._listening = threading.Event()
        self._left = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        assert self._listening.wait(timeout=30)

    def open_runner(self, _: Path) -> FakeRunner:
        self.runners.append(self._open_runner())
        return self.runners[-1]

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.service = Service(
            LocalSocket(self.path),
            self.open_runner,
            idle_seconds=self._idle,
            owner=self._owner,
            on_listening=self._listening.set,
        )
        try:
            await self.service.run()
        finally:
            self._left.set()

    def connect(self) -> EngineClient:
        self.clients.append(EngineClient(self.path))
        return self.clients[-1]

    def leave(self) -> None:
        if not self._left.is_set():
            self._loop.call_soon_threadsafe(self.service.leave)
        self.join()

    def join(self) -> None:
        """Wait until it left by itself."""
        self._thread.join(timeout=30)
        assert not self._thread.is_alive()
        assert all(runner.closed for runner in self.runners)


class Serve(Protocol):
    """Starts a service over runners made by ``open_runner``."""

    def __call__(
        self, open_runner: Callable[[], FakeRunner], *, idle: float = 600.0, owner: int | None = None
    ) -> Running: ...


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    running: list[Running] = []

    def start(open_runner: Callable[[], FakeRunner], *, idle: float = 600.0, owner: int | None = None) -> Running:
        running.append(Running(tmp_path / "run", open_runner, idle=idle, owner=os.getuid() if owner is None else owner))
        return running[-1]

    yield start
    for service in running:
        for runner in service.runners:
            runner.gate.set()
        service.leave()
        for client in service.clients:
            client.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models, of which only the headers are read here."""
    folder = tmp_path_factory.mktemp("models")
    for name in ("one", "two"):
        make_tiny_gguf(folder / f"{name}.gguf", SMALL, name=name)
    return folder


@pytest.fixture
def one(folder: Path) -> ModelRef:
    return model_ref(folder / "one.gguf")


@pytest.fixture
def two(folder: Path) -> ModelRef:
    return model_ref(folder / "two.gguf")


def terminal(client: EngineClient) -> EngineSays:
    while isinstance(said := client.receive(), Text):
        pass
    return said


def stats(client: EngineClient) -> Stats:
    client.send(GetStats(id=999))
    said = client.receive()
    assert isinstance(said, Stats)
    return said


def closed(client: EngineClient) -> bool:
    try:
        while True:
            client.receive()
    except EOFError:
        return True


# ---- requests


def test_model_is_described(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: FakeRunner(endless, window=200)).connect()
    client.send(Describe(id=1, model=one))
    described = client.receive()
    assert isinstance(described, Described)
    assert (described.name, described.vocabulary, described.device) == ("one", 258, "fake")
    assert described.context_window == 200 - len(OPENING) - 8


def test_turns_are_counted(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: FakeRunner(endless)).connect()
    client.send(Count(id=1, model=one, turns=(Turn(role="user", content="Hi"), Turn(role="assistant", content=""))))
    expected = (len("<|im_start|>user\nHi<|im_end|>\n"), len("<|im_start|>assistant\n<|im_end|>\n"))
    assert client.receive() == Counted(id=1, tokens=expected)


def test_answer_streams_and_finishes_with_its_numbers(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: FakeRunner(replies("Grüße"))).connect()
    text, finished = client.answer(ask(1, one, "Hi"))
    assert text == "Grüße"
    assert finished == Finished(
        id=1,
        reason="stop",
        prompt_tokens=len("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"),
        cached_tokens=0,
        completion_tokens=len("Grüße".encode()),
        answer_tokens=len("<|im_start|>assistant\nGrüße<|im_end|>\n".encode()),
    )


def test_resumed_answer_goes_on_where_it_stopped(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: FakeRunner(replies("Hello, world"))).connect()
    whole = ask(1, one, "Hi")
    _, first = client.answer(whole)
    text, finished = client.answer(msgspec.structs.replace(whole, id=2, resume="Hello"))
    assert text == ", world"
    assert finished.answer_tokens == first.answer_tokens
    assert finished.completion_tokens == len(", world")


def test_limit_of_tokens_includes_what_is_resumed(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: FakeRunner(replies("Hello, world"))).connect()
    request = ask(1, one, "Hi", max_tokens=7)
    text, finished = client.answer(msgspec.structs.replace(request, resume="Hello"))
    assert (text, finished.reason) == (", ", "length")


def test_answer_goes_on_with_a_turn_that_continues(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: FakeRunner(replies("Hello, world"))).connect()
    request = ask(1, one, "Hi")
    turns = (*request.turns, Turn(role="assistant", content="Hel"))
    text, _ = client.answer(msgspec.structs.replace(request, turns=turns, continues=True, resume="lo"))
    assert text == ", world"


def test_requests_of_several_hosts_share_batches(serve: Serve, one: ModelRef) -> None:
    service = serve(lambda: FakeRunner(endless, window=10**7, cells=10**8))
    hosts = [service.connect() for _ in range(3)]
    for number, host in enumerate(hosts):
        host.send(ask(2, one, "Hi", origin=str(number), max_tokens=10**7))
    for host in hosts:
        assert isinstance(host.receive(), Text)
    for host in hosts:
        host.send(Cancel(id=2))
        assert host.collect()[1].reason == "cancelled"
    assert any(len(batch) == 3 for batch in service.runners[0].batches)


def test_cancelled_answer_ends_as_cancelled_with_what_was_said(serve: Serve, one: ModelRef) -> None:
    service = serve(lambda: FakeRunner(endless, window=10**6, cells=10**6))
    client = service.connect()
    client.send(ask(1, one, "Hi", max_tokens=10**6))
    first = client.receive()
    assert isinstance(first, Text)
    client.send(Cancel(id=1))
    text, finished = client.collect()
    assert finished.reason == "cancelled"
    said = (Turn(role="assistant", content=first.text + text),)
    client.send(Count(id=2, model=one, turns=said))
    assert client.receive() == Counted(id=2, tokens=(finished.answer_tokens,))
    steps = stats(client).steps
    client.answer(ask(3, one, "Hi", max_tokens=1))
    assert len(service.runners[0].batches) - steps <= 4, "nothing but the new request was computed"


def test_unknown_requests_can_be_cancelled_paused_and_let_go(serve: Serve) -> None:
    client = serve(lambda: FakeRunner(endless)).connect()
    client.send(Cancel(id=7), Pause(id=7), Go(id=7))
    assert stats(client).steps == 0


def test_paused_answer_waits_until_it_may_go_on(serve: Serve, one: ModelRef) -> None:
    service = serve(lambda: FakeRunner(replies("Hello")))
    client = service.connect()
    client.send(ask(1, one, "Hi"), Pause(id=1))
    other = service.connect()
    assert other.answer(ask(1, one, "Hi"))[0] == "Hello"
    client.send(GetStats(id=2))
    assert isinstance(client.receive(), Stats), "not a word of the paused answer"
    client.send(Go(id=1))
    assert client.collect()[0] == "Hello"


def test_failing_step_is_an_operation_error(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: FakeRunner(endless, fails=lambda _: True)).connect()
    assert client.failure(ask(1, one, "Hi")).error.name == "OperationError"


def test_broken_decode_thread_fails_its_answers_and_the_model_is_loaded_again(serve: Serve, one: ModelRef) -> None:
    def broken(_: list[int]) -> int:
        raise RuntimeError("a bug")

    scripts = [broken, replies("Hello")]
    service = serve(lambda: FakeRunner(scripts.pop(0)))
    client = service.connect()
    assert client.failure(ask(1, one, "Hi")).error.name == "OperationError"
    assert client.answer(ask(2, one, "Hi"))[0] == "Hello"
    assert len(service.runners) == 2


# ---- connections


def test_lost_connection_cancels_what_came_over_it(serve: Serve, one: ModelRef, two: ModelRef) -> None:
    service = serve(lambda: FakeRunner(endless, window=10**7, cells=10**7))
    lost = service.connect()
    lost.send(ask(1, one, "Hi", max_tokens=10**7))
    assert isinstance(lost.receive(), Text)
    other = service.connect()
    other.send(Describe(id=1, model=two))
    lost.close()
    assert isinstance(other.receive(), Described), "the other model was loaded, so nobody used the first any more"


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xff\xff\xff",
        struct.pack("=I", settings.MAX_ENGINE_FRAME + 1),
        frames.encode(b""),
        frames.encode(b"\xc1"),
        frames.encode(b"{}"),
        frames.encode(msgspec.msgpack.encode({"type": "generat", "id": 1})),
        frames.encode(msgspec.msgpack.encode({"type": "cancel"})),
        frames.encode(msgspec.msgpack.encode({"type": "cancel", "id": "1"})),
        frames.encode(msgspec.msgpack.encode({"type": "cancel", "id": 1, "more": 2})),
        frames.encode(b"\x82\xa4type\xa2\xff\xfe\xa2id\x01"),
        frames.encode(b"\x81" + b"\x91" * 100_000),
    ],
)
def test_bad_frame_ends_its_own_connection_only(
    serve: Serve, one: ModelRef, caplog: pytest.LogCaptureFixture, data: bytes
) -> None:
    service = serve(lambda: FakeRunner(replies("Hello")))
    bad, good = service.connect(), service.connect()
    bad.send_bytes(data)
    assert closed(bad)
    assert [record.getMessage()[:22] for record in caplog.records if record.levelname != "DEBUG"] == [
        "a connection is closed"
    ]
    assert good.answer(ask(1, one, "Hi"))[0] == "Hello"


def test_request_number_that_is_under_way_ends_the_connection(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: FakeRunner(endless, window=10**6, cells=10**6)).connect()
    client.send(ask(1, one, "Hi", max_tokens=10**6))
    assert isinstance(client.receive(), Text)
    client.send(ask(1, one, "Hi"))
    assert closed(client)


def test_other_users_are_not_greeted(serve: Serve) -> None:
    service = serve(lambda: FakeRunner(endless), owner=os.getuid() + 1)
    with pytest.raises(EOFError):
        service.connect()


def test_host_that_does_not_read_stops_its_own_answers_until_it_reads(
    serve: Serve, one: ModelRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    class LongPieces(FakeVocabulary):
        def piece(self, token: int) -> bytes:
            return super().piece(token) * 1000

    def wordy() -> FakeRunner:
        runner = FakeRunner(endless, window=10**6, cells=10**7)
        runner.vocabulary = LongPieces()
        return runner

    monkeypatch.setattr(settings, "ENGINE_OUTBOX_BYTES", 1000)
    service = serve(wordy)
    slow, quick = service.connect(), service.connect()
    slow.send(ask(1, one, "Hi", max_tokens=10**6))
    first = slow.receive()
    assert isinstance(first, Text)
    (runner,) = service.runners
    for number in range(500):
        quick.answer(ask(number, one, "Hi", max_tokens=5))
        if not any(1 in batch for batch in runner.batches[-5:]):
            break
    else:
        pytest.fail("the answer that nobody reads never stopped")
    computed = 1000 * sum(1 in batch for batch in runner.batches)
    received = len(first.text)
    while received <= computed:
        said = slow.receive()
        assert isinstance(said, Text)
        received += len(said.text)
    slow.send(Cancel(id=1))
    text, finished = slow.collect()
    assert received + len(text) == 1000 * finished.completion_tokens, "nothing was dropped"


# ---- models


def test_one_load_serves_all_who_wait_for_it(serve: Serve, one: ModelRef) -> None:
    service = serve(lambda: FakeRunner(replies("Hello")))
    clients = [service.connect() for _ in range(3)]
    for client in clients:
        client.send(Describe(id=1, model=one), ask(2, one, "Hi"))
    for client in clients:
        assert isinstance(client.receive(), Described)
        assert client.collect()[0] == "Hello"
    assert len(service.runners) == 1


def test_other_model_waits_for_answers_of_the_loaded_one(serve: Serve, one: ModelRef, two: ModelRef) -> None:
    service = serve(lambda: FakeRunner(replies("Hello")))
    client, other = service.connect(), service.connect()
    client.answer(ask(1, one, "Hi"))
    service.runners[0].gate.clear()
    client.send(ask(2, one, "Hi"))
    assert service.runners[0].reached_gate.acquire(timeout=10)
    other.send(Describe(id=1, model=two))
    assert stats(client).models == ("one",)
    service.runners[0].gate.set()
    assert client.collect()[0] == "Hello"
    assert isinstance(other.receive(), Described)
    assert stats(other).models == ("two",)
    assert service.runners[0].closed


def test_wish_for_another_model_is_not_put_off_by_newer_users(serve: Serve, one: ModelRef, two: ModelRef) -> None:
    service = serve(lambda: FakeRunner(replies("Hello")))
    client = service.connect()
    client.answer(ask(1, one, "Hi"))
    service.runners[0].gate.clear()
    client.send(ask(2, one, "Hi"), Describe(id=3, model=two), Describe(id=4, model=one))
    assert stats(client).models == ("one",)
    service.runners[0].gate.set()
    assert client.collect()[1].id == 2
    assert [said.id for said in (client.receive(), client.receive()) if isinstance(said, Described)] == [3, 4]
    assert [len(runner.batches) > 0 for runner in service.runners] == [True, False, False]


def test_request_can_be_cancelled_while_its_model_loads_and_the_load_goes_on(serve: Serve, one: ModelRef) -> None:
    loading, gate = threading.Event(), threading.Event()

    def slow() -> FakeRunner:
        loading.set()
        assert gate.wait(timeout=30)
        return FakeRunner(replies("Hello"))

    service = serve(slow)
    client = service.connect()
    client.send(ask(1, one, "Hi"))
    assert loading.wait(timeout=30)
    client.send(Cancel(id=1))
    _, finished = client.collect()
    assert finished.reason == "cancelled"
    gate.set()
    assert client.answer(ask(2, one, "Hi"))[0] == "Hello"
    assert len(service.runners) == 1


def test_failed_load_is_tried_again_for_the_next_request(serve: Serve, one: ModelRef) -> None:
    outcomes = [OperationError("The model could not be loaded.", detail="out of memory")]

    def flaky() -> FakeRunner:
        if outcomes:
            raise outcomes.pop()
        return FakeRunner(replies("Hello"))

    client = serve(flaky).connect()
    failed = client.failure(ask(1, one, "Hi"))
    assert (failed.error.name, failed.detail) == ("OperationError", "out of memory")
    assert client.answer(ask(2, one, "Hi"))[0] == "Hello"


def test_model_whose_template_fills_its_window_is_not_supported(serve: Serve, one: ModelRef) -> None:
    service = serve(lambda: FakeRunner(endless, window=20))
    assert service.connect().failure(ask(1, one, "Hi")).error.name == "NotSupportedError"
    service.leave()


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (None, "NotSupportedError", "no such file"),
        (b"#!/bin/sh\n", "NotSupportedError", "does not begin as"),
        ("cut", "OperationError", "cut off"),
        ("strange", "NotSupportedError", "'strange' is not known"),
    ],
)
def test_file_that_is_no_usable_model_is_refused_in_plain_words(
    serve: Serve, tmp_path: Path, content: bytes | str | None, name: str, reason: str
) -> None:
    path = tmp_path / "private-name.gguf"
    if content == "cut":
        make_tiny_gguf(path, SMALL)
        os.truncate(path, path.stat().st_size - 1)
    elif content == "strange":
        make_tiny_gguf(path, SMALL, architecture="strange")
    elif isinstance(content, bytes):
        path.write_bytes(content)
    service = serve(lambda: FakeRunner(endless))
    failed = service.connect().failure(Describe(id=1, model=model_ref(path)))
    assert failed.error.name == name
    assert "private" not in failed.error.message
    assert reason in failed.detail
    assert not service.runners, "llama.cpp never saw the file"


# ---- coming and going


def test_engine_leaves_when_nobody_asks_for_anything(serve: Serve) -> None:
    service = serve(lambda: FakeRunner(endless), idle=0.05)
    client = service.connect()
    assert stats(client).waiting == 0
    assert closed(client)
    service.join()
    assert not service.path.exists()


def test_engine_does_not_leave_while_a_request_is_under_way(serve: Serve, one: ModelRef) -> None:
    service = serve(lambda: FakeRunner(replies("Hello")), idle=0.05)
    client = service.connect()
    client.send(Describe(id=1, model=one))
    client.receive()
    service.runners[0].gate.clear()
    client.send(ask(2, one, "Hi"))
    assert service.runners[0].reached_gate.acquire(timeout=10)
    service._loop.call_soon_threadsafe(service._loop.call_later, 0.2, service.runners[0].gate.set)
    assert client.collect()[0] == "Hello"
    service.join()


def test_drained_engine_frees_its_socket_at_once_and_leaves_after_the_last_answer(serve: Serve, one: ModelRef) -> None:
    service = serve(lambda: FakeRunner(replies("Hello")))
    client, other = service.connect(), service.connect()
    client.answer(ask(1, one, "Hi"))
    service.runners[0].gate.clear()
    client.send(ask(2, one, "Hi"))
    assert service.runners[0].reached_gate.acquire(timeout=10)
    other.send(Drain())
    assert stats(other).pid == os.getpid()
    assert not service.path.exists()
    successor = LocalSocket(service.path)
    service.runners[0].gate.set()
    assert client.collect()[0] == "Hello"
    service.join()
    assert service.path.exists(), "the successor's socket was left alone"
    successor.socket.close()


def test_drained_engine_without_work_leaves_at_once(serve: Serve) -> None:
    service = serve(lambda: FakeRunner(endless))
    service.connect().send(Drain())
    service.join()


def test_leaving_ends_answers_under_way_as_cancelled(serve: Serve, one: ModelRef) -> None:
    service = serve(lambda: FakeRunner(endless, window=10**7, cells=10**7))
    client = service.connect()
    client.send(ask(1, one, "Hi", max_tokens=10**7))
    assert isinstance(client.receive(), Text)
    service.leave()
    assert client.collect()[1].reason == "cancelled"
