"""How much memory is free, by the system's own tables."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from windowsill.engine import control_groups, free_memory

PAGE = os.sysconf("SC_PAGE_SIZE")

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with 8 GB available, and a process of 300 pages, 100 of them mapped to files."""
    (tmp_path / "meminfo").write_text("MemTotal:       16000000 kB\nMemAvailable:    8000000 kB\n")
    (tmp_path / "statm").write_text("5000 300 100 1 0 900 0\n")
    monkeypatch.setattr(free_memory, "MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(free_memory, "STATM", tmp_path / "statm")
    monkeypatch.setattr(control_groups, "OWN_GROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(control_groups, "GROUPS", tmp_path / "groups")
    return tmp_path


def test_weights_that_are_mapped_are_not_free_though_the_system_could_drop_them(tables: Path) -> None:
    assert free_memory.available() == 8_000_000 * 1024 - 100 * PAGE


@pytest.mark.parametrize(("group", "free"), [("", 6_500), ("outer", 3_500), ("outer/inner", 2_500)])
def test_limits_of_a_container_and_of_those_around_it_count(tables: Path, group: str, free: int) -> None:
    limits = {"": ("8000000", 2_000_000), "outer": ("5000000", 2_000_000), "outer/inner": ("3000000", 1_000_000)}
    for name, (most, taken) in limits.items():
        folder = tables / "groups" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "memory.max").write_text(f"{most}\n")
        (folder / "memory.current").write_text(f"{taken}\n")
        (folder / "memory.stat").write_text("anon 1\nfile 600000\ninactive_file 400000\nactive_file 100000\n")
    (tables / "cgroup").write_text(f"0::/{group}\n")
    assert free_memory.available() == free * 1000 - 100 * PAGE


def test_container_without_a_limit_has_what_the_machine_has(tables: Path) -> None:
    (tables / "groups").mkdir()
    (tables / "groups" / "memory.max").write_text("max\n")
    (tables / "cgroup").write_text("1:cpu:/\n0::/\n")
    assert free_memory.available() == 8_000_000 * 1024 - 100 * PAGE


def test_nothing_is_free_where_less_is_available_than_is_mapped(tables: Path) -> None:
    (tables / "statm").write_text("0 9000000 9000000 1 0 0 0\n")
    assert free_memory.available() == 0


def test_resident_memory_is_all_that_the_process_has(tables: Path) -> None:
    assert free_memory.resident() == 300 * PAGE


def test_elsewhere_a_share_of_all_memory_counts_as_free(tables: Path) -> None:
    (tables / "meminfo").unlink()
    (tables / "statm").unlink()
    assert free_memory.available() == PAGE * os.sysconf("SC_PHYS_PAGES") // 2
    assert free_memory.resident() == 0


@needs_linux
def test_this_machine_tells_both() -> None:
    assert 0 < free_memory.available() < PAGE * os.sysconf("SC_PHYS_PAGES")
    before = free_memory.resident()
    taken = bytearray(b"x") * 2**26
    assert free_memory.resident() - before > 0.9 * len(taken)
