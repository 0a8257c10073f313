"""What an Engine, and whatever is measured beside it, inherits from who starts it."""

from __future__ import annotations

import os
from typing import Final

HUGE_PAGES: Final = "glibc.malloc.hugetlb=1"
"""How glibc is told to ask for transparent huge pages; other C libraries do not read it."""

SPIN_COUNT: Final = "1000"
"""Rounds that GNU OpenMP's threads wait for each other before they sleep, instead of 300,000. Where more wants to run
than there are processors, a waiting thread keeps away the one that it waits for (docs/performance.md)."""


def engine_environment() -> dict[str, str]:
    """What an Engine inherits. Threads of OpenBLAS would run before the sandbox is entered, and stay outside of it.

    Huge pages under the weights make a step 2 to 5 % shorter (0.5B Q4_0 on two cores: 17.1 ms instead of 17.9).
    """
    tunables = os.environ.get("GLIBC_TUNABLES", "")
    if HUGE_PAGES.partition("=")[0] not in tunables:
        tunables = f"{tunables}:{HUGE_PAGES}" if tunables else HUGE_PAGES
    waiting = {} if "OMP_WAIT_POLICY" in os.environ else {"GOMP_SPINCOUNT": SPIN_COUNT}
    return {**waiting, **os.environ, "OPENBLAS_NUM_THREADS": "1", "GLIBC_TUNABLES": tunables}
