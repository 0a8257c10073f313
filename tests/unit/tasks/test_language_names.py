"""Languages have English names in instructions."""

from __future__ import annotations

import pytest

from windowsill.tasks.language_names import NAMES, english_name
from windowsill.tasks.languages import LONGER_LANGUAGES, canonical, plausible


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("en", "English (en)"),
        ("pt-BR", "Portuguese (pt-BR)"),
        ("zh-Hant-HK", "Traditional Chinese (zh-Hant-HK)"),
        ("sr-Latn", "Serbian (sr-Latn)"),
        ("vo", "vo"),
    ],
)
def test_a_language_is_called_by_its_name_and_its_tag(tag: str, name: str) -> None:
    assert english_name(tag) == name


def test_names_are_those_of_canonical_tags_that_models_may_declare() -> None:
    assert all(canonical(tag) == tag and plausible(tag) for tag in NAMES)
    assert set(NAMES) >= LONGER_LANGUAGES
