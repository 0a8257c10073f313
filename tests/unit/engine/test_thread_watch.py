"""When the decode thread takes too long ever to end what it is at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.engine.thread_watch import (
    BASE_SECONDS,
    LEAST_SECONDS,
    SLOWEST_READING,
    TIMES_LONGEST,
    Task,
    ThreadWatch,
)

SIZE = 100 * SLOWEST_READING
READING_SECONDS = BASE_SECONDS + 100

seconds = st.floats(0, 1e6)
batches = st.integers(1, 4096)


def after(*steps: float, batch_tokens: int = 256) -> ThreadWatch:
    """Steps took so long, and at time 0 another begins."""
    watch = ThreadWatch(SIZE)
    watch.batch_tokens = batch_tokens
    for step in steps:
        watch.began(Task.STEP, -step)
        watch.ended(0.0, worked=True)
    watch.began(Task.STEP, 0.0)
    return watch


@pytest.mark.parametrize("task", Task)
def test_nothing_is_overdue_between_tasks(task: Task) -> None:
    watch = ThreadWatch(SIZE)
    assert not watch.overdue(1e9)
    watch.began(task, 0.0)
    assert watch.overdue(1e9)
    watch.ended(1.0)
    assert not watch.overdue(1e9)


@pytest.mark.parametrize("task", [Task.LOAD, Task.STEP])
def test_load_and_first_step_have_much_time_and_more_for_a_large_file(task: Task) -> None:
    watch = ThreadWatch(SIZE)
    watch.began(task, 0.0)
    assert not watch.overdue(READING_SECONDS)
    assert watch.overdue(READING_SECONDS + 1)


def test_command_has_a_minute_however_long_steps_took() -> None:
    watch = after(50.0)
    watch.began(Task.COMMAND, 0.0)
    assert not watch.overdue(LEAST_SECONDS)
    assert watch.overdue(LEAST_SECONDS + 1)


def test_short_steps_let_the_next_one_take_a_minute() -> None:
    watch = after(0.03, 0.05)
    assert not watch.overdue(LEAST_SECONDS)
    assert watch.overdue(LEAST_SECONDS + 1)


@pytest.mark.parametrize("batch_tokens", [256, 512])
def test_full_batch_of_the_device_may_follow_steps_of_one_token(batch_tokens: int) -> None:
    watch = after(1.0, batch_tokens=batch_tokens)
    assert not watch.overdue(batch_tokens)
    assert watch.overdue(batch_tokens + 1)


def test_full_batch_has_no_more_time_than_the_first_step() -> None:
    watch = after(5.0, batch_tokens=1024)
    assert not watch.overdue(READING_SECONDS)
    assert watch.overdue(READING_SECONDS + 1)


def test_slow_machine_has_many_times_its_longest_step() -> None:
    watch = after(50.0, 2.0)
    assert not watch.overdue(50.0 * TIMES_LONGEST)
    assert watch.overdue(50.0 * TIMES_LONGEST + 1)


def test_look_that_found_nothing_to_do_is_no_measure() -> None:
    watch = ThreadWatch(SIZE)
    watch.began(Task.STEP, 0.0)
    watch.ended(0.001)
    watch.began(Task.STEP, 10.0)
    assert watch.longest is None
    assert not watch.overdue(10.0 + READING_SECONDS)


@given(steps=st.lists(seconds, max_size=5), waited=seconds, batch_tokens=batches)
def test_step_no_longer_than_another_before_it_is_never_overdue(
    steps: list[float], waited: float, batch_tokens: int
) -> None:
    assert not after(*steps, waited, batch_tokens=batch_tokens).overdue(waited)
