"""What reaches a page of what models write, for each of the options."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.staged import passed, split
from windowsill.protocol import RewriterOptions, SummarizerOptions, WriterOptions
from windowsill.tasks import sentences
from windowsill.tasks.writing.filters import Filters
from windowsill.tasks.writing.plans import WritingOptions

TLDR = SummarizerOptions(kind="tldr", format="plain-text", length="short", preference="auto")
HEADLINE = SummarizerOptions(kind="headline", format="plain-text", length="short", preference="auto")
POINTS = SummarizerOptions(kind="key-points", format="plain-text", length="short", preference="auto")
TEXT = WriterOptions(tone="neutral", format="markdown", length="short")
PLAIN = WriterOptions(tone="neutral", format="plain-text", length="short")
AS_IS = RewriterOptions(tone="as-is", format="as-is", length="as-is")
SHORTER = RewriterOptions(tone="as-is", format="as-is", length="shorter")
PIECES = (
    "```",
    "\n",
    "Sure! Here is a summary:\n",
    "Summary: ",
    "**",
    "* ",
    "_",
    " ",
    "one two three. ",
    "漢字。",
    "😀",
    "word ",
    "<task>\n",
    "\n</text>",
    "<",
)


def filtered(options: WritingOptions, text: str, original: str = "Some text.") -> str:
    return passed(Filters(options, original), [text])


@pytest.mark.parametrize(
    ("options", "answer", "result"),
    [
        (TLDR, "Summary: **One** sentence. Another one.", "One sentence."),
        (POINTS, "* **One**: a_b\n* [two](http://c.d)", "* One: a_b\n* two (http://c.d)"),
        (TEXT, "\n```markdown\n# A\n\n* b\n```\n", "# A\n\n* b"),
        (TEXT, "```py\nx = 1", "```py\nx = 1\n```"),
        (PLAIN, "# A\n\n* **b**", "A\n\n• b"),
        (AS_IS, "Here is the rewritten text:\n\nNew words.", "New words."),
        (AS_IS, "<text>\nNew words.\n</text>", "New words."),
        (TEXT, "<task>\nA text.\n</task>", "A text."),
    ],
)
def test_a_result_is_the_result_alone_in_its_format(options: WritingOptions, answer: str, result: str) -> None:
    assert filtered(options, answer) == result


def test_a_headline_keeps_its_limit_where_a_links_address_becomes_a_word() -> None:
    made = filtered(HEADLINE, "[One](http://a.example) two three four five six seven eight nine ten eleven twelve")
    assert made == "One (http://a.example) two three four five six seven eight nine ten eleven…"


def test_a_rewriter_keeps_what_the_original_has() -> None:
    code = "```\nx = 2\n```"
    assert filtered(AS_IS, code, original="```\nx = 1\n```") == code


def test_a_shorter_text_is_shorter() -> None:
    original = "One two three four five six seven. " * 4
    assert sentences.words(filtered(SHORTER, original * 2, original)) < sentences.words(original)


def test_a_few_words_are_never_cut_to_fewer() -> None:
    assert filtered(SHORTER, "Good evening to you!", original="Hi there!") == "Good evening to you!"


def test_a_text_without_end_ends() -> None:
    filters = Filters(AS_IS, "Hello there.")
    given = "".join(filters.push("and so on ") for _ in range(100))
    assert filters.full
    assert sentences.words(given) <= 24


@given(
    options=st.sampled_from([TLDR, POINTS, TEXT, PLAIN, AS_IS]),
    text=st.lists(st.sampled_from(PIECES), max_size=20).map("".join),
    cuts=st.lists(st.integers(0, 99), max_size=12),
)
def test_results_do_not_depend_on_how_answers_were_cut(options: WritingOptions, text: str, cuts: list[int]) -> None:
    result = filtered(options, text)
    assert passed(Filters(options, "Some text."), split(text, cuts)) == result
    assert result == result.strip()
