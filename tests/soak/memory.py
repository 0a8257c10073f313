"""How much memory processes take as work goes on, and whether that is flat. Pure but for ``resident``.

Rules this file keeps: growth is told per answer, not per second, because what leaks, leaks by work; a line through the
samples is drawn by the median of all slopes, which single peaks do not bend.
"""

from __future__ import annotations

import itertools
import os
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

MOST_SAMPLES: Final = 200
"""Of a series, evenly spaced, that a line is drawn through (count): the slopes between all pairs are 20,000 then."""


class Sample(Struct, frozen=True):
    """After ``answers`` had ended: what one process had in memory (bytes)."""

    answers: int
    resident: int


def resident(pid: int) -> int:
    """Bytes of a process that are in memory now. Raises OSError when it has ended."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def growth(samples: Sequence[Sample]) -> float:
    """Bytes an answer (below 0: it shrinks); 0 of fewer than two samples."""
    taken = samples[:: 1 + len(samples) // MOST_SAMPLES]
    slopes = [
        (after.resident - before.resident) / (after.answers - before.answers)
        for before, after in itertools.combinations(taken, 2)
        if after.answers > before.answers
    ]
    return statistics.median(slopes) if slopes else 0.0
