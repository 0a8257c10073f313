"""An Engine whose decode thread hangs in its first life: ``stuck_engine.py JOURNAL`` before the Engine's own arguments.

Everything but what computes is the real one; its watchdog is in a hurry. Each life writes its process into JOURNAL. The
first says half of ANSWER and then hangs in a step for ever; later ones go on.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.fake_runner import END, FakeRunner
from windowsill import settings
from windowsill.engine import step_watch
from windowsill.engine.local_socket import LocalSocket
from windowsill.engine.sequence import Batch
from windowsill.engine.service import Service

ANSWER: Final = "There is more to say than one life allows."
SAID: Final = len(ANSWER) // 2
OPENING: Final = b"<|im_start|>assistant\n"


def script(tokens: list[int]) -> int:
    """The next byte of ANSWER after what is there."""
    said = bytes(tokens).rpartition(OPENING)[2]
    return ANSWER.encode()[len(said)] if len(said) < len(ANSWER) else END


class HangingRunner(FakeRunner):
    """Hangs in the step that would give the next token after half of the answer."""

    def decode(self, batch: Batch) -> None:
        if any(len(bytes(one.tokens).rpartition(OPENING)[2]) >= SAID for one in batch.decoding):
            self.gate.clear()
        super().decode(batch)


async def serve(path: Path, ready: int, runner: type[FakeRunner]) -> None:
    """Be an Engine."""

    def say_ready() -> None:
        os.write(ready, b"1")
        os.close(ready)

    service = Service(
        LocalSocket(path), lambda _: runner(script), idle_seconds=600.0, owner=os.getuid(), on_listening=say_ready
    )
    await service.run()


def main() -> None:
    """Live once more."""
    parser = argparse.ArgumentParser()
    parser.add_argument("journal", type=Path)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--ready-fd", type=int, required=True)
    arguments, _ = parser.parse_known_args()
    first = not arguments.journal.exists()
    with arguments.journal.open("a") as journal:
        journal.write(f"{os.getpid()}\n")
    settings.WATCH_SECONDS = 0.05  # type: ignore[misc]
    step_watch.LEAST_SECONDS = step_watch.FIRST_SECONDS = 1.0  # type: ignore[misc]
    asyncio.run(serve(arguments.socket, arguments.ready_fd, HangingRunner if first else FakeRunner))


if __name__ == "__main__":
    main()
