"""A KV cache that holds tokens in place of numbers, and refuses whatever a real one would do wrong without a word.

Rules this file keeps: a cell lives while a sequence holds it; a copy shares cells; ``whole`` sequences are copied as
they are or not at all; with a ``window``, cells that only one sequence holds are lost as soon as its window has passed.
"""

from __future__ import annotations

from windowsill.engine.compute import NoRoom
from windowsill.engine.sequence import Chunk, Copy, Cut, Edit, Forget, Remove, Restore, Save, Sequence


class Misused(BaseException):
    """The cache would have computed nonsense. No Exception: nothing in the Engine may take it for a failed step."""


class Cell:
    """One token, at the same place of every sequence that holds it."""

    __slots__ = ("holders", "lost", "token")

    def __init__(self, token: int) -> None:
        self.token = token
        self.holders = 1
        self.lost = False


class SimulatedCache:
    """``cells`` for all sequences together, whose ids are below ``ids`` (counts); ``window``: tokens, None: no end;
    ``saved``: what was moved out of it, by key."""

    def __init__(self, *, ids: int, cells: int, whole: bool, window: int | None = None) -> None:
        self.cells = cells
        self.used = 0
        self._whole = whole
        self._window = window
        self.saved: dict[int, list[int]] = {}
        self._held: list[list[Cell]] = [[] for _ in range(ids)]

    def tokens(self, sequence: int) -> list[int]:
        """What a sequence holds."""
        return [cell.token for cell in self._held[sequence]]

    def make(self, edit: Edit, *, strict: bool = True) -> None:
        """Raises Misused. Not ``strict``: an edit before this one failed; what there is is taken, as a real cache does,
        though it be less than was believed."""
        match edit:
            case Remove(sequence):
                self._cut(sequence, 0)
            case Cut(sequence, length):
                if strict and len(self._held[sequence]) < length:
                    raise Misused(f"{sequence} has less than {length} tokens")
                if self._whole and self._window is None:
                    raise Misused("a state cannot be cut back")
                self._cut(sequence, length)
            case Copy(source, sequence, length):
                self._copy(source, sequence, length if strict else self._there(source, length))
            case Save(sequence, key):
                if key in self.saved or (strict and not self._held[sequence]):
                    raise Misused(f"{key} is saved already, or {sequence} has nothing")
                self.saved[key] = self.tokens(sequence)
            case Restore(key, sequence):
                self._restore(key, sequence)
            case Forget(key):
                del self.saved[key]

    def read(self, parts: list[Chunk]) -> None:
        """Add the tokens of ``parts``. Raises NoRoom, with nothing done, or Misused."""
        if self.used + sum(part.size for part in parts) > self.cells:
            raise NoRoom
        if self._window is not None:
            for held in self._held:
                for cell in held[: max(0, len(held) - self._window + 1)]:
                    cell.lost |= cell.holders == 1
        for part in parts:
            self._read(part.sequence, part)

    def _read(self, sequence: Sequence, part: Chunk) -> None:
        held = self._held[sequence.seat]
        if len(held) != part.start:
            raise Misused(f"{sequence.key} has {len(held)} tokens and reads on at {part.start}")
        if self._window is not None and any(cell.lost for cell in held[max(0, len(held) - self._window + 1) :]):
            raise Misused(f"{sequence.key} looks back at what was lost")
        held += [Cell(token) for token in (*sequence.tokens[part.start : part.end], *part.draft)]
        self.used += part.size

    def _restore(self, key: int, sequence: int) -> None:
        if self._held[sequence] or self.used + len(self.saved[key]) > self.cells:
            raise Misused(f"{sequence} is not empty, or there is no room for what was saved under {key}")
        self._held[sequence] = [Cell(token) for token in self.saved[key]]
        self.used += len(self.saved[key])

    def _there(self, source: int, length: int) -> int:
        """What a copy of the first ``length`` tokens gets, whatever was believed (count)."""
        held = len(self._held[source])
        return held if self._whole else min(length, held)

    def _copy(self, source: int, sequence: int, length: int) -> None:
        if self._held[sequence]:
            raise Misused(f"{sequence} is not empty")
        held = self._held[source]
        if len(held) < length or (self._whole and len(held) != length):
            raise Misused(f"{source} has {len(held)} tokens, of which {length} cannot be copied")
        for cell in held[:length]:
            cell.holders += 1
        self._held[sequence] = held[:length]

    def _cut(self, sequence: int, length: int) -> None:
        held = self._held[sequence]
        for cell in held[length:]:
            cell.holders -= 1
            self.used -= cell.holders == 0
        del held[length:]
