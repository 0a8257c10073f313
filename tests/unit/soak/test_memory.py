from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soak.memory import MOST_SAMPLES, Sample, growth, resident


def samples(*sizes: int) -> list[Sample]:
    """One every ten answers."""
    return [Sample(10 * place, size) for place, size in enumerate(sizes)]


@given(st.integers(0, 2**20), st.integers(2, 3 * MOST_SAMPLES))
def test_what_leaks_by_every_answer_is_told_in_bytes_an_answer(leak: int, looks: int) -> None:
    assert growth([Sample(10 * look, 2**26 + 10 * look * leak) for look in range(looks)]) == leak


def test_single_peaks_do_not_bend_the_line() -> None:
    flat = [2**26] * 20
    flat[3] = flat[17] = 2**30
    assert growth(samples(*flat)) == 0


def test_what_grows_once_and_stays_is_no_leak() -> None:
    assert growth(samples(*[2**26] * 4, *[2**27] * 40)) == 0


def test_what_shrinks_grows_by_less_than_nothing() -> None:
    assert growth(samples(300, 200, 100)) == -10


@pytest.mark.parametrize("sizes", [(), (2**26,)])
def test_one_look_shows_no_growth(sizes: tuple[int, ...]) -> None:
    assert growth(samples(*sizes)) == 0


def test_this_process_is_in_memory() -> None:
    assert resident(os.getpid()) > 2**20
