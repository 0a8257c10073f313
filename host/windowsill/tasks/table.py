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
from windowsill.tasks.task import LocalTask, Task

TASKS: Final[Mapping[Interface, Task]] = {}
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


def interface_of(options: TaskOptions) -> Interface:
    """Whose options these are."""
    return _INTERFACES[type(options)]
