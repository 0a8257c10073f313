"""Long work in a thread, and who walks away from it."""

from __future__ import annotations

import anyio
import pytest

from windowsill.engine import interruption

pytestmark = pytest.mark.anyio


async def test_work_that_nobody_waits_for_any_more_ends_at_its_next_look() -> None:
    looks = 0
    with anyio.CancelScope() as scope:

        def work() -> None:
            nonlocal looks
            interruption.look()
            looks += 1
            anyio.from_thread.run_sync(scope.cancel)
            interruption.look()
            looks += 1

        await anyio.to_thread.run_sync(interruption.interruptible(work))
    assert scope.cancelled_caught
    assert looks == 1


async def test_work_that_goes_on_comes_to_its_end() -> None:
    def work() -> str:
        interruption.look()
        return "done"

    assert await anyio.to_thread.run_sync(interruption.interruptible(work)) == "done"


async def test_work_that_is_not_interruptible_never_ends_early() -> None:
    interruption.look()
    with anyio.CancelScope() as scope:

        def work() -> str:
            anyio.from_thread.run_sync(scope.cancel)
            interruption.look()
            return "done"

        assert await anyio.to_thread.run_sync(work) == "done"
