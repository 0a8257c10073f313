"""How much memory is free, as the operating system counts it, and as a container's limits leave it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from windowsill.engine import control_groups

MEMINFO: Final = Path("/proc/meminfo")
STATM: Final = Path("/proc/self/statm")

SHARE_ELSEWHERE: Final = 0.5
"""Where the system does not tell what can be had without swapping: this share of all memory, as others run too."""


def available() -> int:
    """Bytes that can be taken without swapping.

    What files occupy only as a cache counts as free, except the files that this process has mapped: they are the
    weights of models in use.
    """
    if MEMINFO.exists():
        for line in MEMINFO.read_text(encoding="ascii").splitlines():
            name, _, value = line.partition(":")
            if name == "MemAvailable":
                return max(0, min([int(value.split()[0]) * 1024, *_left_by_groups()]) - _own_pages(2))
    return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * SHARE_ELSEWHERE)


def resident() -> int:
    """Bytes of this process that are in memory now; 0 where the system does not tell."""
    return _own_pages(1)


def _left_by_groups() -> Iterator[int]:
    """Bytes that each control group around this process may still take, those of files that are only cached included.

    The files are those of version 2: https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files
    """
    for group in control_groups.around():
        limit = group / "memory.max"
        if limit.exists() and (most := limit.read_text(encoding="ascii").strip()) != "max":
            taken = int((group / "memory.current").read_text(encoding="ascii"))
            counts = dict(line.split() for line in (group / "memory.stat").read_text(encoding="ascii").splitlines())
            yield int(most) - taken + int(counts["inactive_file"]) + int(counts["active_file"])


def _own_pages(field: int) -> int:
    """Bytes of what this process has in memory: all (1), or of that, what files are mapped to (2)."""
    if not STATM.exists():
        return 0
    return int(STATM.read_text(encoding="ascii").split()[field]) * os.sysconf("SC_PAGE_SIZE")
