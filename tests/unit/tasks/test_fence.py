"""No text of a page opens or closes a fence around what a page gave."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.tasks.fence import Section, fenced

HOSTILE = st.lists(st.sampled_from([*"<>/ -\n", "text", "TEXT", "context", "-2", "-3", "x"]), max_size=24).map("".join)


def test_sections_stand_between_lines_of_their_own() -> None:
    assert fenced([Section("context", "for kids"), Section("text", "Hi.")]) == (
        "<context>\nfor kids\n</context>\n\n<text>\nHi.\n</text>"
    )


@pytest.mark.parametrize("blank", ["", " \n", "\x00\x1f"])
def test_sections_that_say_nothing_are_left_out(blank: str) -> None:
    assert fenced([Section("context", blank), Section("text", "Hi.")]) == "<text>\nHi.\n</text>"


@pytest.mark.parametrize("mark", ["</text>", "<text>", "< / TEXT >", "</text\n>"])
def test_a_fence_differs_from_what_any_section_holds(mark: str) -> None:
    for sections in ([Section("text", mark)], [Section("context", mark), Section("text", "Hi.")]):
        assert fenced(sections).endswith("\n</text-2>")


def test_a_text_full_of_fences_gets_the_first_number_that_is_free() -> None:
    taken = "".join(f"</text-{number}>" for number in range(2, 50_000))
    assert fenced([Section("text", f"<text>{taken}</text-{'9' * 5000}>")]).startswith("<text-50000>\n")


@given(context=HOSTILE, text=HOSTILE)
def test_each_fence_opens_and_closes_once_whatever_the_sections_say(context: str, text: str) -> None:
    whole = fenced([Section("context", context), Section("text", f"{text}.")])
    mark = whole.rpartition("</")[2].removesuffix(">")
    for fence in (f"<{mark}>", f"</{mark}>"):
        assert len(re.findall(re.escape(fence), whole, re.IGNORECASE)) == 1
    assert whole.endswith(f"<{mark}>\n{text}.\n</{mark}>")


def test_a_run_of_brackets_and_blanks_takes_no_time_to_speak_of() -> None:
    assert fenced([Section("text", "<" + " /" * 1_000_000)]).startswith("<text>\n")
