"""When a step takes too long ever to end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from windowsill import settings
from windowsill.engine.step_watch import FIRST_SECONDS, LEAST_SECONDS, TIMES_LONGEST, StepWatch

seconds = st.floats(0, 1e6)


def after(*steps: float) -> StepWatch:
    """Steps took so long, and at time 0 another begins."""
    watch = StepWatch()
    for step in steps:
        watch.began(-step)
        watch.ended(0.0, worked=True)
    watch.began(0.0)
    return watch


def test_nothing_is_overdue_between_steps() -> None:
    watch = StepWatch()
    assert not watch.overdue(1e9)
    watch.began(0.0)
    watch.ended(1.0, worked=True)
    assert not watch.overdue(1e9)


def test_first_step_has_much_time() -> None:
    watch = after()
    assert not watch.overdue(FIRST_SECONDS)
    assert watch.overdue(FIRST_SECONDS + 1)


def test_short_steps_let_the_next_one_take_a_minute() -> None:
    watch = after(0.03, 0.05)
    assert not watch.overdue(LEAST_SECONDS)
    assert watch.overdue(LEAST_SECONDS + 1)


def test_full_batch_may_follow_steps_of_one_token() -> None:
    watch = after(1.0)
    assert not watch.overdue(settings.BATCH_TOKENS)
    assert watch.overdue(settings.BATCH_TOKENS + 1)


def test_slow_machine_has_many_times_its_longest_step() -> None:
    watch = after(50.0, 2.0)
    assert not watch.overdue(50.0 * TIMES_LONGEST)
    assert watch.overdue(50.0 * TIMES_LONGEST + 1)


def test_look_that_found_nothing_to_do_is_no_measure() -> None:
    watch = StepWatch()
    watch.began(0.0)
    watch.ended(0.001, worked=False)
    watch.began(10.0)
    assert watch.longest is None
    assert not watch.overdue(10.0 + FIRST_SECONDS)


@given(steps=st.lists(seconds, max_size=5), waited=seconds)
def test_step_no_longer_than_another_before_it_is_never_overdue(steps: list[float], waited: float) -> None:
    assert not after(*steps, waited).overdue(waited)
