"""Bytes of a header, read in pieces."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill import gguf_cursor, settings
from windowsill.gguf_cursor import U32, U64, Cursor, GgufError, Problem


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


def cursor(content: bytes, size: int | None = None) -> Cursor:
    """``size``: what the file is said to have, when it lies."""
    return Cursor(io.BytesIO(content), len(content) if size is None else size)


@given(st.lists(st.binary(max_size=40), max_size=20), st.integers(1, 64))
def test_texts_that_are_stepped_over_end_where_texts_that_are_read_do(texts: list[bytes], piece: int) -> None:
    content = b"".join(map(text, texts)) + b"end"
    with pytest.MonkeyPatch.context() as small:
        small.setattr(gguf_cursor, "PIECE", piece)
        read, stepped = cursor(content), cursor(content)
        assert [read.string() for _ in texts] == texts
        stepped.skip_strings(len(texts))
        assert read.position == stepped.position == len(content) - 3
        assert read.take(3) == stepped.take(3) == b"end"


def test_numbers_and_gaps_follow_each_other() -> None:
    walk = cursor(struct.pack("<IQ", 7, 9) + bytes(5) + struct.pack("<I", 11))
    assert (walk.number(U32), walk.number(U64)) == (7, 9)
    walk.skip(5)
    assert walk.number(U32) == 11


def test_a_text_may_have_its_limit_and_no_more() -> None:
    assert cursor(text(b"four")).string(4) == b"four"
    with pytest.raises(GgufError, match="5 bytes is announced where 4 is the most") as error:
        cursor(text(b"fives")).string(4)
    assert error.value.problem is Problem.MALFORMED


def test_a_text_that_is_stepped_over_has_a_limit_too() -> None:
    with pytest.raises(GgufError) as error:
        cursor(struct.pack("<Q", settings.GGUF_MAX_STRING + 1) + bytes(64)).skip_strings(1)
    assert error.value.problem is Problem.MALFORMED


STEPS: dict[str, Callable[[Cursor], object]] = {
    "bytes": lambda walk: walk.take(9),
    "a text": lambda walk: walk.string(),
    "texts to step over": lambda walk: walk.skip_strings(2),
}


@pytest.mark.parametrize("size", [8, 2**30], ids=["as it says", "while it shrinks"])
@pytest.mark.parametrize("step", STEPS)
def test_a_file_that_ends_too_early_is_truncated(step: str, size: int) -> None:
    with pytest.raises(GgufError) as error:
        STEPS[step](cursor(struct.pack("<Q", 5), size))
    assert error.value.problem is Problem.TRUNCATED


def test_a_gap_past_the_end_is_truncated() -> None:
    walk = cursor(bytes(8))
    walk.skip(8)
    with pytest.raises(GgufError, match="ends after 8 bytes"):
        walk.skip(1)


def test_a_header_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "GGUF_MAX_HEADER", 16)
    walk = cursor(bytes(32))
    walk.skip(16)
    with pytest.raises(GgufError, match="past 16 bytes"):
        walk.take(1)


def test_only_a_file_that_is_no_model_of_ours_is_unsuitable() -> None:
    assert {problem for problem in Problem if GgufError(problem, "").unsuitable} == {
        Problem.MISSING,
        Problem.NOT_GGUF,
        Problem.UNKNOWN_ARCHITECTURE,
        Problem.UNSUPPORTED_VERSION,
    }
