"""Pieces and parts of long texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.tasks.writing.parts import cut, packed

TEXT = st.lists(
    st.sampled_from(["a", "b ", ". ", "\n", "\n\n", "漢。", "😀", "👩\u200d👧", "é", "שלום "]), max_size=60
).map("".join)


@given(text=TEXT, longest=st.integers(1, 12))
def test_pieces_make_up_the_text_and_are_short(text: str, longest: int) -> None:
    pieces = [*cut(text, longest)]
    assert "".join(pieces) == text
    assert all(len(piece) <= longest for piece in pieces)
    assert len(pieces) == 1 or all(pieces)


@pytest.mark.parametrize(
    ("text", "longest", "first"),
    [
        ("One two three.\n\nFour\nfive six", 22, "One two three.\n\n"),
        ("One two three. Four\nfive six", 22, "One two three. Four\n"),
        ("One two three. Four five six", 22, "One two three."),
        ("One two three four five six", 22, "One two three four "),
        ("漢字漢字。漢字漢字", 7, "漢字漢字。"),
        ("abcdefgh", 4, "abcd"),
    ],
)
def test_a_text_is_cut_where_it_hurts_least(text: str, longest: int, first: str) -> None:
    assert next(cut(text, longest)) == first


@pytest.mark.parametrize("character", ["👩\u200d👩\u200d👧", "e\u0301\u0302", "👍🏽", "🇩🇪", "नि"])
def test_what_is_seen_as_one_character_stays_whole(character: str) -> None:
    text = character * 9
    for piece in cut(text, 2 * len(character) + 1):
        assert piece == character * (len(piece) // len(character))


def test_marks_without_end_are_cut_all_the_same() -> None:
    assert max(map(len, cut("a" + "\u0301" * 1000, 100))) == 100


@given(sizes=st.lists(st.integers(1, 9), max_size=30), room=st.integers(1, 20))
def test_neighbours_share_a_part_as_long_as_there_is_room(sizes: list[int], room: int) -> None:
    pieces = ["x" * size for size in sizes]
    parts = packed(pieces, sizes, room)
    assert "".join(parts) == "".join(pieces)
    assert all(len(part) <= room or part in pieces for part in parts)
    assert len(parts) <= max(1, 2 * sum(sizes) // room + 1)
