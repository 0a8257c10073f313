"""Rates out of two looks at the Engine."""

from __future__ import annotations

import msgspec
import pytest

from support.engine_stats import A, B, load, model, stats
from windowsill.engine_usage import Look, usage


def test_a_single_look_knows_no_rate() -> None:
    found = usage(None, Look(5.0, stats(model(a=load(2, 1, 1, tokens=80)), decoded=80)))
    used = found.origins[A]
    assert (used.running, used.waiting, used.paused, used.tokens_per_second) == (2, 1, 1, 0.0)
    assert found.tokens_per_second == 0.0


def test_rates_are_tokens_between_the_looks() -> None:
    before = Look(5.0, stats(model(a=load(1, tokens=30), b=load(1, tokens=5)), decoded=100))
    found = usage(before, Look(7.0, stats(model(a=load(1, tokens=70), b=load(1, tokens=15)), decoded=160)))
    assert (found.origins[A].tokens_per_second, found.origins[B].tokens_per_second) == (20.0, 5.0)
    assert found.tokens_per_second == 30.0, "ten tokens went to somebody who has all by now"


@pytest.mark.parametrize("tokens", [0, 12])
def test_a_count_that_began_anew_counts_from_there(tokens: int) -> None:
    before = Look(0.0, stats(model(a=load(1, tokens=30))))
    found = usage(before, Look(2.0, stats(model(a=load(1, tokens=tokens)))))
    assert found.origins[A].tokens_per_second == tokens / 2


def test_an_origin_that_was_not_there_before_counts_from_zero() -> None:
    found = usage(Look(0.0, stats(model())), Look(2.0, stats(model(a=load(1, tokens=8)))))
    assert found.origins[A].tokens_per_second == 4.0


def test_one_origin_in_two_models_is_summed() -> None:
    before = Look(0.0, stats(model("One", a=load(1, tokens=1)), model("Two", a=load(1, tokens=100))))
    after = stats(model("One", a=load(1, tokens=3)), model("Two", a=load(1, 2, tokens=104)))
    used = usage(before, Look(2.0, after)).origins[A]
    assert (used.running, used.waiting, used.tokens_per_second) == (2, 2, 3.0)


def test_what_is_queued_is_told_beside_what_a_model_computes() -> None:
    found = usage(None, Look(0.0, stats(model(a=load(1)), queued={A: load(0, 2, 1, hidden=1), B: load(0, 1)})))
    used = found.origins[A]
    assert (used.running, used.waiting, used.paused, used.hidden) == (1, 2, 1, 1)
    assert found.origins[B].waiting == 1


def test_another_engine_s_figures_are_no_beginning() -> None:
    before = Look(0.0, stats(model(a=load(1, tokens=2)), decoded=9000))
    other = msgspec.structs.replace(stats(model(a=load(1, tokens=50)), decoded=50), pid=2)
    found = usage(before, Look(1.0, other))
    assert (found.origins[A].tokens_per_second, found.tokens_per_second) == (0.0, 0.0)
