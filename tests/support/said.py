"""What a Host said to the browser, in order, and waiting for more of it."""

from __future__ import annotations

from typing import TypeVar

import anyio
from msgspec import Struct

from windowsill.protocol import Chunk, Done, Error, ErrorInfo, HostSays, Result

T = TypeVar("T", bound=Struct)


class Said:
    """Takes events as ``send`` does."""

    def __init__(self) -> None:
        self.events: list[HostSays] = []
        self._news = anyio.Event()

    def __call__(self, event: HostSays) -> None:
        self.events.append(event)
        self._news.set()

    def all(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]

    async def _more(self) -> None:
        """Any number may wait for one event."""
        if self._news.is_set():
            self._news = anyio.Event()
        await self._news.wait()

    async def until(self, kind: type[T], count: int = 1) -> T:
        """The ``count``-th event of that kind."""
        while len(self.all(kind)) < count:
            await self._more()
        return self.all(kind)[count - 1]

    async def terminal(self, client: int, id: int) -> Result | ErrorInfo:
        """How that request ended."""
        while not (ends := self.terminals(client, id)):
            await self._more()
        return ends[-1]

    def terminals(self, client: int, id: int) -> list[Result | ErrorInfo]:
        return [
            event.result if isinstance(event, Done) else event.error
            for event in self.events
            if isinstance(event, Done | Error) and (event.client, event.id) == (client, id)
        ]

    def text(self, client: int, id: int) -> str:
        return "".join(event.text for event in self.all(Chunk) if (event.client, event.id) == (client, id))
