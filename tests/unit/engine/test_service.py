"""The Engine's front over fake runners: requests and their ends."""

from __future__ import annotations

import os
import threading

import msgspec
import pytest

from support.engine_process import EngineClient, ask
from support.fake_runner import FakeRunner, Panic
from support.halted_answer import HaltedAnswer
from support.running_service import (
    OPENING,
    Serve,
    cancelled,
    endless,
    replies,
    stats,
    terminal,
)
from windowsill.engine import bounds, prompt_queue
from windowsill.engine.model import Model, Prompt
from windowsill.engine_protocol import (
    Cancel,
    Count,
    Counted,
    Describe,
    Described,
    Failed,
    Finished,
    ForgetPrivate,
    Generate,
    GetStats,
    Go,
    ModelRef,
    Pause,
    Stats,
    Stop,
    Text,
    Turn,
    Visible,
)


def test_model_is_described(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: FakeRunner(endless, window=200)).connect()
    client.send(Describe(id=1, model=one))
    described = client.receive()
    assert isinstance(described, Described)
    assert (described.name, described.vocabulary, described.device) == ("one", 258, "fake")
    assert described.context_window == 200 - len(OPENING) - 8


def test_turns_are_counted(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: FakeRunner(endless)).connect()
    client.send(
        Count(
            id=1,
            model=one,
            origin="a",
            visible=True,
            turns=(Turn(role="user", content="Hi"), Turn(role="assistant", content="")),
        )
    )
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


def hidden(client: EngineClient) -> list[int]:
    """Of each origin, how many sequences nobody sees."""
    return [load.hidden for model in stats(client).models for load in model.origins.values()]


def test_answer_is_shown_and_hidden_under_way(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: FakeRunner(endless, window=10**6, cells=10**6)).connect()
    client.send(ask(1, one, "Hi", max_tokens=10**6))
    assert isinstance(client.receive(), Text)
    assert hidden(client) == [0]
    client.send(Visible(id=1, visible=False), Visible(id=99, visible=False))
    assert hidden(client) == [1]
    client.send(Visible(id=1, visible=True))
    assert hidden(client) == [0]


def test_alarm_is_set_while_a_request_is_under_way(serve: Serve, one: ModelRef) -> None:
    running = serve(lambda: FakeRunner(endless, window=10**6, cells=10**6))
    client = running.connect()
    assert running.alarms == []
    client.send(ask(1, one, "Hi", max_tokens=10**6))
    assert isinstance(client.receive(), Text)
    assert running.alarms[-1] == bounds.DEAF_SECONDS
    client.send(Cancel(id=1))
    while not isinstance(client.receive(), Finished):
        pass
    stats(client)
    assert running.alarms[-1] == 0


def test_answer_that_is_hidden_before_it_begins_begins_hidden(
    serve: Serve, one: ModelRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, read_on = threading.Event(), threading.Event()
    read = Model.prompt

    def prompt(model: Model, message: Generate) -> Prompt:
        reading.set()
        assert read_on.wait(timeout=30)
        return read(model, message)

    monkeypatch.setattr(Model, "prompt", prompt)
    client = serve(lambda: FakeRunner(endless, window=10**6, cells=10**6)).connect()
    client.send(ask(1, one, "Hi", max_tokens=10**6))
    assert reading.wait(timeout=30)
    client.send(Visible(id=1, visible=False), Describe(id=2, model=one))
    assert isinstance(client.receive(), Described)
    read_on.set()
    assert isinstance(client.receive(), Text)
    assert hidden(client) == [1]


SECRET = "said in private, and worth keeping"


def private(id: int, model: ModelRef) -> Generate:
    return msgspec.structs.replace(ask(id, model, SECRET), partition="p in private", private=True)


def test_what_was_private_is_forgotten_when_its_host_says_so(serve: Serve, one: ModelRef) -> None:
    running = serve(lambda: FakeRunner(replies("Oh")))
    host, other = running.connect(), running.connect()
    for client in (host, other):
        _, first = client.answer(private(1, one))
        _, again = client.answer(private(2, one))
    assert (first.cached_tokens, again.cached_tokens) == (again.cached_tokens, first.prompt_tokens - 1)
    other.answer(ask(3, one, "What others said stays where it is."))
    host.send(ForgetPrivate())
    assert [model.kept for model in stats(host).models] == [1]
    assert host.answer(private(4, one))[1].cached_tokens == 0


def test_what_was_private_is_forgotten_with_the_connection(serve: Serve, one: ModelRef) -> None:
    running = serve(lambda: FakeRunner(replies("Oh")))
    host = running.connect()
    host.answer(private(1, one))
    host.send(private(2, one))
    host.close()
    other = running.connect()
    while [model.kept for model in stats(other).models] != [0]:
        pass
    assert other.answer(private(1, one))[1].cached_tokens == 0


def test_origin_with_too_many_prompts_is_refused_and_others_are_answered(
    serve: Serve, one: ModelRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompt_queue, "WAITING_CHARACTERS", 10)
    client = serve(lambda: FakeRunner(replies("Oh"))).connect()
    client.send(ask(1, one, "eleven chars"))
    refused = terminal(client)
    assert isinstance(refused, Failed)
    assert refused.error.name == "UnknownError"
    assert client.answer(ask(2, one, "Hi"))[0] == "Oh"


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
    client.send(Count(id=2, model=one, origin="a", visible=True, turns=said))
    assert client.receive() == Counted(id=2, tokens=(finished.answer_tokens,))


@pytest.mark.parametrize("way", ["cancel", "stop", "close"])
def test_step_under_way_is_the_last_of_an_answer_that_nobody_wants(
    serve: Serve, one: ModelRef, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    answer = HaltedAnswer(monkeypatch, tokens=100)
    service = serve(lambda: answer.runner)
    client, other = service.connect(), service.connect()
    client.send(ask(1, one, "Hi", max_tokens=200))
    answer.runner.until_halted()
    if way == "close":
        client.close()
    else:
        client.send(Cancel(id=1) if way == "cancel" else Stop(origin="https://a.example"))
    answer.until_cancelled()
    assert answer.last_steps(other) == 1


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
        raise Panic

    scripts = [broken, replies("Hello")]
    service = serve(lambda: FakeRunner(scripts.pop(0)))
    client = service.connect()
    assert client.failure(ask(1, one, "Hi")).error.name == "OperationError"
    assert client.answer(ask(2, one, "Hi"))[0] == "Hello"
    assert len(service.runners) == 2


@pytest.mark.parametrize("way", ["cancel", "stop", "close"])
def test_request_that_ends_while_a_thread_reads_its_prompt_is_never_computed(
    serve: Serve, one: ModelRef, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    reading, gate = threading.Event(), threading.Event()
    read = Model.prompt

    def slow(model: Model, message: Generate) -> Prompt:
        reading.set()
        assert gate.wait(timeout=30)
        return read(model, message)

    service = serve(lambda: FakeRunner(replies("Hello")))
    client, other = service.connect(), service.connect()
    client.send(Describe(id=1, model=one))
    assert isinstance(client.receive(), Described)
    monkeypatch.setattr(Model, "prompt", slow)
    client.send(ask(2, one, "Hi"))
    assert reading.wait(timeout=30)
    if way == "close":
        client.close()
    else:
        client.send(Cancel(id=2) if way == "cancel" else Stop(origin="https://a.example"))
        stats(client)
    gate.set()
    if way == "cancel":
        assert terminal(client) == cancelled(2)
    elif way == "stop":
        assert isinstance(terminal(client), Failed)
    assert other.answer(ask(3, one, "Hi"))[0] == "Hello"
    assert len({key for batch in service.runners[0].batches for key in batch}) == 1


def test_stop_ends_what_all_hosts_asked_for_the_origin_and_nothing_else(serve: Serve, one: ModelRef) -> None:
    service = serve(lambda: FakeRunner(endless, window=10**7, cells=10**8))
    hosts = [service.connect() for _ in range(3)]
    for host, origin in zip(hosts, ("https://a.example", "https://b.example", "https://a.example"), strict=True):
        host.send(ask(1, one, "Hi", max_tokens=10**7, origin=origin))
        assert isinstance(host.receive(), Text)
    hosts[0].send(Stop(origin="https://a.example"))
    for host in (hosts[0], hosts[2]):
        ended = terminal(host)
        assert isinstance(ended, Failed)
        assert ended.error.name == "AbortError"
    (model,) = stats(hosts[1]).models
    assert {origin: load.running for origin, load in model.origins.items()} == {"https://b.example": 1}


def test_stats_tell_what_is_in_memory_and_what_was_done(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: FakeRunner(replies("Hello"))).connect()
    client.answer(ask(1, one, "Hi"))
    seen = stats(client)
    (model,) = seen.models
    assert (model.name, model.device, model.cache, model.kept) == ("one", "fake", 1024, 1)
    assert seen.pid == os.getpid()
    assert (seen.decoded_tokens, seen.memory > 0) == (5, True)
