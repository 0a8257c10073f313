"""Every sampling mode of the standard has its numbers, and they rise with it."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

from windowsill.protocol import SamplingMode
from windowsill.tasks.sampling import SAMPLING_MODES


def test_every_mode_of_the_standard_is_there_in_its_order() -> None:
    assert list(SAMPLING_MODES) == list(get_args(SamplingMode))


def test_temperature_and_width_rise_with_the_mode() -> None:
    for lower, higher in pairwise(SAMPLING_MODES.values()):
        assert lower.temperature < higher.temperature
        assert lower.top_k < higher.top_k


def test_the_most_predictable_mode_always_takes_the_likeliest_token() -> None:
    assert SAMPLING_MODES["most-predictable"].temperature == 0
