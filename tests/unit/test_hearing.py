"""Bytes to messages: what makes no sense is refused by itself, and nothing behind it is lost."""

from __future__ import annotations

import msgspec
import pytest

from windowsill.frames import FrameError, encode
from windowsill.hearing import Hearing, Refused
from windowsill.protocol import Hello, HostHears, PrivateEnded, Status, Versions
from windowsill.settings import MAX_FRAME_FROM_BROWSER

HELLO = Hello(protocol=Versions(min=1, max=1), version="1", profile="mine")


def framed(message: object) -> bytes:
    return encode(msgspec.json.encode(message))


def test_messages_come_out_in_order_however_the_bytes_are_cut() -> None:
    hearing = Hearing()
    heard: list[HostHears | Refused] = []
    for byte in framed(HELLO) + framed(Status(id=1)):
        heard += hearing.feed(bytes([byte]))
    assert heard == [HELLO, Status(id=1)]
    assert hearing.pending == 0


def test_whoever_stops_at_a_message_finds_the_rest_later() -> None:
    hearing = Hearing()
    assert next(iter(hearing.feed(framed(HELLO) + framed(PrivateEnded()) + framed(Status(id=2))))) == HELLO
    assert list(hearing.feed(b"")) == [PrivateEnded(), Status(id=2)]


def test_what_makes_no_sense_is_refused_and_the_next_message_heard() -> None:
    hearing = Hearing()
    broken, good = hearing.feed(encode(b'{"type":"secret words"}') + framed(HELLO))
    assert isinstance(broken, Refused)
    assert "secret words" not in broken.loggable
    assert good == HELLO


def test_a_frame_over_the_limit_is_refused_and_skipped() -> None:
    hearing = Hearing()
    long = encode(bytes(MAX_FRAME_FROM_BROWSER + 1))
    (refusal,) = hearing.feed(long[:100])
    assert isinstance(refusal, Refused)
    assert str(MAX_FRAME_FROM_BROWSER) in refusal.answer.message
    assert hearing.pending > 0
    assert list(hearing.feed(long[100:] + framed(HELLO))) == [HELLO]


def test_a_length_that_nobody_means_ends_the_stream() -> None:
    with pytest.raises(FrameError):
        list(Hearing().feed(b"\xff\xff\xff\xff"))
