"""The findings as a table for the terminal, as JSON for programs and as Markdown for ``docs/performance.md``."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import msgspec
from msgspec import Struct
from rich.table import Table

from bench.figures import Finding, Goal

HEADINGS = ("what", "Engine", "llama-server", "ratio", "goal", "")
NOT_MEASURED = "not measured"
WIDTH = 120
"""Columns of the terminal's table, however narrow the terminal: no figure may be cut off."""


class Conditions(Struct, frozen=True):
    """Under which the findings hold. ``memory``: GiB; ``runs``: whose median each figure is."""

    machine: str
    cores: int
    memory: int
    binding: str
    model: str
    threads: int
    runs: int

    def __str__(self) -> str:
        return (
            f"{self.model}, {self.threads} threads on {self.cores} cores of {self.machine} with {self.memory} GiB, "
            f"llama-cpp-python {self.binding}, medians of {self.runs} runs"
        )


class Report(Struct, frozen=True):
    """What ``--json`` writes."""

    conditions: Conditions
    findings: list[Finding]


def conditions(model: str, threads: int, runs: int) -> Conditions:
    """On this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Conditions(
        machine=_processor(),
        cores=os.cpu_count() or 1,
        memory=round(memory / 2**30),
        binding=version("llama-cpp-python"),
        model=model,
        threads=threads,
        runs=runs,
    )


def cells(finding: Finding) -> tuple[str, ...]:
    """One row, as HEADINGS say."""
    ratio = finding.ratio
    return (
        finding.what,
        NOT_MEASURED if finding.ours is None else _figure(finding.ours, finding.unit),
        "" if finding.peer is None else _figure(finding.peer, finding.unit),
        "" if ratio is None else f"{ratio:.2f} ×",
        "" if finding.goal is None else _bound(finding.goal, finding.unit),
        {True: "✓", False: "✗", None: ""}[finding.met],
    )


def table(findings: list[Finding]) -> Table:
    """For the terminal."""
    made = Table(box=None, pad_edge=False)
    for heading in HEADINGS:
        made.add_column(heading, no_wrap=True)
    for finding in findings:
        made.add_row(*cells(finding))
    return made


def json(report: Report) -> bytes:
    """For programs."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def markdown(report: Report) -> str:
    """For people who read documents."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(cells(finding) for finding in report.findings)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return f"{report.conditions}\n\n" + "\n".join(lines) + "\n"


def _figure(value: float, unit: str) -> str:
    digits = 0 if value == round(value) or abs(value) >= 1000 else 1 if abs(value) >= 100 else 2
    return f"{value:.{digits}f} {unit}".rstrip()


def _bound(goal: Goal, unit: str) -> str:
    return f"{'≤' if goal.at_most else '≥'} {goal.bound:g} {'×' if goal.ratio else unit}".rstrip()


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
