"""The KV cache as the scheduler sees it: whose tokens lie there, what is kept for later, what must be edited. Pure.

Rules this file keeps:
* Every change of the cache is an edit, in the order in which it must happen; nothing else changes it but reading.
* What ended stays for whoever goes on from it, least recently used first to go, and always before any sequence must.
* Every cell that is taken costs every step a little, so beyond ``idle`` cells what is kept moves to ordinary memory.
* ``whole``: a model with a state that cannot be cut back, or with a sliding window that forgets; only what a sequence
  has in full can be gone on from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec import Struct

from windowsill.engine.prefix_tree import Match, PrefixTree
from windowsill.engine.saved_states import Saved, SavedStates
from windowsill.engine.sequence import Copy, Cut, Edit, Forget, Remove, Restore, Save

WORTH_KEEPING: Final = 16
"""Tokens below which nothing is kept or copied: reading them takes one small step."""

WORTH_SAVING: Final = 128
"""Tokens below which nothing is moved to memory and back: reading them takes a step or two."""


class Found(Struct, frozen=True):
    """``length`` tokens of a prompt that need not be read (count): those of ``saved``, or of ``match``."""

    length: int
    match: Match | None = None
    saved: Saved | None = None


NOTHING: Final = Found(0)
"""All of the prompt has to be read."""


class Cells:
    """``size``: cells (tokens); ``seats``: sequences that may read at once, ids from 0 on; ``shelves``: conversations
    that are kept at most, ids after those; ``idle``: cells of what is kept, the newest aside; ``saved``: tokens that
    may move to memory, for models that are not ``whole`` (counts)."""

    def __init__(
        self,
        size: int,
        *,
        seats: int,
        shelves: int,
        whole: bool,
        idle: int | None = None,
        saved: int = 0,
        worth_saving: int = WORTH_SAVING,
    ) -> None:
        self.size = size
        self._idle = size if idle is None else idle
        self._saved = SavedStates(0 if whole else saved)
        self._worth_saving = worth_saving
        self.whole = whole
        self._tree = PrefixTree()
        self._seat_count = seats
        self._seats = list(range(seats - 1, -1, -1))
        self._shelves = list(range(seats + shelves - 1, seats - 1, -1))
        self._kept: dict[int, None] = {}
        self._edits: list[Edit] = []

    @property
    def used(self) -> int:
        """Cells that are taken (count), by sequences or by what is kept."""
        return self._tree.used

    @property
    def kept(self) -> int:
        """Conversations that nobody goes on with now, but somebody may (count)."""
        return len(self._kept)

    @property
    def edited(self) -> bool:
        """Whether ``take_edits`` has any."""
        return bool(self._edits)

    def take_edits(self) -> list[Edit]:
        """The edits since the last time."""
        edits, self._edits = self._edits, []
        return edits

    def find(self, tokens: Sequence[int], origin: str) -> Found:
        """What of ``tokens`` need not be read again. Changes nothing."""
        match = self._match(tokens, origin)
        best = self._saved.best(tokens, origin, len(tokens) - 1)
        if best is not None:
            saved, length = best
            room = self.size - self._tree.held(self._taken())
            if length >= self._worth_saving + (0 if match is None else match.length) and len(saved.tokens) <= room:
                return Found(length, saved=saved)
        return NOTHING if match is None else Found(match.length, match=match)

    def seat(self, tokens: Sequence[int], origin: str, found: Found) -> tuple[int, int]:
        """A sequence id that has what was just ``found`` of ``tokens``, and how much that is in the end (count)."""
        slot = self._seats.pop()
        match = found.match
        if found.saved is not None:
            if self._restore(slot, found.saved, found.length, origin):
                return slot, found.length
            match = self._match(tokens, origin)
        self._tree.seat(slot, match, origin)
        if match is not None:
            self._edits.append(Copy(match.holder, slot, match.length))
            if match.holder in self._kept:
                del self._kept[match.holder]
                self._kept[match.holder] = None
        self._clear_idle(spared=0)
        return slot, 0 if match is None else match.length

    def read(self, slot: int, tokens: Sequence[int]) -> None:
        """The cache has ``tokens`` after what ``slot`` had."""
        self._tree.extend(slot, tokens)

    def forget_after(self, slot: int) -> None:
        """Cut off what was tried beyond the tokens that ``slot`` is known to have."""
        self._edits.append(Cut(slot, self._tree.length(slot)))

    def share(self, slot: int, length: int) -> None:
        """The first ``length`` tokens are our own instructions: every origin may go on from them."""
        self._tree.publish(slot, length)

    def leave(self, slot: int, *, keep: bool) -> None:
        """Nobody reads on in ``slot``; ``keep``: what it has stays for later."""
        if keep:
            self.mark(slot)
        self._tree.release(slot)
        self._seats.append(slot)
        self._edits.append(Remove(slot))
        self._clear_idle(spared=0 if self._taken() else 1)

    def mark(self, slot: int) -> None:
        """Keep what ``slot`` has now, if it is worth it and would not stay anyway."""
        length = self._tree.length(slot)
        if length < WORTH_KEEPING or self._tree.covered(slot, whole=self.whole):
            return
        if not self._shelves and not self.evict():
            return
        shelf = self._shelves.pop()
        self._tree.double(slot, shelf)
        self._kept[shelf] = None
        self._edits.append(Copy(slot, shelf, length))

    def evict(self) -> bool:
        """Move what was kept and not used for longest to memory, or give it up; False: nothing is kept."""
        for shelf in self._kept:
            self._save(shelf)
            self._give_up(shelf)
            return True
        return False

    def forget_kept(self) -> None:
        """Give up all that was kept, in the cache and in memory: nobody shall go on from it."""
        for shelf in list(self._kept):
            self._give_up(shelf)
        self._edits.extend([Forget(key) for key in self._saved.clear()])

    def forget(self, whose: Callable[[str], bool]) -> None:
        """Nobody comes back to the conversations of those, kept or saved; what is read now is not concerned."""
        for shelf in list(self._kept):
            origin = self._tree.origin(shelf)
            if origin is not None and whose(origin):
                self._give_up(shelf)
        self._edits.extend([Forget(key) for key in self._saved.forget(whose)])

    def _give_up(self, shelf: int) -> None:
        del self._kept[shelf]
        self._tree.release(shelf)
        self._shelves.append(shelf)
        self._edits.append(Remove(shelf))

    def _match(self, tokens: Sequence[int], origin: str) -> Match | None:
        match = self._tree.match(tokens, origin, len(tokens) - 1, whole=self.whole)
        return None if match is None or match.length < WORTH_KEEPING else match

    def _restore(self, slot: int, found: Saved, length: int, origin: str) -> bool:
        """Get the first ``length`` tokens of what was saved back into ``slot``; False: there is no room for it."""
        self._saved.use(found.key)
        if not self._room_for(len(found.tokens)) or found.key not in self._saved:
            return False
        self._tree.seat(slot, None, origin)
        self._tree.extend(slot, found.tokens[:length])
        self._edits.append(Restore(found.key, slot))
        self._edits.append(Cut(slot, length))
        return True

    def _clear_idle(self, *, spared: int) -> None:
        """Move away what is kept beyond its share of cells, but not the newest ``spared`` conversations."""
        while len(self._kept) > spared and self._tree.used - self._tree.held(self._taken()) > self._idle:
            self.evict()

    def _room_for(self, tokens: int) -> bool:
        while self._tree.used + tokens > self.size:
            if not self.evict():
                return False
        return True

    def _taken(self) -> list[int]:
        """Sequence ids that read now."""
        return [slot for slot in range(self._seat_count) if slot not in self._seats]

    def _save(self, shelf: int) -> None:
        tokens, origin = self._tree.path(shelf)
        if len(tokens) < self._worth_saving or self._tree.covered(shelf, whole=self.whole):
            return
        key, forgotten = self._saved.add(origin, tokens)
        self._edits.extend([Forget(old) for old in forgotten])
        if key is not None:
            self._edits.append(Save(shelf, key))

    def held(self, slots: Iterable[int], found: Found = NOTHING) -> int:
        """Cells that these sequences have, and one that begins with what was ``found``; shared ones counted once."""
        return self._tree.held(slots, found.match) + (0 if found.saved is None else found.length)
