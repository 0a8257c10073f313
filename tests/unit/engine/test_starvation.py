"""What ends an Engine that lacks memory: each case is a process of its own, as it ends one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from windowsill.settings import STARVED_STATUS

PROGRAM = """
import asyncio, socket, threading
from windowsill.engine import starvation

def fail():
    raise {error}("of this test")

class Reader(asyncio.Protocol):
    def __init__(self):
        self.lost = asyncio.Event()

    def data_received(self, data):
        fail()

    def connection_lost(self, error):
        self.lost.set()

async def from_a_callback(loop):
    loop.call_soon(fail)
    await asyncio.sleep(0)

async def from_a_message(loop):
    here, there = socket.socketpair()
    _, reader = await loop.create_connection(Reader, sock=here)
    there.send(b"x")
    await reader.lost.wait()

async def from_a_thread(loop):
    thread = threading.Thread(target=fail)
    thread.start()
    await asyncio.to_thread(thread.join)

async def main():
    loop = asyncio.get_running_loop()
    starvation.watch(loop)
    await {case}(loop)
    print("it lives on")

asyncio.run(main())
"""

cases = pytest.mark.parametrize("case", ["from_a_callback", "from_a_message", "from_a_thread"])


def run(case: str, error: str) -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(case=case, error=error)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=30)


@cases
def test_process_that_drops_something_for_want_of_memory_leaves_and_says_why(case: str) -> None:
    ended = run(case, "MemoryError")
    assert ended.returncode == STARVED_STATUS
    assert "memory is short" in ended.stderr
    assert "MemoryError: of this test" in ended.stderr
    assert not ended.stdout


@cases
def test_process_that_drops_something_for_another_reason_tells_and_lives_on(case: str) -> None:
    ended = run(case, "ValueError")
    assert (ended.returncode, ended.stdout) == (0, "it lives on\n")
    assert "ValueError: of this test" in ended.stderr
