"""Which pairs of languages a model was measured to translate. Pure.

Rule: texts that give orders do not count here, as who obeys one may translate all others, nor those that are too long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from windowsill.protocol import TranslatorOptions
from windowsill.quality.judging import Judgement, Outcome

FACTS: Final = 0.8
"""Of numbers, names and dates (share) that a translation must have: one in five may be written in a way that no list
foresees."""

WORDS: Final = 0.5
"""Of a reference's key words (share) that it must have: languages have more words for a thing than a list names."""

Pair = tuple[str, str]
"""Tags of source and target, as the model declares them."""


def measured(judgements: Iterable[Judgement]) -> dict[Pair, bool]:
    """Whether each pair that was tried is translated."""
    outcomes: defaultdict[Pair, list[Outcome]] = defaultdict(list)
    for one in judgements:
        if isinstance(one.served, TranslatorOptions) and _counts(one):
            outcomes[one.served.source_language, one.served.target_language] += one.outcomes
    return {pair: _translated(made) for pair, made in outcomes.items()}


def _counts(one: Judgement) -> bool:
    fits = all(outcome.passed for outcome in one.outcomes if outcome.check == "fits")
    return fits and one.case.exactly is None and not one.case.canaries


def _translated(outcomes: list[Outcome]) -> bool:
    languages = [one for one in outcomes if one.check in ("answered", "language")]
    return (
        all(one.passed for one in languages)
        and _share(outcomes, "facts") >= FACTS
        and _share(outcomes, "words") >= WORDS
    )


def _share(outcomes: list[Outcome], check: str) -> float:
    """1 where nothing was asked."""
    asked = sum(one.asked for one in outcomes if one.check == check)
    return sum(one.passed for one in outcomes if one.check == check) / asked if asked else 1.0
