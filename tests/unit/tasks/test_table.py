"""Every interface of the wire has its task, and its options name it."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from windowsill.protocol import Interface, SummarizerOptions, TaskOptions, TranslatorOptions
from windowsill.tasks.table import LOCAL_TASKS, TASKS, interface_of, local_task

OPTIONS: tuple[type[msgspec.Struct], ...] = get_args(TaskOptions)


def test_every_interface_but_that_of_sessions_has_one_task() -> None:
    served = [*TASKS, *LOCAL_TASKS]
    assert sorted(served) == sorted(set(get_args(Interface)) - {"language-model"})


@pytest.mark.parametrize("kind", OPTIONS)
def test_options_are_those_of_the_interface_that_they_are_tagged_with(kind: type[msgspec.Struct]) -> None:
    writing: dict[str, object] = {"tone": "neutral", "format": "markdown", "length": "short"}
    examples: dict[str, dict[str, object]] = {
        "summarizer": {"kind": "tldr", "format": "markdown", "length": "short", "preference": "auto"},
        "writer": writing,
        "rewriter": {**writing, "tone": "as-is", "length": "as-is"},
        "proofreader": {"includeCorrectionTypes": False, "includeCorrectionExplanations": False},
        "translator": {"sourceLanguage": "en", "targetLanguage": "fr"},
        "language-detector": {},
    }
    tag = str(kind.__struct_config__.tag)
    assert interface_of(msgspec.convert({"type": tag, **examples[tag]}, TaskOptions)) == tag


def test_translation_into_the_same_language_needs_no_model_and_any_other_does() -> None:
    assert local_task(TranslatorOptions(source_language="en", target_language="en-GB")) is not None
    assert local_task(TranslatorOptions(source_language="en", target_language="fr")) is None
    assert local_task(SummarizerOptions(kind="tldr", format="markdown", length="short", preference="auto")) is None
