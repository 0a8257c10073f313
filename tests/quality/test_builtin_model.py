"""The built-in model does the tasks as well as it last did, and the Host does its own part without a fault."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from quality import baseline, builtin
from windowsill.quality import report
from windowsill.quality.report import Report

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def measured() -> Iterator[Report]:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="ws") as home:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        yield builtin.measured(Path(home))


def test_formats_limits_and_corrections_are_always_right(measured: Report) -> None:
    faults = {(fault.task, fault.check) for fault in report.faults(measured.figures)}
    examples = [one for one in measured.failures if (one.task, one.check) in faults]
    assert [f"{one.task}: {one.case}: {one.check}: {one.fault}: {one.shown}" for one in examples] == []


def test_no_figure_falls_below_the_baseline(measured: Report) -> None:
    assert baseline.fallen(baseline.read(), measured.figures) == [], baseline.RENEWAL


def test_the_document_has_the_baselines_figures() -> None:
    assert baseline.document(baseline.read()) == baseline.DOCUMENT.read_text(encoding="utf-8"), baseline.RENEWAL


def test_every_figure_has_a_baseline(measured: Report) -> None:
    known = {(one.task, one.check) for one in baseline.read()}
    assert {(one.task, one.check) for one in measured.figures} - known == set(), baseline.RENEWAL
