"""Instructions say what each option value asks for, and nothing of a page."""

from __future__ import annotations

import itertools
from typing import Final, get_args

import pytest
from msgspec import structs

from windowsill.protocol import (
    Preference,
    RewriterFormat,
    RewriterLength,
    RewriterOptions,
    RewriterTone,
    SummarizerOptions,
    SummaryType,
    TextFormat,
    TextLength,
    Tone,
    WriterOptions,
)
from windowsill.tasks import fence
from windowsill.tasks.writing import plans, wording
from windowsill.tasks.writing.plans import WritingOptions

SUMMARIES = [
    SummarizerOptions(kind=kind, format=layout, length=length, preference=preference)
    for kind, layout, length, preference in itertools.product(
        get_args(SummaryType), get_args(TextFormat), get_args(TextLength), get_args(Preference)
    )
]
TEXTS = [
    WriterOptions(tone=tone, format=layout, length=length)
    for tone, layout, length in itertools.product(get_args(Tone), get_args(TextFormat), get_args(TextLength))
]
REWRITINGS = [
    RewriterOptions(tone=tone, format=layout, length=length)
    for tone, layout, length in itertools.product(
        get_args(RewriterTone), get_args(RewriterFormat), get_args(RewriterLength)
    )
]
ALL: list[WritingOptions] = [*SUMMARIES, *TEXTS, *REWRITINGS]

LONGEST: Final = 1_200
"""Characters: a third of the smallest window that is served."""


@pytest.mark.parametrize("options", ALL, ids=str)
def test_every_combination_has_instructions_with_the_rules_of_all(options: WritingOptions) -> None:
    instructions = plans.plan(options).instructions
    assert fence.RULE in instructions
    assert wording.CONTEXT in instructions
    assert "{" not in instructions
    assert "  " not in instructions
    assert len(instructions) <= LONGEST


@pytest.mark.parametrize(
    ("every", "alike"), [(SUMMARIES, 3), (TEXTS, 1), (REWRITINGS, 1)], ids=["summarizer", "writer", "rewriter"]
)
def test_options_that_ask_for_something_else_say_so(every: list[WritingOptions], alike: int) -> None:
    said = {plans.plan(options).instructions for options in every}
    prose = sum(isinstance(one, SummarizerOptions) and one.preference == "auto" for one in every) or len(every)
    assert len(said) == prose
    assert len(every) == prose * alike


@pytest.mark.parametrize("every", [SUMMARIES, TEXTS, REWRITINGS], ids=["summarizer", "writer", "rewriter"])
def test_objects_of_one_interface_share_most_of_what_is_read(every: list[WritingOptions]) -> None:
    said = [plans.plan(options).instructions for options in every]
    shared = itertools.takewhile(lambda places: len({*places}) == 1, zip(*said, strict=False))
    assert sum(1 for _ in shared) > max(map(len, said)) / 2


@pytest.mark.parametrize("options", [SUMMARIES[0], TEXTS[0], REWRITINGS[0]], ids=str)
def test_languages_of_pages_are_in_no_instructions(options: WritingOptions) -> None:
    named = structs.replace(options, output_language="de", expected_input_languages=("fr",))
    assert plans.plan(named) == plans.plan(options)


@pytest.mark.parametrize(
    ("tag", "said"),
    [("de", "German (de)"), ("zh-Hant-TW", "Traditional Chinese (zh-Hant-TW)"), ("en-x-ignore-all", "English (en)")],
)
def test_a_language_is_named_by_what_tags_of_languages_have(tag: str, said: str) -> None:
    assert wording.language(tag) == f"Write in {said}."
