from __future__ import annotations

import pytest

from windowsill import bench


def test_rate_leaves_out_the_share_of_text_that_came_first() -> None:
    assert bench.rate([(10.0, 25), (10.5, 25), (12.0, 50)], tokens=100) == pytest.approx(37.5)


def test_rate_is_unknown_when_all_text_came_at_once() -> None:
    assert bench.rate([(10.0, 25)], tokens=8) is None
    assert bench.rate([], tokens=0) is None
