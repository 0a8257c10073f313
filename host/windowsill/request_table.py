"""Requests under way: id → cancel scope, and exactly one terminal event for each.

A request ends with ``done`` or with one ``error``, whatever happens: its own failure, an abort, a document that went, a
grant that was revoked, or a defect of ours (logged, told as UnknownError).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator

import anyio
from anyio.abc import TaskGroup

from windowsill.chunk_stream import ChunkStream
from windowsill.errors import AbortError, UnknownError, WindowsillError
from windowsill.grants import Asker
from windowsill.protocol import (
    Chunk,
    Done,
    Error,
    HostSays,
    Overflow,
    Progress,
    Result,
    ToolCall,
    ToolCalls,
    ToolResponse,
)
from windowsill.settings import REQUEST_BYTES, REQUEST_BYTES_PER_ORIGIN, REQUESTS_PER_CLIENT
from windowsill.tool_round import ToolRound

log = logging.getLogger(__name__)


class Request:
    """One request in flight: who asks, how to reach it, how to end it. ``admitted``: a grant carries it."""

    def __init__(self, asker: Asker, id: int, send: Callable[[HostSays], None], *, session: int | None) -> None:
        self.asker = asker
        self.id = id
        self.session = session
        self.admitted = session is not None
        self.scope = anyio.CancelScope()
        self.stream: ChunkStream | None = None
        self.tool_round: ToolRound | None = None
        self._send = send
        self._why: WindowsillError = AbortError("The request was aborted.")

    def cancel(self, why: WindowsillError | None = None) -> None:
        """End it now; ``why`` (an AbortError unless given) becomes its terminal event."""
        if why and not self.scope.cancel_called:
            self._why = why
        self.scope.cancel()

    def progress(self, loaded: float) -> None:
        self._send(Progress(client=self.asker.client, id=self.id, loaded=loaded))

    def overflow(self) -> None:
        self._send(Overflow(client=self.asker.client, id=self.id))

    def chunk(self, text: str) -> None:
        self._send(Chunk(client=self.asker.client, id=self.id, text=text))

    def calls(self, calls: tuple[ToolCall, ...]) -> None:
        """The model calls tools, which are the page's to run."""
        self._send(ToolCalls(client=self.asker.client, id=self.id, calls=calls))

    async def run_tools(self, calls: tuple[ToolCall, ...]) -> tuple[ToolResponse, ...]:
        """What the page's tools give, as long as that takes."""
        self.tool_round = ToolRound(calls)
        self.calls(calls)
        return await self.tool_round.responses()

    async def serve(self, verb: Callable[[], Awaitable[Result]]) -> None:
        """Run the verb to its terminal event. A cancelled surrounding scope (the Host leaves) sends none."""
        terminal: Done | Error | None = None
        with self.scope:
            try:
                terminal = Done(client=self.asker.client, id=self.id, result=await verb())
            except WindowsillError as error:
                log.info("request %d of client %d: %s", self.id, self.asker.client, error.detail)
                terminal = self._failed(error)
            except Exception:
                log.exception("request %d of client %d failed by a defect", self.id, self.asker.client)
                terminal = self._failed(UnknownError("Something went wrong."))
        if self.stream:
            self.stream.close()
        try:
            self._send(terminal or self._failed(self._why))
        except ValueError:  # wire.encode: a frame that the browser would not take
            log.exception("the answer to request %d of client %d is too long", self.id, self.asker.client)
            self._send(self._failed(UnknownError("The answer is too long.")))

    def _failed(self, error: WindowsillError) -> Error:
        return Error(client=self.asker.client, id=self.id, error=error.to_wire())


class RequestTable:
    """All requests in flight, by client and id."""

    def __init__(self, tasks: TaskGroup, send: Callable[[HostSays], None], ended: Callable[[], None]) -> None:
        self._tasks = tasks
        self._send = send
        self._ended = ended
        self._by_client: dict[int, dict[int, Request]] = {}
        self._sizes: Counter[str] = Counter()

    def __len__(self) -> int:
        return sum(map(len, self._by_client.values()))

    def __iter__(self) -> Iterator[Request]:
        return (request for table in self._by_client.values() for request in table.values())

    def start(
        self,
        asker: Asker,
        id: int,
        verb: Callable[[Request], Awaitable[Result]],
        *,
        session: int | None = None,
        size: int = 0,
    ) -> None:
        """Serve a request that came in ``size`` bytes, in a task of its own. Raises UnknownError when its document has
        too many in flight or its origin too much, and AbortError when the id is in use: a terminal event would answer
        the wrong one."""
        table = self._by_client.get(asker.client, {})
        if id in table:
            raise AbortError("This request id is in use.")
        if len(table) >= REQUESTS_PER_CLIENT:
            raise UnknownError("This document has too many requests in flight.")
        size += REQUEST_BYTES
        if self._sizes[asker.origin] + size > REQUEST_BYTES_PER_ORIGIN:
            raise UnknownError("This site has too much in flight.")
        self._sizes[asker.origin] += size
        request = Request(asker, id, self._send, session=session)
        self._by_client.setdefault(asker.client, table)[id] = request
        self._tasks.start_soon(self._run, request, verb, size)

    async def _run(self, request: Request, verb: Callable[[Request], Awaitable[Result]], size: int) -> None:
        try:
            await request.serve(lambda: verb(request))
        finally:
            table = self._by_client[request.asker.client]
            del table[request.id]
            if not table:
                del self._by_client[request.asker.client]
            self._sizes[request.asker.origin] -= size
            if not self._sizes[request.asker.origin]:
                del self._sizes[request.asker.origin]
            self._ended()

    def get(self, client: int, id: int) -> Request | None:
        return self._by_client.get(client, {}).get(id)

    def of_client(self, client: int) -> tuple[Request, ...]:
        return tuple(self._by_client.get(client, {}).values())
