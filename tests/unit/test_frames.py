"""Frames out of bytes that come in any pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.frames import ABSURD_LENGTH, PREFIX, Frame, FrameError, FrameReader, Oversized, encode

LIMIT = 16


def pieces(stream: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    return [stream[start:end] for start, end in pairwise(edges)]


def read(stream: bytes, cuts: list[int]) -> tuple[list[Frame | Oversized], int]:
    reader = FrameReader(LIMIT)
    frames = [frame for piece in pieces(stream, cuts) for frame in reader.feed(piece)]
    return frames, reader.pending


@given(st.lists(st.binary(max_size=2 * LIMIT)), st.lists(st.integers(0, 400), max_size=12))
def test_frames_come_out_whole_and_in_order_however_the_bytes_are_split(bodies: list[bytes], cuts: list[int]) -> None:
    expected = [Frame(body) if len(body) <= LIMIT else Oversized(len(body)) for body in bodies]
    assert read(b"".join(map(encode, bodies)), cuts) == (expected, 0)


@given(st.lists(st.binary(max_size=2 * LIMIT), min_size=1), st.data())
def test_a_stream_that_is_cut_off_leaves_something_pending(bodies: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(map(encode, bodies))
    last = len(encode(bodies[-1]))
    kept = len(whole) - data.draw(st.integers(1, last - 1))
    assert read(whole[:kept], data.draw(st.lists(st.integers(0, kept), max_size=8)))[1] > 0


@given(st.binary(max_size=64), st.lists(st.integers(0, 64), max_size=8))
def test_any_bytes_give_the_same_frames_or_the_same_error_however_they_are_split(
    stream: bytes, cuts: list[int]
) -> None:
    def outcome(cuts: list[int]) -> object:
        try:
            return read(stream, cuts)
        except FrameError as error:
            return str(error)

    assert outcome(cuts) == outcome([])


def test_reader_skips_an_oversized_frame_and_stays_in_step() -> None:
    reader = FrameReader(LIMIT)
    head, tail = encode(b"x" * 100)[:30], encode(b"x" * 100)[30:]
    assert list(reader.feed(head)) == [Oversized(100)]
    assert reader.pending == len(tail)
    assert list(reader.feed(tail + encode(b"next"))) == [Frame(b"next")]
    assert reader.pending == 0


def test_reader_keeps_no_byte_of_an_oversized_frame() -> None:
    reader = FrameReader(LIMIT)
    assert list(reader.feed(PREFIX.pack(ABSURD_LENGTH))) == [Oversized(ABSURD_LENGTH)]
    assert list(reader.feed(bytes(1 << 20))) == []
    assert reader.pending == ABSURD_LENGTH - (1 << 20)


def test_reader_takes_a_frame_of_exactly_the_limit_and_an_empty_one() -> None:
    assert read(encode(b"x" * LIMIT) + encode(b""), []) == ([Frame(b"x" * LIMIT), Frame(b"")], 0)


def test_reader_gives_up_on_an_absurd_length() -> None:
    with pytest.raises(FrameError, match=str(ABSURD_LENGTH + 1)):
        list(FrameReader(LIMIT).feed(PREFIX.pack(ABSURD_LENGTH + 1)))
    with pytest.raises(FrameError):
        list(FrameReader(LIMIT).feed(b"warning: printed by a library"))
