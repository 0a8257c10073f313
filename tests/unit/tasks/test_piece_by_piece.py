"""Pieces of a text are asked about side by side, a bounded number at a time, whatever there is of them."""

from __future__ import annotations

import anyio
import pytest

from support.fake_link import FakeLink
from support.task_model import task_model
from windowsill.errors import NotSupportedError, OperationError, UnknownError
from windowsill.tasks.piece_by_piece import QUESTIONS_AT_ONCE, SMALLEST_ROOM, piece_room, side_by_side

pytestmark = pytest.mark.anyio


async def test_each_is_done_once_and_begun_in_order() -> None:
    begun: list[int] = []

    async def work(number: int) -> None:
        begun.append(number)
        await anyio.lowlevel.checkpoint()

    await side_by_side(work, range(50))
    assert begun == list(range(50))


async def test_a_hundred_thousand_that_wait_are_no_tasks() -> None:
    most = 0

    async def work(number: int) -> None:
        nonlocal most
        if number == QUESTIONS_AT_ONCE:
            most = len(anyio.get_running_tasks())
        if number < 2 * QUESTIONS_AT_ONCE:
            await anyio.lowlevel.checkpoint()

    before = len(anyio.get_running_tasks())
    await side_by_side(work, range(100_000))
    assert most == before + QUESTIONS_AT_ONCE


async def test_the_first_failure_ends_all_and_is_raised_by_itself() -> None:
    ended: list[int] = []

    async def work(number: int) -> None:
        if number == 3:
            raise UnknownError("The model broke.")
        try:
            await anyio.sleep_forever()
        finally:
            ended.append(number)

    with pytest.raises(UnknownError):
        await side_by_side(work, range(100))
    assert 3 not in ended
    assert len(ended) < QUESTIONS_AT_ONCE


async def test_a_failure_within_parts_of_a_part_is_raised_by_itself() -> None:
    async def fail(_: int) -> None:
        await anyio.lowlevel.checkpoint()
        raise OperationError("The model broke.")

    with pytest.raises(OperationError):
        await side_by_side(lambda _: side_by_side(fail, range(2)), range(2))


async def test_a_defect_is_no_failure_of_the_model() -> None:
    async def divide(by: int) -> None:
        await anyio.lowlevel.checkpoint()
        assert 1 / by

    with pytest.raises(ExceptionGroup) as told:
        await side_by_side(divide, range(2))
    assert told.group_contains(ZeroDivisionError)


async def test_a_piece_has_what_its_answer_leaves_of_the_window() -> None:
    assert await piece_room(task_model(FakeLink(context_window=1000)), "x" * 99, growth=2, slack=300) == 200
    least = task_model(FakeLink(context_window=100 + 300 + 3 * SMALLEST_ROOM))
    assert await piece_room(least, "x" * 99, growth=2, slack=300) == SMALLEST_ROOM
    with pytest.raises(NotSupportedError):
        await piece_room(least, "x" * 100, growth=2, slack=300)
