"""Which sequences share the next batch. Pure: no I/O, no clock, no llama.cpp.

Rules this file keeps:
* What seated sequences hold and have yet to read fits the cells, or the youngest of the greediest origin goes.
* Seats go round between origins, then by age within one; visible ones first, with every fourth turn for a hidden one.
* A hidden sequence gives way to a visible one of its origin, and then not before it had another token.
* Each step gives every origin that decodes as many tokens as the one with the fewest sequences can take.
* Nobody fails for lack of room: a preempted sequence keeps its tokens, waits, and what is not cached is read again.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from windowsill.engine import turns
from windowsill.engine.cells import NOTHING, Cells, Found
from windowsill.engine.sequence import Batch, Chunk, Sequence, State

HEADROOM: Final = 64
"""Cells that must be free beyond a sequence's tokens before it joins others; less and it would soon be put out."""


class Limits(Struct, frozen=True):
    """``slots``: sequences in a batch; ``batch``: tokens of a step that only reads prompts; ``shared``: of a step that
    also decodes, so that running streams do not wait long; ``rows``: tokens of a step whose logits are wanted;
    ``window``: tokens of one sequence (all counts)."""

    slots: int
    batch: int
    shared: int
    rows: int
    window: int


class Scheduler:
    """``shared``: see ``Limits``; it may be raised. Raises ValueError when a batch could not hold a token of every slot
    and one more."""

    def __init__(self, limits: Limits, cells: Cells) -> None:
        if not 0 < limits.slots < limits.shared <= limits.batch or limits.rows < limits.slots:
            raise ValueError("a batch must hold a token of every slot and one more")
        self.limit = min(limits.window, cells.size)
        self.shared = limits.shared
        self._limits = limits
        self._cells = cells
        self._waiting = turns.SeatQueue()
        self._reading = turns.Reading()
        self._seated: list[Sequence] = []
        self._arrivals = 0
        self._steps = 0
        self._stuck = False
        self._steady: Batch | None = None

    @property
    def seated(self) -> int:
        """Sequences that have a slot (count), paused ones too."""
        return len(self._seated)

    def fits(self, sequence: Sequence) -> bool:
        """Whether all tokens of ``sequence`` could be in the cache, were it alone."""
        return len(sequence.tokens) <= self.limit

    def add(self, sequence: Sequence) -> None:
        """Take a new sequence that ``fits``."""
        self._arrivals += 1
        sequence.age = self._arrivals
        self._wait(sequence)

    def append(self, sequence: Sequence, token: int) -> bool:
        """Give a sequence its next token, sampled or forced. False: it is full, and cannot be decoded any further."""
        sequence.tokens.append(token)
        if sequence.owed or (sequence.state is State.DECODE and sequence.unread > 1):
            sequence.owed = False
            sequence.state = State.DECODE if sequence.unread == 1 else State.PREFILL
            self._changed()
        return len(sequence.tokens) <= self.limit

    def propose(self, sequence: Sequence, draft: list[int]) -> None:
        """Try ``draft`` after the newest token of a decoding sequence in the next step, as far as there is room."""
        if draft and self._limits.rows > self._limits.slots:
            sequence.draft = draft
            self._steady = None

    def verified(self, sequence: Sequence, draft: list[int], accepted: int) -> None:
        """The first ``accepted`` tokens of the ``draft`` that was read are what came."""
        if accepted:
            self._cells.read(sequence.seat, draft[:accepted])
            sequence.read += accepted
        if accepted < len(draft):
            self._cells.forget_after(sequence.seat)

    def finish(self, sequence: Sequence) -> None:
        """It ended or was cancelled: its slot is free at once, and what it read is kept while there is room."""
        if sequence.slot is not None:
            self._unseat(sequence, keep=True)
        elif sequence.state is State.WAITING:
            self._waiting.remove(sequence)
            self._changed()
        sequence.state = State.FINISHED

    def pause(self, sequence: Sequence) -> None:
        """No more steps until ``go``; it keeps its slot only while nobody else wants it."""
        if sequence.state is State.WAITING:
            self._waiting.remove(sequence)
        if sequence.state is not State.FINISHED:
            sequence.state = State.PAUSED
        self._changed()

    def go(self, sequence: Sequence) -> None:
        """Undo ``pause``."""
        if sequence.state is State.PAUSED and sequence.slot is None:
            self._wait(sequence)
        elif sequence.state is State.PAUSED:
            sequence.state = State.DECODE if sequence.unread == 1 else State.PREFILL
            self._changed()

    def show(self, sequence: Sequence, *, visible: bool) -> None:
        """Who asked for it came to the front, or left it."""
        sequence.visible = visible
        self._changed()

    def next_batch(self) -> Batch | None:
        """The next step, or None when nothing can run. What is seated but paused does not run."""
        if self._steady is not None and (self._stuck or not self._waiting) and self._fit_as_they_are():
            return self._steady
        self._make_cells()
        suspects = [sequence for sequence in self._running() if sequence.suspect]
        if not suspects:
            self._admit()
            suspects = [sequence for sequence in self._running() if sequence.suspect]
        running = suspects[:1] or self._running()
        if not running:
            return None
        self._steps += 1
        ready = [sequence for sequence in running if sequence.state is State.DECODE]
        decoding = turns.decoding(ready, self._steps)
        chunks = self._chunks(decoding, [sequence for sequence in running if sequence.state is State.PREFILL])
        drafted = {chunk.sequence for chunk in chunks if chunk.draft}
        batch = Batch([one for one in decoding if one not in drafted], chunks, self._cells.take_edits())
        alike = len({sequence.visible for sequence in ready}) == 1
        steady = alike and not chunks and not suspects and not batch.edits and len(decoding) == len(ready)
        self._steady = batch if steady else None
        return batch

    def was_read(self, batch: Batch) -> None:
        """The batch was decoded."""
        for sequence in batch.decoding:
            self._took(sequence, len(sequence.tokens))
            sequence.suspect = False
        for chunk in batch.chunks:
            self._took(chunk.sequence, chunk.end)
            self._share(chunk)
            if chunk.last:
                chunk.sequence.state = State.DECODE
                chunk.sequence.suspect = False

    def preempt(self, batch: Batch) -> bool:
        """The cache had no room for ``batch``: ask for less, or free some. False: there is nothing left to do."""
        if any(chunk.draft for chunk in batch.chunks) or self._cells.evict():
            return True
        if len(self._seated) < 2:
            return False
        self._put_out(self._least_needed())
        while self._cells.evict():
            pass
        # Were it seated again at once, the next batch would have no room either, and nobody would get on.
        self._stuck = True
        return True

    def isolate(self, batch: Batch) -> Sequence | None:
        """The batch failed. The culprit if it was alone; otherwise each is tried again alone, to find out."""
        sequences = batch.sequences()
        for sequence in sequences:
            self._put_out(sequence, keep=False)
            sequence.suspect = True
        return sequences[0] if len(sequences) == 1 else None

    def start_over(self) -> None:
        """An edit of the cache failed, so that what is believed of it is wrong: everything is read again."""
        self._cells.forget_kept()
        for sequence in list(self._seated):
            self._put_out(sequence, keep=False)

    # -- seats

    def _running(self) -> list[Sequence]:
        return [sequence for sequence in self._seated if sequence.state is not State.PAUSED]

    def _least_needed(self) -> Sequence:
        """Who goes first: the paused, then the youngest of the greediest origin."""
        paused = [sequence for sequence in self._seated if sequence.state is State.PAUSED]
        return paused[-1] if paused else turns.victim(self._seated)

    def _changed(self) -> None:
        self._steady = None
        self._stuck = False

    def _wait(self, sequence: Sequence) -> None:
        sequence.state = State.WAITING
        self._waiting.add(sequence)
        self._changed()

    def _unseat(self, sequence: Sequence, *, keep: bool) -> None:
        self._cells.leave(sequence.seat, keep=keep)
        self._seated.remove(sequence)
        sequence.slot = None
        sequence.read = 0
        sequence.draft = []
        self._changed()

    def _put_out(self, sequence: Sequence, *, keep: bool = True) -> None:
        self._unseat(sequence, keep=keep)
        if sequence.state is not State.PAUSED:
            self._wait(sequence)

    def _unread(self) -> int:
        return sum([sequence.unread for sequence in self._seated])

    def _fit_as_they_are(self) -> bool:
        return self._cells.used + self._unread() <= self._cells.size and not self._cells.edited

    def _make_cells(self) -> None:
        """Growing sequences filled the cache: what is kept leaves it first, then who is least needed."""
        while self._cells.used + self._unread() > self._cells.size:
            if not self._cells.evict():
                self._put_out(self._least_needed())

    # -- admission

    def _admit(self) -> None:
        while self._waiting and not self._stuck:
            running = self._running()
            candidates = self._waiting.candidates(running, self._limits.slots)
            self._stuck = not any(self._seat(candidate, running) for candidate in candidates)

    def _seat(self, newcomer: Sequence, running: list[Sequence]) -> bool:
        """Find a slot and cells, at the cost of the paused, and of who gives way to the newcomer."""
        found = NOTHING if newcomer.suspect else self._cells.find(newcomer.tokens, newcomer.owner)
        seated = turns.seats(running, newcomer.origin)
        staying = list(running)
        while len(staying) == self._limits.slots or not self._fit_together(staying, newcomer, found):
            victim = turns.displaced_within(staying, newcomer) if seated else turns.displaced(staying)
            if victim is None:
                return False
            staying.remove(victim)
        newcomer.slot, newcomer.read = self._cells.seat(newcomer.tokens, newcomer.owner, found)
        if not newcomer.served:
            newcomer.cached = min(newcomer.read, newcomer.prompt)
        newcomer.state = State.DECODE if newcomer.unread == 1 else State.PREFILL
        for victim in running:
            if victim not in staying:
                victim.owed |= victim.origin == newcomer.origin
                self._put_out(victim)
        while len(self._seated) >= self._limits.slots:
            self._put_out(self._least_needed())
        self._seated.append(newcomer)
        self._waiting.take(newcomer)
        self._steady = None
        self._make_cells()
        return True

    def _fit_together(self, running: list[Sequence], newcomer: Sequence, found: Found) -> bool:
        """Whether a newcomer of whose tokens this was ``found`` has room beside those ``running``."""
        needed = len(newcomer.tokens) - found.length + (HEADROOM if running else 0)
        needed += sum([sequence.unread for sequence in running])
        return self._cells.held([sequence.seat for sequence in running], found) + needed <= self._cells.size

    # -- reading

    def _chunks(self, decoding: list[Sequence], reading: list[Sequence]) -> list[Chunk]:
        """Drafts of who decodes, then chunks of the prompts, in what is left of the batch."""
        room = self.shared if decoding else self._limits.batch
        room -= len(decoding)
        rows = self._limits.rows - len(decoding) - len(reading)
        spare = self._cells.size - self._cells.used - self._unread()
        drafts = turns.drafts(decoding, min(rows, spare, room // 2))
        room -= sum([len(chunk.draft) for chunk in drafts])
        chunks = self._reading.chunks(reading, room)
        if self._cells.whole:
            for chunk in chunks:
                chunk.stop_at(chunk.sequence.instructions)
        return drafts + chunks

    def _took(self, sequence: Sequence, end: int) -> None:
        self._cells.read(sequence.seat, sequence.tokens[sequence.read : end])
        sequence.read = end
        sequence.served = self._steps

    def _share(self, chunk: Chunk) -> None:
        """Let others go on from what was read: from our instructions, and from a prompt where no less can be had."""
        sequence = chunk.sequence
        reached = [end for end in (sequence.instructions, sequence.prompt) if chunk.start < end <= chunk.end]
        if sequence.instructions in reached:
            self._cells.share(sequence.seat, sequence.instructions)
        if reached and self._cells.whole:
            self._cells.mark(sequence.seat)
