"""Text in any language can be served; nothing else can."""

from __future__ import annotations

import pytest

from windowsill.protocol import Expected, MessageType
from windowsill.tasks.expectations import supported


def text(*languages: str) -> Expected:
    return Expected(kind="text", languages=languages)


def test_expecting_nothing_is_served() -> None:
    assert supported((), ())


@pytest.mark.parametrize("tag", ["en", "de-AT", "zh-Hant-TW", "fil", "YUE"])
def test_a_language_is_served(tag: str) -> None:
    assert supported((text(tag),), (text("en", tag),))


@pytest.mark.parametrize("tag", ["unk", "und", "x-private", "1x", "éé", "e"])
def test_a_tag_that_names_no_language_is_refused_on_either_side(tag: str) -> None:
    assert not supported((text("en", tag),), ())
    assert not supported((), (text(tag),))


@pytest.mark.parametrize("kind", ["image", "audio", "tool-call", "tool-response"])
def test_a_kind_other_than_text_is_refused_on_either_side(kind: MessageType) -> None:
    assert not supported((text(), Expected(kind=kind)), ())
    assert not supported((), (Expected(kind=kind),))
