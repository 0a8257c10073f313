"""The scheduler: who gets a seat, who shares a batch, and that nobody starves, is lost or gets another's tokens."""

from __future__ import annotations

import random
from array import array
from collections import Counter
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from support.fake_runner import FakeRunner
from windowsill.engine import turns
from windowsill.engine.cells import WORTH_KEEPING, Cells
from windowsill.engine.compute import DecodeError, EditError, NoRoom
from windowsill.engine.scheduler import HEADROOM, Limits, Scheduler
from windowsill.engine.sequence import Batch, Remove, Sequence, State


def make(
    slots: int = 2, cells: int = 1000, window: int = 500, batch: int = 32, *, shared: int = 16, whole: bool = False
) -> Scheduler:
    limits = Limits(slots=slots, batch=batch, shared=shared, rows=slots + 4, window=window)
    return Scheduler(limits, Cells(cells, seats=slots + 1, shelves=8, whole=whole))


def sequence(key: int, origin: str = "a", length: int = 3, *, visible: bool = True, instructions: int = 0) -> Sequence:
    return Sequence(key, origin, [key] * length, visible=visible, instructions=instructions)


def next_batch(scheduler: Scheduler) -> Batch:
    batch = scheduler.next_batch()
    assert batch is not None
    return batch


def step(scheduler: Scheduler) -> Batch:
    """One batch, decoded; everyone whose turn it is gets token 7."""
    batch = next_batch(scheduler)
    batch.edits.clear()
    scheduler.was_read(batch)
    for _, member, _ in batch.rows():
        assert scheduler.append(member, 7)
    return batch


def waiting(*members: Sequence) -> list[int]:
    """The keys of those that want a slot and have none."""
    return [member.key for member in members if member.state is State.WAITING]


def keys(batch: Batch) -> set[int]:
    return {member.key for member in batch.sequences()}


def test_scheduler_has_no_batch_when_nothing_waits() -> None:
    assert make().next_batch() is None


@pytest.mark.parametrize(("shared", "rows"), [(4, 4), (8, 3)])
def test_scheduler_refuses_a_batch_smaller_than_its_slots(shared: int, rows: int) -> None:
    with pytest.raises(ValueError, match="batch"):
        Scheduler(
            Limits(slots=4, batch=8, shared=shared, rows=rows, window=10), Cells(10, seats=5, shelves=1, whole=False)
        )


def test_sequence_refuses_an_empty_prompt() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Sequence(1, "a", [], visible=True)


def test_sequence_without_a_slot_has_no_seat() -> None:
    with pytest.raises(ValueError, match="no slot"):
        _ = sequence(1).seat


# ---- reading and decoding


def test_long_prompt_is_read_in_chunks_while_others_decode() -> None:
    scheduler = make(shared=8)
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


def test_steps_that_only_read_are_longer_than_those_that_also_decode() -> None:
    scheduler = make(batch=32, shared=8)
    scheduler.add(sequence(1, length=100))
    assert step(scheduler).chunks[0].size == 32
    scheduler.add(sequence(2, "b", length=1))
    step(scheduler)
    assert sum(chunk.size for chunk in step(scheduler).chunks) == 7


def test_decoding_batch_is_the_same_object_while_nothing_changes() -> None:
    scheduler = make()
    scheduler.add(sequence(1))
    step(scheduler)
    first = step(scheduler)
    assert step(scheduler) is first


def test_hidden_sequence_that_decodes_beside_a_visible_one_does_not_do_so_for_ever() -> None:
    scheduler = make()
    scheduler.add(sequence(1))
    scheduler.add(sequence(2, visible=False))
    turns = Counter(key for _ in range(40) for key in keys(step(scheduler)))
    assert turns[1] >= 38
    assert 8 <= turns[2] <= 12


def test_eight_equal_prompts_get_their_first_text_one_after_the_other() -> None:
    scheduler = make(slots=8, batch=64, shared=64)
    members = [sequence(key, length=100) for key in range(1, 9)]
    for member in members:
        scheduler.add(member)
    first: dict[int, int] = {}
    for number in range(1, 60):
        for _, member, _ in step(scheduler).rows():
            first.setdefault(member.key, number)
    assert list(first) == [member.key for member in members]
    assert first[1] <= 3, "the first is ready before half of the others was read"
    assert len(set(first.values())) >= 7


def test_long_prompt_is_not_starved_by_short_ones_that_keep_coming() -> None:
    scheduler = make(slots=4, batch=32, shared=32)
    scheduler.add(long := sequence(0, length=300))
    alive = {long}
    for number in range(1, 200):
        if len(alive) < 4:
            alive.add(short := sequence(number, length=30))
            scheduler.add(short)
        for _, member, _ in step(scheduler).rows():
            if member is long:
                return
            scheduler.finish(member)
            alive.remove(member)
    raise AssertionError("the long prompt was never read")


def test_seven_streams_of_one_origin_leave_half_of_the_tokens_to_another() -> None:
    scheduler = make(slots=8, cells=10_000, window=5000)
    for key in range(1, 8):
        scheduler.add(sequence(key, "a"))
    for _ in range(5):
        step(scheduler)
    scheduler.add(sequence(9, "b"))
    step(scheduler)
    given = Counter(member.origin for _ in range(70) for _, member, _ in step(scheduler).rows())
    assert given["b"] == 70
    assert given["a"] == 70


# ---- seats


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
    step(scheduler)
    assert [member.state is State.WAITING for member in greedy] == [False, False, True]
    scheduler.add(newcomer := sequence(10, "c"))
    step(scheduler)
    assert newcomer.slot is not None, "not even behind one that waits for a second seat"
    assert [member.state is State.WAITING for member in greedy] == [False, True, True]


def test_newcomer_of_another_origin_takes_cells_from_an_origin_with_several_seats() -> None:
    scheduler = make(slots=4, cells=300, window=300, batch=300, shared=300)
    greedy = [sequence(key, "a", 60) for key in range(1, 4)]
    for member in greedy:
        scheduler.add(member)
    step(scheduler)
    scheduler.add(fourth := sequence(9, "a", 100))
    step(scheduler)
    assert waiting(*greedy, fourth) == [9]
    scheduler.add(newcomer := sequence(10, "b", 100))
    step(scheduler)
    assert newcomer.slot is not None
    assert greedy[0].slot is not None


def full_of_hidden(slots: int = 3, length: int = 3) -> tuple[Scheduler, list[Sequence]]:
    """Hidden sequences of one origin in all slots."""
    scheduler = make(slots=slots)
    hidden = [sequence(key, visible=False, length=length) for key in range(1, slots + 1)]
    for member in hidden:
        scheduler.add(member)
    step(scheduler)
    return scheduler, hidden


def test_visible_newcomer_takes_the_seat_of_a_hidden_sequence_of_its_own_origin() -> None:
    scheduler, hidden = full_of_hidden()
    scheduler.add(newcomer := sequence(9))
    step(scheduler)
    assert newcomer.slot is not None
    assert [member.state is State.WAITING for member in hidden] == [False, False, True]


def test_hidden_newcomer_takes_no_seat_of_its_own_origin() -> None:
    scheduler, _ = full_of_hidden()
    scheduler.add(newcomer := sequence(9, visible=False))
    step(scheduler)
    assert newcomer.state is State.WAITING


def test_visible_newcomer_takes_no_seat_of_a_hidden_sequence_of_another_origin_with_one_seat() -> None:
    scheduler = make(slots=2)
    for member in (sequence(1), sequence(2, "b", visible=False)):
        scheduler.add(member)
    step(scheduler)
    scheduler.add(newcomer := sequence(9))
    step(scheduler)
    assert newcomer.state is State.WAITING


def test_hidden_sequence_does_not_give_way_again_before_it_had_a_token() -> None:
    scheduler, (hidden,) = full_of_hidden(slots=1)
    for key in range(10, 30):
        scheduler.add(sequence(key))
    (visible,) = step(scheduler).sequences()
    given = hidden.generated
    while visible is not hidden:
        scheduler.finish(visible)
        (visible,) = step(scheduler).sequences()
    assert hidden.generated == given + 1
    assert step(scheduler).sequences() != [hidden]


def test_sequence_that_comes_to_the_front_takes_the_seat_of_a_hidden_one() -> None:
    scheduler, hidden = full_of_hidden()
    scheduler.add(waiting := sequence(9, visible=False))
    step(scheduler)
    scheduler.show(waiting, visible=True)
    step(scheduler)
    assert waiting.slot is not None
    assert hidden[2].state is State.WAITING


def test_sequence_that_is_hidden_under_way_leaves_the_steps_to_visible_ones() -> None:
    scheduler = make()
    scheduler.add(first := sequence(1))
    scheduler.add(sequence(2))
    for _ in range(3):
        step(scheduler)
    scheduler.show(first, visible=False)
    turns = Counter(key for _ in range(40) for key in keys(step(scheduler)))
    assert (turns[1], turns[2]) == (10, 40)
    scheduler.show(first, visible=True)
    assert keys(step(scheduler)) == {1, 2}


def test_newcomer_for_whom_there_is_no_room_costs_no_edit() -> None:
    limits = Limits(slots=3, batch=200, shared=200, rows=7, window=200)
    cells = Cells(200, seats=4, shelves=8, whole=False, idle=0, saved=1000, worth_saving=WORTH_KEEPING)
    scheduler = Scheduler(limits, cells)
    for length in (60, 100):
        scheduler.add(ended := sequence(length, length=length))
        step(scheduler)
        scheduler.finish(ended)
    scheduler.add(sequence(1, length=70))
    step(scheduler)
    cells.take_edits()
    newcomers = [sequence(60, length=190), sequence(100, length=130), sequence(100, length=130)]
    for newcomer in newcomers:
        scheduler.add(newcomer)
        assert next_batch(scheduler).edits == []
    assert scheduler.seated == 1
    assert {newcomer.state for newcomer in newcomers} == {State.WAITING}


def test_sequence_that_failed_is_read_afresh() -> None:
    scheduler = make(batch=64)
    scheduler.add(member := sequence(1, length=30))
    step(scheduler)
    assert scheduler.isolate(next_batch(scheduler)) is member
    scheduler.add(other := sequence(1, length=30))
    scheduler.was_read(next_batch(scheduler))
    assert (member.cached, other.cached) == (0, 0)


def test_cancelled_sequence_frees_its_slot_at_once() -> None:
    scheduler = make(slots=1)
    scheduler.add(first := sequence(1))
    scheduler.add(sequence(2))
    step(scheduler)
    scheduler.finish(first)
    batch = next_batch(scheduler)
    assert keys(batch) == {2}
    assert batch.edits == [Remove(0)]


def test_cancelled_sequence_stops_waiting() -> None:
    scheduler = make(slots=1)
    scheduler.add(first := sequence(1))
    scheduler.add(second := sequence(2))
    step(scheduler)
    scheduler.finish(second)
    scheduler.finish(first)
    assert scheduler.next_batch() is None


def test_paused_sequence_keeps_its_slot_while_nobody_wants_it() -> None:
    scheduler = make()
    scheduler.add(member := sequence(1))
    step(scheduler)
    scheduler.pause(member)
    assert scheduler.next_batch() is None
    scheduler.go(member)
    batch = next_batch(scheduler)
    assert (batch.decoding, batch.edits) == ([member], [])


def test_paused_sequence_gives_its_slot_up_and_finds_its_tokens_again() -> None:
    scheduler = make(slots=1, batch=64)
    scheduler.add(paused := sequence(1, length=WORTH_KEEPING))
    step(scheduler)
    scheduler.pause(paused)
    scheduler.add(other := sequence(2))
    assert keys(step(scheduler)) == {2}
    assert (paused.state, paused.slot) == (State.PAUSED, None)
    scheduler.go(paused)
    scheduler.finish(other)
    assert step(scheduler).decoding == [paused]


def test_sequence_that_waits_can_be_paused_and_go_on() -> None:
    scheduler = make(slots=1)
    scheduler.add(first := sequence(1))
    scheduler.add(second := sequence(2))
    step(scheduler)
    scheduler.pause(second)
    scheduler.pause(second)
    scheduler.finish(first)
    assert scheduler.next_batch() is None
    scheduler.go(second)
    scheduler.go(second)
    assert waiting(second) == [2]
    assert keys(step(scheduler)) == {2}
    scheduler.finish(second)
    assert scheduler.next_batch() is None, "it had waited once"


# ---- cells


def test_next_turn_reads_only_what_is_new() -> None:
    scheduler = make(batch=64)
    scheduler.add(first := sequence(1, length=30))
    step(scheduler)
    step(scheduler)
    scheduler.finish(first)
    scheduler.add(second := Sequence(2, "a", [*first.tokens, 8, 9], visible=True))
    batch = step(scheduler)
    assert [(chunk.start, chunk.end) for chunk in batch.chunks] == [(31, 34)]
    assert second.cached == 31


def test_tokens_that_a_constraint_forced_leave_what_was_cached_known() -> None:
    scheduler = make(batch=64)
    scheduler.add(first := sequence(1, length=30, instructions=20))
    step(scheduler)
    scheduler.finish(first)
    scheduler.add(second := sequence(1, "b", length=30, instructions=20))
    scheduler.append(second, 5)
    step(scheduler)
    assert second.cached == 20


def test_instructions_of_a_forced_answer_are_shared_too() -> None:
    scheduler = make(batch=64)
    scheduler.add(first := sequence(1, length=30, instructions=20))
    scheduler.append(first, 5)
    step(scheduler)
    scheduler.add(second := sequence(1, "b", length=30))
    step(scheduler)
    assert second.cached == 20


def test_instructions_are_shared_where_states_cannot_be_cut_back() -> None:
    scheduler = make(batch=64, whole=True)
    scheduler.add(sequence(1, length=30, instructions=20))
    assert [chunk.end for chunk in step(scheduler).chunks] == [20]
    assert [chunk.end for chunk in step(scheduler).chunks] == [30]
    scheduler.add(second := sequence(1, "b", length=30))
    step(scheduler)
    assert second.cached == 20


def test_newcomer_waits_while_there_is_no_headroom_beside_another() -> None:
    scheduler = make(cells=20, window=20)
    scheduler.add(old := sequence(1, "a", length=2))
    step(scheduler)
    scheduler.add(young := sequence(2, "b", length=2))
    assert scheduler.next_batch() is not None
    assert young.state is State.WAITING
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
    assert scheduler.preempt(next_batch(scheduler))
    assert (paused.slot, running.slot is None) == (None, False)
    assert not scheduler.preempt(next_batch(scheduler)), "nobody is left who could make room"


def test_batch_without_room_costs_what_is_kept_before_any_sequence() -> None:
    scheduler = make()
    scheduler.add(ended := sequence(1, length=20))
    step(scheduler)
    scheduler.finish(ended)
    scheduler.add(running := sequence(2))
    step(scheduler)
    assert scheduler.preempt(next_batch(scheduler))
    assert running.slot is not None
    assert not scheduler.preempt(next_batch(scheduler))


def test_batch_without_room_is_tried_again_without_guesses() -> None:
    scheduler = make()
    scheduler.add(member := sequence(1))
    scheduler.was_read(next_batch(scheduler))
    scheduler.append(member, 7)
    scheduler.propose(member, [8, 9])
    batch = next_batch(scheduler)
    assert [chunk.draft for chunk in batch.chunks] == [[8, 9]]
    assert scheduler.preempt(batch)
    assert next_batch(scheduler).sequences() == [member]
    assert not next_batch(scheduler).chunks


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


def test_drafts_are_not_tried_where_they_cannot_be_taken_back() -> None:
    limits = Limits(slots=2, batch=32, shared=16, rows=2, window=100)
    scheduler = Scheduler(limits, Cells(100, seats=3, shelves=1, whole=True))
    scheduler.add(member := sequence(1))
    step(scheduler)
    scheduler.propose(member, [7, 7])
    assert step(scheduler).decoding == [member]


# ---- everything at once


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


@settings(max_examples=200, deadline=None)
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
    left = sum(len(member.tokens) + wanted for member, wanted in simulation.live.items())
    steps = 0
    while simulation.live:
        simulation.step()
        steps += 1
        assert steps <= 8 * left, "somebody starves"
    assert simulation.scheduler.next_batch() is None


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 4), st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=60))
def test_no_visible_sequence_waits_for_a_hidden_one_of_its_origin_that_had_its_token(
    slots: int, changes: list[tuple[int, bool]]
) -> None:
    scheduler = make(slots=slots, cells=10_000, window=500, shared=slots + 4)
    members = [sequence(key, "ab"[key % 2], visible=key % 3 > 0) for key in range(10)]
    for member in members:
        scheduler.add(member)
    for key, visible in changes:
        scheduler.show(members[key], visible=visible)
        step(scheduler)
        giving_way = {one.origin for one in members if one.slot is not None and turns.gives_way(one) and one.served}
        waiting = {one.origin for one in members if one.slot is None and one.visible}
        assert not giving_way & waiting


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), st.booleans())
def test_nobody_starves_while_others_keep_coming(slots: int, visible: bool) -> None:
    scheduler = make(slots=slots, cells=400, window=100, batch=slots + 12, shared=slots + 4)
    scheduler.add(victim := sequence(0, "victim", length=90, visible=visible))
    running: dict[int, Sequence] = {}
    for number in range(1, 4000):
        if len(running) < 3 * slots:
            newcomer = sequence(number, f"crowd{number % 5}", length=1 + number % 30)
            running[number] = newcomer
            scheduler.add(newcomer)
        batch = next_batch(scheduler)
        batch.edits.clear()
        scheduler.was_read(batch)
        for _, member, _ in batch.rows():
            if member is victim and member.generated == 3:
                return
            scheduler.append(member, 1)
            if member is not victim and member.generated > 5:
                scheduler.finish(member)
                del running[member.key]
    raise AssertionError("the victim never got its tokens")


def test_what_an_origin_said_in_private_or_in_another_profile_is_not_found() -> None:
    scheduler = make()
    prompt = list(range(40))
    for partition, cached in (("one", 0), ("one in private", 0), ("two", 0), ("one", 39)):
        scheduler.add(member := Sequence(1, "a", prompt, visible=True, partition=partition))
        while member.unread:
            scheduler.was_read(next_batch(scheduler))
        scheduler.finish(member)
        assert member.cached == cached
