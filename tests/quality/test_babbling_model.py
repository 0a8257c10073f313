"""What the Host sees to holds for a model that says too much, in markup of all kinds, whatever it is asked."""

from __future__ import annotations

import re
from itertools import cycle
from pathlib import Path
from typing import Final

import pytest

from quality.measurement import measured
from support.answering_gguf import make_answering_gguf
from windowsill.protocol import RewriterOptions, WriterOptions
from windowsill.quality import cases, report
from windowsill.quality.cases import Case

pytestmark = pytest.mark.timeout(600)

MARKUP: Final = (
    "# **{}**\n\n", "* _{}_ ", "`{}`. ", "[{}](https://a.example) ", "<b>{}</b>! ", "{}?\n", "> {} ", "**{} ", "{}.\n\n"
)  # fmt: skip
WORDS: Final = 600
"""More than any of the standard's limits allows (count)."""


def babbled() -> str:
    text = "".join([form.format(f"word{number}") for number, form in zip(range(WORDS), cycle(MARKUP), strict=False)])
    return "".join(dict.fromkeys(re.findall(r"\s*\S+", text)))  # the model can say nothing twice


def hard(case: Case) -> bool:
    """English, of options that ask for a form, and in one tone, which changes nothing that is looked at here."""
    match case.options:
        case WriterOptions(tone=tone):
            formed = tone == "neutral"
        case RewriterOptions(tone=tone, format=format):
            formed = tone == "as-is" and format != "as-is"
        case _:
            formed = case.task != "translator"
    return formed and case.language == "en"


def test_formats_limits_and_corrections_are_right_whatever_a_model_says(
    tmp_path: Path, engine_of_the_checkout: None
) -> None:
    model = make_answering_gguf(tmp_path / "babbling.gguf", [babbled()])
    babbling = measured(model, tuple(filter(hard, cases.load())))
    assert {one.task for one in babbling.figures} > {"summarizer", "writer", "rewriter", "proofreader"}
    assert report.machinery_failures(babbling) == ()
