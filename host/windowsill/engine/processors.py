"""How many of the machine's processors are ours: ``taskset`` or a container may have left this process only some."""

from __future__ import annotations

import os
import sys


def usable() -> int:
    """Processors that this process may run on (count, at least 1); all of them where the system does not say."""
    if sys.platform != "linux":
        return os.cpu_count() or 1
    return len(os.sched_getaffinity(0))
