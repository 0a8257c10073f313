"""The Engine's front over fake runners: its models, and its own coming and going."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from support.engine_process import EngineClient, ask, model_ref
from support.engine_stats import load
from support.fake_runner import FakeRunner
from support.running_service import (
    SMALL,
    Serve,
    cancelled,
    closed,
    endless,
    names,
    replies,
    stats,
    terminal,
)
from support.tiny_gguf import make_tiny_gguf
from windowsill.engine.compute import TooLarge
from windowsill.engine.local_socket import LocalSocket
from windowsill.engine.sequence import Batch
from windowsill.engine_protocol import (
    Cancel,
    Describe,
    Described,
    Drain,
    Failed,
    Go,
    ModelRef,
    Pause,
    Stop,
    Text,
    Visible,
)
from windowsill.errors import OperationError

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


def test_models_answer_beside_each_other(serve: Serve, one: ModelRef, two: ModelRef) -> None:
    service = serve(lambda: FakeRunner(replies("Hello")))
    client, other = service.connect(), service.connect()
    client.answer(ask(1, one, "Hi"))
    service.runners[0].gate.clear()
    client.send(ask(2, one, "Hi"))
    assert service.runners[0].reached_gate.acquire(timeout=10)
    assert other.answer(ask(1, two, "Hi"))[0] == "Hello"
    service.runners[0].gate.set()
    assert client.collect()[0] == "Hello"
    assert names(stats(client)) == ["two", "one"]


def test_model_that_does_not_fit_beside_another_waits_for_its_answers(
    serve: Serve, one: ModelRef, two: ModelRef
) -> None:
    def alone() -> FakeRunner:
        if not all(runner.closed for runner in service.runners):
            raise TooLarge("needs more than is free")
        return FakeRunner(replies("Hello"))

    service = serve(alone)
    client, other = service.connect(), service.connect()
    client.answer(ask(1, one, "Hi"))
    first = service.runners[0]
    first.gate.clear()
    client.send(ask(2, one, "Hi"))
    assert first.reached_gate.acquire(timeout=10)
    other.send(Describe(id=1, model=two))
    first.gate.set()
    assert client.collect()[0] == "Hello"
    assert isinstance(other.receive(), Described)
    assert names(stats(other)) == ["two"]
    assert first.closed


ANSWER = "Hello, world. " * 20
MIDDLE = 50
"""A step in the middle of the answer, after those that read the prompt."""


class Halting(FakeRunner):
    """Halts at its gate before step ``halt``."""

    def __init__(self, halt: int | None) -> None:
        super().__init__(replies(ANSWER))
        self._halt = halt

    def decode(self, batch: Batch) -> None:
        if len(self.batches) == self._halt:
            self.gate.clear()
        super().decode(batch)


class OnlyOne:
    """There is room for one model at a time. Each says ANSWER; the first halts before step ``halt``."""

    def __init__(self, serve: Serve, halt: int) -> None:
        self.refused = threading.Event()
        self._halt = halt
        self.service = serve(self._open)

    def _open(self) -> FakeRunner:
        if not all(runner.closed for runner in self.service.runners):
            self.refused.set()
            raise TooLarge("needs more than is free")
        return Halting(None if self.service.runners else self._halt)

    def pause(self, client: EngineClient, model: ModelRef) -> str:
        """Request 1 of ``client`` is paused where the model halted; what it said until then."""
        client.send(ask(1, model, "Hi", max_tokens=1000))
        said = client.receive()
        assert isinstance(said, Text)
        client.send(Pause(id=1), Describe(id=2, model=model))
        text = said.text
        while isinstance(said := client.receive(), Text):
            text += said.text
        assert isinstance(said, Described)
        return text

    def go_on(self) -> None:
        """The first model halts no more."""
        self.service.runners[0].gate.set()


def test_answer_that_nobody_reads_makes_way_for_another_model_and_goes_on_afterwards(
    serve: Serve, one: ModelRef, two: ModelRef
) -> None:
    machine = OnlyOne(serve, MIDDLE)
    client, other = machine.service.connect(), machine.service.connect()
    text = machine.pause(client, one)
    other.send(ask(1, two, "Hi", max_tokens=1000))
    machine.go_on()
    assert other.collect()[0] == ANSWER
    seen = stats(other)
    assert (names(seen), seen.queued) == (["two"], {"https://a.example": load(paused=1)})
    client.send(Go(id=1))
    rest, finished = client.collect()
    assert (text + rest, finished.reason) == (ANSWER, "stop")
    assert finished.answer_tokens == len(f"<|im_start|>assistant\n{ANSWER}<|im_end|>\n")


def test_answer_that_is_paused_while_another_model_waits_makes_way(serve: Serve, one: ModelRef, two: ModelRef) -> None:
    machine = OnlyOne(serve, 0)
    client, other = machine.service.connect(), machine.service.connect()
    client.send(Describe(id=1, model=one))
    client.receive()
    client.send(ask(2, one, "Hi", max_tokens=1000))
    assert machine.service.runners[0].reached_gate.acquire(timeout=10)
    other.send(Describe(id=1, model=two))
    assert machine.refused.wait(timeout=10)
    client.send(Pause(id=2))
    machine.go_on()
    assert isinstance(other.receive(), Described)
    client.send(Go(id=2))
    assert client.collect()[0] == ANSWER


@pytest.mark.parametrize("way", ["cancel", "stop", "close"])
def test_answer_that_was_set_aside_can_still_be_ended(serve: Serve, one: ModelRef, two: ModelRef, way: str) -> None:
    machine = OnlyOne(serve, MIDDLE)
    client, other = machine.service.connect(), machine.service.connect()
    machine.pause(client, one)
    machine.go_on()
    other.send(Describe(id=1, model=two))
    assert isinstance(other.receive(), Described)
    if way == "close":
        client.close()
    else:
        client.send(Cancel(id=1) if way == "cancel" else Stop(origin="https://a.example"))
        ended = terminal(client)
        assert ended == cancelled(1) if way == "cancel" else isinstance(ended, Failed)
    other.send(Drain())
    machine.service.join()


def test_model_that_fits_nowhere_is_refused_with_the_reason(serve: Serve, one: ModelRef) -> None:
    def large() -> FakeRunner:
        raise TooLarge("one.gguf needs 9.0 GB of memory, 1.0 GB are free")

    failed = serve(large).connect().failure(ask(1, one, "Hi"))
    assert (failed.error.name, failed.error.message) == ("OperationError", "The model does not fit into memory.")
    assert failed.detail == "one.gguf needs 9.0 GB of memory, 1.0 GB are free"


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


def test_what_waits_for_its_model_to_load_is_told_as_waiting_and_can_be_stopped(serve: Serve, one: ModelRef) -> None:
    loading, gate = threading.Event(), threading.Event()

    def slow() -> FakeRunner:
        loading.set()
        assert gate.wait(timeout=30)
        return FakeRunner(replies("Hello"))

    client = serve(slow).connect()
    client.send(ask(1, one, "Hi"), ask(2, one, "Hi"), Visible(id=2, visible=False), Describe(id=3, model=one))
    assert loading.wait(timeout=30)
    seen = stats(client)
    client.send(Stop(origin="https://a.example"))
    stopped = [client.receive(), client.receive()]
    gate.set()
    assert (seen.models, seen.queued) == ((), {"https://a.example": load(waiting=2, hidden=1)})
    assert all(isinstance(end, Failed) and end.error.name == "AbortError" for end in stopped)
    assert isinstance(client.receive(), Described)
    assert stats(client).queued == {}


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
    assert stats(client).models == ()
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
