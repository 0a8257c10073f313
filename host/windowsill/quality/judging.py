"""Which checks a case asks for, and what came of them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from windowsill.errors import QuotaExceededError, WindowsillError
from windowsill.protocol import (
    DetectionResult,
    LanguageDetectorOptions,
    ProofreaderOptions,
    ProofreadResult,
    Result,
    RewriterOptions,
    RewriterTone,
    SummarizerOptions,
    TaskOptions,
    TextFormat,
    Tone,
    TranslatorOptions,
    WriterOptions,
)
from windowsill.quality import checks
from windowsill.quality.cases import Case
from windowsill.quality.checks import Check


class Answer(Struct, frozen=True):
    """What a task made of a case. ``text``: written, corrected, or the likeliest language; ``language``: of the text,
    None where no detector read it."""

    text: str
    result: Result
    language: str | None


class Outcome(Struct, frozen=True):
    """``passed`` of ``asked`` (count: one, or as many as there are facts or mistakes); ``fault``: what was wrong."""

    check: Check
    passed: int
    asked: int
    fault: str | None


class Judgement(Struct, frozen=True):
    """One case. ``served``: its options as this model serves them, None where it does not; ``text``: what became."""

    case: Case
    served: TaskOptions | None
    text: str
    outcomes: tuple[Outcome, ...]


def judged(case: Case, answer: Answer) -> tuple[Outcome, ...]:
    """All that can be said of it."""
    return tuple(_outcomes(case, answer))


def refused(error: WindowsillError) -> Outcome:
    """Of a call that ended with an error; that its input is too long is the small window's, and rightly told."""
    check: Check = "fits" if isinstance(error, QuotaExceededError) else "answered"
    return _one(check, f"{error.name}: {error.detail}")


def _outcomes(case: Case, answer: Answer) -> Iterator[Outcome]:
    yield _one("answered", None)
    yield _one("fits", None)
    if case.exactly is not None:
        yield _one("exact", None if answer.text == case.exactly else "another result")
        return
    yield _one("nonempty", None if answer.text.strip() else "nothing was written")
    match case.options:
        case SummarizerOptions() as options:
            yield from _summarized(case, answer, options)
        case WriterOptions() as options:
            yield from _writing(case, answer, options)
        case RewriterOptions() as options:
            yield from _rewritten(case, answer, options)
        case ProofreaderOptions() as options:
            yield from _proofread(case, answer, options)
        case TranslatorOptions() as options:
            yield from _translated(case, answer, options)
        case LanguageDetectorOptions():
            yield from _detected(case, answer)


def _summarized(case: Case, answer: Answer, options: SummarizerOptions) -> Iterator[Outcome]:
    text, listed = answer.text, options.kind == "key-points"
    yield from _formatted(text, options.format, bullets=listed)
    if listed:
        yield _one("bullets", checks.bulleted(text))
    yield _one("length", checks.within_summary_limit(text, options.kind, options.length))
    yield _one("shorter", checks.shorter(text, case.input))
    yield from _written(case, answer, options.output_language or case.language)
    yield _one("grounded", checks.grounded(text, _sources(case)))


def _writing(case: Case, answer: Answer, options: WriterOptions) -> Iterator[Outcome]:
    yield from _formatted(answer.text, options.format)
    yield _one("length", checks.within_words(answer.text, options.length))
    yield _one("placeholders", checks.finished(answer.text))
    yield from _tone(answer.text, options.tone, options.output_language or case.language)
    yield from _written(case, answer, options.output_language or case.language)


def _rewritten(case: Case, answer: Answer, options: RewriterOptions) -> Iterator[Outcome]:
    text, language = answer.text, options.output_language or case.language
    if options.format != "as-is":
        yield from _formatted(text, options.format)
    match options.length:
        case "shorter":
            yield _one("shorter", checks.shorter(text, case.input))
        case "longer":
            yield _one("longer", checks.longer(text, case.input))
        case "as-is":
            yield _one("about-as-long", checks.about_as_long(text, case.input))
    yield from _tone(text, options.tone, language)
    yield from _written(case, answer, language)
    yield _one("grounded", checks.grounded(text, _sources(case)))


def _translated(case: Case, answer: Answer, options: TranslatorOptions) -> Iterator[Outcome]:
    yield from _written(case, answer, options.target_language)
    missing = checks.missing_facts(answer.text, case.words)
    if case.words:
        yield _counted("words", case.words, missing)


def _written(case: Case, answer: Answer, language: str) -> Iterator[Outcome]:
    """What holds for whatever a model wrote."""
    yield _one("preamble", checks.without_preamble(answer.text, case.input))
    if case.facts:
        yield _counted("facts", case.facts, checks.missing_facts(answer.text, case.facts))
    if case.canaries:
        yield _one("injection", checks.injection_ignored(answer.text, case.canaries))
    if answer.language is not None:
        yield _one("language", checks.in_language(answer.language, language))


def _formatted(text: str, format: TextFormat, *, bullets: bool = False) -> Iterator[Outcome]:
    yield _one("format", checks.formatted(text, format, bullets=bullets))
    if format == "markdown":
        yield _one("closed", checks.closed(text))


def _tone(text: str, tone: Tone | RewriterTone, language: str) -> Iterator[Outcome]:
    if tone in ("formal", "more-formal"):
        yield _one("tone", checks.formal(text, language))
    elif tone in ("casual", "more-casual") and language == "en":
        yield _one("tone", checks.casual(text))


def _proofread(case: Case, answer: Answer, options: ProofreaderOptions) -> Iterator[Outcome]:
    if isinstance(answer.result, ProofreadResult):
        yield _one("corrections", checks.sound_corrections(case.input, answer.result, options))
    if case.canaries:
        yield _one("injection", checks.injection_ignored(answer.text, case.canaries))
    if case.corrected == case.input:
        yield _one("untouched", None if answer.text == case.input else f"became: {answer.text}")
    elif case.corrected is not None:
        yield from _compared(checks.edits(case.input, case.corrected), checks.edits(case.input, answer.text))


def _compared(planted: Counter[checks.Edit], made: Counter[checks.Edit]) -> Iterator[Outcome]:
    """Of the mistakes how many are corrected, and of the corrections how many are right."""
    right = planted & made
    yield Outcome("recall", right.total(), planted.total(), _listed("left", planted - right))
    if made:
        yield Outcome("precision", right.total(), made.total(), _listed("made", made - right))


def _listed(what: str, edits: Counter[checks.Edit]) -> str | None:
    return f"{what}: " + "; ".join(f"{old or '∅'} → {new or '∅'}" for _, old, new in edits) if edits else None


def _detected(case: Case, answer: Answer) -> Iterator[Outcome]:
    if isinstance(answer.result, DetectionResult):
        yield _one("und", checks.ends_with_und(answer.result.languages))
    yield _one("detected", checks.in_language(answer.text, case.language))


def _sources(case: Case) -> str:
    return f"{case.shared_context}\n{case.context}\n{case.input}"


def _one(check: Check, fault: str | None) -> Outcome:
    return Outcome(check, 0 if fault else 1, 1, fault)


def _counted(check: Check, asked: Sequence[str], missing: Sequence[str]) -> Outcome:
    fault = f"missing: {'; '.join(missing)}" if missing else None
    return Outcome(check, len(asked) - len(missing), len(asked), fault)
