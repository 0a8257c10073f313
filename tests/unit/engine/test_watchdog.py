"""The watchdog's looks, and the kernel's alarm for when it can take none."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Final

import pytest

from windowsill import settings
from windowsill.engine import bounds
from windowsill.engine.decode_loop import DecodeLoop
from windowsill.engine.watchdog import Watchdog

pytestmark = pytest.mark.anyio

ALARMED: Final = """
import ctypes, signal, sys
from windowsill.engine import sandbox
from windowsill.engine.watchdog import kernel_alarm

alarm = kernel_alarm()
sandbox.enter([])

def hang():
    ctypes.PyDLL(None).pause()

match sys.argv[1]:
    case "rings":
        alarm(0.1)
        hang()
    case "set again":
        alarm(500)
        alarm(1000)
        print(signal.getitimer(signal.ITIMER_REAL)[0] > 500)
    case "unset":
        alarm(1000)
        alarm(0)
        print(signal.getitimer(signal.ITIMER_REAL)[0])
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def alarmed(what: str) -> subprocess.CompletedProcess[str]:
    """A child, confined as the Engine is, with the kernel's alarm."""
    return subprocess.run([sys.executable, "-c", ALARMED, what], capture_output=True, text=True)


def test_alarm_ends_a_confined_process_that_keeps_pythons_lock_and_says_where_it_was() -> None:
    child = alarmed("rings")
    assert child.returncode == -signal.SIGALRM
    assert "in hang" in child.stderr


@pytest.mark.parametrize(("what", "said"), [("set again", "True\n"), ("unset", "0.0\n")])
def test_alarm_can_be_put_off_and_off_for_good(what: str, said: str) -> None:
    child = alarmed(what)
    assert (child.returncode, child.stdout) == (0, said)


class Looked(set[DecodeLoop]):
    """No threads, and how often they were looked for."""

    def __init__(self) -> None:
        self.looks: asyncio.Queue[None] = asyncio.Queue()

    def __iter__(self) -> Iterator[DecodeLoop]:
        self.looks.put_nowait(None)
        return super().__iter__()


async def looked(watchdog: Watchdog, threads: Looked) -> None:
    """Let it look three times."""
    watching = asyncio.create_task(watchdog.run())
    for _ in range(3):
        await threads.looks.get()
    watching.cancel()
    await asyncio.wait([watching])


async def test_every_look_puts_the_alarm_off_while_there_is_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "WATCH_SECONDS", 0.001)
    alarms: list[float] = []
    threads = Looked()
    watchdog = Watchdog(threads, alarms.append)
    watchdog.work()
    await looked(watchdog, threads)
    assert alarms == [bounds.DEAF_SECONDS] * 4


async def test_no_alarm_is_set_while_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "WATCH_SECONDS", 0.001)
    alarms: list[float] = []
    threads = Looked()
    watchdog = Watchdog(threads, alarms.append)
    watchdog.work()
    watchdog.rest()
    await looked(watchdog, threads)
    assert alarms == [bounds.DEAF_SECONDS, 0]


def test_alarm_rings_before_a_host_loses_patience() -> None:
    assert bounds.DEAF_SECONDS > 2 * bounds.WATCH_SECONDS
    least_patience = (settings.ENGINE_SILENT_LOOKS - 1) * settings.ENGINE_SILENCE_SECONDS
    assert least_patience > bounds.DEAF_SECONDS + bounds.WATCH_SECONDS
