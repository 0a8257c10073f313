"""A process that may use some of the machine's processors, or some of their time, counts only those."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from windowsill.engine import control_groups, processors

BOUND = """
import os
from windowsill.engine import processors
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
print(processors.usable())
"""

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux binds processes to processors, and has groups")


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The groups of a machine with 16 processors, on which this process is in ``outer/inner`` of both versions."""
    (tmp_path / "table").write_text("2:cpu,cpuacct:/outer/inner\n0::/outer/inner\n")
    monkeypatch.setattr(control_groups, "OWN_GROUPS", tmp_path / "table")
    monkeypatch.setattr(control_groups, "GROUPS", tmp_path / "groups")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)), raising=False)
    for folder in ("outer/inner", "cpu/outer/inner"):
        (tmp_path / "groups" / folder).mkdir(parents=True)
    return tmp_path / "groups"


@linux
def test_processors_that_were_taken_away_do_not_count() -> None:
    assert subprocess.run([sys.executable, "-c", BOUND], capture_output=True, check=True).stdout == b"1\n"


@linux
@pytest.mark.parametrize(
    ("limit", "count"), [("max 100000", 16), ("400000 100000", 4), ("150000 100000", 2), ("1000 100000", 1)]
)
def test_time_that_a_container_may_take_counts_in_processors(groups: Path, limit: str, count: int) -> None:
    (groups / "outer" / "cpu.max").write_text(f"{limit}\n")
    assert processors.usable() == count


@linux
def test_least_of_all_groups_around_it_counts(groups: Path) -> None:
    (groups / "outer" / "cpu.max").write_text("300000 100000\n")
    (groups / "outer" / "inner" / "cpu.max").write_text("500000 100000\n")
    assert processors.usable() == 3


@linux
@pytest.mark.parametrize(("quota", "count"), [("-1", 16), ("250000", 5)])
def test_so_it_does_with_groups_of_version_1(groups: Path, quota: str, count: int) -> None:
    (groups / "cpu" / "outer" / "inner" / "cpu.cfs_quota_us").write_text(f"{quota}\n")
    (groups / "cpu" / "outer" / "inner" / "cpu.cfs_period_us").write_text("50000\n")
    assert processors.usable() == count


def test_there_is_one_at_least_and_no_more_than_the_machine_has() -> None:
    assert 1 <= processors.usable() <= (os.cpu_count() or 1)
