"""What the scheduler moves about: sequences, and the batches that they share. Plain data, no decisions."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto


class State(Enum):
    """Where a sequence is on its way."""

    WAITING = auto()
    PREFILL = auto()
    DECODE = auto()
    PAUSED = auto()
    FINISHED = auto()


class Sequence:
    """One generation in flight: its tokens (prompt first), how many of them were ``read`` into the cache, its slot."""

    __slots__ = ("age", "key", "origin", "prompt", "read", "slot", "state", "suspect", "tokens", "visible")

    def __init__(self, key: int, origin: str, prompt: list[int], *, visible: bool) -> None:
        if not prompt:
            raise ValueError("a sequence begins with at least one token")
        self.key = key
        self.origin = origin
        self.visible = visible
        self.tokens = list(prompt)
        self.prompt = len(prompt)
        self.read = 0
        self.slot: int | None = None
        self.state = State.WAITING
        self.age = 0
        self.suspect = False

    @property
    def generated(self) -> int:
        """Tokens that were sampled (count)."""
        return len(self.tokens) - self.prompt


class Chunk:
    """Tokens ``start`` to ``end`` of a sequence that is being read; ``last``: its next token can be sampled after."""

    __slots__ = ("end", "last", "sequence", "start")

    def __init__(self, sequence: Sequence, start: int, end: int) -> None:
        self.sequence = sequence
        self.start = start
        self.end = end
        self.last = end == len(sequence.tokens)


class Batch:
    """One step: the newest token of each of ``decoding``, then the chunks. ``vacated`` slots are emptied before it.

    A batch of decoding sequences only may be the same object as the step before it.
    """

    __slots__ = ("chunks", "decoding", "vacated")

    def __init__(self, decoding: list[Sequence], chunks: list[Chunk], vacated: list[int]) -> None:
        self.decoding = decoding
        self.chunks = chunks
        self.vacated = vacated

    def rows(self) -> Iterator[tuple[int, Sequence]]:
        """Row in the batch of each sequence whose next token can be sampled."""
        yield from enumerate(self.decoding)
        row = len(self.decoding)
        for chunk in self.chunks:
            row += chunk.end - chunk.start
            if chunk.last:
                yield row - 1, chunk.sequence

    def sequences(self) -> list[Sequence]:
        """Everyone who takes part."""
        return self.decoding + [chunk.sequence for chunk in self.chunks]
