"""Conversations of known length that no two questions share, so that no cache helps by accident.

Every word is one token with its space before it, in both vocabularies of ``shapes``.
"""

from __future__ import annotations

import random
from typing import Final

from windowsill.engine_protocol import Turn

WORDS: Final = tuple(
    """
    about above after again air all along animal answer any apple area arm around back ball bank base beach bed
    before best big bird black blue boat body book bottle box boy bridge brother build burn call car care cat center
    chair child city class clean clear close cloud cold color common corner country cover cut dark day deep dinner
    dog door down dream drink drive dry early earth east eat end enough evening every eye face fact fall family
    far farm fast father field find fire fish floor fly food foot forest form four free fresh friend front full game
    garden girl give glass gold good grass great green ground group grow hair hand happy hard hat head hear heart
    heavy help high hill home horse hot hour house ice island key kind king kitchen land language large last late
    leaf learn left letter life light line little long low machine man map market meat metal middle milk mind money
    moon morning mother mountain mouth move music name near neck new night north nose ocean office old open orange
    paper part people picture piece place plane plant play point power price queen quick quiet rain read red rest
    rice right ring river road rock room round run salt sand school sea season second seed ship short shop side
    silver simple sister size skin sky sleep slow small snow soft song sound south space star stone story street
    strong sugar summer sun table tall test thing time top town travel tree true turn uncle under valley village
    voice walk wall war warm wash water weather week west wheel white wide wild wind window winter wood word work
    world yellow young
    """.split()  # noqa: SIM905 - one word a line would take six pages
)


class Prompts:
    """The same seed gives the same prompts in the same order."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def text(self, words: int) -> str:
        """``words`` words, the first one with a space before it as well."""
        return "".join(f" {word}" for word in self._random.choices(WORDS, k=words))

    def question(self, words: int) -> tuple[Turn, ...]:
        """A conversation's first turn."""
        return (Turn(role="user", content=self.text(words)),)

    def next_question(self, turns: tuple[Turn, ...], answer: str, words: int) -> tuple[Turn, ...]:
        """The conversation after ``answer``, with a question more."""
        return (*turns, Turn(role="assistant", content=answer), Turn(role="user", content=self.text(words)))
