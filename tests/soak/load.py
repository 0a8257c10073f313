"""What visitors of many pages do next: the same seed draws the same. Pure.

Rules this file keeps: lengths and kinds are drawn as people's are, most short and few long; nothing here knows who
answers.
"""

from __future__ import annotations

import random
from typing import Final, Literal

from bench.prompts import Prompts

Deed = Literal[
    "chat", "whole", "long", "clone", "abort", "leave", "destroy", "close", "append", "measure", "schema", "pause"
]

WEIGHTS: Final[dict[Deed, int]] = {
    "chat": 40,
    "whole": 10,
    "long": 6,
    "clone": 8,
    "abort": 10,
    "leave": 4,
    "destroy": 4,
    "close": 2,
    "append": 4,
    "measure": 4,
    "schema": 5,
    "pause": 3,
}
"""How often each is done, of a hundred."""

QUESTION_WORDS: Final = (3, 20)
LONG_WORDS: Final = (30, 100)
HIDDEN: Final = 0.2
"""Of what is asked, asked by tabs that are not on screen."""


class Load:
    """One visitor's whims."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._prompts = Prompts(seed)

    def deed(self) -> Deed:
        """What to do next."""
        return self._random.choices(list(WEIGHTS), weights=list(WEIGHTS.values()))[0]

    def place(self, places: int) -> int:
        """Which of so many."""
        return self._random.randrange(places)

    def question(self) -> str:
        """Some words."""
        return self._prompts.text(self._random.randint(*QUESTION_WORDS))

    def page(self) -> str:
        """As many words as somebody pastes who wants a page summarized."""
        return self._prompts.text(self._random.randint(*LONG_WORDS))

    def visible(self) -> bool:
        """Whether the tab is on screen."""
        return self._random.random() >= HIDDEN
