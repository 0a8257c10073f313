"""What counts as falling below the baseline."""

from __future__ import annotations

from pathlib import Path

import pytest

from quality import baseline
from windowsill.quality.report import Figure


def facts(passed: int, asked: int) -> Figure:
    return Figure("writer", "facts", passed, asked)


def formats(passed: int, asked: int) -> Figure:
    return Figure("writer", "format", passed, asked)


def test_a_models_figure_may_lie_a_little_lower() -> None:
    assert baseline.fallen([facts(50, 100)], [facts(40, 100)]) == []
    assert baseline.fallen([facts(5, 6)], [facts(3, 6)]) == []


@pytest.mark.parametrize(("before", "now"), [((50, 100), (39, 100)), ((5, 6), (2, 6)), ((50, 100), (19, 50))])
def test_what_lies_lower_is_told(before: tuple[int, int], now: tuple[int, int]) -> None:
    assert len(baseline.fallen([facts(*before)], [facts(*now)])) == 1


def test_a_figure_of_the_machinery_may_not_fall_at_all() -> None:
    assert baseline.fallen([formats(100, 100)], [formats(99, 100)]) != []


def test_a_figure_that_rose_is_no_fault() -> None:
    assert baseline.fallen([facts(50, 100), formats(1, 2)], [facts(90, 100), formats(2, 2)]) == []


def test_a_figure_that_is_gone_is_told() -> None:
    assert baseline.fallen([facts(0, 9)], []) == ["writer: facts: not asked any more"]


def test_what_is_written_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baseline, "FILE", tmp_path / "baseline.json")
    figures = (formats(3, 4), facts(1, 2))
    baseline.write(figures)
    assert baseline.read() == figures
    assert baseline.FILE.read_text(encoding="utf-8").count("\n") == 4
