"""Whose turn it is: for a seat, for a token of the next step, for the rest of a batch, and to leave. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Final, Generic, Protocol, TypeVar

from windowsill.engine.sequence import Chunk, Sequence

VISIBLE_TURNS: Final = 3
"""Seats given to visible sequences in a row while a hidden one waits (count)."""

HIDDEN_SHARE: Final = 4
"""Hidden sequences decode in one step of this many, and hidden prompts get one part in this many of a batch, while
visible ones want it all."""

OLDEST_SHARE: Final = 4
"""One part in this many of a batch goes to the prompt that waits longest: short ones must not overtake it for ever."""


class Waiter(Protocol):
    """Who wants something of which there is not enough for all."""

    @property
    def origin(self) -> str:
        """Who asks."""

    @property
    def visible(self) -> bool:
        """Whether somebody sees it; may change."""

    @property
    def age(self) -> int:
        """The lower, the older."""


Waiting = TypeVar("Waiting", bound=Waiter)


class Queue(Generic[Waiting]):
    """Who waits for a turn: round between origins, by age within one."""

    def __init__(self) -> None:
        self._waiters: list[Waiting] = []
        self._origins: list[str] = []
        self._visible_turns = 0

    def __len__(self) -> int:
        return len(self._waiters)

    def add(self, waiter: Waiting) -> None:
        """Its origin's turn comes after those that wait already."""
        self._waiters.append(waiter)
        if waiter.origin not in self._origins:
            self._origins.append(waiter.origin)

    def remove(self, waiter: Waiting) -> None:
        """It wants no turn any more."""
        self._waiters.remove(waiter)
        if all(other.origin != waiter.origin for other in self._waiters):
            self._origins.remove(waiter.origin)

    def next(self, *, without: Collection[str] = ()) -> Waiting | None:
        """Whose turn it is, of all origins but those ``without`` one."""
        able = [waiter for waiter in self._waiters if waiter.origin not in without]
        hidden = [waiter for waiter in able if not waiter.visible]
        visible = [waiter for waiter in able if waiter.visible]
        return self._first(hidden if hidden and (not visible or self._visible_turns >= VISIBLE_TURNS) else visible)

    def take(self, waiter: Waiting) -> None:
        """It got its turn: the next one is another origin's."""
        self.remove(waiter)
        if waiter.origin in self._origins:
            self._origins.remove(waiter.origin)
            self._origins.append(waiter.origin)
        hidden_waits = any(not other.visible for other in self._waiters)
        self._visible_turns = self._visible_turns + 1 if waiter.visible and hidden_waits else 0

    def _first(self, candidates: list[Waiting]) -> Waiting | None:
        turn = {origin: place for place, origin in enumerate(self._origins)}
        return min(candidates, key=lambda waiter: (turn[waiter.origin], waiter.age), default=None)


class SeatQueue(Queue[Sequence]):
    """Sequences that want a slot."""

    def candidates(self, running: list[Sequence], slots: int) -> Iterator[Sequence]:
        """Who may have one of the ``slots``, first choice first: who is next, who is of an origin without any, and who
        is visible where a hidden one of its origin gives way."""
        seated = {sequence.origin for sequence in running}
        first = self.next() if len(running) < slots else None
        other = self.next(without=seated) if first is None or first.origin in seated else None
        yield from [candidate for candidate in (first, other) if candidate is not None]
        hidden = {sequence.origin for sequence in running if gives_way(sequence)}
        ahead = self._first([one for one in self._waiters if one.visible and one.origin in hidden])
        if ahead is not None:
            yield ahead


def seats(among: Iterable[Sequence], origin: str) -> int:
    """How many of them are the origin's (count)."""
    return sum([sequence.origin == origin for sequence in among])


def victim(among: list[Sequence]) -> Sequence:
    """The youngest of the origin with most seats: the oldest is never put out for a younger of its own kind."""
    return max(among, key=lambda sequence: (seats(among, sequence.origin), sequence.age))


def gives_way(sequence: Sequence) -> bool:
    """Whether a visible sequence of its origin may have its seat."""
    return not sequence.visible and not sequence.owed


def displaced(running: list[Sequence]) -> Sequence | None:
    """Who gives way to an origin that has no seat: the ``victim``, unless every origin has but one."""
    greediest = victim(running) if running else None
    return greediest if greediest is not None and seats(running, greediest.origin) > 1 else None


def displaced_within(running: list[Sequence], newcomer: Sequence) -> Sequence | None:
    """Who gives way to a ``newcomer`` of an origin with seats: the youngest hidden one of that, if it is visible."""
    hidden = [one for one in running if newcomer.visible and one.origin == newcomer.origin and gives_way(one)]
    return max(hidden, key=lambda sequence: sequence.age, default=None)


def decoding(ready: list[Sequence], step: int) -> list[Sequence]:
    """Who gets a token in this step: of every origin as many as the one with the fewest has, the longest unserved."""
    visible = [sequence for sequence in ready if sequence.visible]
    if visible and step % HIDDEN_SHARE:
        ready = visible
    by_origin: dict[str, list[Sequence]] = defaultdict(list)
    for sequence in ready:
        by_origin[sequence.origin].append(sequence)
    if len(by_origin) < 2:
        return ready
    share = min(map(len, by_origin.values()))
    chosen = set()
    for own in by_origin.values():
        own.sort(key=lambda sequence: (sequence.served, sequence.age))
        chosen.update(own[:share])
    return [sequence for sequence in ready if sequence in chosen]


def drafts(decoding: list[Sequence], rows: int) -> list[Chunk]:
    """The drafts of who decodes, ``rows`` guessed tokens together."""
    chunks = []
    for sequence in decoding:
        draft = sequence.draft[: max(0, rows)]
        sequence.draft = []
        if draft:
            chunks.append(Chunk(sequence, sequence.read, len(sequence.tokens), draft))
            rows -= len(draft)
    return chunks


class Reading:
    """Prompts: origins take turns by what each was given, and within one the shortest comes first, as one prompt after
    the other gives first text sooner than all at once."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def chunks(self, prompts: list[Sequence], room: int) -> list[Chunk]:
        """Chunks of ``room`` tokens together: visible prompts first, the rest in what they leave or in their share."""
        self._meet({sequence.origin for sequence in prompts})
        visible = [sequence for sequence in prompts if sequence.visible]
        hidden = [sequence for sequence in prompts if not sequence.visible]
        kept = min(sum([sequence.unread for sequence in hidden]), max(1, room // HIDDEN_SHARE)) if room > 1 else 0
        chunks = self._in_turn(visible, room - kept)
        return chunks + self._in_turn(hidden, room - sum([chunk.size for chunk in chunks]))

    def _meet(self, origins: set[str]) -> None:
        """Who comes anew is given as little as the least of the others; who has nothing to read is forgotten."""
        least = min([given for origin, given in self._given.items() if origin in origins], default=0)
        self._given = {origin: self._given.get(origin, least) - least for origin in origins}

    def _in_turn(self, prompts: list[Sequence], room: int) -> list[Chunk]:
        """The oldest gets its share, so that short prompts cannot overtake it for ever; then turns are taken."""
        sizes: dict[Sequence, int] = dict.fromkeys(prompts, 0)

        def give(sequence: Sequence, most: int) -> int:
            size = min(sequence.unread - sizes[sequence], most)
            sizes[sequence] += size
            self._given[sequence.origin] += size
            return size

        if prompts:
            room -= give(min(prompts, key=lambda sequence: sequence.age), room // OLDEST_SHARE)
        while room and (left := [sequence for sequence in prompts if sizes[sequence] < sequence.unread]):
            turn = min(left, key=lambda one: (self._given[one.origin], one.unread - sizes[one], one.age))
            room -= give(turn, room)
        return [Chunk(one, one.read, one.read + size) for one, size in sizes.items() if size]
