"""How many of the machine's processors are ours: ``taskset`` or a container may have left this process only some."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator

from windowsill.engine import control_groups


def usable() -> int:
    """Processors that this process may keep busy (count, at least 1); all of them where the system does not say."""
    if sys.platform != "linux":
        return os.cpu_count() or 1
    return min([len(os.sched_getaffinity(0)), *map(math.ceil, _quotas())])


def _quotas() -> Iterator[float]:
    """Processors' worth of time that each control group may take (count); a part of one still does some work."""
    for group in control_groups.around():
        limit = group / "cpu.max"
        if limit.exists():
            quota, period = limit.read_text(encoding="ascii").split()
            if quota != "max":
                yield int(quota) / int(period)
    for group in control_groups.around("cpu"):
        limit = group / "cpu.cfs_quota_us"
        if limit.exists() and (microseconds := int(limit.read_text(encoding="ascii"))) > 0:
            yield microseconds / int((group / "cpu.cfs_period_us").read_text(encoding="ascii"))
