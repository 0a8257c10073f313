"""Prompts on their way to being tokens: whose is read next, and how many may wait.

Rules this file keeps: turns go round between origins, visible ones first, as for seats; an origin has one thread at a
time, so that its longest prompt keeps no other waiting; what is cancelled while it waits is gone at once.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final, Protocol, TypeVar

import anyio.to_thread

from windowsill import settings
from windowsill.engine import turns
from windowsill.engine.interruption import interruptible
from windowsill.engine_protocol import AnyTurn, Tool, ToolCalls
from windowsill.errors import UnknownError

READERS: Final = 4
"""Threads that read prompts (count): long ones of three origins leave another its turn, and more would only take cores
from the decode thread."""

WAITING_PROMPTS: Final = 2048
"""Prompts of one origin that wait to be read (count): each takes memory here and at its Host. Of a task's runs a Host
lets fewer come at once."""

WAITING_CHARACTERS: Final = settings.MAX_ENGINE_FRAME
"""Characters of them all: a thousand prompts that fill a context window, and whatever came in one frame."""

Outcome = TypeVar("Outcome")


class Asker(Protocol):
    """Who asks; ``visible`` may change while it waits."""

    origin: str
    visible: bool


class _Place:
    """One prompt in the queue."""

    def __init__(self, asker: Asker, age: int, characters: int) -> None:
        self.asker = asker
        self.age = age
        self.characters = characters
        self.turn = asyncio.Event()

    @property
    def origin(self) -> str:
        return self.asker.origin

    @property
    def visible(self) -> bool:
        return self.asker.visible


class PromptQueue:
    """One for all models, of one event loop."""

    def __init__(self) -> None:
        self._threads = anyio.CapacityLimiter(READERS)
        self._waiting = turns.Queue[_Place]()
        self._prompts: Counter[str] = Counter()
        self._characters: Counter[str] = Counter()
        self._reading: set[str] = set()
        self._ages = itertools.count(1)

    async def read(self, asker: Asker, characters: int, work: Callable[[], Outcome]) -> Outcome:
        """What ``work`` returns, done in a thread when it is the asker's turn; ``characters``: of all it reads (count).

        Cancelled, it leaves the queue at once, or its thread at the next ``interruption.look``.
        Raises UnknownError when too much of its origin waits already.
        """
        place = _Place(asker, next(self._ages), characters)
        self._enter(place)
        try:
            await place.turn.wait()
            return await anyio.to_thread.run_sync(interruptible(work), limiter=self._threads)
        finally:
            self._leave(place)

    def _enter(self, place: _Place) -> None:
        origin = place.origin
        too_many = self._prompts[origin] >= WAITING_PROMPTS
        if too_many or self._characters[origin] + place.characters > WAITING_CHARACTERS:
            raise UnknownError("This site has too many requests waiting.")
        self._waiting.add(place)
        self._prompts[origin] += 1
        self._characters[origin] += place.characters
        self._call()

    def _leave(self, place: _Place) -> None:
        if place.turn.is_set():
            self._reading.remove(place.origin)
            self._call()
        else:
            self._waiting.remove(place)
            self._count_out(place)

    def _call(self) -> None:
        """Whose turn it is may begin."""
        while len(self._reading) < READERS and (place := self._waiting.next(without=self._reading)) is not None:
            self._waiting.take(place)
            self._count_out(place)
            self._reading.add(place.origin)
            place.turn.set()

    def _count_out(self, place: _Place) -> None:
        self._prompts[place.origin] -= 1
        self._characters[place.origin] -= place.characters
        if not self._prompts[place.origin]:
            del self._prompts[place.origin], self._characters[place.origin]


def characters(spoken: Iterable[AnyTurn], tools: Iterable[Tool] = ()) -> int:
    """How much is to be read of them (count)."""
    definitions = sum([len(tool.description) + len(tool.parameters) for tool in tools])
    return definitions + sum([len(turn.content) + _called(turn) for turn in spoken])


def _called(turn: AnyTurn) -> int:
    return sum([len(call.arguments) for call in turn.calls]) if isinstance(turn, ToolCalls) else 0
