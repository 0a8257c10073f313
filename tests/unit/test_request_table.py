"""Exactly one terminal event for each request, however it ends."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import anyio
import pytest
from anyio.abc import TaskGroup

from support.manual_clock import MANUAL_CLOCK
from support.said import Said
from windowsill import request_table
from windowsill.chunk_stream import ChunkStream
from windowsill.errors import AbortError, NotAllowedError, QuotaExceededError, UnknownError
from windowsill.grants import Asker
from windowsill.protocol import Chunk, Done, Error, ErrorInfo, HostSays, MeasureResult, Progress, Result
from windowsill.request_table import Request, RequestTable
from windowsill.settings import CHUNK_JOIN_SECONDS, REQUEST_BYTES, REQUEST_BYTES_PER_ORIGIN

pytestmark = pytest.mark.anyio

DONE = MeasureResult(usage=7)
ABORTED = ErrorInfo(name="AbortError", message="The request was aborted.")


def asker(client: int = 1) -> Asker:
    return Asker(profile="p", origin="https://a.example", client=client, incognito=False)


class Desk:
    """A request table with its surroundings."""

    def __init__(self, tasks: TaskGroup) -> None:
        self.said = Said()
        self.ended = 0
        self.table = RequestTable(tasks, self.said, self._count)

    def _count(self) -> None:
        self.ended += 1

    async def ends(self, id: int) -> list[Result | ErrorInfo]:
        """Every terminal event of a request of client 1, once there is no more to come."""
        await self.said.terminal(1, id)
        await anyio.wait_all_tasks_blocked()
        return self.said.terminals(1, id)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with anyio.create_task_group() as tasks:
        yield Desk(tasks)
        tasks.cancel_scope.cancel()


async def answer(_: Request) -> Result:
    return DONE


async def wait(_: Request) -> Result:
    await anyio.sleep_forever()
    return DONE


async def test_success_is_one_done(desk: Desk) -> None:
    desk.table.start(asker(), 1, answer)
    assert await desk.ends(1) == [DONE]
    assert (len(desk.table), desk.ended) == (0, 1)


async def test_events_come_before_the_terminal_one(desk: Desk) -> None:
    async def progress(request: Request) -> Result:
        request.progress(0.5)
        return DONE

    desk.table.start(asker(), 1, progress)
    await desk.ends(1)
    assert desk.said.events[0] == Progress(client=1, id=1, loaded=0.5)


async def test_a_typed_error_is_one_error_with_its_information(desk: Desk) -> None:
    async def fail(_: Request) -> Result:
        raise QuotaExceededError("Too much.", requested=12, quota=10)

    desk.table.start(asker(), 1, fail)
    assert await desk.ends(1) == [ErrorInfo(name="QuotaExceededError", message="Too much.", requested=12, quota=10)]


async def test_a_defect_is_one_unknown_error_that_tells_the_log_and_not_the_page(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_: Request) -> Result:
        raise KeyError("/home/somebody/secret")

    with caplog.at_level(logging.ERROR):
        desk.table.start(asker(), 1, fail)
        assert await desk.ends(1) == [ErrorInfo(name="UnknownError", message="Something went wrong.")]
    assert "/home/somebody/secret" in caplog.text
    desk.table.start(asker(), 2, answer)
    assert await desk.ends(2) == [DONE]


async def test_an_abort_before_the_request_began_is_one_abort_error(desk: Desk) -> None:
    desk.table.start(asker(), 1, wait)
    request = desk.table.get(1, 1)
    assert request
    request.cancel()
    assert await desk.ends(1) == [ABORTED]


async def test_an_abort_of_a_running_request_is_one_abort_error(desk: Desk) -> None:
    desk.table.start(asker(), 1, wait)
    await anyio.wait_all_tasks_blocked()
    request = desk.table.get(1, 1)
    assert request
    request.cancel()
    request.cancel()
    assert await desk.ends(1) == [ABORTED]
    assert len(desk.table) == 0


async def test_a_request_can_be_ended_for_another_reason_and_the_first_one_counts(desk: Desk) -> None:
    desk.table.start(asker(), 1, wait)
    request = desk.table.get(1, 1)
    assert request
    request.cancel(NotAllowedError("No."))
    request.cancel(UnknownError("Late."))
    assert await desk.ends(1) == [ErrorInfo(name="NotAllowedError", message="No.")]


async def test_a_duplicate_id_is_refused_and_leaves_the_first_request_alone(desk: Desk) -> None:
    desk.table.start(asker(), 1, wait)
    with pytest.raises(AbortError):
        desk.table.start(asker(), 1, answer)
    await anyio.wait_all_tasks_blocked()
    assert desk.said.events == []
    desk.table.start(asker(2), 1, answer)
    assert await desk.said.terminal(2, 1) == DONE


async def test_an_id_may_be_used_again_after_its_request_ended(desk: Desk) -> None:
    for count in (1, 2):
        desk.table.start(asker(), 1, answer)
        await anyio.wait_all_tasks_blocked()
        assert desk.said.terminals(1, 1) == [DONE] * count


async def test_documents_whose_requests_ended_take_no_memory(desk: Desk) -> None:
    desk.table.start(asker(), 1, wait)
    desk.table.start(asker(), 2, answer)
    desk.table.start(asker(2), 1, answer)
    await anyio.wait_all_tasks_blocked()
    tables = desk.table._by_client  # nothing else shows what is kept of them
    assert {client: list(table) for client, table in tables.items()} == {1: [1]}
    for request in desk.table.of_client(1):
        request.cancel()
    assert await desk.ends(1) == [ABORTED]
    assert tables == {}
    assert desk.table.of_client(1) == ()
    assert desk.table.get(1, 1) is None


async def test_one_document_cannot_start_requests_without_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_table, "REQUESTS_PER_CLIENT", 5)
    for number in range(1, 6):
        desk.table.start(asker(), number, wait)
    with pytest.raises(UnknownError, match="too many"):
        desk.table.start(asker(), 6, wait)
    desk.table.start(asker(2), 1, answer)
    assert await desk.said.terminal(2, 1) == DONE
    assert len(desk.table.of_client(1)) == 5


async def test_an_answer_that_no_frame_takes_is_one_unknown_error() -> None:
    said = Said()

    def send(event: HostSays) -> None:
        if isinstance(event, Done):
            raise ValueError("too long for the browser")
        said(event)

    async with anyio.create_task_group() as tasks:
        table = RequestTable(tasks, send, lambda: None)
        table.start(asker(), 1, answer)
        assert await said.terminal(1, 1) == ErrorInfo(name="UnknownError", message="The answer is too long.")


@pytest.mark.parametrize("anyio_backend", [MANUAL_CLOCK])
async def test_a_stream_says_nothing_after_its_request_ended(desk: Desk) -> None:
    async def stream(request: Request) -> Result:
        request.stream = ChunkStream(request.chunk, stream=True)
        request.stream.push("at once")
        request.stream.push("later")
        await anyio.sleep_forever()
        return DONE

    desk.table.start(asker(), 1, stream)
    await desk.said.until(Chunk)
    request = desk.table.get(1, 1)
    assert request
    request.cancel()
    assert await desk.ends(1) == [ABORTED]
    await anyio.sleep(10 * CHUNK_JOIN_SECONDS)
    assert [type(event) for event in desk.said.events] == [Chunk, Error]


async def test_a_host_that_leaves_says_nothing_about_its_requests() -> None:
    async with anyio.create_task_group() as tasks:
        desk = Desk(tasks)
        desk.table.start(asker(), 1, wait)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    assert desk.said.all(Error) == []
    assert len(desk.table) == 0


async def test_one_origin_cannot_fill_the_memory_from_many_documents_and_another_is_served(desk: Desk) -> None:
    most = REQUEST_BYTES_PER_ORIGIN - REQUEST_BYTES
    desk.table.start(asker(1), 1, wait, size=most - REQUEST_BYTES)
    desk.table.start(asker(2), 1, wait)
    with pytest.raises(UnknownError, match="too much"):
        desk.table.start(asker(3), 1, wait)
    other = Asker(profile="p", origin="https://b.example", client=4, incognito=False)
    desk.table.start(other, 1, wait, size=most)
    ended = desk.table.get(1, 1)
    assert ended is not None
    ended.cancel()
    await desk.ends(1)
    desk.table.start(asker(3), 1, wait, size=most - REQUEST_BYTES)
