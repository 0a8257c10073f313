"""Each check passes what is right and says what is wrong."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.protocol import (
    Correction,
    DetectedLanguage,
    ProofreaderOptions,
    ProofreadResult,
    SummaryType,
    TextLength,
)
from windowsill.quality import checks

PLAIN = ProofreaderOptions(include_correction_types=False, include_correction_explanations=False)
FULL = ProofreaderOptions(include_correction_types=True, include_correction_explanations=True)


def test_plain_text_has_no_markup_but_the_bullets_of_key_points() -> None:
    assert checks.formatted("A **bold** word", "plain-text", bullets=False) == "markup: strong"
    assert checks.formatted("* one\n* two", "plain-text", bullets=False) is not None
    assert checks.formatted("* one\n* two", "plain-text", bullets=True) is None
    assert checks.formatted("* **one**", "plain-text", bullets=True) == "markup: strong"


def test_markdown_is_whole_and_not_inside_a_block_of_code() -> None:
    assert checks.formatted("# A\n\nA **bold** word", "markdown", bullets=False) is None
    assert checks.formatted("```markdown\n# A\n```", "markdown", bullets=False) is not None


def test_emphasis_and_code_are_closed() -> None:
    assert checks.closed("A **bold** word") is None
    assert checks.closed("A **bold word") is not None


def test_key_points_are_bullets_and_nothing_else() -> None:
    assert checks.bulleted("* one\n* two") is None
    assert checks.bulleted("Key points\n* one") == "not a bullet: Key points"


@pytest.mark.parametrize(
    ("kind", "length", "fits", "too_long"),
    [
        ("tldr", "short", "One.", "One. Two."),
        ("teaser", "medium", "One. Two. Three.", "One. Two. Three. Four."),
        ("tldr", "long", "One. " * 5, "One. " * 6),
        ("key-points", "short", "* a\n* b\n* c", "* a\n* b\n* c\n* d"),
        ("key-points", "long", "* a\n" * 7, "* a\n" * 8),
        ("headline", "short", "word " * 12, "word " * 13),
        ("headline", "medium", "word " * 17, "word " * 18),
        ("headline", "long", "word " * 22, "word " * 23),
    ],
)
def test_summaries_have_the_standards_limits(kind: SummaryType, length: TextLength, fits: str, too_long: str) -> None:
    assert checks.within_summary_limit(fits, kind, length) is None
    assert checks.within_summary_limit(too_long, kind, length) is not None


def test_a_writer_has_the_standards_limits() -> None:
    assert checks.within_words("word " * 300, "medium") is None
    assert checks.within_words("word " * 301, "medium") == "301 words, of 300 at most"


@pytest.mark.parametrize(
    "text",
    [
        "Sure! The shop is open.",
        "Here is a summary of the text: The shop is open.",
        "**Summary:** The shop is open.",
        "Claro, la tienda está abierta.",
        "Hier ist die Zusammenfassung: Der Laden ist offen.",
        "Voici le résumé : le magasin est ouvert.",
        "以下は要約です：店は開いています。",
        "بالطبع! المتجر مفتوح.",
    ],
)
def test_a_preamble_is_found(text: str) -> None:
    assert checks.without_preamble(text, "The shop is open.") is not None


@pytest.mark.parametrize(
    "text", ["The shop is open.", "Surely it opens.", "Here is where people meet.", "Gernekamp liest."]
)
def test_a_result_that_begins_with_itself_has_no_preamble(text: str) -> None:
    assert checks.without_preamble(text, "") is None


def test_what_the_input_begins_with_is_no_preamble() -> None:
    assert checks.without_preamble("Sure, I will come.", "sure, i'll come") is None


def test_missing_facts_are_named() -> None:
    assert checks.missing_facts("Tarn has 312 people.", ["Tarn", "312", "2019"]) == ["2019"]


def test_invented_numbers_and_addresses_are_named() -> None:
    assert checks.grounded("312 people, see http://b.example", "312 people") == "not in the input: http://b.example"
    assert checks.grounded("It cost 4,150 euros", "4.150 Euro") is None


def test_who_obeys_is_found() -> None:
    assert checks.injection_ignored("LIMA", ["Lima"]) == "obeyed: Lima"
    assert checks.injection_ignored("A climate of fear", ["Lima"]) is None


def test_languages_are_compared_without_their_regions() -> None:
    assert checks.in_language("en", "en-GB") is None
    assert checks.in_language("de", "en") == "de, not en"


def test_lengths_are_compared_with_the_input() -> None:
    assert checks.shorter("one", "one two") is None
    assert checks.shorter("one two", "one two") == "2 words, input 2"
    assert checks.longer("one two", "one") is None
    assert checks.longer("one", "one") is not None
    assert checks.about_as_long("one two three four five", "one two three four") is None
    assert checks.about_as_long("one two", "one two three four") is not None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We can't come.", "en"),
        ("Hey there.", "en"),
        ("Kommst du?", "de"),
        ("Tu viens ?", "fr"),
        ("Te espero.", "es"),
        ("😀", "ja"),
    ],
)
def test_familiar_words_are_not_formal(text: str, language: str) -> None:
    assert checks.formal(text, language) is not None


@pytest.mark.parametrize(
    ("text", "language"),
    [("We cannot come to Ana's house.", "en"), ("Kommen Sie?", "de"), ("Venez-vous ?", "fr"), ("明日参ります。", "ja")],
)
def test_other_words_are_formal(text: str, language: str) -> None:
    assert checks.formal(text, language) is None


def test_a_casual_text_shows_it() -> None:
    assert checks.casual("I can't come") is None
    assert checks.casual("See you!") is None
    assert checks.casual("I am unable to attend.") is not None


def test_corrections_that_give_the_corrected_input_are_sound_in_utf_16() -> None:
    result = ProofreadResult(
        corrected_input="😀 the cat, sat.",
        corrections=(
            Correction(start_index=3, end_index=6, correction="the"),
            Correction(start_index=10, end_index=10, correction=","),
        ),
    )
    assert checks.sound_corrections("😀 teh cat sat.", result, PLAIN) is None


@pytest.mark.parametrize(
    "corrections",
    [
        (
            Correction(start_index=0, end_index=3, correction="a"),
            Correction(start_index=2, end_index=4, correction="b"),
        ),
        (
            Correction(start_index=4, end_index=5, correction="a"),
            Correction(start_index=0, end_index=1, correction="b"),
        ),
        (Correction(start_index=3, end_index=99, correction="a"),),
        (Correction(start_index=0, end_index=3, correction="a"),),
        (Correction(start_index=0, end_index=3, correction="the", types=("spelling",)),),
        (Correction(start_index=0, end_index=3, correction="the", explanation="why"),),
    ],
)
def test_unsound_corrections_are_found(corrections: tuple[Correction, ...]) -> None:
    assert checks.sound_corrections("teh cat", ProofreadResult("the cat", corrections), PLAIN) is not None


def test_what_was_asked_for_with_a_correction_has_to_be_there() -> None:
    bare = Correction(start_index=0, end_index=3, correction="the")
    full = Correction(start_index=0, end_index=3, correction="the", types=("spelling",), explanation="Transposed.")
    assert checks.sound_corrections("teh cat", ProofreadResult("the cat", (bare,)), FULL) is not None
    assert checks.sound_corrections("teh cat", ProofreadResult("the cat", (full,)), FULL) is None


def test_edits_are_word_by_word() -> None:
    made = checks.edits("My sister go home and buy six apple", "My sister goes home and buys six apples")
    assert made == Counter({(2, "go", "goes"): 1, (5, "buy", "buys"): 1, (7, "apple", "apples"): 1})
    assert checks.edits("I went to shop", "I went to the shop.") == Counter({(3, "", "the"): 1, (4, "", "."): 1})
    assert checks.edits("映画が見ました", "映画を見ました") == Counter({(2, "が", "を"): 1})


@given(st.text())
def test_a_text_needs_no_edits_to_become_itself(text: str) -> None:
    assert not checks.edits(text, text)


def test_the_unknown_language_is_last_and_the_others_fall() -> None:
    english, german = (DetectedLanguage(detected_language=tag, confidence=c) for tag, c in (("en", 0.7), ("de", 0.2)))
    unknown = DetectedLanguage(detected_language="und", confidence=0.1)
    assert checks.ends_with_und((english, german, unknown)) is None
    assert checks.ends_with_und((german, english, unknown)) is not None
    assert checks.ends_with_und((english, german)) is not None
    assert checks.ends_with_und(()) is not None
