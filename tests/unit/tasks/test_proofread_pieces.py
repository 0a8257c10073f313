"""Where a long text is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.awkward_texts import TEXTS
from windowsill.tasks.proofread_pieces import Piece, pieces
from windowsill.tasks.proofread_tokens import is_blank, tokens


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("", 10, []),
        (" \n ", 10, []),
        ("  Hi.\n", 10, ["Hi."]),
        ("One. Two. Three.", 11, ["One. Two.", "Three."]),
        ("One is. Two\nthree four", 18, ["One is. Two", "three four"]),
        ("One.\nTwo.\n\nThree. Four.", 18, ["One.\nTwo.", "Three. Four."]),
        ("one two three", 9, ["one two", "three"]),
        ("„Ja.“ «No!» 'Why?' So", 18, ["„Ja.“ «No!»", "'Why?' So"]),
        ("他走。我走。", 4, ["他走。", "我走。"]),
        ("他走我走", 3, ["他走我", "走"]),
        ("👩‍👩‍👧👩‍👩‍👧", 2, ["👩‍👩‍👧", "👩‍👩‍👧"]),
    ],
)
def test_a_text_is_cut_where_it_breathes(text: str, limit: int, cut: list[str]) -> None:
    assert [piece.text for piece in pieces(text, limit)] == cut


@given(TEXTS, st.integers(1, 20), st.integers(0, 5))
def test_pieces_stand_where_they_stood_and_leave_only_blanks(text: str, limit: int, start: int) -> None:
    at = 0
    for piece in pieces(text, limit, start=start):
        begins = piece.start - start
        assert text[begins : begins + len(piece.text)] == piece.text
        assert not text[at:begins] or text[at:begins].isspace()
        at = begins + len(piece.text)
    assert not text[at:] or text[at:].isspace()


@given(TEXTS, st.integers(1, 20))
def test_pieces_begin_and_end_with_something_and_keep_the_limit(text: str, limit: int) -> None:
    for piece in pieces(text, limit):
        taken = tokens(piece.text)
        assert not is_blank(taken[0])
        assert not is_blank(taken[-1])
        assert len(piece.text) <= limit or len(taken) == 1


def test_a_short_text_is_one_piece() -> None:
    assert list(pieces("One. Two.\n\nThree.", 100)) == [Piece(0, "One. Two.\n\nThree.")]
