"""What the decode thread tells: events in their order, and the text of each stream when it is due.

Rules this file keeps: a stream's first text goes at once and later text at most every ENGINE_JOIN_SECONDS, as every
publication wakes other processes; what is added goes with the next publication.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from windowsill.engine import bounds
from windowsill.engine.commands import Event, TextReady
from windowsill.engine.stream import Stream


class Outbox:
    """``publish`` gets what is to be told; ``streams``: those under way, by key, as their owner changes them."""

    def __init__(
        self, publish: Callable[[list[Event]], None], clock: Callable[[], float], streams: Mapping[int, Stream]
    ) -> None:
        self._publish = publish
        self._clock = clock
        self._streams = streams
        self._events: list[Event] = []

    def add(self, event: Event) -> None:
        """Tell ``event`` next time."""
        self._events.append(event)

    def send(self) -> None:
        """Tell what was added."""
        if self._events:
            events, self._events = self._events, []
            self._publish(events)

    def send_due(self) -> None:
        """Tell what was added, and the text that is due."""
        now = self._clock()
        for key, stream in self._streams.items():
            if stream.unsent and now >= stream.due:
                self._events.append(TextReady(key, stream.unsent))
                stream.unsent = ""
                stream.due = now + bounds.ENGINE_JOIN_SECONDS
        self.send()

    def send_all(self) -> None:
        """Tell what was added, and all text there is: what comes next takes long, or nothing comes."""
        for stream in self._streams.values():
            stream.due = 0.0
        self.send_due()
