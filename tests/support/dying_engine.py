"""The real Engine, which dies in its first life while it reads a prompt: ``dying_engine.py SIGNAL JOURNAL`` before the
Engine's own arguments.

Each life writes its process into JOURNAL. The first gets SIGNAL from itself before its second step of a prompt.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from windowsill.engine import __main__ as engine
from windowsill.engine.runner import Runner
from windowsill.engine.sequence import Batch


def main() -> None:
    """Live once more."""
    number = int(sys.argv.pop(1))
    path = Path(sys.argv.pop(1))
    first = not path.exists()
    with path.open("a") as journal:
        journal.write(f"{os.getpid()}\n")
    if first:
        decode = Runner.decode

        def die_within_a_prompt(runner: Runner, batch: Batch) -> None:
            if any(chunk.start and not chunk.draft for chunk in batch.chunks):
                os.kill(os.getpid(), number)
            decode(runner, batch)

        Runner.decode = die_within_a_prompt  # type: ignore[assignment, method-assign]
    engine.main()


if __name__ == "__main__":
    main()
