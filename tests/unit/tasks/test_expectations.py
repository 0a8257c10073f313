"""Text in any language can be served, and tools; nothing else can."""

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


def test_calls_of_tools_are_served_on_both_sides_and_what_they_gave_is_said_by_the_page_only() -> None:
    call, response = Expected(kind="tool-call"), Expected(kind="tool-response")
    assert supported((text(), call, response), (text(), call))
    assert not supported((), (response,))


@pytest.mark.parametrize("kind", ["image", "audio"])
def test_a_kind_other_than_these_is_refused_on_either_side(kind: MessageType) -> None:
    assert not supported((text(), Expected(kind=kind)), ())
    assert not supported((), (Expected(kind=kind),))
