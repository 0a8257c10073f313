"""Stages behind each other, and white space at both ends."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from support.staged import passed, split
from windowsill.tasks.writing.stages import Stages, Trim


@given(text=st.text(" \na", max_size=30), cuts=st.lists(st.integers(0, 30)))
def test_space_at_both_ends_goes_however_the_text_was_cut(text: str, cuts: list[int]) -> None:
    assert passed(Trim(), split(text, cuts)) == text.strip()


class _Doubled:
    """Says all twice, and an end."""

    def push(self, text: str) -> str:
        return text * 2

    def finish(self) -> str:
        return "!"


def test_what_one_stage_gives_goes_through_the_next_the_last_words_too() -> None:
    stages = Stages([_Doubled(), _Doubled(), Trim()])
    assert passed(stages, [" a"]) == "a a a a!!!"
