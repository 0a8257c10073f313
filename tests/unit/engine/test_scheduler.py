"""The scheduler: who gets a seat, who shares a batch, and that nobody starves or is lost."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from support.fake_runner import END, FakeRunner
from windowsill.engine.compute import DecodeError, NoRoom
from windowsill.engine.scheduler import HEADROOM, VISIBLE_TURNS, Scheduler
from windowsill.engine.sequence import Batch, Sequence, State


def make(slots: int = 2, cells: int = 1000, window: int = 500, batch_tokens: int = 16) -> Scheduler:
    return Scheduler(slots=slots, cells=cells, window=window, batch_tokens=batch_tokens)


def sequence(key: int, origin: str = "a", length: int = 3, *, visible: bool = True) -> Sequence:
    return Sequence(key, origin, [key] * length, visible=visible)


def next_batch(scheduler: Scheduler) -> Batch:
    batch = scheduler.next_batch()
    assert batch is not None
    return batch


def step(scheduler: Scheduler) -> Batch:
    """One batch, decoded; everyone whose turn it is gets token 7."""
    batch = next_batch(scheduler)
    scheduler.was_read(batch)
    for _, member in batch.rows():
        assert scheduler.append(member, 7)
    return batch


def keys(batch: Batch) -> set[int]:
    return {member.key for member in batch.sequences()}


def test_scheduler_has_no_batch_when_nothing_waits() -> None:
    assert make().next_batch() is None


def test_scheduler_refuses_a_batch_smaller_than_its_slots() -> None:
    with pytest.raises(ValueError, match="batch"):
        Scheduler(slots=4, cells=10, window=10, batch_tokens=4)


def test_sequence_refuses_an_empty_prompt() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Sequence(1, "a", [], visible=True)


def test_long_prompt_is_read_in_chunks_while_others_decode() -> None:
    scheduler = make(batch_tokens=8)
    scheduler.add(quick := sequence(1, length=2))
    step(scheduler)
    assert quick.state is State.DECODE
    scheduler.add(long := sequence(2, "b", length=20))
    for end in (7, 14):
        batch = step(scheduler)
        assert batch.decoding == [quick]
        assert [(chunk.sequence, chunk.end, chunk.last) for chunk in batch.chunks] == [(long, end, False)]
    assert step(scheduler).chunks[0].last
    assert long.state is State.DECODE


def test_decoding_batch_is_the_same_object_while_nothing_changes() -> None:
    scheduler = make()
    scheduler.add(sequence(1))
    step(scheduler)
    first = step(scheduler)
    assert step(scheduler) is first


def test_seats_go_round_between_origins() -> None:
    scheduler = make(slots=3)
    for key in range(1, 5):
        scheduler.add(sequence(key, "a"))
    scheduler.add(sequence(9, "b"))
    assert keys(step(scheduler)) == {1, 9, 2}


def test_newcomer_of_another_origin_takes_a_seat_from_an_origin_with_several() -> None:
    scheduler = make(slots=3)
    greedy = [sequence(key, "a") for key in range(1, 4)]
    for member in greedy:
        scheduler.add(member)
    step(scheduler)
    scheduler.add(sequence(9, "b"))
    assert keys(step(scheduler)) == {1, 2, 9}
    assert greedy[2].state is State.WAITING


def test_visible_goes_first_but_every_fourth_seat_is_a_hidden_ones() -> None:
    scheduler = make(slots=1)
    scheduler.add(sequence(100, "hidden", visible=False))
    seated = []
    for key in range(1, 8):
        scheduler.add(sequence(key, "a"))
    for _ in range(5):
        batch = step(scheduler)
        seated.append(batch.sequences()[0].key)
        scheduler.finish(batch.sequences()[0])
    assert seated.index(100) == VISIBLE_TURNS


def test_hidden_prompt_is_read_a_little_beside_visible_ones() -> None:
    scheduler = make(batch_tokens=16)
    scheduler.add(sequence(1, "a", length=100))
    scheduler.add(sequence(2, "b", length=100, visible=False))
    sizes = {chunk.sequence.key: chunk.end - chunk.start for chunk in step(scheduler).chunks}
    assert sizes == {1: 12, 2: 4}


def test_cancelled_sequence_frees_its_slot_at_once() -> None:
    scheduler = make(slots=1)
    scheduler.add(first := sequence(1))
    scheduler.add(sequence(2))
    step(scheduler)
    scheduler.finish(first)
    batch = step(scheduler)
    assert keys(batch) == {2}
    assert batch.vacated == [0]


def test_cancelled_sequence_stops_waiting() -> None:
    scheduler = make(slots=1)
    scheduler.add(sequence(1))
    scheduler.add(second := sequence(2))
    step(scheduler)
    scheduler.finish(second)
    assert (scheduler.seated, scheduler.waiting) == (1, 0)


def test_paused_sequence_keeps_its_slot_while_nobody_wants_it() -> None:
    scheduler = make()
    scheduler.add(member := sequence(1))
    step(scheduler)
    scheduler.pause(member)
    assert scheduler.next_batch() is None
    scheduler.go(member)
    batch = step(scheduler)
    assert batch.decoding == [member]
    assert batch.vacated == []


def test_paused_sequence_gives_its_slot_up_when_another_wants_it() -> None:
    scheduler = make(slots=1)
    scheduler.add(paused := sequence(1))
    step(scheduler)
    scheduler.pause(paused)
    scheduler.add(other := sequence(2))
    assert keys(step(scheduler)) == {2}
    assert (paused.state, paused.slot) == (State.PAUSED, None)
    scheduler.go(paused)
    scheduler.finish(other)
    chunk = step(scheduler).chunks[0]
    assert (chunk.sequence, chunk.start, chunk.end) == (paused, 0, 4)


def test_sequence_that_waits_can_be_paused_and_go_on() -> None:
    scheduler = make(slots=1)
    scheduler.add(sequence(1))
    scheduler.add(second := sequence(2))
    step(scheduler)
    scheduler.pause(second)
    scheduler.pause(second)
    assert (second.state, scheduler.waiting) == (State.PAUSED, 0)
    scheduler.go(second)
    scheduler.go(second)
    assert (second.state, scheduler.waiting) == (State.WAITING, 1)


def test_youngest_is_put_out_when_cells_run_out_and_reads_all_again() -> None:
    scheduler = make(cells=20, window=20)
    scheduler.add(old := sequence(1, "a", length=2))
    step(scheduler)
    scheduler.add(young := sequence(2, "b", length=2))
    assert scheduler.next_batch() is not None
    assert young.state is State.WAITING, "there is no headroom beside the other"
    scheduler.finish(old)
    step(scheduler)
    assert young.read == 2


def test_growing_sequences_put_the_youngest_out() -> None:
    scheduler = make(cells=HEADROOM + 8, window=HEADROOM + 8)
    scheduler.add(old := sequence(1, "a", length=3))
    step(scheduler)
    scheduler.add(young := sequence(2, "b", length=3))
    while young.state is not State.WAITING or not young.generated:
        batch = step(scheduler)
        assert len(old.tokens) + (len(young.tokens) if young.slot is not None else 0) <= HEADROOM + 10
    assert old in batch.sequences()
    assert young.read == 0


def test_sequence_that_fills_the_window_is_full() -> None:
    scheduler = make(cells=100, window=5)
    member = sequence(1, length=5)
    assert scheduler.fits(member)
    assert not scheduler.fits(sequence(2, length=6))
    scheduler.add(member)
    scheduler.was_read(next_batch(scheduler))
    assert not scheduler.append(member, 7)


def test_batch_without_room_costs_the_paused_first() -> None:
    scheduler = make()
    scheduler.add(paused := sequence(1))
    scheduler.add(running := sequence(2, "b"))
    step(scheduler)
    scheduler.pause(paused)
    next_batch(scheduler)
    assert scheduler.preempt()
    assert (paused.slot, running.slot is None) == (None, False)
    next_batch(scheduler)
    assert not scheduler.preempt(), "nobody is left who could make room"


def test_failed_batch_is_tried_again_one_by_one() -> None:
    scheduler = make(slots=3)
    members = [sequence(key, str(key)) for key in (1, 2, 3)]
    for member in members:
        scheduler.add(member)
    step(scheduler)
    assert scheduler.isolate(next_batch(scheduler)) is None
    alone = []
    for _ in members:
        batch = next_batch(scheduler)
        (member,) = batch.sequences()
        alone.append(member.key)
        if member.key == 2:
            assert scheduler.isolate(batch) is member
            scheduler.finish(member)
        else:
            scheduler.was_read(batch)
            scheduler.append(member, 7)
    assert sorted(alone) == [1, 2, 3]
    assert keys(step(scheduler)) == {1, 3}


# ---- properties


def expected_token(tokens: list[int]) -> int:
    """A next token that depends on every token before it."""
    return random.Random(str(tokens)).randrange(256)


class Arrival(Struct, frozen=True):
    """A sequence to come: at which step, from whom, how much it reads and wants."""

    step: int
    origin: str
    visible: bool
    prompt: int
    wanted: int


class Simulation:
    """A scheduler and a cache through a workload with pauses, cancellations, failures and a cache that is too small."""

    def __init__(
        self, slots: int, window: int, cells: int, batch_tokens: int, arrivals: list[Arrival], disturb: random.Random
    ) -> None:
        self.scheduler = Scheduler(slots=slots, cells=cells, window=window, batch_tokens=batch_tokens)
        self.runner = FakeRunner(expected_token, slots=slots, cells=cells, batch_tokens=batch_tokens)
        self.slots, self.window, self.cells = slots, window, cells
        self.disturb = disturb
        self.pending = sorted(arrivals, key=lambda arrival: arrival.step)
        self.live: dict[Sequence, int] = {}
        self.paused: set[Sequence] = set()

    def arrive(self, step: int) -> None:
        while self.pending and self.pending[0].step <= step:
            arrival = self.pending.pop(0)
            key = len(self.pending)  # unique: each arrival leaves one fewer
            member = Sequence(key, arrival.origin, [key] * arrival.prompt, visible=arrival.visible)
            self.live[member] = arrival.wanted
            self.scheduler.add(member)

    def make_trouble(self) -> None:
        """Cancel, pause or let go on one of those alive; let the next batch fail, or the cache be smaller."""
        self.runner.fails = lambda _: self.disturb.random() < 0.5
        self.runner.real_cells = self.disturb.choice([self.cells, max(self.window, self.cells - 5)])
        if not self.live:
            return
        member = self.disturb.choice(list(self.live))
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
        self.runner.real_cells = self.cells
        for member in self.paused:
            self.scheduler.go(member)
        self.paused.clear()

    def end(self, member: Sequence) -> None:
        self.scheduler.finish(member)
        assert (member.slot, member.state) == (None, State.FINISHED)
        del self.live[member]
        self.paused.discard(member)

    def step(self) -> None:
        batch = self.scheduler.next_batch()
        assert self.scheduler.seated <= self.slots
        runnable = self.live.keys() - self.paused
        assert (batch is not None) == bool(runnable), "an empty batch while work waits, or a batch of nobody"
        if batch is None:
            return
        assert runnable.issuperset(batch.sequences())
        try:
            self.runner.decode(batch)
        except NoRoom:
            assert self.scheduler.preempt()
        except DecodeError:
            culprit = self.scheduler.isolate(batch)
            if culprit is not None:
                self.end(culprit)
        else:
            self.scheduler.was_read(batch)
            for row, member in batch.rows():
                self.take(member, expected_token(self.runner.rows[row]))

    def take(self, member: Sequence, token: int) -> None:
        fits = self.scheduler.append(member, token)
        if fits and member.generated < self.live[member]:
            return
        self.end(member)
        tokens = member.tokens
        exact = [tokens[at] == expected_token(tokens[:at]) for at in range(member.prompt, len(tokens))]
        assert all(exact), "a token came twice, out of order, or from another sequence"


@st.composite
def simulations(draw: st.DrawFn) -> Simulation:
    slots = draw(st.integers(1, 4))
    window = draw(st.integers(4, 60))
    arrivals = st.builds(
        Arrival,
        step=st.integers(0, 40),
        origin=st.sampled_from("abc"),
        visible=st.booleans(),
        prompt=st.integers(1, window),
        wanted=st.integers(1, 30),
    )
    return Simulation(
        slots,
        window,
        cells=draw(st.integers(window, 3 * window)),
        batch_tokens=slots + draw(st.integers(1, 12)),
        arrivals=draw(st.lists(arrivals, min_size=1, max_size=10)),
        disturb=random.Random(draw(st.integers(0, 2**32))),
    )


@settings(max_examples=300, deadline=None)
@given(simulations(), st.sampled_from([0.0, 0.1, 0.4]))
def test_every_sequence_gets_its_tokens_in_order_exactly_once_whatever_happens(
    simulation: Simulation, trouble: float
) -> None:
    for step_number in range(60):
        simulation.arrive(step_number)
        if simulation.disturb.random() < 0.1:
            simulation.calm_down()
        if simulation.disturb.random() < trouble:
            simulation.make_trouble()
        simulation.step()
    simulation.calm_down()
    steps = 0
    while simulation.live:
        simulation.step()
        steps += 1
        assert steps < 5000, "somebody starves"
    assert simulation.scheduler.next_batch() is None
    assert (simulation.scheduler.seated, simulation.scheduler.waiting) == (0, 0)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 4), st.booleans())
def test_nobody_starves_while_others_keep_coming(slots: int, visible: bool) -> None:
    scheduler = Scheduler(slots=slots, cells=400, window=100, batch_tokens=slots + 4)
    scheduler.add(victim := sequence(0, "victim", length=90, visible=visible))
    running: dict[int, Sequence] = {}
    for number in range(1, 4000):
        if len(running) < 3 * slots:
            newcomer = sequence(number, f"crowd{number % 5}", length=1 + number % 30)
            running[number] = newcomer
            scheduler.add(newcomer)
        batch = next_batch(scheduler)
        scheduler.was_read(batch)
        for _, member in batch.rows():
            if member is victim and member.generated == 3:
                return
            scheduler.append(member, END)
            if member is not victim and member.generated > 5:
                scheduler.finish(member)
                del running[member.key]
    raise AssertionError("the victim never got its tokens")
