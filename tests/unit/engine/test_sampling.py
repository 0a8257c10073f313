"""Sampling options as chains of steps."""

from __future__ import annotations

import math

import pytest

from windowsill.engine.sampling import Draw, Greedy, MinP, Temperature, TopK, TopP, chain
from windowsill.engine_protocol import Sampling


def options(
    temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0, min_p: float = 0.0, seed: int | None = 5
) -> Sampling:
    return Sampling(temperature=temperature, top_k=top_k, top_p=top_p, min_p=min_p, seed=seed)


def fresh_seed() -> int:
    return 77


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan, math.inf])
def test_chain_is_greedy_for_a_temperature_that_is_none(temperature: float) -> None:
    assert chain(options(temperature, top_k=40), fresh_seed) == (Greedy(),)


def test_chain_keeps_the_order_of_its_steps() -> None:
    steps = chain(options(0.7, 40, 0.95, 0.05), fresh_seed)
    assert steps == (TopK(40), TopP(0.95), MinP(0.05), Temperature(0.7), Draw(5))


def test_chain_leaves_out_steps_that_change_nothing() -> None:
    assert chain(options(), fresh_seed) == (Draw(5),)


def test_chain_draws_a_seed_when_none_is_given() -> None:
    assert chain(options(seed=None), fresh_seed) == (Draw(77),)


def test_chain_fits_any_seed_into_32_bits() -> None:
    assert chain(options(seed=2**32 + 3), fresh_seed) == (Draw(3),)
