"""``python timed_engine.py REPORT ...``: the Engine, with a clock around llama.cpp's share of each step.

The rest of its arguments are the Engine's own. Every decode call is in the file REPORT before its tokens are sampled.
"""

from __future__ import annotations

import struct
import sys
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from windowsill.engine import __main__ as engine
from windowsill.engine.runner import Runner
from windowsill.engine.sequence import Batch

LAYOUT: Final = struct.Struct("=ddi")


class Step(NamedTuple):
    """One decode call (seconds). ``sequences``: that took one token each; 0 when prompts were read as well."""

    began: float
    ended: float
    sequences: int


def read(report: Path) -> list[Step]:
    """The steps until now."""
    return [Step(*fields) for fields in LAYOUT.iter_unpack(report.read_bytes())]


def other_share(steps: Sequence[Step], sequences: int) -> float | None:
    """The part (0 to 1) of their time that steps of just ``sequences`` spent outside llama.cpp's decode; None: no such.

    The time after a step counts when the next one is of the same kind.
    """
    inside = outside = 0.0
    for step, following in pairwise(steps):
        if step.sequences == following.sequences == sequences:
            inside += step.ended - step.began
            outside += following.began - step.ended
    return outside / (inside + outside) if inside else None


def main() -> None:
    """Run the Engine."""
    decode = Runner.decode
    with Path(sys.argv.pop(1)).open("wb", buffering=0) as report:

        def timed_decode(runner: Runner, batch: Batch) -> None:
            began = time.perf_counter()
            decode(runner, batch)
            report.write(LAYOUT.pack(began, time.perf_counter(), 0 if batch.chunks else len(batch.decoding)))

        Runner.decode = timed_decode  # type: ignore[method-assign, assignment]
        engine.main()


if __name__ == "__main__":
    main()
