"""A scheduler over cells of its own, and what its tests ask of it."""

from __future__ import annotations

from windowsill.engine.cells import Cells
from windowsill.engine.scheduler import Limits, Scheduler
from windowsill.engine.sequence import Batch, Sequence, State


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
