"""Confidences follow the standard's steps, and long texts are looked at in places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.protocol import DetectedLanguage
from windowsill.tasks.language_confidence import SAMPLE, SAMPLES, Finding, Sample, ranked, sampled

FINDINGS = st.lists(
    st.builds(Finding, st.sampled_from(["en", "de", "fr"]), st.floats(0, 1 / 3), st.floats(0, 4000)), max_size=3
)


def prose(letters: int) -> Sample:
    return Sample(text="", letters=letters, visible=letters)


def tags(languages: tuple[DetectedLanguage, ...]) -> list[str]:
    return [language.detected_language for language in languages]


def test_nothing_found_is_not_determined() -> None:
    assert ranked((), prose(0), reliable=False) == (DetectedLanguage(detected_language="und", confidence=1.0),)


def test_a_text_in_one_language_is_surer_the_longer_it_is() -> None:
    found = [ranked([Finding("en", 1.0, 500)], prose(letters), reliable=True) for letters in (10, 100, 1000)]
    assert [tags(languages) for languages in found] == [["en", "und"]] * 3
    confidences = [languages[0].confidence for languages in found]
    assert confidences == sorted(confidences)
    assert confidences[-1] > 0.99


def test_the_languages_of_a_mixed_text_are_told_in_proportion() -> None:
    mixed = ranked([Finding("fr", 0.4, 1500), Finding("en", 0.6, 1500)], prose(2000), reliable=True)
    assert tags(mixed) == ["en", "fr", "und"]
    assert mixed[0].confidence == pytest.approx(0.6, abs=0.01)
    assert mixed[1].confidence == pytest.approx(0.4, abs=0.01)


def test_a_language_less_likely_than_none_is_not_named() -> None:
    assert tags(ranked([Finding("en", 1.0, 50)], prose(5), reliable=False)) == ["und"]
    mixed = ranked([Finding("en", 0.8, 1500), Finding("fr", 0.02, 1500)], prose(2000), reliable=True)
    assert tags(mixed) == ["en", "und"]


def test_languages_after_enough_confidence_are_not_named() -> None:
    findings = [Finding("en", 0.995, 1500), Finding("fr", 0.005, 1500)]
    assert tags(ranked(findings, prose(1_000_000), reliable=True)) == ["en", "und"]


def test_code_counts_as_no_language() -> None:
    mostly_signs = Sample(text="", letters=500, visible=1000)
    assert tags(ranked([Finding("en", 1.0, 1500)], mostly_signs, reliable=True)) == ["und"]


@given(FINDINGS, st.integers(0, 10_000), st.integers(0, 10_000), st.booleans())
def test_confidences_fall_and_are_at_most_one_together(
    findings: list[Finding], letters: int, signs: int, reliable: bool
) -> None:
    *named, unknown = ranked(findings, Sample(text="", letters=letters, visible=letters + signs), reliable=reliable)
    confidences = [language.confidence for language in named]
    assert unknown.detected_language == "und"
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 < confidence >= unknown.confidence for confidence in confidences)
    assert sum(confidences) + unknown.confidence <= 1 + 1e-9


def test_a_long_text_is_sampled_in_each_part_of_it() -> None:
    part = 10 * SAMPLE
    sample = sampled("".join([chr(ord("a") + number) * part for number in range(SAMPLES)]))
    assert sample.text.split(" ") == [chr(ord("a") + number) * SAMPLE for number in range(SAMPLES)]
    assert sample.letters == SAMPLES * SAMPLE


def test_marks_of_a_script_count_as_letters_and_emoji_do_not() -> None:
    assert (sampled("कि").letters, sampled("😀 1!").letters) == (2, 0)


@given(st.text(st.characters(), max_size=3 * SAMPLE))
def test_what_is_sampled_can_be_written_as_utf_8_and_holds_no_control_characters(text: str) -> None:
    sample = sampled(text)
    assert not any(ord(character) < 32 for character in sample.text)
    sample.text.encode()
    assert sample.letters <= sample.visible
