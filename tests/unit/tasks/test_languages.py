"""Tags are matched by language, script and region, whatever a page writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.tasks.languages import (
    REGIONAL_SCRIPTS,
    SCRIPTS,
    alike,
    all_served,
    best_fit,
    canonical,
    plausible,
    served,
)

LANGUAGES = st.sampled_from(["en", "de", "zh", "sr", "uz", "pa", "no", "nb", "yue", "ja", "pt"])
SUBTAGS = st.lists(st.sampled_from(["Latn", "Hant", "Hans", "Cyrl", "US", "TW", "419", "1996", "x", "foo"]), max_size=4)
TAGS = st.builds(lambda language, subtags: "-".join([language, *subtags]), LANGUAGES, SUBTAGS)


@pytest.mark.parametrize(
    ("asked", "supported", "fit"),
    [
        ("en", {"en"}, "en"),
        ("en-GB", {"en"}, "en"),
        ("en-GB", {"en", "en-GB"}, "en-GB"),
        ("de", {"de-DE"}, "de"),
        ("de-AT", {"de-DE"}, "de"),
        ("de-CH-1996", {"de-CH", "de"}, "de-CH"),
        ("pt-PT", {"pt-BR"}, "pt"),
        ("zh-TW", {"zh", "zh-Hant"}, "zh-Hant"),
        ("zh-CN", {"zh-Hans", "zh-Hant"}, "zh-Hans"),
        ("zh", {"zh-Hans"}, "zh"),
        ("zh-HK", {"zh-Hant-HK", "zh-Hant"}, "zh-Hant-HK"),
        ("zh-HK", {"zh-Hant-TW"}, "zh-Hant"),
        ("zh-HK", {"zh-TW"}, "zh-Hant"),
        ("zh-Hant", {"zh-TW"}, "zh-Hant"),
        ("zh", {"zh-TW"}, None),
        ("sr-RU", {"sr-ME"}, "sr-Latn"),
        ("zh-Hans-SG", {"zh"}, "zh"),
        ("zh-TW", {"zh"}, None),
        ("zh", {"zh-Hant"}, None),
        ("sr-Latn", {"sr"}, None),
        ("sr-Latn-RS", {"sr-Latn"}, "sr-Latn"),
        ("sr-ME", {"sr", "sr-Latn"}, "sr-Latn"),
        ("sr-Cyrl", {"sr"}, "sr"),
        ("nb", {"no"}, "no"),
        ("no", {"nb"}, "nb"),
        ("nb-NO", {"no"}, "no"),
        ("es-419", {"es"}, "es"),
        ("fr", {"en"}, None),
        ("en-u-ca-buddhist", {"en"}, "en"),
        ("chr-US", {"chr"}, "chr"),
    ],
)
def test_a_tag_is_served_by_the_nearest_of_its_script(asked: str, supported: set[str], fit: str | None) -> None:
    assert best_fit(asked, supported) == fit


@pytest.mark.parametrize("tag", ["unk", "und", "x-private", "1x", "éé", "e", "", "-", "und-Latn"])
def test_a_tag_that_names_no_language_is_served_by_nothing(tag: str) -> None:
    assert best_fit(tag, {"en", tag}) is None
    assert served(tag, frozenset()) is None
    assert not plausible(tag)


def test_a_model_of_unknown_languages_serves_any_of_them_as_itself() -> None:
    assert served("sr-Latn-RS", frozenset()) == "sr-Latn-RS"


def test_a_model_of_known_languages_serves_only_these() -> None:
    assert served("en-GB", frozenset({"en"})) == "en"
    assert served("de", frozenset({"en"})) is None


@pytest.mark.parametrize(
    ("one", "other"), [("en-US", "en-GB"), ("en", "en-AU"), ("zh", "zh-CN"), ("zh-TW", "zh-HK"), ("no", "nb")]
)
def test_variants_of_one_language_are_alike_either_way(one: str, other: str) -> None:
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(("one", "other"), [("en", "de"), ("zh-TW", "zh-CN"), ("sr", "sr-Latn"), ("unk", "unk")])
def test_other_languages_or_scripts_are_not_alike(one: str, other: str) -> None:
    assert not alike(one, other)


@pytest.mark.parametrize(
    ("written", "tag"),
    [("EN", "en"), ("zh_hant_tw", "zh-Hant-TW"), ("iw", "he"), ("sh", "sr-Latn"), ("tl", "fil"), ("es-419", "es-419")],
)
def test_a_tag_is_written_as_browsers_write_it(written: str, tag: str) -> None:
    assert canonical(written) == tag


def test_a_script_is_only_exceptional_where_it_is_not_the_likely_one() -> None:
    assert all(SCRIPTS.get(language, "Latn") != script for (language, _), script in REGIONAL_SCRIPTS.items())


@given(TAGS)
def test_a_supported_tag_serves_itself(tag: str) -> None:
    assert best_fit(tag, {tag, "fr"}) == tag


@given(TAGS, st.sets(TAGS))
def test_what_serves_a_tag_is_supported_or_more_general_than_what_is(tag: str, supported: set[str]) -> None:
    fit = best_fit(tag, supported)
    assert fit is None or any(best_fit(one, {fit}) == fit for one in supported)


@given(st.text(max_size=40), st.sets(st.text(max_size=20), max_size=4))
def test_any_text_is_taken_as_a_tag(tag: str, supported: set[str]) -> None:
    fit = best_fit(tag, supported)
    assert fit is None or 2 <= len(fit.split("-")[0]) <= 3


def test_several_languages_are_served_once_each_or_not_at_all() -> None:
    known = frozenset({"de", "en"})
    assert all_served(("en-GB", "de", "en-US"), known) == ("en", "de")
    assert all_served((), known) == ()
    assert all_served(("en", "fr"), known) is None
