"""How sure it is which languages a text is in: from what the detector found to what pages get. Pure.

Rules this file keeps: confidences and that of no known language (``und``) together are at most 1, and are as often
right as they say (docs/language-detection.md has how that was measured).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final
from unicodedata import category

from msgspec import Struct

from windowsill.protocol import DetectedLanguage

SAMPLES: Final = 8
"""Places of a long text that are looked at (count): one is in the middle of each eighth."""

SAMPLE: Final = 1024
"""Characters of each. All of them together take the detector and the counting of letters below 2 ms."""

UNDETERMINED: Final = "und"

ENOUGH: Final = 0.99
"""The sum of confidences after which no further language is named (web-ai-apis 7)."""

WORDLESS: Final = 0.5
"""Share of letters in all that is visible, at and below which a text is in no language: code, tables, identifiers."""

WORDED: Final = 0.8
"""From which it is all words: prose has more than 0.9."""

BIAS: Final = -0.66
PER_DOUBLING: Final = 0.57
"""Of the number of letters."""

DISTINCT: Final = (1000, 1.2)
"""From this score on, and what it adds: letters that one language has together."""

VAGUE: Final = (200, -3.29)
"""Below this score, and what it takes away: letters that no language has together."""

UNRELIABLE: Final = -2.73
"""What the detector's own doubt takes away. All five: a logistic regression over 5,400 fragments."""


class Finding(Struct, frozen=True):
    """A language that the detector found. ``share``: of the text, from 0 to 1; ``score``: the detector's own."""

    tag: str
    share: float
    score: float


class Sample(Struct, frozen=True):
    """What is looked at. ``letters`` and ``visible``: characters (count)."""

    text: str
    letters: int
    visible: int


def sampled(text: str) -> Sample:
    """The text, or parts of it from several places, without control characters and the like."""
    if len(text) > SAMPLES * SAMPLE:
        stride = len(text) // SAMPLES
        starts = range((stride - SAMPLE) // 2, len(text) - SAMPLE, stride)
        text = " ".join([text[start : start + SAMPLE] for start in starts])
    kinds = [category(character) for character in text]
    return Sample(
        text="".join(
            [" " if kind in {"Cc", "Cn", "Cs"} else character for character, kind in zip(text, kinds, strict=True)]
        ),
        letters=sum(kind[0] in "LM" for kind in kinds),
        visible=sum(kind[0] not in "ZC" for kind in kinds),
    )


def ranked(findings: Sequence[Finding], sample: Sample, *, reliable: bool) -> tuple[DetectedLanguage, ...]:
    """Likeliest first, ``und`` last, as far as the standard's steps let them through."""
    worded = _worded(sample)
    likely = sorted(
        (
            (finding.tag, worded * finding.share * _probability(finding, sample.letters, reliable=reliable))
            for finding in findings
        ),
        key=lambda entry: -entry[1],
    )
    unknown = min(1.0, max(0.0, 1 - sum(confidence for _, confidence in likely)))
    named = []
    total = 0.0
    for tag, confidence in likely:
        if confidence == 0 or confidence < unknown or total >= ENOUGH:
            break
        named.append(DetectedLanguage(detected_language=tag, confidence=confidence))
        total += confidence
    return (*named, DetectedLanguage(detected_language=UNDETERMINED, confidence=unknown))


def _worded(sample: Sample) -> float:
    """From 0, no words, to 1."""
    share = sample.letters / max(1, sample.visible)
    return min(1.0, max(0.0, (share - WORDLESS) / (WORDED - WORDLESS)))


def _probability(finding: Finding, letters: int, *, reliable: bool) -> float:
    """How often such a finding is right."""
    evidence = BIAS + PER_DOUBLING * math.log2(1 + letters * finding.share)
    if finding.score >= DISTINCT[0]:
        evidence += DISTINCT[1]
    if finding.score < VAGUE[0]:
        evidence += VAGUE[1]
    if not reliable:
        evidence += UNRELIABLE
    return 1 / (1 + math.exp(-evidence))
