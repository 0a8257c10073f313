"""How much memory is free, by the system's own tables."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from windowsill.engine import free_memory

PAGE = os.sysconf("SC_PAGE_SIZE")

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with 8 GB available, and a process of 300 pages, 100 of them mapped to files."""
    (tmp_path / "meminfo").write_text("MemTotal:       16000000 kB\nMemAvailable:    8000000 kB\n")
    (tmp_path / "statm").write_text("5000 300 100 1 0 900 0\n")
    monkeypatch.setattr(free_memory, "MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(free_memory, "STATM", tmp_path / "statm")
    return tmp_path


def test_weights_that_are_mapped_are_not_free_though_the_system_could_drop_them(tables: Path) -> None:
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
