"""What says nothing is told from what says something."""

from __future__ import annotations

import pytest

from windowsill.tasks.blank import is_blank


@pytest.mark.parametrize(
    "text",
    ["", " ", " \r\n\t\f", "\x00\x01\x1e\x1f\x7f\x85", "\u00a0\u2003\u3000\ufeff\u200b", "\u200d\u200e \u2069\ufe0f"],
)
def test_white_space_and_control_characters_are_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", " . ", "\x00a\x00", "\u200d👩", "ا"])
def test_anything_to_read_is_not_blank(text: str) -> None:
    assert not is_blank(text)


def test_a_long_blank_text_is_told_at_once() -> None:
    assert not is_blank(" \t" * 1_000_000 + "x")
