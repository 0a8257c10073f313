"""Markdown never ends inside a code fence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from support.staged import passed, split
from windowsill.tasks.writing.code_fences import ClosedFences

MARKDOWN = st.lists(st.sampled_from(["```", "````", "~~~", "```py", "\n", "\n\n", "a", " ", "    "]), max_size=14).map(
    "".join
)


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("plain", "plain"),
        ("```py\nx", "```py\nx\n```"),
        ("```py\nx\n", "```py\nx\n```"),
        ("~~~~\n~~~", "~~~~\n~~~\n~~~~"),
        ("```\nx\n```", "```\nx\n```"),
        ("``` a`b\nno fence", "``` a`b\nno fence"),
    ],
)
def test_a_fence_that_is_left_open_is_closed(text: str, closed: str) -> None:
    assert passed(ClosedFences(), [text]) == closed


@given(text=MARKDOWN, cuts=st.lists(st.integers(0, 40), max_size=8))
def test_what_comes_after_an_answer_is_outside_of_its_code(text: str, cuts: list[int]) -> None:
    closed = passed(ClosedFences(), split(text, cuts))
    assert closed.startswith(text)
    last = [token for token in MarkdownIt("commonmark").parse(f"{closed}\n\nafter") if token.level == 0][-1]
    assert last.type == "paragraph_close"


@given(text=MARKDOWN, cuts=st.lists(st.integers(0, 40), max_size=8))
def test_how_the_answer_was_cut_changes_nothing(text: str, cuts: list[int]) -> None:
    assert passed(ClosedFences(), split(text, cuts)) == passed(ClosedFences(), [text])
