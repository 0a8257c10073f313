"""The scheduler: who shares a batch, and how prompts are read beside those who decode."""

from __future__ import annotations

from collections import Counter

import pytest

from support.scheduling import keys, make, sequence, step
from windowsill.engine.cells import Cells
from windowsill.engine.scheduler import Limits, Scheduler
from windowsill.engine.sequence import Sequence, State


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
