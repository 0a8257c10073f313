"""Sequences that come, pause, hide and go over a scheduler and a cache that refuses to be misused."""

from __future__ import annotations

import random
from array import array
from zlib import crc32

from hypothesis import strategies as st
from msgspec import Struct

from support.fake_runner import FakeRunner
from windowsill.engine.cells import WORTH_KEEPING, Cells
from windowsill.engine.compute import DecodeError, EditError, NoRoom
from windowsill.engine.scheduler import Limits, Scheduler
from windowsill.engine.sequence import Sequence, State


def script(tokens: list[int]) -> int:
    """A next token that depends on every token before it."""
    return crc32(array("l", tokens).tobytes()) % 256


class Arrival(Struct, frozen=True):
    """A sequence to come: at which step, from whom, how many blocks it shares with which others, what it wants."""

    step: int
    origin: str
    visible: bool
    blocks: tuple[int, ...]
    wanted: int
    ours: bool


class Machine(Struct, frozen=True):
    """What the simulated model is like."""

    slots: int
    cells: int
    window: int
    batch: int
    shared: int
    shelves: int
    whole: bool
    sliding: int | None
    idle: int
    saved: int


BLOCK = 10


class Simulation:
    """A scheduler and a cache through a workload with pauses, cancellations, failures, guesses and forced tokens."""

    def __init__(self, machine: Machine, arrivals: list[Arrival], disturb: random.Random) -> None:
        self.runner = FakeRunner(
            script,
            slots=machine.slots,
            cells=machine.cells,
            window=machine.window,
            batch_tokens=machine.batch,
            shelves=machine.shelves,
            whole=machine.whole,
            sliding=machine.sliding,
        )
        self.cells = Cells(
            machine.cells,
            seats=machine.slots + 1,
            shelves=machine.shelves,
            whole=machine.whole,
            idle=machine.idle,
            saved=machine.saved,
            worth_saving=WORTH_KEEPING,
        )
        limits = Limits(
            slots=machine.slots,
            batch=machine.batch,
            shared=machine.shared,
            rows=self.runner.rows,
            window=machine.window,
        )
        self.scheduler = Scheduler(limits, self.cells)
        self.machine = machine
        self.disturb = disturb
        self.pending = sorted(arrivals, key=lambda arrival: arrival.step)
        self.live: dict[Sequence, int] = {}
        self.paused: set[Sequence] = set()

    def arrive(self, step: int) -> None:
        while self.pending and self.pending[0].step <= step:
            arrival = self.pending.pop(0)
            prompt = [block for block in arrival.blocks for _ in range(BLOCK)][: self.machine.window]
            instructions = min(len(prompt), 2 * BLOCK) if arrival.ours else 0
            member = Sequence(
                len(self.pending), arrival.origin, prompt, visible=arrival.visible, instructions=instructions
            )
            self.live[member] = arrival.wanted
            self.scheduler.add(member)
            self.force(member)

    def make_trouble(self) -> None:
        """Cancel, show, hide, pause or let go on one of those alive; forget what its owner said; let the next batch
        fail, or the cache be smaller."""
        self.runner.fails = lambda _: self.disturb.random() < 0.5
        self.runner.edit_fails = lambda _: self.disturb.random() < 0.5
        self.runner.cache.cells = self.disturb.choice(
            [self.machine.cells, max(self.machine.window, self.machine.cells - 5)]
        )
        if not self.live:
            return
        member = self.disturb.choice(list(self.live))
        if self.disturb.random() < 0.3:
            self.scheduler.show(member, visible=not member.visible)
        if self.disturb.random() < 0.1:
            self.cells.forget(lambda owner: owner == member.owner)
        if self.disturb.random() < 0.2:
            self.end(member)
        elif member in self.paused:
            self.scheduler.go(member)
            self.paused.discard(member)
        else:
            self.scheduler.pause(member)
            self.paused.add(member)

    def calm_down(self) -> None:
        self.runner.fails = lambda _: False
        self.runner.edit_fails = lambda _: False
        self.runner.cache.cells = self.machine.cells
        for member in self.paused:
            self.scheduler.go(member)
        self.paused.clear()

    def end(self, member: Sequence) -> None:
        self.scheduler.finish(member)
        assert (member.slot, member.state) == (None, State.FINISHED)
        assert 0 <= member.cached <= member.prompt
        del self.live[member]
        self.paused.discard(member)
        tokens = member.tokens
        exact = [tokens[at] == script(tokens[:at]) for at in range(member.prompt, len(tokens))]
        assert all(exact), "a token came twice, out of order, or from another sequence"

    def step(self) -> None:
        batch = self.scheduler.next_batch()
        assert sum(member.slot is not None for member in self.live) <= self.machine.slots
        runnable = self.live.keys() - self.paused
        assert (batch is not None) == bool(runnable), "an empty batch while work waits, or a batch of nobody"
        if batch is None:
            return
        assert runnable.issuperset(batch.sequences())
        try:
            self.runner.decode(batch)
        except NoRoom:
            assert self.scheduler.preempt(batch)
        except EditError:
            self.scheduler.start_over()
        except DecodeError:
            culprit = self.scheduler.isolate(batch)
            if culprit is not None:
                self.end(culprit)
        else:
            size = len(batch.decoding) + sum(chunk.size for chunk in batch.chunks)
            assert self.runner.cache.used == self.cells.used + size <= self.machine.cells
            self.scheduler.was_read(batch)
            for member in self.live:
                if member.slot is not None:
                    held = self.runner.cache.tokens(member.slot)
                    assert held[: member.read] == member.tokens[: member.read], "belief and cache are apart"
            for row, member, draft in batch.rows():
                self.take(member, row, draft)

    def take(self, member: Sequence, row: int, draft: list[int]) -> None:
        tokens: list[int] = []
        for place in range(len(draft) + 1):
            tokens.append(int(self.runner.logits(row + place).argmax()))
            if place < len(draft) and draft[place] != tokens[-1]:
                break
        if draft:
            right = sum(token == guess for token, guess in zip(tokens, draft, strict=False))
            self.scheduler.verified(member, draft, right)
        if self.give(member, tokens) and self.force(member) and member.unread == 1:
            self.guess(member)

    def give(self, member: Sequence, tokens: list[int]) -> bool:
        """Whether it goes on."""
        for token in tokens:
            fits = self.scheduler.append(member, token)
            if not fits or member.generated >= self.live[member]:
                self.end(member)
                return False
        return True

    def force(self, member: Sequence) -> bool:
        """Now and then tokens come without being sampled: the same that would be. Whether it goes on."""
        forced: list[int] = []
        if script([*member.tokens, 1]) % 5 == 0:
            for _ in range(3):
                forced.append(script(member.tokens + forced))
        return self.give(member, forced)

    def guess(self, member: Sequence) -> None:
        """What will come, up to some place."""
        draft: list[int] = []
        for _ in range(self.disturb.randrange(5)):
            draft.append(script(member.tokens + draft) if self.disturb.random() < 0.8 else 0)
        self.scheduler.propose(member, draft)


@st.composite
def simulations(draw: st.DrawFn) -> Simulation:
    slots = draw(st.integers(1, 4))
    window = draw(st.integers(4, 100))
    shared = slots + draw(st.integers(4, 20))
    whole = draw(st.booleans())
    machine = Machine(
        slots=slots,
        cells=draw(st.integers(window, 4 * window)),
        window=window,
        batch=shared + draw(st.integers(0, 20)),
        shared=shared,
        shelves=draw(st.integers(0, 5)),
        whole=whole,
        sliding=draw(st.none() | st.integers(6, 30)) if whole else None,
        idle=draw(st.integers(0, window)),
        saved=draw(st.integers(0, 4 * window)),
    )
    arrivals = st.builds(
        Arrival,
        step=st.integers(0, 40),
        origin=st.sampled_from("abc"),
        visible=st.booleans(),
        blocks=st.lists(st.integers(1, 2), min_size=1, max_size=6).map(tuple),
        wanted=st.integers(1, 30),
        ours=st.booleans(),
    )
    return Simulation(
        machine, draw(st.lists(arrivals, min_size=1, max_size=10)), random.Random(draw(st.integers(0, 2**32)))
    )
