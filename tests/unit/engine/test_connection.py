"""Connections of Hosts to the Engine: one that misbehaves, vanishes or sleeps harms no other."""

from __future__ import annotations

import os
import struct

import msgspec
import pytest

from support.engine_process import ask
from support.fake_runner import FakeRunner, FakeVocabulary
from support.running_service import (
    Serve,
    closed,
    endless,
    replies,
)
from windowsill import frames, settings
from windowsill.engine import bounds
from windowsill.engine_protocol import (
    Cancel,
    Describe,
    Described,
    ModelRef,
    Text,
)


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

    monkeypatch.setattr(bounds, "ENGINE_OUTBOX_BYTES", 1000)
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
