"""The scheduler: who gets a seat, who gives way, and who keeps one."""

from __future__ import annotations

from collections import Counter

from support.scheduling import keys, make, next_batch, sequence, step, waiting
from windowsill.engine.cells import WORTH_KEEPING, Cells
from windowsill.engine.scheduler import Limits, Scheduler
from windowsill.engine.sequence import Remove, Sequence, State


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
