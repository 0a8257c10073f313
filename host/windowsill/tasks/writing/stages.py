"""What an answer passes on its way to the page: stages that each take text and give what is certain of it. Pure.

Rule for every stage: what it gives in all depends on what it took in all, never on how that was cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Stage(Protocol):
    """``push`` text in order, then ``finish`` once; both return what goes on to the next stage."""

    def push(self, text: str) -> str:
        """More of the answer came."""

    def finish(self) -> str:
        """Nothing more comes."""


class Stages:
    """Several, one behind the other."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        self._stages = tuple(stages)

    def push(self, text: str) -> str:
        """See ``Stage``."""
        for stage in self._stages:
            text = stage.push(text)
        return text

    def finish(self) -> str:
        """See ``Stage``."""
        text = ""
        for stage in self._stages:
            text = stage.push(text) + stage.finish()
        return text


class Trim:
    """Gives no white space before the text, and none after it."""

    def __init__(self) -> None:
        self._begun = False
        self._space = ""

    def push(self, text: str) -> str:
        """See ``Stage``."""
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
        text = self._space + text
        kept = text.rstrip()
        self._space = text[len(kept) :]
        return kept

    def finish(self) -> str:
        """See ``Stage``."""
        return ""
