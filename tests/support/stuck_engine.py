"""An Engine that hangs in its first life: ``stuck_engine.py PLACE MANNER JOURNAL`` before the Engine's own arguments.

Everything but what computes is the real one; its watchdog is in a hurry in the first life. Each life writes its process
into JOURNAL. The first hangs for ever when its decode thread comes to PLACE: while it loads, in the command to begin,
or in a step after half of ANSWER. MANNER: the thread alone does, or holds Python's lock meanwhile; or the event loop
does; or the whole process stops. Later ones answer.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import os
import signal
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
from windowsill.engine.watchdog import kernel_alarm
from windowsill.engine_protocol import Sampling

ANSWER: Final = "There is more to say than one life allows."
SAID: Final = len(ANSWER) // 2
OPENING: Final = b"<|im_start|>assistant\n"


def script(tokens: list[int]) -> int:
    """The next byte of ANSWER after what is there."""
    said = bytes(tokens).rpartition(OPENING)[2]
    return ANSWER.encode()[len(said)] if len(said) < len(ANSWER) else END


def wait(_: object = None) -> None:
    """For ever."""
    threading.Event().wait()


def hold_the_lock(_: object) -> None:
    """Wait in native code that keeps Python's lock, as a library's that never returns does."""
    ctypes.PyDLL(None).pause()


def stop_the_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Have the event loop wait; this thread goes on."""
    loop.call_soon_threadsafe(wait)


def stop_the_process(_: object) -> None:
    """As a user may, or a debugger."""
    os.kill(os.getpid(), signal.SIGSTOP)


Manner = Callable[[asyncio.AbstractEventLoop], object]
"""A way to hang, called in the decode thread."""

Hang = Callable[[], object]

MANNERS: Final[dict[str, Manner]] = {
    "thread": wait,
    "lock": hold_the_lock,
    "loop": stop_the_loop,
    "process": stop_the_process,
}


class HangingInLoad(FakeRunner):
    """Is never there."""

    def __init__(self, script: Script, hang: Hang) -> None:
        hang()
        super().__init__(script)


class _Hanging(FakeRunner):
    def __init__(self, script: Script, hang: Hang) -> None:
        super().__init__(script)
        self._hang = hang


class HangingInCommand(_Hanging):
    """Hangs when a sequence begins."""

    def sampler(self, sampling: Sampling) -> FakeSampler:
        self._hang()
        return super().sampler(sampling)


class HangingInStep(_Hanging):
    """Hangs in the step that would give the next token after half of the answer."""

    def decode(self, batch: Batch) -> None:
        if any(len(bytes(one.tokens).rpartition(OPENING)[2]) >= SAID for one in batch.decoding):
            self._hang()
        super().decode(batch)


PLACES: Final = {"load": HangingInLoad, "command": HangingInCommand, "step": HangingInStep}


async def serve(path: Path, ready: int, place: Callable[[Script, Hang], FakeRunner] | None, manner: Manner) -> None:
    """Be an Engine; without a place to hang at, a sound one."""
    loop = asyncio.get_running_loop()

    def open_runner(*_: object) -> FakeRunner:
        return FakeRunner(script) if place is None else place(script, lambda: manner(loop))

    def say_ready() -> None:
        os.write(ready, b"1")
        os.close(ready)

    service = Service(
        LocalSocket(path),
        open_runner,
        idle_seconds=600.0,
        owner=os.getuid(),
        on_listening=say_ready,
        alarm=kernel_alarm(),
    )
    await service.run()


def main() -> None:
    """Live once more."""
    parser = argparse.ArgumentParser()
    parser.add_argument("place", choices=PLACES)
    parser.add_argument("manner", choices=MANNERS)
    parser.add_argument("journal", type=Path)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--ready-fd", type=int, required=True)
    arguments, _ = parser.parse_known_args()
    first = not arguments.journal.exists()
    with arguments.journal.open("a") as journal:
        journal.write(f"{os.getpid()}\n")
    if first:
        bounds.WATCH_SECONDS = 0.05  # type: ignore[misc]
        bounds.DEAF_SECONDS = 1.0  # type: ignore[misc]
        thread_watch.LEAST_SECONDS = thread_watch.BASE_SECONDS = 1.0  # type: ignore[misc]
    place = PLACES[arguments.place] if first else None
    asyncio.run(serve(arguments.socket, arguments.ready_fd, place, MANNERS[arguments.manner]))


if __name__ == "__main__":
    main()
