"""Preambles, labels and fences around an answer go; those that belong to it stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.staged import passed, split
from windowsill.tasks.writing.opening import Opening

LABELS = ("summary", "tl;dr")
CUTS = st.lists(st.integers(0, 80), max_size=12)
PIECES = (
    "```",
    "```markdown\n",
    "```\n",
    "~~~\n",
    "Sure! ",
    "Here is the summary:",
    "**Summary:**",
    "\n",
    " ",
    "a",
    "`",
)


def opened(text: str, *, original: str = "") -> str:
    return passed(Opening(LABELS, original), [text])


@pytest.mark.parametrize(
    "text",
    [
        "The result.",
        "\n\n The result.",
        "Sure! Here is a summary of the text:\n\nThe result.",
        "Here's the rewritten version:\nThe result.",
        "Certainly, below are the key points:\n\nThe result.",
        "Hier ist die Zusammenfassung:\n\nThe result.",
        "以下是摘要：\nThe result.",
        "Summary: The result.",
        "**TL;DR:** The result.",
        "## Summary:\nThe result.",
        "```\nThe result.\n```",
        "```markdown\nThe result.\n```\n",
        "~~~text\nThe result.\n~~~",
        "Here is the summary:\n```md\nThe result.\n```",
        "```\nSummary: The result.",
    ],
)
def test_what_was_put_around_the_result_is_left_out(text: str) -> None:
    assert opened(text).strip() == "The result."


@pytest.mark.parametrize(
    "text",
    [
        "Here are three tips for your garden:\n1. Water it.",
        "Sure, we can meet on Monday.\nBye.",
        "Summary judgment was granted.",
        "Here is the summary: it was in the same line, and so it is no preamble\nat all.",
        "```python\nprint(1)\n```",
        "`code` begins it.",
        "A line.\n```\ncode\n```",
        "Here is the summary:",
    ],
)
def test_what_belongs_to_the_result_stays(text: str) -> None:
    assert opened(text) == text


def test_a_fence_inside_of_the_one_around_it_all_stays() -> None:
    assert opened("```markdown\nRun:\n```sh\nls\n```\nDone.\n```\n") == "Run:\n```sh\nls\n```\nDone.\n"


def test_what_the_original_begins_with_is_part_of_the_result() -> None:
    fence, preamble = "```\nlet x = 1\n```", "Here is the summary of the meeting:\n\nWe met."
    assert opened(fence, original="```\nlet y = 1\n```") == fence
    assert opened(preamble, original="Here is a summary of our meeting:\n\nYes.") == preamble


def test_an_answer_that_is_no_preamble_is_not_held_up() -> None:
    assert Opening(LABELS).push("Two") == "Two"
    assert Opening(LABELS).push("Here we go again") == ""


@given(text=st.lists(st.sampled_from(PIECES), max_size=8).map("".join), cuts=CUTS)
def test_what_is_left_does_not_depend_on_how_the_answer_was_cut(text: str, cuts: list[int]) -> None:
    assert passed(Opening(LABELS), split(text, cuts)) == opened(text)
