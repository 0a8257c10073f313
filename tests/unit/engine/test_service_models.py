"""The Engine's front over fake runners: its models, and its own coming and going."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from support.engine_process import ask, model_ref
from support.fake_runner import FakeRunner
from support.running_service import (
    SMALL,
    Serve,
    closed,
    endless,
    names,
    replies,
    stats,
)
from support.tiny_gguf import make_tiny_gguf
from windowsill.engine.compute import TooLarge
from windowsill.engine.local_socket import LocalSocket
from windowsill.engine_protocol import (
    Cancel,
    Describe,
    Described,
    Drain,
    ModelRef,
    Text,
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
