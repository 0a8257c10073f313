"""When a pair of languages counts as translated."""

from __future__ import annotations

import pytest

from windowsill.protocol import TranslatorOptions
from windowsill.quality import pairs
from windowsill.quality.cases import Case
from windowsill.quality.judging import Judgement, Outcome

SPANISH = TranslatorOptions(source_language="en-GB", target_language="es")


def case(**more: object) -> Case:
    return Case(task="translator", name="a", language="en", options=SPANISH, input="x", **more)  # type: ignore[arg-type]


def tried(*outcomes: Outcome, of: Case | None = None) -> Judgement:
    served = TranslatorOptions(source_language="en", target_language="es")
    return Judgement(of or case(), served, "y", outcomes)


LANGUAGE = Outcome("language", 1, 1, None)


def test_a_pair_is_named_as_the_model_declares_it_and_judged_over_all_its_cases() -> None:
    assert pairs.measured([tried(LANGUAGE, Outcome("facts", 4, 4, None)), tried(LANGUAGE)]) == {("en", "es"): True}
    some = Outcome("facts", 3, 4, "missing: 7")
    assert pairs.measured([tried(LANGUAGE, some)]) == {("en", "es"): False}
    assert pairs.measured([tried(LANGUAGE, some), tried(LANGUAGE, Outcome("facts", 5, 5, None))]) == {
        ("en", "es"): True
    }


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome("language", 0, 1, "en, not es"),
        Outcome("answered", 0, 1, "UnknownError"),
        Outcome("words", 2, 5, "missing: ..."),
    ],
)
def test_another_language_a_failed_call_or_other_words_are_no_translation(outcome: Outcome) -> None:
    assert pairs.measured([tried(outcome)]) == {("en", "es"): False}


def test_an_input_that_does_not_fit_says_nothing_of_the_pair() -> None:
    assert pairs.measured([tried(Outcome("fits", 0, 1, "QuotaExceededError"))]) == {}


def test_orders_and_what_needs_no_model_do_not_count() -> None:
    wrong = Outcome("language", 0, 1, "en, not es")
    assert pairs.measured([tried(wrong, of=case(canaries=("Saturn",))), tried(wrong, of=case(exactly="x"))]) == {}


def test_a_pair_that_is_not_served_was_not_tried() -> None:
    assert pairs.measured([Judgement(case(), None, "", ())]) == {}
