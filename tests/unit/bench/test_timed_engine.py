from __future__ import annotations

from pathlib import Path

import pytest

from bench.timed_engine import LAYOUT, Step, other_share, read


def test_share_is_of_the_time_between_steps_of_the_same_kind() -> None:
    steps = [
        Step(0.0, 5.0, 0),  # read prompts
        Step(6.0, 7.0, 8),
        Step(7.25, 8.25, 8),
        Step(8.25, 9.25, 8),
        Step(20.0, 21.0, 7),  # one has ended
    ]
    assert other_share(steps, 8) == pytest.approx(0.25 / 2.25)


def test_share_is_unknown_without_two_such_steps_in_a_row() -> None:
    assert other_share([Step(0.0, 1.0, 8), Step(1.0, 2.0, 7), Step(2.0, 3.0, 8)], 8) is None


def test_report_is_read_as_it_was_written(tmp_path: Path) -> None:
    steps = [Step(1.5, 2.5, 8), Step(3.0, 4.0, 0)]
    report = tmp_path / "steps"
    report.write_bytes(b"".join(LAYOUT.pack(*step) for step in steps))
    assert read(report) == steps
