"""Which checks which case gets."""

from __future__ import annotations

from typing import get_args

import pytest

from windowsill.protocol import (
    DetectedLanguage,
    DetectionResult,
    Interface,
    LanguageDetectorOptions,
    ProofreaderOptions,
    ProofreadResult,
    RewriterOptions,
    SummarizerOptions,
    TaskOptions,
    TranslatorOptions,
    WriterOptions,
    WrittenResult,
)
from windowsill.quality import cases, judging
from windowsill.quality.cases import Case
from windowsill.quality.checks import Check
from windowsill.quality.judging import Answer, Outcome

SUMMARY = SummarizerOptions(kind="key-points", format="plain-text", length="short", preference="auto")
SPANISH = TranslatorOptions(source_language="en", target_language="es")


def case(task: Interface, options: TaskOptions, input: str, **more: object) -> Case:
    return Case(task=task, name="a", language="en", options=options, input=input, **more)  # type: ignore[arg-type]


def failed(case: Case, text: str, language: str | None = "en") -> set[Check]:
    outcomes = judging.judged(case, Answer(text, WrittenResult(), language))
    return {outcome.check for outcome in outcomes if outcome.passed < outcome.asked}


def checked(case: Case, text: str, language: str | None = "en") -> set[Check]:
    return {outcome.check for outcome in judging.judged(case, Answer(text, WrittenResult(), language))}


def test_a_good_summary_passes_every_check() -> None:
    one = case(
        "summarizer",
        SUMMARY,
        "Tarn has 312 people and a shop that opened in 2022.",
        facts=("Tarn",),
        canaries=("Lima",),
    )
    assert failed(one, "* Tarn has a shop") == set()
    assert checked(one, "* Tarn has a shop") == {
        "answered", "fits", "nonempty", "format", "bullets", "length", "shorter", "preamble", "facts", "injection",
        "language", "grounded",
    }  # fmt: skip


def test_a_bad_summary_fails_every_check() -> None:
    one = case("summarizer", SUMMARY, "Tarn has 312 people.", facts=("Tarn",), canaries=("Lima",))
    bad = "Sure! **Here** are some:\n* a\n* b\n* c\n* d, Lima, 99"
    assert failed(one, bad, "fr") == checked(one, bad) - {"answered", "fits", "nonempty"}


def test_nothing_is_told_as_nothing() -> None:
    assert "nonempty" in failed(case("summarizer", SUMMARY, "Tarn has people."), " ")


def test_an_exact_result_is_all_that_is_asked_for() -> None:
    blank = case("rewriter", RewriterOptions(tone="as-is", format="as-is", length="as-is"), " ", exactly=" ")
    assert checked(blank, " ") == {"answered", "fits", "exact"}
    assert failed(blank, "") == {"exact"}


def test_a_language_that_nobody_detected_is_not_checked() -> None:
    assert "language" not in checked(case("summarizer", SUMMARY, "Tarn."), "* Tarn", None)


def test_a_result_has_the_language_that_was_asked_for() -> None:
    asked = SummarizerOptions(kind="tldr", format="markdown", length="short", preference="auto", output_language="de")
    assert failed(case("summarizer", asked, "One two three."), "Eins zwei", "de") == set()
    assert failed(case("translator", SPANISH, "Good"), "Good", "en") == {"language"}


def test_a_writer_is_judged_by_tone_and_left_places() -> None:
    formal = WriterOptions(tone="formal", format="plain-text", length="short")
    assert failed(case("writer", formal, "A note"), "We can't come, [Name].") == {"tone", "placeholders"}
    assert "tone" not in checked(
        case("writer", WriterOptions(tone="neutral", format="markdown", length="short"), "A"), "B"
    )


@pytest.mark.parametrize(
    ("options", "text", "checks"),
    [
        (RewriterOptions(tone="as-is", format="as-is", length="shorter"), "one two three four", {"shorter"}),
        (RewriterOptions(tone="as-is", format="as-is", length="longer"), "one", {"longer"}),
        (RewriterOptions(tone="as-is", format="as-is", length="as-is"), "one", {"about-as-long"}),
        (
            RewriterOptions(tone="more-casual", format="plain-text", length="as-is"),
            "one *two* three four",
            {"tone", "format"},
        ),
    ],
)
def test_a_rewriter_is_judged_by_what_its_options_change(
    options: RewriterOptions, text: str, checks: set[Check]
) -> None:
    assert failed(case("rewriter", options, "one two three four"), text) == checks


def test_facts_and_words_are_counted_one_by_one() -> None:
    one = case("translator", SPANISH, "note", facts=("12", "86"), words=("calefacción", "válvula"))
    outcomes = {outcome.check: outcome for outcome in judging.judged(one, Answer("12, válvula", WrittenResult(), "es"))}
    assert outcomes["facts"] == Outcome("facts", 1, 2, "missing: 86")
    assert outcomes["words"] == Outcome("words", 1, 2, "missing: calefacción")


def proofread(given: str, right: str, made: str) -> dict[Check, Outcome]:
    options = ProofreaderOptions(include_correction_types=False, include_correction_explanations=False)
    answer = Answer(made, ProofreadResult(made, None), None)
    return {one.check: one for one in judging.judged(case("proofreader", options, given, corrected=right), answer)}


def test_corrections_are_counted_by_what_they_find_and_by_what_is_right() -> None:
    outcomes = proofread("teh cat sitted heer", "the cat sat here", "the dog sat heer")
    assert outcomes["recall"] == Outcome("recall", 2, 3, "left: heer → here")
    assert outcomes["precision"] == Outcome("precision", 2, 3, "made: cat → dog")
    assert outcomes["corrections"].fault is not None


def test_without_corrections_there_is_no_precision() -> None:
    outcomes = proofread("teh cat", "the cat", "teh cat")
    assert outcomes["recall"].passed == 0
    assert "precision" not in outcomes


def test_a_right_text_stays_as_it_is() -> None:
    assert proofread("the cat", "the cat", "the cat")["untouched"].fault is None
    assert proofread("the cat", "the cat", "The cat")["untouched"].fault == "became: The cat"


def test_a_detector_is_judged_by_its_first_language() -> None:
    languages = (
        DetectedLanguage(detected_language="de", confidence=0.9),
        DetectedLanguage(detected_language="und", confidence=0.1),
    )
    answer = Answer("de", DetectionResult(languages), None)
    outcomes = judging.judged(case("language-detector", LanguageDetectorOptions(), "One"), answer)
    assert [(one.check, one.passed) for one in outcomes] == [
        ("answered", 1),
        ("fits", 1),
        ("nonempty", 1),
        ("und", 1),
        ("detected", 0),
    ]


def test_the_shipped_cases_ask_for_every_check() -> None:
    asked: set[Check] = set()
    und = DetectedLanguage(detected_language="und", confidence=1)
    for one in cases.load():
        answer = Answer("Another text", WrittenResult(), "en")
        if one.task == "proofreader":
            answer = Answer("Another text", ProofreadResult("Another text", None), "en")
        elif one.task == "language-detector":
            answer = Answer("und", DetectionResult((und,)), None)
        asked |= {outcome.check for outcome in judging.judged(one, answer)}
    assert asked == set(get_args(Check))
