from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.contender import Trace, Usage
from bench.figures import (
    Finding,
    Goal,
    crowd_rate,
    decode_rate,
    longest_pause,
    median,
    percentile,
    read_again,
    share_of,
)


def trace(*arrivals: tuple[float, int], tokens: int = 0, prompt: int = 0, cached: int = 0) -> Trace:
    made = Trace()
    made.arrivals = list(arrivals)
    made.usage = Usage(prompt=prompt, cached=cached, answer=tokens)
    return made


def test_percentile_is_one_of_the_values() -> None:
    values = [float(value) for value in range(1, 41)]
    assert percentile(values, 0.5) == 20.0
    assert percentile(values, 0.95) == 38.0
    assert percentile(values, 0.0) == 1.0
    assert percentile(values, 1.0) == 40.0


@given(st.lists(st.floats(allow_nan=False), min_size=1), st.floats(0, 1))
def test_percentile_is_not_exceeded_by_its_share_of_the_values(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert sum(value <= found for value in values) >= share * len(values)


def test_median_leaves_out_what_could_not_be_measured() -> None:
    assert median([3.0, None, 1.0]) == 2.0
    assert median([None]) is None
    assert median([]) is None


def test_decode_rate_leaves_out_the_first_text() -> None:
    assert decode_rate(trace((1.0, 5), (2.0, 5), (3.0, 10), tokens=4)) == pytest.approx(1.5)


def test_crowd_rate_counts_only_while_all_are_writing() -> None:
    early = trace((0.0, 4), (1.0, 4), (2.0, 4), (3.0, 4), tokens=8)
    late = trace((1.0, 4), (2.0, 4), (3.0, 4), (4.0, 4), tokens=8)
    assert crowd_rate([early, late]) == pytest.approx(4.0)


def test_crowd_rate_is_unknown_when_they_never_wrote_together() -> None:
    assert crowd_rate([trace((0.0, 1), (1.0, 1), tokens=2), trace((1.0, 1), (2.0, 1), tokens=2)]) is None


def test_share_is_of_the_text_that_came_while_one_was_written() -> None:
    one = trace((9.0, 50), (10.0, 50), (11.0, 10), (12.0, 10), (12.1, 50))
    other = trace((9.0, 100), (9.1, 100), (10.5, 20), (11.5, 40), (12.05, 100))
    assert share_of(one, [other]) == pytest.approx(0.25)


def test_longest_pause_is_between_two_that_follow_each_other() -> None:
    assert longest_pause([1.0, 1.5, 4.0, 4.1]) == 2.5


def test_what_was_read_again_is_the_history_that_no_cache_held() -> None:
    before, after = trace(prompt=1990, tokens=24), trace(prompt=2050, cached=2013)
    assert read_again(before, after) == 1


@pytest.mark.parametrize(
    ("ours", "peer", "goal", "met"),
    [
        (3.0, 2.0, Goal(1.5, at_most=False, ratio=True), True),
        (3.0, 2.0, Goal(1.6, at_most=False, ratio=True), False),
        (3.0, 4.0, Goal(0.8, at_most=True, ratio=True), True),
        (3.0, None, Goal(3.0, at_most=True), True),
        (3.1, None, Goal(3.0, at_most=True), False),
        (3.0, None, Goal(1.0, at_most=False, ratio=True), None),
        (None, 2.0, Goal(1.0, at_most=False), None),
        (3.0, 2.0, None, None),
    ],
)
def test_finding_is_held_against_its_goal(
    ours: float | None, peer: float | None, goal: Goal | None, met: bool | None
) -> None:
    assert Finding(what="speed", unit="", ours=ours, peer=peer, goal=goal).met is met


def test_finding_has_no_ratio_to_nothing() -> None:
    assert Finding(what="tokens read again", unit="", ours=3.0, peer=0.0).ratio is None
