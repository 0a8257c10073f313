"""How much memory is free, as the operating system counts it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

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
                return max(0, int(value.split()[0]) * 1024 - _own_pages(2))
    return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * SHARE_ELSEWHERE)


def resident() -> int:
    """Bytes of this process that are in memory now; 0 where the system does not tell."""
    return _own_pages(1)


def _own_pages(field: int) -> int:
    """Bytes of what this process has in memory: all (1), or of that, what files are mapped to (2)."""
    if not STATM.exists():
        return 0
    return int(STATM.read_text(encoding="ascii").split()[field]) * os.sysconf("SC_PAGE_SIZE")
