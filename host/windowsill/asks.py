"""Questions to the user. One per origin at a time: further documents join it, but one for each local file. Decides; the
Broker shows.

A question ends by an answer, by time ("not now"), or when nobody waits for it any more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import anyio

from windowsill.grants import Asker
from windowsill.protocol import Ask, AskEnded, Decision, HostSays, Interface

ASK_SECONDS: Final = 120.0
"""Seconds after which an unanswered ask window counts as "not now": long enough to read it and think, and a page
that waits behind it hears something in the end."""


class _Question:
    def __init__(self, number: int) -> None:
        self.number = number
        self.answered = anyio.Event()
        self.decision: Decision = "dismiss"
        self.askers: list[Asker] = []


class Asks:
    """Open questions, by whom an answer speaks for and by number."""

    def __init__(self, send: Callable[[HostSays], None]) -> None:
        self._send = send
        self._open: dict[tuple[str, str, bool, int | None], _Question] = {}
        self._last = 0

    def __len__(self) -> int:
        return len(self._open)

    async def ask(self, asker: Asker, interface: Interface, model: str, embedder: str | None) -> Decision:
        """The user's decision, for every document of the origin that waits; ``dismiss`` after ASK_SECONDS."""
        key = (asker.profile, asker.origin, asker.incognito, asker.client if asker.is_local_file else None)
        question = self._open.get(key)
        if question is None:
            self._last += 1
            question = self._open[key] = _Question(self._last)
            self._send(
                Ask(
                    ask=question.number,
                    origin=asker.origin,
                    interface=interface,
                    model=model,
                    incognito=asker.incognito,
                    embedder=embedder,
                )
            )
        question.askers.append(asker)
        try:
            with anyio.move_on_after(ASK_SECONDS):
                await question.answered.wait()
            return question.decision
        finally:
            question.askers.remove(asker)
            if not question.askers and self._open.get(key) is question:
                del self._open[key]
                self._send(AskEnded(ask=question.number))

    def decide(self, number: int, decision: Decision) -> tuple[Asker, ...]:
        """The user answered; returns who was waiting. An answer to a question that is over concerns nobody."""
        for key, question in self._open.items():
            if question.number == number:
                question.decision = decision
                question.answered.set()
                del self._open[key]
                self._send(AskEnded(ask=number))
                return tuple(question.askers)
        return ()
