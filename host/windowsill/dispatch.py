"""Who may say what, and when it ends: every message of the Broker comes here, those of pages go on to ``page_calls``.

Rules this file keeps: identity comes from the Broker's stamp, never from a request; every call checks the grant anew;
notices are obeyed at once, requests run in a task each (``request_table.py`` ends them exactly once).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Final, assert_never

from anyio.abc import TaskGroup

from windowsill import overview, wire
from windowsill.engine_link import EngineLink
from windowsill.engine_usage import Usage
from windowsill.engine_watch import EngineWatch
from windowsill.errors import AbortError, UnknownError, WindowsillError
from windowsill.grants import Asker, Grants
from windowsill.greeting import Greeting
from windowsill.models.measured_pairs import MeasuredPairs
from windowsill.page_calls import PageCalls
from windowsill.permission import Permission
from windowsill.protocol import (
    Abort,
    Activity,
    Credit,
    Decide,
    Destroy,
    Error,
    FromPage,
    Gone,
    Hello,
    HostHears,
    HostSays,
    Idle,
    Live,
    PrivateEnded,
    ProtocolError,
    Result,
    Revoke,
    RevokeResult,
    Status,
    StopOrigin,
    StopResult,
    ToolResults,
    Visible,
    Watch,
)
from windowsill.request_table import Request, RequestTable
from windowsill.sessions import Sessions
from windowsill.settings import SUSPENDED_SECONDS, Settings
from windowsill.visibility import Visibilities

log = logging.getLogger(__name__)

OURSELVES: Final = 0
"""The client number of the extension's own pages."""


class Dispatch:
    """One Host's state: requests, sessions, questions. ``send`` takes events for the browser, in order."""

    def __init__(
        self,
        tasks: TaskGroup,
        send: Callable[[HostSays], None],
        grants: Grants,
        link: EngineLink,
        settings: Settings,
        greeting: Greeting,
        pairs: MeasuredPairs,
    ) -> None:
        self._send = send
        self._permission = Permission(grants, send)
        self._link = link
        self._greeting = greeting
        self._requests = RequestTable(tasks, send, self._settle)
        self._sessions = Sessions()
        self._visibilities = Visibilities()
        self._calls = PageCalls(
            self._permission, link, self._requests, self._sessions, self._visibilities, settings, pairs
        )
        self._watch = EngineWatch(tasks, link, lambda: bool(self._under_way()), self._tell)
        self._suspended: dict[int, asyncio.TimerHandle] = {}
        self._restless = False
        self._private_over = False

    def hear(self, message: HostHears) -> None:
        """Take one message of the Broker."""
        match message:
            case Hello():
                self._send(ProtocolError(message="hello comes once"))
            case FromPage():
                self._from_page(message)
            case Gone():
                self._gone(message.client, suspended=message.suspended)
            case Visible():
                self._visibilities.changed(message.client, visible=message.visible)
            case PrivateEnded():
                self._private_ended()
            case Decide():
                self._permission.decide(message.ask, message.decision)
            case Status():
                self._own(message.id, lambda _: self._status())
            case Revoke():
                self._own(message.id, lambda _: self._revoke(message.origin))
            case StopOrigin():
                self._own(message.id, lambda _: self._stop(message.origin))
            case Watch():
                self._watch.watch(message.on)
            case _:
                assert_never(message)

    def use(self, settings: Settings) -> None:
        """Go on with other settings: the next ``create`` sees them, and the next Engine that is started."""
        self._calls.settings = self._link.settings = settings

    def recheck_grants(self) -> None:
        """Stop the work of every document whose grant is gone, or cannot be read any more."""
        for request in tuple(self._requests):
            if request.admitted:
                try:
                    self._permission.check(request.asker)
                except WindowsillError as error:
                    request.cancel(error)
        askers = {session.asker for session in self._sessions}
        with contextlib.suppress(UnknownError):  # every call on a session asks the store anew
            gone = {asker for asker in askers if not self._permission.granted(asker)}
            for session in self._sessions:
                session.withdrawn = session.withdrawn or session.asker in gone

    # ---- a page's messages

    def _from_page(self, message: FromPage) -> None:
        self._restless = True
        self._watch.stir()
        self._wake(message.client)
        asker = Asker(self._greeting.profile, message.origin, message.client, message.incognito)
        try:
            request = wire.decode_page_request(message.request)
        except wire.WireError as error:
            self._refuse(message.client, wire.request_id(message.request), error)
            return
        if isinstance(request, Abort | Credit | Destroy | ToolResults):
            self._calls.notice(asker, request)
            self._settle()
            return
        try:
            if self._greeting.update:
                raise UnknownError("Windowsill needs an update.", detail=f"the {self._greeting.update} is too old")
            self._calls.start(asker, request, message)
        except WindowsillError as error:
            self._not_started(message.client, request.id, error)
            self._settle()

    def _refuse(self, client: int, id: int | None, reason: wire.WireError) -> None:
        """A page's request that is none: tell the log, and the page if it can be told which."""
        log.warning("client %d sent a request that is refused: %s", client, reason.loggable)
        self._send(ProtocolError(message=str(reason)))
        if id is not None and self._requests.get(client, id) is None:
            self._send(Error(client=client, id=id, error=UnknownError("The request was malformed.").to_wire()))
        self._settle()

    # ---- ends

    def _gone(self, client: int, *, suspended: bool) -> None:
        """A document's port closed: its work ends now; its sessions too, unless it may come back."""
        for request in self._requests.of_client(client):
            request.cancel()
        self._wake(client)
        if suspended:
            loop = asyncio.get_running_loop()
            self._suspended[client] = loop.call_later(SUSPENDED_SECONDS, self._forget, client)
        else:
            self._forget(client)

    def _forget(self, client: int) -> None:
        self._wake(client)
        self._sessions.close_client(client)
        self._permission.forget_client(client)
        self._visibilities.forget(client)
        self._settle()

    def _private_ended(self) -> None:
        """The last private window closed: what was said in one is forgotten, here and in the Engine."""
        self._permission.forget_private()
        private = {session.asker.client for session in self._sessions if session.asker.incognito}
        for client in private & self._suspended.keys():
            self._forget(client)
        self._private_over = True
        self._settle()

    def _wake(self, client: int) -> None:
        if timer := self._suspended.pop(client, None):
            timer.cancel()

    def _settle(self) -> None:
        """Something ended. Tell the Broker when nothing is left that needs this Host."""
        self._watch.stir()
        if self._private_over and not any(request.asker.incognito for request in self._requests):
            self._private_over = False
            self._link.forget_private()
        if self._restless and not (self._requests or self._sessions or self._permission.in_use):
            self._restless = False
            self._send(Idle())

    # ---- the extension's own pages

    async def _status(self) -> Result:
        usage = await self._watch.look()
        grants = self._permission.list(self._greeting.profile)
        return overview.status(self._calls.settings, grants, self._activity(usage), overview.engine(usage))

    def _tell(self, usage: Usage | None) -> None:
        self._send(Live(activity=self._activity(usage), engine=overview.engine(usage)))

    def _activity(self, usage: Usage | None) -> tuple[Activity, ...]:
        sessions = (session.asker.origin for session in self._sessions)
        return overview.activity(sessions, (request.asker.origin for request in self._under_way()), usage)

    def _under_way(self) -> list[Request]:
        """The requests of pages."""
        return [request for request in self._requests if request.asker.client != OURSELVES]

    async def _stop(self, origin: str) -> Result:
        """End the origin's requests, here and then wherever else the Engine computes for it."""
        requests = [request for request in self._under_way() if request.asker.origin == origin]
        for request in requests:
            request.cancel(AbortError("The user stopped this answer."))
        await self._link.stop_origin(origin)
        return StopResult(stopped=len(requests))

    async def _revoke(self, origin: str) -> Result:
        revoked = self._permission.revoke(self._greeting.profile, origin)
        self.recheck_grants()
        return RevokeResult(revoked=revoked)

    def _own(self, id: int, verb: Callable[[Request], Awaitable[Result]]) -> None:
        """A request of the extension's own pages."""
        try:
            self._requests.start(Asker(profile="", origin="", client=OURSELVES, incognito=False), id, verb)
        except WindowsillError as error:
            self._not_started(OURSELVES, id, error)

    def _not_started(self, client: int, id: int, error: WindowsillError) -> None:
        """Answer a request that never ran; none for an id in use, see ``RequestTable.start``."""
        log.info("request %d of client %d: %s", id, client, error.detail)
        if not isinstance(error, AbortError):
            self._send(Error(client=client, id=id, error=error.to_wire()))
