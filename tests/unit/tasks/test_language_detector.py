"""LanguageDetector by CLD2: what pages give, whatever it is, and how often it is right."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import anyio
import pycld2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.sentences import CODE, SENTENCES, WORDLESS
from windowsill.errors import OperationError
from windowsill.protocol import DetectedLanguage, LanguageDetectorOptions
from windowsill.tasks.language_detector import LANGUAGES, LanguageDetector
from windowsill.tasks.languages import alike, canonical
from windowsill.tasks.table import LOCAL_TASKS
from windowsill.tasks.task import Job

UND = DetectedLanguage(detected_language="und", confidence=1.0)
BINS = 5
"""Of confidence (count), to compare it with how often it was right."""


def detected(text: str) -> tuple[DetectedLanguage, ...]:
    written: list[str] = []
    job = Job(LanguageDetectorOptions(), "", text, "")
    return anyio.run(LanguageDetector().run, job, written.append).languages


def beginnings() -> Iterator[tuple[str, str]]:
    """Each language with the first words of its sentences, ever more of them."""
    for tag, sentences in SENTENCES.items():
        for sentence in sentences:
            ends = [number for number, character in enumerate(sentence) if character == " "] or [1, 3, 5, 8, 13]
            yield from ((tag, sentence[:end]) for end in (*ends, len(sentence)))


def test_a_sentence_of_some_length_is_told_in_every_language() -> None:
    missed = [tag for tag, (_, long) in SENTENCES.items() if not alike(detected(long)[0].detected_language, tag)]
    assert missed == []


def test_nearly_every_short_question_is_told() -> None:
    right = [tag for tag, (short, _) in SENTENCES.items() if alike(detected(short)[0].detected_language, tag)]
    assert len(right) >= 0.9 * len(SENTENCES)


def test_languages_are_as_often_right_as_their_confidence_says() -> None:
    outcomes: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for tag, text in beginnings():
        first = detected(text)[0]
        if first.detected_language != "und":
            right = alike(first.detected_language, tag)
            outcomes[min(BINS - 1, int(first.confidence * BINS))].append((first.confidence, right))
    total = sum(map(len, outcomes))
    gaps = [abs(sum(confidence - right for confidence, right in outcome)) for outcome in outcomes]
    assert sum(gaps) / total < 0.1


def test_a_mixed_text_has_both_languages() -> None:
    mixed = detected(" ".join([SENTENCES["fr"][1], SENTENCES["en"][1]] * 3))
    assert {language.detected_language for language in mixed[:2]} == {"en", "fr"}
    assert mixed[-1].detected_language == "und"


@pytest.mark.parametrize("text", ["", " \r\n\t\f", "\x00\x1f", *WORDLESS])
def test_text_without_words_is_in_no_language(text: str) -> None:
    assert detected(text) == (UND,)


@pytest.mark.parametrize("code", CODE)
def test_code_is_less_surely_in_a_language_than_prose_of_its_length(code: str) -> None:
    prose = SENTENCES["en"][1][: len(code)]
    assert detected(code)[-1].confidence > detected(prose)[-1].confidence


def test_what_stands_between_angle_brackets_is_text() -> None:
    assert detected(f"<{SENTENCES['de'][1]}>")[0].detected_language == "de"


def test_a_long_text_is_told_by_all_of_its_parts() -> None:
    long = "x " * 200_000 + (SENTENCES["fr"][1] + " ") * 2000 + (SENTENCES["el"][1] + " ") * 2000
    assert {"fr", "el"} <= {language.detected_language for language in detected(long)}


@settings(max_examples=300)
@given(st.text(st.characters(), max_size=400))
def test_any_text_is_taken(text: str) -> None:
    languages = detected(text)
    assert languages[-1].detected_language == "und"
    assert {language.detected_language for language in languages[:-1]} <= LANGUAGES


def test_the_languages_are_those_of_the_library_as_browsers_write_them() -> None:
    codes = dict(pycld2.LANGUAGES)
    theirs = {canonical(codes[name]) for name in pycld2.DETECTED_LANGUAGES if name in codes}
    assert theirs - {"bh", "tlh", "xx-Bugi", "xx-Goth", "zzp"} == LANGUAGES
    assert len(LANGUAGES) >= 70


def test_expected_languages_are_replaced_by_those_that_are_told_apart() -> None:
    asked = LanguageDetectorOptions(expected_input_languages=("en-GB", "en-US", "zh-TW", "nb", "chr"))
    expected = LanguageDetectorOptions(expected_input_languages=("en", "zh-Hant", "no", "chr"))
    assert LanguageDetector().matched(asked) == expected


@pytest.mark.parametrize("tag", ["unk", "und", "tlh", "x-private"])
def test_an_expected_language_that_is_not_told_apart_is_refused(tag: str) -> None:
    assert LanguageDetector().matched(LanguageDetectorOptions(expected_input_languages=("en", tag))) is None


def test_it_answers_for_its_interface() -> None:
    assert isinstance(LOCAL_TASKS["language-detector"], LanguageDetector)


def test_the_library_comes_with_the_first_object_only() -> None:
    code = """
        import sys, anyio
        from windowsill.tasks.table import LOCAL_TASKS
        assert "pycld2" not in sys.modules
        anyio.run(LOCAL_TASKS["language-detector"].load)
        assert "pycld2" in sys.modules
    """
    lines = "\n".join(line.strip() for line in code.splitlines())
    subprocess.run([sys.executable, "-c", lines], check=True)


def test_a_library_that_is_not_there_is_an_operation_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pycld2", None)
    with pytest.raises(OperationError, match="cannot be loaded"):
        anyio.run(LanguageDetector().load)
