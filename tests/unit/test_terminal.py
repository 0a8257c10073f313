"""An answer on the terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from windowsill import terminal


def test_a_models_escape_sequences_do_not_reach_the_terminal() -> None:
    assert terminal.printable("a\x1b[2Jb\x07c\r\n\td\x9b1m") == "a[2Jbc\n\td1m"


@given(st.text())
def test_printable_text_is_left_alone(text: str) -> None:
    shown = terminal.printable(text)
    assert terminal.printable(shown) == shown
    assert not text.isprintable() or shown == text
