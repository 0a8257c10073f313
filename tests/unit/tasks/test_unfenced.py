"""An answer loses the fence of its data, and the white space around it, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.tasks.fence import Section, fenced
from windowsill.tasks.unfenced import Unfenced

DATA = fenced([Section("text", "Hallo <text> Welt")])


def out_of(data: str, texts: list[str]) -> str:
    unfenced = Unfenced(data)
    return "".join([*map(unfenced.push, texts), unfenced.finish()])


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("Hello", "Hello"),
        ("  Hello\nWorld \n\n", "Hello\nWorld"),
        ("<text-2>\nHello\n</text-2>\n", "Hello"),
        ("<text-2>Hello", "Hello"),
        ("Hello\n</text-2>", "Hello"),
        ("<text-2>\n\n</text-2>", ""),
        ("<text", "<text"),
        ("1 < 2", "1 < 2"),
        ("Hello <", "Hello <"),
        ("<b>Hello</b>", "<b>Hello</b>"),
        ("", ""),
        (" \n", ""),
    ],
)
def test_what_is_wrapped_around_an_answer_is_left_out_however_it_comes(answer: str, text: str) -> None:
    assert out_of(DATA, [answer]) == text
    assert out_of(DATA, list(answer)) == text


@given(st.text("<>/text-2 \nab", max_size=40), st.integers(1, 5))
def test_it_makes_no_difference_how_an_answer_is_cut(answer: str, size: int) -> None:
    pieces = [answer[start : start + size] for start in range(0, len(answer), size)]
    assert out_of(DATA, pieces) == out_of(DATA, [answer])


def test_text_goes_out_before_the_answer_ends() -> None:
    unfenced = Unfenced(DATA)
    assert unfenced.push("\nHel") == "Hel"
    assert unfenced.push("lo ") == "lo"
    assert unfenced.push("you") == " you"
