"""One run of the benchmark: who is measured, and how they take turns.

Rules this file keeps: both contenders get the same questions in the same order and take turns, the first place going
round; no conversation is asked twice of the same one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from msgspec import Struct

from bench.contender import Ask, Contender
from bench.engine_contender import EngineContender
from bench.prompts import Prompts

Case = TypeVar("Case")
Result = TypeVar("Result")

QUESTION: Final = 110
"""Words; with a chat template's own tokens a prompt of about 120."""
ANSWER: Final = 128
"""Tokens."""


class Match(Struct, frozen=True):
    """Who is measured, with what. ``peer`` None: the Engine alone."""

    ours: EngineContender
    peer: Contender | None
    prompts: Prompts
    runs: int

    async def play(
        self, case: Callable[[], Case], once: Callable[[Contender, Case], Awaitable[Result]]
    ) -> tuple[list[Result], list[Result]]:
        """What ``once`` found of us and of the peer, for a new ``case`` each run."""
        ours: list[Result] = []
        peers: list[Result] = []
        for run in range(self.runs):
            asked = case()
            order: list[tuple[Contender, list[Result]]] = [(self.ours, ours)]
            if self.peer is not None:
                order.append((self.peer, peers))
            for contender, results in order if run % 2 == 0 else reversed(order):
                results.append(await once(contender, asked))
        return ours, peers

    def question(self, tokens: int = ANSWER, *, words: int = QUESTION, schema: str | None = None) -> Ask:
        """A new one."""
        return Ask(turns=self.prompts.question(words), max_tokens=tokens, schema=schema)
