"""What each option value asks for beside instructions: the one table of limits, decoding parameters and constraints.

Rule: adding an option value changes this table and ``wording.py``, nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from msgspec import Struct

from windowsill.engine_protocol import Constraint, Sampling
from windowsill.protocol import (
    RewriterLength,
    RewriterOptions,
    SummarizerOptions,
    TextLength,
    WriterOptions,
)
from windowsill.tasks import sentences
from windowsill.tasks.sampling import SAMPLING_MODES
from windowsill.tasks.writing import shapes, wording
from windowsill.tasks.writing.limits import Limits

WritingOptions: TypeAlias = SummarizerOptions | WriterOptions | RewriterOptions

BULLETS: Final[Mapping[TextLength, int]] = {"short": 3, "medium": 5, "long": 7}
SENTENCES: Final[Mapping[TextLength, int]] = {"short": 1, "medium": 3, "long": 5}
HEADLINE_WORDS: Final[Mapping[TextLength, int]] = {"short": 12, "medium": 17, "long": 22}
WRITER_WORDS: Final[Mapping[TextLength, int]] = {"short": 100, "medium": 300, "long": 500}
"""Web-ai-apis 4.2 and 4.3 (counts)."""

SENTENCE_WORDS: Final = 80
"""Words of a sentence in a summary, on average, at most (count): for models that end none."""

BULLET_TOKENS: Final = 60
SENTENCE_TOKENS: Final = 60
WORD_TOKENS: Final = 2
"""Room kept for an answer (tokens each): more than most take, in scripts that cost the most as well."""

GROWTH: Final[Mapping[RewriterLength, float]] = {"shorter": 1.0, "as-is": 1.25, "longer": 1.5}
"""Tokens of an answer for one of the text. A Rewriter's texts share the window with answers of that size."""

FEW_WORDS: Final = 20
"""Words below which a shorter text is not made one by force (count): there is no second sentence to leave out."""

SPREAD: Final = 2
"""Times as long as the text, and FEW_WORDS more, that a rewritten one may become: for models that find no end."""

LABELS: Final = ("summary", "tl;dr", "tldr", "teaser", "key points", "headline")
REWRITER_LABELS: Final = ("rewritten text", "rewritten version", "revised text")


class Plan(Struct, frozen=True, kw_only=True):
    """``source``: what the input is called; ``answer`` and ``growth``: room kept for the answer, in tokens and in
    tokens for each of the input; ``labels``: what models like to put before it."""

    instructions: str
    source: str
    sampling: Sampling
    answer: int = 0
    growth: float = 0.0
    copies: bool = False
    constraint: Constraint | None = None
    labels: tuple[str, ...] = ()


def plan(options: WritingOptions) -> Plan:
    """What ``options`` ask for."""
    match options:
        case SummarizerOptions():
            return _summary(options)
        case WriterOptions():
            return Plan(
                instructions=wording.writing(options),
                source="task",
                sampling=SAMPLING_MODES["balanced"],
                answer=WRITER_WORDS[options.length] * WORD_TOKENS,
            )
        case RewriterOptions():
            return Plan(
                instructions=wording.rewriting(options),
                source="text",
                sampling=SAMPLING_MODES["slightly-predictable"],
                growth=GROWTH[options.length],
                copies=True,
                labels=REWRITER_LABELS,
            )


def limits(options: WritingOptions, text: str) -> Limits | None:
    """Of the answer to ``text``; None where its constraint says all."""
    match options:
        case SummarizerOptions(kind="tldr" | "teaser", length=length):
            return Limits(sentences=SENTENCES[length], words=SENTENCES[length] * SENTENCE_WORDS)
        case SummarizerOptions(kind="headline", length=length):
            return Limits(words=HEADLINE_WORDS[length])  # in plain text, the address of a link is one more
        case SummarizerOptions():
            return None
        case WriterOptions(length=length):
            return Limits(words=WRITER_WORDS[length])
        case RewriterOptions(length=length):
            words = sentences.words(text)
            if length == "shorter" and words >= FEW_WORDS:
                return Limits(words=words - 1)
            return Limits(words=SPREAD * words + FEW_WORDS)


def _summary(options: SummarizerOptions) -> Plan:
    answer, constraint = SENTENCES[options.length] * SENTENCE_TOKENS, None
    if options.kind == "key-points":
        bullets = BULLETS[options.length]
        answer, constraint = bullets * BULLET_TOKENS, shapes.key_points(bullets)
    elif options.kind == "headline":
        words = HEADLINE_WORDS[options.length]
        answer, constraint = words * WORD_TOKENS, shapes.headline(words)
    return Plan(
        instructions=wording.summarizing(options),
        source="text",
        sampling=SAMPLING_MODES["predictable"],
        answer=answer,
        copies=True,
        constraint=constraint,
        labels=LABELS,
    )
