"""Text in any language can be served, and tools; as input also what the model takes."""

from __future__ import annotations

import pytest

from windowsill.protocol import Expected, MessageType
from windowsill.tasks.expectations import supported


def text(*languages: str) -> Expected:
    return Expected(kind="text", languages=languages)


TEXT: frozenset[MessageType] = frozenset({"text"})


def test_expecting_nothing_is_served() -> None:
    assert supported((), (), TEXT)


@pytest.mark.parametrize("tag", ["en", "de-AT", "zh-Hant-TW", "fil", "YUE"])
def test_a_language_is_served(tag: str) -> None:
    assert supported((text(tag),), (text("en", tag),), TEXT)


@pytest.mark.parametrize("tag", ["unk", "und", "x-private", "1x", "éé", "e"])
def test_a_tag_that_names_no_language_is_refused_on_either_side(tag: str) -> None:
    assert not supported((text("en", tag),), (), TEXT)
    assert not supported((), (text(tag),), TEXT)


def test_calls_of_tools_are_served_on_both_sides_and_what_they_gave_is_said_by_the_page_only() -> None:
    call, response = Expected(kind="tool-call"), Expected(kind="tool-response")
    assert supported((text(), call, response), (text(), call), TEXT)
    assert not supported((), (response,), TEXT)


@pytest.mark.parametrize("kind", ["image", "audio"])
def test_a_kind_other_than_these_is_refused_on_either_side(kind: MessageType) -> None:
    assert not supported((text(), Expected(kind=kind)), (), TEXT)
    assert not supported((), (Expected(kind=kind),), TEXT)


@pytest.mark.parametrize("kind", ["image", "audio"])
def test_a_model_that_takes_a_medium_serves_it_as_input_only(kind: MessageType) -> None:
    taken = TEXT | {kind}
    assert supported((text("en"), Expected(kind=kind, languages=("de",))), (text(),), taken)
    assert not supported((Expected(kind=kind, languages=("unk",)),), (), taken)
    assert not supported((), (Expected(kind=kind),), taken)


def test_a_model_that_takes_images_does_not_listen() -> None:
    assert not supported((Expected(kind="image"), Expected(kind="audio")), (), TEXT | {"image"})
