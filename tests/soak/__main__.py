"""``make soak``: 64 sessions open, eight of them active, for an hour; nothing may be lost and memory must be flat.

Exit status 1 when something was lost, or a process grew by more than it may in the second half of the time. In a few
minutes the Engine's memory for conversations does not fill up; then what it grows by is told and not judged.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Final

import anyio

from bench.known_models import BRIEF_WORDS, brief_model
from soak.memory import Sample
from soak.run import Memory, Plan, Report, soak
from support.counting_gguf import counted

GROWTH_BYTES: Final = 8 * 2**20
"""Of one process in the second half of the time: what allocators keep and lose by chance comes to less, and a leak of a
kilobyte an answer makes more in ten minutes."""

TOLD_LOSSES: Final = 20
SHOWN_SAMPLES: Final = 12


def main() -> int:
    """Run it and print what became of it."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--model", type=Path, help="whose answers only have to be there; by default they are known")
    parser.add_argument("--threads", type=int, default=0, help="that compute; 0: one per core")
    parser.add_argument("--seed", type=int, default=1, help="of all that is done")
    arguments = parser.parse_args()
    known = counted(BRIEF_WORDS).strip()
    judge = bool if arguments.model else lambda text: text.strip() == known
    plan = Plan(seconds=arguments.minutes * 60, seed=arguments.seed)
    with tempfile.TemporaryDirectory(prefix="windowsill-soak-") as folder:
        model = arguments.model or brief_model()
        report = anyio.run(lambda: soak(plan, Path(folder), model, judge, threads=arguments.threads))
    _print(report)
    return 1 if report.lost or any(memory.full and memory.grown > GROWTH_BYTES for memory in report.memories) else 0


def _print(report: Report) -> None:
    print(f"{report.seconds:.0f} s, {report.kills} Engines killed")
    for deed, begun in report.begun.most_common():
        print(f"  {deed:10} {begun:7} begun {report.ended[deed]:7} ended as they should")
    print(f"  {'all':10} {report.begun.total():7} begun {report.ended.total():7} ended as they should")
    print(f"lost: {len(report.lost)}")
    for loss in report.lost[:TOLD_LOSSES]:
        print(f"  {loss}")
    for memory in report.memories:
        print(f"{memory.name}: {_series(memory.all)}")
        print(f"  grew by {memory.grown / 2**20:.2f} MiB in the second half, {_verdict(memory)}")


def _verdict(memory: Memory) -> str:
    if not memory.full:
        return f"which tells nothing before {memory.fills} answers have filled what it may keep"
    mark = "✗" if memory.grown > GROWTH_BYTES else "✓"
    return f"of at most {GROWTH_BYTES / 2**20:g} {mark}"


def _series(samples: list[Sample]) -> str:
    shown = samples[:: 1 + len(samples) // SHOWN_SAMPLES]
    return ", ".join(f"{sample.resident / 2**20:.1f} MiB after {sample.answers}" for sample in shown)


if __name__ == "__main__":
    raise SystemExit(main())
