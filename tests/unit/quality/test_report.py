"""Figures and failures out of judgements."""

from __future__ import annotations

from windowsill.protocol import WriterOptions
from windowsill.quality import report
from windowsill.quality.cases import Case
from windowsill.quality.judging import Judgement, Outcome
from windowsill.quality.report import Failure, Figure


def case(name: str) -> Case:
    options = WriterOptions(tone="neutral", format="markdown", length="short")
    return Case(task="writer", name=name, language="en", options=options, input="x")


def judgement(name: str, *outcomes: Outcome) -> Judgement:
    one = case(name)
    return Judgement(one, one.options if outcomes else None, "some text", outcomes)


MADE = report.made(
    "A model",
    2.5,
    [
        judgement(
            "a", Outcome("tone", 1, 1, None), Outcome("facts", 2, 3, "missing: 7"), Outcome("format", 1, 1, None)
        ),
        judgement("b", Outcome("facts", 2, 2, None), Outcome("format", 0, 1, "markup: em")),
        judgement("c"),
    ],
)


def test_figures_add_up_and_those_of_the_machinery_come_first() -> None:
    assert MADE.figures == (
        Figure("writer", "format", 1, 2),
        Figure("writer", "facts", 4, 5),
        Figure("writer", "tone", 1, 1),
    )


def test_failures_tell_case_fault_and_text() -> None:
    assert MADE.failures == (
        Failure("writer", "a", "en", "facts", "missing: 7", "some text"),
        Failure("writer", "b", "en", "format", "markup: em", "some text"),
    )


def test_a_case_that_the_model_is_not_offered_for_counts_nowhere_and_is_named() -> None:
    assert MADE.unserved == ("writer: c",)


def test_faults_of_the_machinery_are_told_apart_from_the_models() -> None:
    assert [(one.case, one.check) for one in report.machinery_failures(MADE)] == [("b", "format")]


def test_a_long_failing_text_is_shown_by_its_beginning_in_one_line() -> None:
    failure = Failure("writer", "a", "en", "facts", "missing: 7", "one\ntwo " * 500)
    assert failure.shown.startswith("one two one")
    assert len(failure.shown) == report.SHOWN_CHARACTERS + 1
