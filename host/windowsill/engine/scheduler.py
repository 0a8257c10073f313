"""Which sequences share the next batch. Pure: no I/O, no clock, no llama.cpp.

Rules this file keeps:
* A slot is a seat in the KV cache; tokens of seated sequences never exceed ``cells``, counting prompts whole.
* Seats go round between origins, then by age within one; visible ones first, with every fourth turn for a hidden one.
* Nobody fails for lack of room: a preempted sequence keeps its tokens, waits, and is read again.
* Every slot that was vacated is named once in the next batch's ``vacated``, and emptied even if that batch fails.
"""

from __future__ import annotations

from typing import Final

from windowsill.engine.sequence import Batch, Chunk, Sequence, State

HEADROOM: Final = 64
"""Cells that must be free beyond a sequence's tokens before it joins others; less and it would soon be put out."""

VISIBLE_TURNS: Final = 3
"""Seats given to visible sequences in a row while a hidden one waits (count)."""

HIDDEN_SHARE: Final = 4
"""Hidden prompts get one part in this many of a batch that visible prompts could fill."""


class Scheduler:
    """``cells``: KV cells (tokens); ``window``: tokens one sequence may hold; ``batch_tokens``: tokens of one step."""

    def __init__(self, *, slots: int, cells: int, window: int, batch_tokens: int) -> None:
        if not 0 < slots < batch_tokens:
            raise ValueError("a batch must hold a token of every slot and one more")
        self.limit = min(window, cells)
        self._slots = slots
        self._cells = cells
        self._batch_tokens = batch_tokens
        self._free = list(range(slots))
        self._vacated: list[int] = []
        self._waiting: list[Sequence] = []
        self._seated: list[Sequence] = []
        self._origins: list[str] = []
        self._visible_turns = 0
        self._arrivals = 0
        self._stuck = False
        self._steady: Batch | None = None

    @property
    def seated(self) -> int:
        """Sequences in a slot (count)."""
        return len(self._seated)

    @property
    def waiting(self) -> int:
        """Sequences that want a slot and have none (count)."""
        return len(self._waiting)

    def fits(self, sequence: Sequence) -> bool:
        """Whether all tokens of ``sequence`` could be in the cache, were it alone."""
        return len(sequence.tokens) <= self.limit

    def add(self, sequence: Sequence) -> None:
        """Take a new sequence that ``fits``."""
        self._arrivals += 1
        sequence.age = self._arrivals
        self._wait(sequence)

    def append(self, sequence: Sequence, token: int) -> bool:
        """Give a decoding sequence its sampled token. False: it is full, and cannot be decoded any further."""
        sequence.tokens.append(token)
        return len(sequence.tokens) <= self.limit

    def finish(self, sequence: Sequence) -> None:
        """It ended or was cancelled: its slot is free at once."""
        if sequence.slot is not None:
            self._unseat(sequence)
        elif sequence.state is State.WAITING:
            self._stop_waiting(sequence)
        sequence.state = State.FINISHED

    def pause(self, sequence: Sequence) -> None:
        """No more steps until ``go``; it keeps its slot only while nobody else wants it."""
        if sequence.state in {State.PREFILL, State.DECODE}:
            sequence.state = State.PAUSED
            self._changed()
        elif sequence.state is State.WAITING:
            self._stop_waiting(sequence)
            sequence.state = State.PAUSED

    def go(self, sequence: Sequence) -> None:
        """Undo ``pause``."""
        if sequence.state is not State.PAUSED:
            return
        if sequence.slot is None:
            self._wait(sequence)
        else:
            sequence.state = State.DECODE if sequence.read == len(sequence.tokens) - 1 else State.PREFILL
            self._changed()

    def next_batch(self) -> Batch | None:
        """The next step, or None when nothing can run. What is seated but paused does not run."""
        if self._steady is not None and (self._stuck or not self._waiting) and self._load() <= self._cells:
            return self._steady
        self._make_cells()
        suspects = [sequence for sequence in self._running() if sequence.suspect]
        if not suspects:
            self._admit()
            suspects = [sequence for sequence in self._running() if sequence.suspect]
        running = suspects[:1] or self._running()
        if not running:
            return None
        decoding = [sequence for sequence in running if sequence.state is State.DECODE]
        chunks = self._chunks([sequence for sequence in running if sequence.state is State.PREFILL], len(decoding))
        vacated, self._vacated = self._vacated, []
        batch = Batch(decoding, chunks, vacated)
        self._steady = None if chunks or suspects or vacated else batch
        return batch

    def was_read(self, batch: Batch) -> None:
        """The batch was decoded."""
        for sequence in batch.decoding:
            sequence.read = len(sequence.tokens)
            sequence.suspect = False
        for chunk in batch.chunks:
            chunk.sequence.read = chunk.end
            if chunk.last:
                chunk.sequence.state = State.DECODE
                chunk.sequence.suspect = False

    def preempt(self) -> bool:
        """The cache had no room for the batch: put a sequence out. False: nobody else is seated, so it never will."""
        if len(self._seated) < 2:
            return False
        self._put_out(self._paused()[-1] if self._paused() else self._victim(self._seated))
        # Were it seated again at once, the next batch would have no room either, and nobody would get on.
        self._stuck = True
        return True

    def isolate(self, batch: Batch) -> Sequence | None:
        """The batch failed. The culprit if it was alone; otherwise each is tried again alone, to find out."""
        sequences = batch.sequences()
        for sequence in sequences:
            self._put_out(sequence)
            sequence.suspect = True
        return sequences[0] if len(sequences) == 1 else None

    # -- seats

    def _running(self) -> list[Sequence]:
        return [sequence for sequence in self._seated if sequence.state is not State.PAUSED]

    def _paused(self) -> list[Sequence]:
        return [sequence for sequence in self._seated if sequence.state is State.PAUSED]

    def _load(self) -> int:
        return sum([len(sequence.tokens) for sequence in self._seated])

    def _changed(self) -> None:
        self._steady = None
        self._stuck = False

    def _wait(self, sequence: Sequence) -> None:
        sequence.state = State.WAITING
        self._waiting.append(sequence)
        if sequence.origin not in self._origins:
            self._origins.append(sequence.origin)
        self._changed()

    def _stop_waiting(self, sequence: Sequence) -> None:
        self._waiting.remove(sequence)
        if all(other.origin != sequence.origin for other in self._waiting):
            self._origins.remove(sequence.origin)
        self._changed()

    def _unseat(self, sequence: Sequence) -> None:
        slot = sequence.slot
        if slot is None:
            raise ValueError("the sequence has no slot")
        self._seated.remove(sequence)
        self._free.append(slot)
        self._vacated.append(slot)
        sequence.slot = None
        sequence.read = 0
        self._changed()

    def _put_out(self, sequence: Sequence) -> None:
        self._unseat(sequence)
        if sequence.state is not State.PAUSED:
            self._wait(sequence)

    def _make_cells(self) -> None:
        """Growing sequences filled the cache: paused ones leave it first, then the youngest of the greediest origin."""
        while self._load() > self._cells:
            self._put_out(self._paused()[-1] if self._paused() else self._victim(self._seated))

    def _victim(self, among: list[Sequence]) -> Sequence:
        """The youngest of the origin with most seats: the oldest is never put out for a younger of its own kind."""
        seats: dict[str, int] = {}
        for sequence in among:
            seats[sequence.origin] = seats.get(sequence.origin, 0) + 1
        return max(among, key=lambda sequence: (seats[sequence.origin], sequence.age))

    # -- admission

    def _admit(self) -> None:
        while self._waiting and not self._stuck:
            sequence = self._next_waiting()
            if self._make_room(sequence):
                self._take_turn(sequence)
                sequence.slot = self._free.pop()
                sequence.state = State.PREFILL
                self._seated.append(sequence)
            else:
                self._stuck = True

    def _next_waiting(self) -> Sequence:
        hidden = [sequence for sequence in self._waiting if not sequence.visible]
        visible = [sequence for sequence in self._waiting if sequence.visible]
        candidates = hidden if hidden and (not visible or self._visible_turns >= VISIBLE_TURNS) else visible
        turn = {origin: place for place, origin in enumerate(self._origins)}
        return min(candidates, key=lambda sequence: (turn[sequence.origin], sequence.age))

    def _take_turn(self, sequence: Sequence) -> None:
        self._stop_waiting(sequence)
        if sequence.origin in self._origins:
            self._origins.remove(sequence.origin)
            self._origins.append(sequence.origin)
        hidden_waits = any(not other.visible for other in self._waiting)
        self._visible_turns = self._visible_turns + 1 if sequence.visible and hidden_waits else 0

    def _make_room(self, newcomer: Sequence) -> bool:
        """Find ``newcomer`` a slot and cells, at the cost of paused sequences or of an origin with several seats."""
        running = self._running()
        victim: Sequence | None = None
        if len(running) == self._slots:
            victim = self._victim(running)
            mine = any(sequence.origin == newcomer.origin for sequence in running)
            alone = sum(sequence.origin == victim.origin for sequence in running) == 1
            if mine or alone:
                return False
            running.remove(victim)
        needed = len(newcomer.tokens) + (HEADROOM if running else 0)
        if sum([len(sequence.tokens) for sequence in running]) + needed > self._cells:
            return False
        if victim is not None:
            self._put_out(victim)
        while not self._free or self._load() + needed > self._cells:
            self._put_out(self._paused()[-1])
        return True

    # -- reading prompts

    def _chunks(self, reading: list[Sequence], taken: int) -> list[Chunk]:
        """Chunks of the prompts, in even shares of what ``taken`` tokens leave of a batch."""
        room = self._batch_tokens - taken
        visible = [sequence for sequence in reading if sequence.visible]
        hidden = [sequence for sequence in reading if not sequence.visible]
        kept = max(1, room // HIDDEN_SHARE) if hidden and visible and room > 1 else 0
        chunks = _share(visible, room - kept)
        room -= sum(chunk.end - chunk.start for chunk in chunks)
        return chunks + _share(hidden, room)


def _share(reading: list[Sequence], room: int) -> list[Chunk]:
    """Even shares of ``room`` tokens; what a short prompt leaves over goes to the others."""
    chunks = []
    shortest_first = sorted(reading, key=lambda sequence: (len(sequence.tokens) - sequence.read, sequence.age))
    for position, sequence in enumerate(shortest_first):
        share = -(-room // (len(shortest_first) - position))
        size = min(share, len(sequence.tokens) - sequence.read)
        if size:
            chunks.append(Chunk(sequence, sequence.read, sequence.read + size))
            room -= size
    return chunks
