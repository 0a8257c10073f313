"""The files through which drivers reach GPUs and NPUs on Linux. Elsewhere there are none."""

from __future__ import annotations

from pathlib import Path
from typing import Final

DEV: Final = Path("/dev")

FOLDERS: Final = ("dri", "accel", "dma_heap")
PATTERNS: Final = ("nvidia*", "kfd", "dxg", "kgsl*", "fastrpc*", *FOLDERS, *(f"{folder}/*" for folder in FOLDERS))
"""Below /dev: NVIDIA's, AMD's compute, Windows', Qualcomm's; everybody's and NPUs' in folders, which drivers list."""


def present() -> tuple[Path, ...]:
    """Those of this machine and the folders they are in, in order of their names."""
    return tuple(sorted(path for pattern in PATTERNS for path in DEV.glob(pattern)))
