"""Text of a stream of tokens: whole code points, stop strings kept back."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from windowsill.engine.text_stream import TextStream


def pushed(stream: TextStream, pieces: list[bytes]) -> list[str]:
    return [*[stream.push(piece) for piece in pieces], stream.finish()]


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *[cut % (len(data) + 1) for cut in cuts]})
    return [data[start:end] for start, end in pairwise(edges)]


def cut_at_first_stop(text: str, stops: list[str]) -> str:
    for end in range(len(text) + 1):
        begins = [end - len(stop) for stop in stops if stop and text[:end].endswith(stop)]
        if begins:
            return text[: min(begins)]
    return text


def test_stream_holds_a_code_point_until_it_is_whole() -> None:
    euro = "€".encode()
    assert pushed(TextStream(), [b"a" + euro[:1], euro[1:2], euro[2:] + b"b"]) == ["a", "", "€b", ""]


def test_stream_ends_broken_text_with_a_replacement_character() -> None:
    assert pushed(TextStream(), [b"a\xe2\x82"]) == ["a", "\ufffd"]


def test_stream_gives_back_what_only_looked_like_a_stop_string() -> None:
    assert pushed(TextStream(("END",)), [b"xE", b"N", b"?"]) == ["x", "", "EN?", ""]


def test_stream_stops_before_a_stop_string_that_comes_in_parts() -> None:
    stream = TextStream(("END",))
    assert pushed(stream, [b"xE", b"N", b"D more"]) == ["x", "", "", ""]
    assert stream.stopped
    assert stream.push(b"later") == ""


def test_stream_knows_no_empty_stop_string() -> None:
    assert pushed(TextStream(("",)), [b"abc"]) == ["abc", ""]


@given(st.binary(max_size=80), st.lists(st.integers(0, 100), max_size=20))
def test_pieces_joined_are_the_whole_decoded_at_once(data: bytes, cuts: list[int]) -> None:
    assert "".join(pushed(TextStream(), split(data, cuts))) == data.decode("utf-8", "replace")


@given(
    st.text("ab€", max_size=40),
    st.lists(st.text("ab€", min_size=1, max_size=5), max_size=3),
    st.lists(st.integers(0, 100), max_size=20),
)
def test_text_is_cut_where_the_first_stop_string_begins(text: str, stops: list[str], cuts: list[int]) -> None:
    stream = TextStream(tuple(stops))
    said = pushed(stream, split(text.encode(), cuts))
    expected = cut_at_first_stop(text, stops)
    assert "".join(said) == expected
    assert stream.stopped == (expected != text or any(text.endswith(stop) for stop in stops))
