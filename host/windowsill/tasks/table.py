"""Which task answers for which interface: the one place that knows them all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from windowsill.protocol import (
    Interface,
    LanguageDetectorOptions,
    ProofreaderOptions,
    RewriterOptions,
    SummarizerOptions,
    TaskOptions,
    TranslatorOptions,
    WriterOptions,
)
from windowsill.tasks.language_detector import LanguageDetector
from windowsill.tasks.proofread import Proofread
from windowsill.tasks.task import LocalTask, Task
from windowsill.tasks.translator import SameLanguage, Translator, is_same_language
from windowsill.tasks.writing.task import WritingTask

_WRITING: Final = WritingTask()

TASKS: Final[Mapping[Interface, Task]] = {
    "translator": Translator(),
    "proofreader": Proofread(),
    "summarizer": _WRITING,
    "writer": _WRITING,
    "rewriter": _WRITING,
}
"""Done by a language model."""

LOCAL_TASKS: Final[Mapping[Interface, LocalTask]] = {"language-detector": LanguageDetector()}
"""Done in the Host."""


_INTERFACES: Final[Mapping[type[TaskOptions], Interface]] = {
    SummarizerOptions: "summarizer",
    WriterOptions: "writer",
    RewriterOptions: "rewriter",
    ProofreaderOptions: "proofreader",
    TranslatorOptions: "translator",
    LanguageDetectorOptions: "language-detector",
}

_SAME_LANGUAGE: Final = SameLanguage()


def local_task(options: TaskOptions) -> LocalTask | None:
    """What does it in the Host; None where that takes a language model."""
    if isinstance(options, TranslatorOptions) and is_same_language(options):
        return _SAME_LANGUAGE
    return LOCAL_TASKS.get(interface_of(options))


def interface_of(options: TaskOptions) -> Interface:
    """Whose options these are."""
    return _INTERFACES[type(options)]
