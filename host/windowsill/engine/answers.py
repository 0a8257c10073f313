"""Answers under way, as the event loop sees them: what the decode thread publishes finds its way to who asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from windowsill.engine.commands import Cancel, Ended, Event, Go, Pause, Seen, Show, Steering, TextReady


class Answer:
    """One sequence under way. ``ended`` is done when it is over."""

    def __init__(self, key: int, submit: Callable[[Steering], None], on_text: Callable[[str], None]) -> None:
        self.ended: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
        self._key = key
        self._submit = submit
        self._on_text = on_text

    def cancel(self) -> None:
        """End it at the next step."""
        self._submit(Cancel(self._key))

    def pause(self) -> None:
        """No more steps until ``go``."""
        self._submit(Pause(self._key))

    def go(self) -> None:
        """Undo ``pause``."""
        self._submit(Go(self._key))

    def show(self, *, visible: bool) -> None:
        """Whoever asked came to the front, or left it."""
        self._submit(Show(self._key, visible))

    def take(self, event: TextReady | Ended) -> None:
        """What the decode thread says of it."""
        match event:
            case TextReady(_, text):
                self._on_text(text)
            case Ended():
                self.ended.set_result(event)


class Answers:
    """Those of one model, by key, and who wants to see what runs."""

    def __init__(self) -> None:
        self._by_key: dict[int, Answer] = {}
        self._lookers: list[asyncio.Future[Seen]] = []

    def add(self, key: int, answer: Answer) -> None:
        """From now on its events are handed to ``answer``."""
        self._by_key[key] = answer

    def look(self) -> asyncio.Future[Seen]:
        """Done with the next ``Seen``."""
        looker: asyncio.Future[Seen] = asyncio.get_running_loop().create_future()
        self._lookers.append(looker)
        return looker

    def deliver(self, events: list[Event]) -> None:
        """Hand over what the decode thread published."""
        for event in events:
            if isinstance(event, Seen):
                self._show(event)
                continue
            self._by_key[event.key].take(event)
            if isinstance(event, Ended):
                del self._by_key[event.key]

    def fail_all(self) -> None:
        """The decode thread is gone."""
        self.deliver([Ended(key, "failed", 0) for key in self._by_key])
        self._show(Seen({}, 0, 0, 0))

    def _show(self, seen: Seen) -> None:
        lookers, self._lookers = self._lookers, []
        for looker in lookers:
            if not looker.done():
                looker.set_result(seen)
