"""What a row costs, learnt from steps: on devices where rows are cheap or dear, under noise, and after odd steps."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.engine.step_cost import FIRST_SHARE, StepCost

GUESSING = (1, 4, 8, 16)
"""Rows of the steps of one sequence whose guesses are of all lengths."""

SHARES = (0.02, 0.35, 0.8)


def device(cost: StepCost, share: float, steps: int, *, one: float = 0.02, noise: float = 0.0) -> None:
    """Steps of a device on which each further row takes ``share`` of the first one's ``one`` seconds."""
    chance = random.Random(7)
    for _ in range(steps):
        rows = chance.choice(GUESSING)
        cost.took(rows, one * (1 + share * (rows - 1)) * (1 + chance.uniform(-noise, noise)))


@pytest.mark.parametrize("share", SHARES)
def test_cost_of_a_row_is_learnt_within_seconds(share: float) -> None:
    cost = StepCost()
    device(cost, share, 100)
    assert cost.of_row(1) == pytest.approx(share)
    device(cost, share, 100, noise=0.2)
    assert cost.of_row(1) == pytest.approx(share, abs=0.15)


def test_cost_is_that_of_a_processor_until_steps_have_told() -> None:
    cost = StepCost()
    assert cost.of_row(1) == FIRST_SHARE
    for seconds in (0.02, 0.1, 0.02):
        for _ in range(100):
            cost.took(1, seconds)
    assert cost.of_row(1) == pytest.approx(FIRST_SHARE), "one row tells nothing of others"


@pytest.mark.parametrize("share", [*SHARES, 1.0])
def test_row_takes_nothing_from_nobody(share: float) -> None:
    cost = StepCost()
    device(cost, share, 100)
    assert cost.of_row(0) == 0.0


@pytest.mark.parametrize("share", SHARES)
def test_first_steps_that_took_very_long_are_forgotten(share: float) -> None:
    cost = StepCost()
    cost.took(1, 10.0)
    cost.took(16, 12.0)
    device(cost, share, 100)
    assert cost.of_row(1) == pytest.approx(share)


@pytest.mark.parametrize("rows", GUESSING)
def test_step_in_which_the_machine_slept_changes_little(rows: int) -> None:
    cost = StepCost()
    device(cost, 0.35, 100)
    cost.took(rows, 3600.0)
    device(cost, 0.35, 20)
    assert cost.of_row(1) == pytest.approx(0.35, abs=0.15)


def test_row_costs_more_of_what_many_decode_together_as_each_token_takes_less() -> None:
    cost = StepCost()
    device(cost, 0.35, 100)
    alone, *others = [cost.of_row(sequences) for sequences in (1, 2, 4, 8)]
    assert alone < others[0] < others[1] < others[2] < 1


@given(st.lists(st.tuples(st.integers(1, 40), st.floats(0, 1e6))), st.integers(1, 8))
def test_row_costs_something_between_nothing_and_a_token(steps: list[tuple[int, float]], sequences: int) -> None:
    cost = StepCost()
    for rows, seconds in steps:
        cost.took(rows, seconds)
    assert 0 <= cost.of_row(sequences) <= 1
