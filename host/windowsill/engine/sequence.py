"""What the scheduler moves about: sequences, and the batches that they share. Plain data, no decisions."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto

from msgspec import Struct


class State(Enum):
    """Where a sequence is on its way."""

    WAITING = auto()
    PREFILL = auto()
    DECODE = auto()
    PAUSED = auto()
    FINISHED = auto()


def owner(partition: str, origin: str) -> str:
    """Whose conversation: one origin's, in one partition."""
    return f"{partition}\0{origin}"


def is_in(partition: str, owner: str) -> bool:
    """Whether the conversations of ``owner`` belong to ``partition``."""
    return owner.startswith(f"{partition}\0")


class Sequence:
    """One generation in flight: its tokens (prompt first), how many of them were ``read`` into the cache, its slot.

    ``owner``: whose conversations it may go on from; ``slot``: its sequence id in the cache; ``instructions``: leading
    tokens that are ours and every origin may share; ``draft``: guesses at the tokens that come next, tried in the next
    step only; ``cached``: tokens of the prompt that it found in the cache when it was first seated; ``owed``: it gave
    way to a visible one of its origin, and had no token since.
    """

    __slots__ = (
        "age",
        "cached",
        "draft",
        "instructions",
        "key",
        "origin",
        "owed",
        "owner",
        "prompt",
        "read",
        "served",
        "slot",
        "state",
        "suspect",
        "tokens",
        "visible",
    )

    def __init__(
        self, key: int, origin: str, prompt: list[int], *, visible: bool, instructions: int = 0, partition: str = ""
    ) -> None:
        if not prompt:
            raise ValueError("a sequence begins with at least one token")
        self.key = key
        self.origin = origin
        self.owner = owner(partition, origin)
        self.visible = visible
        self.tokens = list(prompt)
        self.prompt = len(prompt)
        self.instructions = instructions
        self.read = 0
        self.slot: int | None = None
        self.state = State.WAITING
        self.age = 0
        self.served = 0
        self.cached = 0
        self.suspect = False
        self.owed = False
        self.draft: list[int] = []

    @property
    def seat(self) -> int:
        """Its slot; a ValueError when it has none."""
        if self.slot is None:
            raise ValueError("the sequence has no slot")
        return self.slot

    @property
    def generated(self) -> int:
        """Tokens that came after the prompt (count)."""
        return len(self.tokens) - self.prompt

    @property
    def unread(self) -> int:
        """Tokens that the cache does not have yet (count)."""
        return len(self.tokens) - self.read


class Chunk:
    """Tokens ``start`` to ``end`` of a sequence, and the ``draft`` tried after them.

    ``last``: nothing is unread after it, so that its next token can be sampled.
    """

    __slots__ = ("draft", "end", "last", "sequence", "start")

    def __init__(self, sequence: Sequence, start: int, end: int, draft: list[int] | None = None) -> None:
        self.sequence = sequence
        self.start = start
        self.end = end
        self.last = end == len(sequence.tokens)
        self.draft = draft or []

    def stop_at(self, place: int) -> None:
        """End at ``place``, if that is in its middle."""
        if self.start < place < self.end:
            self.end = place
            self.last = False

    @property
    def size(self) -> int:
        """Tokens that it takes of a batch (count)."""
        return self.end - self.start + len(self.draft)


class Remove(Struct, frozen=True):
    """Empty ``slot``."""

    slot: int


class Copy(Struct, frozen=True):
    """Give ``slot``, which is empty, the first ``length`` tokens of ``source``. Nothing is computed."""

    source: int
    slot: int
    length: int


class Cut(Struct, frozen=True):
    """Take all but the first ``length`` tokens from ``slot``."""

    slot: int
    length: int


class Save(Struct, frozen=True):
    """Put what ``slot`` has into memory, under ``key``."""

    slot: int
    key: int


class Restore(Struct, frozen=True):
    """Give ``slot``, which is empty, what was saved under ``key``, which stays."""

    key: int
    slot: int


class Forget(Struct, frozen=True):
    """Give back the memory of what was saved under ``key``."""

    key: int


Edit = Remove | Copy | Cut | Save | Restore | Forget


class Batch:
    """One step: ``edits`` of the cache in order, the newest token of each of ``decoding``, then the chunks.

    A batch of decoding sequences only may be the same object as the step before it.
    """

    __slots__ = ("chunks", "decoding", "edits")

    def __init__(self, decoding: list[Sequence], chunks: list[Chunk], edits: list[Edit]) -> None:
        self.decoding = decoding
        self.chunks = chunks
        self.edits = edits

    @property
    def size(self) -> int:
        """Tokens that it takes (count)."""
        return len(self.decoding) + sum([chunk.size for chunk in self.chunks])

    def rows(self) -> Iterator[tuple[int, Sequence, list[int]]]:
        """Row of each sequence whose next token can be sampled; its draft is in the rows after it."""
        for row, sequence in enumerate(self.decoding):
            yield row, sequence, []
        row = len(self.decoding)
        for chunk in self.chunks:
            row += chunk.size
            if chunk.last:
                yield row - 1 - len(chunk.draft), chunk.sequence, chunk.draft

    def sequences(self) -> list[Sequence]:
        """Everyone who takes part."""
        return self.decoding + [chunk.sequence for chunk in self.chunks]
