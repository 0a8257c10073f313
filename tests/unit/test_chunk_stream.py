"""An answer's text on its way: in time, in order, whole, and no faster than it is read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.manual_clock import MANUAL_CLOCK
from windowsill import wire
from windowsill.chunk_stream import CHUNK_CHARACTERS, ChunkStream
from windowsill.protocol import Chunk
from windowsill.settings import CHUNK_JOIN_SECONDS, MAX_FRAME_TO_BROWSER, STREAM_CREDITS, UNREAD_CHARACTERS

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, Mapping[str, Any]]:
    return MANUAL_CLOCK


class FakeWriter:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def pause(self) -> None:
        self.told.append("pause")

    def go(self) -> None:
        self.told.append("go")


class Reader:
    """Takes chunks with the moment they came."""

    def __init__(self) -> None:
        self.chunks: list[str] = []
        self.moments: list[float] = []

    def __call__(self, text: str) -> None:
        self.chunks.append(text)
        self.moments.append(asyncio.get_running_loop().time())

    @property
    def text(self) -> str:
        return "".join(self.chunks)


async def joined() -> None:
    await anyio.sleep(CHUNK_JOIN_SECONDS * 2)


@pytest.mark.parametrize("stream", [True, False])
async def test_of_empty_texts_no_chunk_is_made(stream: bool) -> None:
    reader = Reader()
    chunks = ChunkStream(reader, stream=stream)
    for text in ["", "one", "", " two", ""]:
        chunks.push(text)
        await joined()
    chunks.finish()
    assert reader.text == "one two"
    assert "" not in reader.chunks
    empty = ChunkStream(reader, stream=stream)
    empty.push("")
    empty.finish()
    assert "" not in reader.chunks


async def without_credits(stream: ChunkStream) -> None:
    """Use up all credits of a new stream."""
    for _ in range(STREAM_CREDITS):
        stream.push(".")
        await joined()


async def test_the_first_text_goes_at_once() -> None:
    reader = Reader()
    ChunkStream(reader, stream=True).push("Hi")
    assert reader.chunks == ["Hi"]


async def test_later_text_is_joined_until_its_time_has_come() -> None:
    reader = Reader()
    stream = ChunkStream(reader, stream=True)
    for text in ("a", "b", "c"):
        stream.push(text)
    assert reader.chunks == ["a"]
    await joined()
    assert reader.chunks == ["a", "bc"]
    assert reader.moments[1] - reader.moments[0] == pytest.approx(CHUNK_JOIN_SECONDS)


async def test_text_after_a_silence_goes_at_once() -> None:
    reader = Reader()
    stream = ChunkStream(reader, stream=True)
    stream.push("a")
    await joined()
    stream.push("b")
    assert reader.chunks == ["a", "b"]


async def test_without_credits_text_waits_and_is_joined_until_the_reader_goes_on() -> None:
    reader = Reader()
    stream = ChunkStream(reader, stream=True)
    await without_credits(stream)
    for text in ("a", "b"):
        stream.push(text)
        await joined()
    assert reader.text == "." * STREAM_CREDITS
    stream.credit(1)
    assert reader.chunks[-1] == "ab"
    stream.push("c")
    await joined()
    assert reader.chunks[-1] == "ab"


async def test_credits_beyond_what_is_on_its_way_do_not_add_up() -> None:
    reader = Reader()
    stream = ChunkStream(reader, stream=True)
    stream.credit(1000)
    await without_credits(stream)
    stream.push("more")
    await joined()
    assert len(reader.chunks) == STREAM_CREDITS


async def test_the_writer_is_paused_while_much_waits_and_goes_on_when_it_was_read() -> None:
    reader, writer = Reader(), FakeWriter()
    stream = ChunkStream(reader, stream=True)
    stream.attach(writer)
    await without_credits(stream)
    stream.push("x" * UNREAD_CHARACTERS)
    assert writer.told == []
    stream.push("x")
    stream.push("x")
    assert writer.told == ["pause"]
    stream.credit(1)
    assert writer.told == ["pause", "go"]


async def test_the_next_writer_of_the_same_answer_is_paused_as_well() -> None:
    first, second = FakeWriter(), FakeWriter()
    stream = ChunkStream(Reader(), stream=True)
    stream.attach(first)
    await without_credits(stream)
    stream.push("x" * (UNREAD_CHARACTERS + 1))
    stream.attach(second)
    stream.push("x")
    assert second.told == ["pause"]


async def test_finishing_sends_all_that_waits_and_stops_the_timer() -> None:
    reader = Reader()
    stream = ChunkStream(reader, stream=True)
    stream.push("a")
    stream.push("b")
    stream.finish()
    assert reader.chunks == ["a", "b"]
    await joined()
    assert reader.chunks == ["a", "b"]


async def test_a_closed_stream_says_nothing_more() -> None:
    reader = Reader()
    stream = ChunkStream(reader, stream=True)
    stream.push("a")
    stream.push("b")
    stream.close()
    await joined()
    assert reader.chunks == ["a"]


async def test_an_answer_that_is_not_streamed_comes_at_the_end_in_as_few_chunks_as_fit() -> None:
    reader, writer = Reader(), FakeWriter()
    stream = ChunkStream(reader, stream=False)
    stream.attach(writer)
    for _ in range(3):
        stream.push("x" * (CHUNK_CHARACTERS // 2))
        await joined()
    assert reader.chunks == []
    stream.finish()
    assert [len(chunk) for chunk in reader.chunks] == [CHUNK_CHARACTERS, CHUNK_CHARACTERS // 2]
    assert writer.told == []


async def test_finishing_without_any_text_sends_no_chunk() -> None:
    reader = Reader()
    ChunkStream(reader, stream=False).finish()
    assert reader.chunks == []


@pytest.mark.parametrize("worst", ["\U0001f600", "\x00", "\uffff"])
async def test_a_chunk_fits_into_a_frame_even_when_every_character_is_escaped(worst: str) -> None:
    reader = Reader()
    stream = ChunkStream(reader, stream=False)
    stream.push(worst * (CHUNK_CHARACTERS * 2))
    stream.finish()
    assert reader.text == worst * (CHUNK_CHARACTERS * 2)
    for chunk in reader.chunks:
        assert len(wire.encode(Chunk(client=2**53 - 1, id=2**53 - 1, text=chunk))) <= MAX_FRAME_TO_BROWSER


steps = st.lists(
    st.one_of(
        st.text(min_size=1, max_size=8),
        st.integers(1, 40),
        st.floats(0, 0.1),
        st.just("x" * (CHUNK_CHARACTERS + 1)),
    ),
    max_size=80,
)


@given(steps=steps, streamed=st.booleans())
async def test_nothing_is_dropped_or_reordered_and_no_more_is_on_its_way_than_the_credits(
    steps: list[str | int | float], streamed: bool
) -> None:
    reader, writer = Reader(), FakeWriter()
    stream = ChunkStream(reader, stream=streamed)
    stream.attach(writer)
    pushed = ""
    taken = 0
    for step in steps:
        match step:
            case str():
                pushed += step
                stream.push(step)
            case int():
                read = min(step, len(reader.chunks) - taken)
                if read:
                    taken += read
                    stream.credit(read)
            case float():
                await anyio.sleep(step)
        assert pushed.startswith(reader.text)
        assert len(reader.chunks) - taken <= STREAM_CREDITS
    assert writer.told == ["pause", "go"] * (len(writer.told) // 2) + ["pause"] * (len(writer.told) % 2)
    stream.finish()
    assert reader.text == pushed
    assert all(0 < len(chunk) <= CHUNK_CHARACTERS for chunk in reader.chunks)
    at_once = reader.moments[-1:]
    assert all(
        later - earlier >= CHUNK_JOIN_SECONDS - 1e-6 or [later] == at_once
        for earlier, later in pairwise(reader.moments)
    )
