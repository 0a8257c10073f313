"""An Engine whose decode thread hangs in its first life: ``stuck_engine.py PLACE JOURNAL`` before the Engine's own
arguments.

Everything but what computes is the real one; its watchdog is in a hurry. Each life writes its process into JOURNAL. The
first hangs for ever at PLACE: while it loads, in the command to begin, or in a step after half of ANSWER. Later ones
answer.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.fake_runner import END, FakeRunner, FakeSampler, Script
from windowsill.engine import bounds, thread_watch
from windowsill.engine.local_socket import LocalSocket
from windowsill.engine.sequence import Batch
from windowsill.engine.service import Service
from windowsill.engine_protocol import Sampling

ANSWER: Final = "There is more to say than one life allows."
SAID: Final = len(ANSWER) // 2
OPENING: Final = b"<|im_start|>assistant\n"


def script(tokens: list[int]) -> int:
    """The next byte of ANSWER after what is there."""
    said = bytes(tokens).rpartition(OPENING)[2]
    return ANSWER.encode()[len(said)] if len(said) < len(ANSWER) else END


def hang() -> None:
    """For ever."""
    threading.Event().wait()


class HangingInLoad(FakeRunner):
    """Is never there."""

    def __init__(self, script: Script) -> None:
        hang()
        super().__init__(script)


class HangingInCommand(FakeRunner):
    """Hangs when a sequence begins."""

    def sampler(self, sampling: Sampling) -> FakeSampler:
        hang()
        return super().sampler(sampling)


class HangingInStep(FakeRunner):
    """Hangs in the step that would give the next token after half of the answer."""

    def decode(self, batch: Batch) -> None:
        if any(len(bytes(one.tokens).rpartition(OPENING)[2]) >= SAID for one in batch.decoding):
            hang()
        super().decode(batch)


PLACES: Final = {"load": HangingInLoad, "command": HangingInCommand, "step": HangingInStep}


async def serve(path: Path, ready: int, runner: Callable[[Script], FakeRunner]) -> None:
    """Be an Engine."""

    def say_ready() -> None:
        os.write(ready, b"1")
        os.close(ready)

    service = Service(
        LocalSocket(path), lambda *_: runner(script), idle_seconds=600.0, owner=os.getuid(), on_listening=say_ready
    )
    await service.run()


def main() -> None:
    """Live once more."""
    parser = argparse.ArgumentParser()
    parser.add_argument("place", choices=PLACES)
    parser.add_argument("journal", type=Path)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--ready-fd", type=int, required=True)
    arguments, _ = parser.parse_known_args()
    first = not arguments.journal.exists()
    with arguments.journal.open("a") as journal:
        journal.write(f"{os.getpid()}\n")
    bounds.WATCH_SECONDS = 0.05  # type: ignore[misc]
    thread_watch.LEAST_SECONDS = thread_watch.BASE_SECONDS = 1.0  # type: ignore[misc]
    asyncio.run(serve(arguments.socket, arguments.ready_fd, PLACES[arguments.place] if first else FakeRunner))


if __name__ == "__main__":
    main()
