"""The scheduler: what is not read again, who goes when cells are short, and what a failed batch costs."""

from __future__ import annotations

from support.scheduling import keys, make, next_batch, sequence, step
from windowsill.engine.cells import Cells
from windowsill.engine.scheduler import HEADROOM, Limits, Scheduler
from windowsill.engine.sequence import Sequence, State


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


def test_what_an_origin_said_in_private_or_in_another_profile_is_not_found() -> None:
    scheduler = make()
    prompt = list(range(40))
    for partition, cached in (("one", 0), ("one in private", 0), ("two", 0), ("one", 39)):
        scheduler.add(member := Sequence(1, "a", prompt, visible=True, partition=partition))
        while member.unread:
            scheduler.was_read(next_batch(scheduler))
        scheduler.finish(member)
        assert member.cached == cached
