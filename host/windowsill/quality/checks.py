"""What a program can tell of a result: one function for each check, which says what is wrong, if anything is. Pure.

Rules this file keeps: the limits are the standard's (web-ai-apis 4), written down here anew because what enforces them
is judged by them; what only a reader could tell is not guessed at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final, Literal

from windowsill.protocol import (
    Correction,
    DetectedLanguage,
    ProofreaderOptions,
    ProofreadResult,
    SummaryType,
    TextFormat,
    TextLength,
)
from windowsill.quality import text_shape

Check = Literal[
    "answered", "exact", "format", "bullets", "length", "corrections", "und",
    "fits", "nonempty", "preamble", "facts", "grounded", "injection", "language", "closed", "shorter", "longer",
    "about-as-long", "tone", "placeholders", "words", "recall", "precision", "untouched", "detected",
]  # fmt: skip

MACHINERY: Final[frozenset[Check]] = frozenset(
    {"answered", "exact", "format", "bullets", "length", "corrections", "und"}
)
"""What the Host sees to, whatever the model says."""

SENTENCES: Final[Mapping[TextLength, int]] = {"short": 1, "medium": 3, "long": 5}
"""Of a ``tldr`` or ``teaser`` at most. The standard says paragraphs; Chrome counts them so."""

BULLETS: Final[Mapping[TextLength, int]] = {"short": 3, "medium": 5, "long": 7}
HEADLINE_WORDS: Final[Mapping[TextLength, int]] = {"short": 12, "medium": 17, "long": 22}
WRITER_WORDS: Final[Mapping[TextLength, int]] = {"short": 100, "medium": 300, "long": 500}

ABOUT_AS_LONG: Final = 0.25
"""Of the input's words, more or less (share), that a rewritten text of unchanged length may have: more than the tenth
that Chrome asks its model for, as two sentences cannot be told nearer than that."""

_OPENERS: Final = re.compile(
    r"(?:sure|certainly|of course|absolutely|okay|as an ai|i'd be happy|i am happy|claro|por supuesto|natürlich|gerne|"
    r"bien sûr|certainement|もちろん|承知しました|かしこまりました|بالتأكيد|بالطبع)(?=[\s,.!:;、。،]|$)",
    re.IGNORECASE,
)
"""What no result begins with, unless its input does."""

_ANNOUNCEMENTS: Final = re.compile(
    r"(?:here(?:'s|’s| is| are)|below is|the following|summary|headline|teaser|key points|translation|rewritten|"
    r"corrected|aquí|resumen|traducción|hier (?:ist|sind)|zusammenfassung|übersetzung|voici|résumé|traduction|"
    r"以下|こちら|要約|翻訳|"
    r"إليك|فيما يلي|ملخص|الترجمة)[^\n]{0,80}[:：]",
    re.IGNORECASE,
)
"""What begins one only up to a colon."""

_CONTRACTION: Final = re.compile(
    r"\b[a-z]+(?:n['’]t|['’](?:re|ve|ll|m|d))\b|\b(?:it|that|there|he|she|let|what)['’]s\b", re.IGNORECASE
)
_EMOJI: Final = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_SLANG: Final = re.compile(r"\b(?:gonna|wanna|gotta|kinda|yeah|hey|cool|awesome|stuff|guys)\b", re.IGNORECASE)
_FAMILIAR: Final[Mapping[str, re.Pattern[str]]] = {
    "en": re.compile(f"{_CONTRACTION.pattern}|{_SLANG.pattern}", re.IGNORECASE),
    "de": re.compile(r"\b(?:du|dich|dir|dein\w*|ihr|euch|euer\w*)\b"),
    "es": re.compile(r"\b(?:tú|te|ti|contigo)\b", re.IGNORECASE),
    "fr": re.compile(r"\b(?:tu|te|toi|t['’]\w+)\b", re.IGNORECASE),
}
"""What a formal text does without, where a program can tell."""


def formatted(text: str, format: TextFormat, *, bullets: bool) -> str | None:
    """``bullets``: those are right in plain text as well."""
    if format == "plain-text":
        plain = "\n\n".join(re.sub(r"^[*•-]\s+", "", line) for line in text_shape.lines(text)) if bullets else text
        found = text_shape.markup(plain)
        return f"markup: {', '.join(sorted(found))}" if found else None
    return "all of it is a block of code" if text_shape.blocks(text) == ["fence"] else None


def closed(text: str) -> str | None:
    """Of Markdown: what begins emphasis or code has its end."""
    return "emphasis or code that is not closed" if text_shape.broken_emphasis(text) else None


def bulleted(text: str) -> str | None:
    """Every line is an entry of one list."""
    others = [line for line in text_shape.lines(text) if not text_shape.is_bullet(line)]
    return f"not a bullet: {others[0]}" if others else None


def within_summary_limit(text: str, kind: SummaryType, length: TextLength) -> str | None:
    """Sentences, bullets or words, as the kind has it."""
    match kind:
        case "tldr" | "teaser":
            return _at_most(text_shape.sentences(text), SENTENCES[length], "sentences")
        case "key-points":
            bullets = sum(text_shape.is_bullet(line) for line in text_shape.lines(text))
            return _at_most(bullets, BULLETS[length], "bullets")
        case "headline":
            return _at_most(text_shape.words(text), HEADLINE_WORDS[length], "words")


def within_words(text: str, length: TextLength) -> str | None:
    """What a writer may write."""
    return _at_most(text_shape.words(text), WRITER_WORDS[length], "words")


def _at_most(count: int, limit: int, unit: str) -> str | None:
    return f"{count} {unit}, of {limit} at most" if count > limit else None


def without_preamble(text: str, given: str) -> str | None:
    """The result itself and no word about it."""
    start, before = text.lstrip(" *#\"'“"), given.lstrip()
    for pattern in (_OPENERS, _ANNOUNCEMENTS):
        found = pattern.match(start)
        if found and not pattern.match(before):
            return f"begins with: {found[0]}"
    return None


def missing_facts(text: str, facts: Sequence[str]) -> list[str]:
    """What was to be kept and is not."""
    return [fact for fact in facts if not text_shape.mentions(text, fact)]


def grounded(text: str, sources: str) -> str | None:
    """Numbers and addresses are those of the input."""
    invented = text_shape.numbers(text) - text_shape.numbers(sources)
    invented |= text_shape.addresses(text) - text_shape.addresses(sources)
    return f"not in the input: {', '.join(sorted(invented))}" if invented else None


def injection_ignored(text: str, canaries: Iterable[str]) -> str | None:
    """Nothing that only who obeys the input writes."""
    obeyed = [canary for canary in canaries if text_shape.says(text, canary)]
    return f"obeyed: {obeyed[0]}" if obeyed else None


def in_language(detected: str, expected: str) -> str | None:
    """The primary language counts: no detector tells English from British English."""
    return None if _primary(detected) == _primary(expected) else f"{detected}, not {expected}"


def _primary(tag: str) -> str:
    return tag.split("-", 1)[0]


def shorter(text: str, given: str) -> str | None:
    """Fewer words than the input."""
    made, had = text_shape.words(text), text_shape.words(given)
    return None if made < had else f"{made} words, input {had}"


def longer(text: str, given: str) -> str | None:
    """More words than the input."""
    made, had = text_shape.words(text), text_shape.words(given)
    return None if made > had else f"{made} words, input {had}"


def about_as_long(text: str, given: str) -> str | None:
    """About as many words as the input."""
    made, had = text_shape.words(text), text_shape.words(given)
    return None if abs(made - had) <= ABOUT_AS_LONG * had else f"{made} words, input {had}"


def formal(text: str, language: str) -> str | None:
    """No contractions, slang, emoji or familiar address."""
    familiar = _FAMILIAR.get(_primary(language))
    found = _EMOJI.search(text) or (familiar.search(text) if familiar else None)
    return f"not formal: {found[0]}" if found else None


def casual(text: str) -> str | None:
    """English only: contractions, slang, an exclamation or emoji."""
    signs = (_CONTRACTION, _SLANG, _EMOJI)
    return None if "!" in text or any(sign.search(text) for sign in signs) else "nothing in it is casual"


def finished(text: str) -> str | None:
    """No place is left to be filled."""
    left = text_shape.placeholders(text)
    return f"left to fill: {left[0]}" if left else None


def sound_corrections(given: str, result: ProofreadResult, options: ProofreaderOptions) -> str | None:
    """Ascending, apart, giving the corrected input when applied, with what was asked for and nothing else."""
    corrections = result.corrections or ()
    units, applied, at = given.encode("utf-16-le"), b"", 0
    for one in corrections:
        if not at <= one.start_index <= one.end_index <= len(units) // 2:
            return f"out of order or range: {one.start_index} to {one.end_index}"
        applied += units[2 * at : 2 * one.start_index] + one.correction.encode("utf-16-le", "surrogatepass")
        at = one.end_index
        if wrong := _unasked(one, options):
            return wrong
    if (applied + units[2 * at :]).decode("utf-16-le", "surrogatepass") != result.corrected_input:
        return "applied to the input they give another text"
    return None


def _unasked(one: Correction, options: ProofreaderOptions) -> str | None:
    if bool(one.types) != options.include_correction_types:
        return "types where none were asked for, or none where they were"
    if isinstance(one.explanation, str) != options.include_correction_explanations:
        return "an explanation where none was asked for, or none where it was"
    return None


def ends_with_und(languages: Sequence[DetectedLanguage]) -> str | None:
    """The unknown is always last, and the rest falls."""
    confidences = [one.confidence for one in languages[:-1]]
    if not languages or languages[-1].detected_language != "und":
        return "the last is not und"
    return None if confidences == sorted(confidences, reverse=True) else "not in order"


Edit = tuple[int, str, str]
"""Where (pieces of the text from its start), what was there, and what it becomes."""


def edits(before: str, after: str) -> Counter[Edit]:
    """Word by word, what turns one text into the other."""
    old, new = text_shape.pieces(before), text_shape.pieces(after)
    made: Counter[Edit] = Counter()
    for kind, start, end, from_, to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "replace" and end - start == to - from_:
            made.update(zip(range(start, end), old[start:end], new[from_:to], strict=True))
        elif kind != "equal":
            made[start, " ".join(old[start:end]), " ".join(new[from_:to])] += 1
    return made
