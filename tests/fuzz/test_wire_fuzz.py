"""Whatever arrives, the decoders answer with a struct or with a WireError."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from windowsill import wire
from windowsill.wire import WireError

GOLDEN = [file.read_bytes() for file in sorted((Path(__file__).parents[1] / "wire" / "valid").rglob("*.json"))]
WORDS = st.sampled_from(
    ["type", "id", "session", "input", "role", "content", "value", "request", "origin", "page", "prompt"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=6),
    max_leaves=24,
)


def judge(body: bytes) -> None:
    """Ask every decoder; only WireError may come out."""
    raw = msgspec.Raw(body)
    for decode in (wire.decode_host_hears, wire.decode_host_says):
        with suppress(WireError):
            decode(body)
    with suppress(WireError):
        wire.decode_page_request(raw)
    wire.request_id(raw)


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_never_raise_anything_else(body: bytes) -> None:
    judge(body)


@settings(max_examples=400, deadline=None)
@given(JSON)
def test_random_json_never_raises_anything_else(value: Any) -> None:
    judge(json.dumps(value).encode())


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(GOLDEN), st.data())
def test_damaged_frames_never_raise_anything_else(frame: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(frame)))
    end = data.draw(st.integers(start, min(len(frame), start + 8)))
    judge(frame[:start] + data.draw(st.binary(max_size=8)) + frame[end:])


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 200_000), st.sampled_from([b"[", b'{"a":', b'[{"type":']))
def test_deep_nesting_never_raises_anything_else(depth: int, opening: bytes) -> None:
    judge(b'{"type":"page","request":' + opening * depth)
