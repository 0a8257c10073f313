"""The built-in model does the tasks as well as it last did, and the Host does its own part without a fault."""

from __future__ import annotations

import pytest

from quality import baseline
from quality.measurement import measured
from windowsill import shipped
from windowsill.quality import cases, report
from windowsill.quality.report import Report

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def builtin(engine_of_the_checkout: None) -> Report:
    return measured(shipped.model(), cases.load())


def test_formats_limits_and_corrections_are_always_right(builtin: Report) -> None:
    assert report.machinery_failures(builtin) == ()


def test_no_figure_falls_below_the_baseline(builtin: Report) -> None:
    assert baseline.fallen(baseline.read(), builtin.figures) == [], baseline.RENEWAL


def test_the_document_has_the_baselines_figures() -> None:
    assert baseline.document(baseline.read()) == baseline.DOCUMENT.read_text(encoding="utf-8"), baseline.RENEWAL


def test_every_figure_has_a_baseline(builtin: Report) -> None:
    known = {(one.task, one.check) for one in baseline.read()}
    assert {(one.task, one.check) for one in builtin.figures} - known == set(), baseline.RENEWAL
