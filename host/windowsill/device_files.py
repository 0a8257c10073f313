"""The files through which drivers reach GPUs and NPUs on Linux. Elsewhere there are none."""

from __future__ import annotations

from pathlib import Path
from typing import Final

DEV: Final = Path("/dev")

PATTERNS: Final = ("nvidia*", "dri/*", "kfd", "accel/*")
"""Below /dev: NVIDIA's, everybody's, AMD's compute, and NPUs'."""


def present() -> tuple[Path, ...]:
    """Those of this machine, in order of their names."""
    return tuple(sorted(path for pattern in PATTERNS for path in DEV.glob(pattern)))
