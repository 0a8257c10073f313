"""What the Host does with each message: one function per verb.

Rules this file keeps: identity comes from the Broker's stamp, never from a request; every call checks the grant anew;
notices are obeyed at once, requests run in a task each (``request_table.py`` ends them exactly once).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Final, Literal, assert_never

from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint_if_cancelled
from msgspec import structs

from windowsill import __version__, overview, wire
from windowsill.chat import Chat
from windowsill.chunk_stream import ChunkStream
from windowsill.engine_link import EngineLink
from windowsill.errors import AbortError, NotAllowedError, NotSupportedError, UnknownError, WindowsillError
from windowsill.grants import Asker, Grants
from windowsill.models.chosen import chosen
from windowsill.permission import Permission
from windowsill.protocol import (
    PROTOCOL_MAX,
    PROTOCOL_MIN,
    Abort,
    Append,
    Availability,
    AvailabilityResult,
    Clone,
    Create,
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
    Measure,
    MeasureResult,
    PageRequest,
    PrivateEnded,
    Prompt,
    ProtocolError,
    Result,
    Revoke,
    RevokeResult,
    SessionResult,
    Status,
    UsageResult,
    Versions,
    Welcome,
)
from windowsill.request_table import Request, RequestTable
from windowsill.sessions import Session, Sessions
from windowsill.settings import SUSPENDED_SECONDS, Settings
from windowsill.tasks import expectations
from windowsill.tasks.sampling import SAMPLING_MODES

log = logging.getLogger(__name__)

OURSELVES: Final = 0
"""The client number of the extension's own pages."""

OUR_VERSIONS: Final = Versions(min=PROTOCOL_MIN, max=PROTOCOL_MAX)


class Dispatch:
    """One Host's state: requests, sessions, questions. ``send`` takes events for the browser, in order."""

    def __init__(
        self, tasks: TaskGroup, send: Callable[[HostSays], None], grants: Grants, link: EngineLink, settings: Settings
    ) -> None:
        self._settings = settings
        self._send = send
        self._permission = Permission(grants, send)
        self._link = link
        self._requests = RequestTable(tasks, send, self._settle)
        self._sessions = Sessions()
        self._chat = Chat(link)
        self._profile: str | None = None
        self._update: Literal["host", "extension"] | None = None
        self._suspended: dict[int, asyncio.TimerHandle] = {}
        self._restless = False

    def hear(self, message: HostHears) -> None:
        """Take one message of the Broker."""
        if self._profile is None and not isinstance(message, Hello):
            self._send(ProtocolError(message="the first message must be hello"))
            return
        match message:
            case Hello():
                self._hello(message)
            case FromPage():
                self._from_page(message)
            case Gone():
                self._gone(message.client, suspended=message.suspended)
            case PrivateEnded():
                self._permission.forget_private()
                self._settle()
            case Decide():
                self._permission.decide(message.ask, message.decision)
            case Status():
                self._own(message.id, lambda _: self._status())
            case Revoke():
                self._own(message.id, lambda _: self._revoke(message.origin))
            case _:
                assert_never(message)

    def use(self, settings: Settings) -> None:
        """Go on with other settings: the next ``create`` sees them, and the next Engine that is started."""
        self._settings = self._link.settings = settings

    def recheck_grants(self) -> None:
        """Stop the work of every document whose grant is gone, or cannot be read any more."""
        for request in tuple(self._requests):
            if request.admitted:
                try:
                    self._permission.check(request.asker)
                except WindowsillError as error:
                    request.cancel(error)
        for session in self._sessions:
            with contextlib.suppress(UnknownError):  # every call on it asks the store anew
                session.withdrawn = session.withdrawn or not self._permission.granted(session.asker)

    # ---- the Broker's messages

    def _hello(self, hello: Hello) -> None:
        if self._profile is not None:
            self._send(ProtocolError(message="hello comes once"))
            return
        self._profile = hello.profile
        if hello.protocol.max < PROTOCOL_MIN:
            self._update = "extension"
        elif hello.protocol.min > PROTOCOL_MAX:
            self._update = "host"
        else:
            self._update = None
        self._send(Welcome(protocol=OUR_VERSIONS, version=__version__, update=self._update))

    def _from_page(self, message: FromPage) -> None:
        self._restless = True
        self._wake(message.client)
        asker = Asker(
            profile=self._profile or "", origin=message.origin, client=message.client, incognito=message.incognito
        )
        try:
            request = wire.decode_page_request(message.request)
        except wire.WireError as error:
            self._refuse(message.client, wire.request_id(message.request), error)
            return
        try:
            self._page_request(asker, request, message)
        except WindowsillError as error:
            if not isinstance(request, Abort | Credit | Destroy):
                self._not_started(message.client, request.id, error)
            self._settle()

    def _refuse(self, client: int, id: int | None, reason: wire.WireError) -> None:
        """A page's request that is none: tell the log, and the page if it can be told which."""
        log.warning("client %d sent a request that is refused: %s", client, reason.loggable)
        self._send(ProtocolError(message=str(reason)))
        if id is not None and self._requests.get(client, id) is None:
            error = UnknownError("The request was malformed.").to_wire()
            self._send(Error(client=client, id=id, error=error))
        self._settle()

    def _page_request(self, asker: Asker, request: PageRequest, message: FromPage) -> None:
        match request:
            case Abort():
                if running := self._requests.get(asker.client, request.id):
                    running.cancel()
            case Credit():
                running = self._requests.get(asker.client, request.id)
                if running and running.stream:
                    running.stream.credit(request.chunks)
            case Destroy():
                self._destroy(asker.client, request.session)
            case Availability():
                self._start(asker, request.id, lambda _: self._availability(asker, request, message))
            case Create():
                self._start(asker, request.id, lambda run: self._create(run, request, message))
            case Prompt():
                self._call(asker, request, lambda run, session: self._prompt(run, session, request, message.visible))
            case Append():
                self._call(asker, request, lambda run, session: self._append(run, session, request))
            case Measure():
                self._call(asker, request, lambda _, session: self._measure(session, request))
            case Clone():
                self._call(asker, request, lambda _, session: self._clone(session, request))
            case _:
                assert_never(request)

    def _start(self, asker: Asker, id: int, verb: Callable[[Request], Awaitable[Result]]) -> None:
        if self._update:
            raise UnknownError("Windowsill needs an update.", detail=f"the {self._update} is too old")
        self._requests.start(asker, id, verb)

    def _call(
        self,
        asker: Asker,
        request: Prompt | Append | Measure | Clone,
        verb: Callable[[Request, Session], Awaitable[Result]],
    ) -> None:
        """Start a request on an open session."""
        session = self._sessions.get(asker.client, request.session)
        if session.withdrawn:
            raise NotAllowedError("The user withdrew the permission.")
        self._permission.check(asker)
        self._requests.start(asker, request.id, lambda run: verb(run, session), session=session.id)

    # ---- verbs

    async def _availability(self, asker: Asker, request: Availability, message: FromPage) -> Result:
        if (
            request.interface not in message.allowed
            or asker.origin == "null"
            or not expectations.supported(request.expected_inputs, request.expected_outputs)
        ):
            return AvailabilityResult(availability="unavailable")
        if not self._permission.granted(asker):
            return AvailabilityResult(availability="downloadable")
        try:
            chosen(self._settings)
        except WindowsillError as error:
            log.warning("the chosen model cannot be used: %s", error.detail)
            return AvailabilityResult(availability="unavailable")
        return AvailabilityResult(availability="available")

    async def _create(self, run: Request, request: Create, message: FromPage) -> Result:
        if request.interface not in message.allowed:
            raise NotAllowedError("The permissions policy of this document forbids it.")
        if not expectations.supported(request.expected_inputs, request.expected_outputs):
            raise NotSupportedError("These inputs, outputs or languages are not supported.")
        await self._permission.obtain(
            run.asker,
            request.interface,
            activated=message.activated,
            model=overview.model_name(self._settings),
            embedder=message.embedder,
        )
        run.admitted = True
        choice = chosen(self._settings)
        run.progress(0)
        run.progress(1)
        described = await self._link.describe(choice.ref)
        sampling = SAMPLING_MODES[request.sampling_mode]
        if self._settings.sampling_seed is not None:
            sampling = structs.replace(sampling, seed=self._settings.sampling_seed)
        session = Session(request.id, run.asker, choice.ref, described.context_window, sampling)
        await self._chat.begin(session, request.initial_prompts)
        await checkpoint_if_cancelled()
        self._sessions.open(session)
        return SessionResult(context_window=session.context_window, context_usage=session.context_usage)

    async def _prompt(self, run: Request, session: Session, request: Prompt, visible: bool) -> Result:
        run.stream = ChunkStream(run.chunk, stream=request.stream)
        async with session.queue:
            await self._chat.prompt(session, request.input, run.stream, visible=visible, overflow=run.overflow)
            run.stream.finish()
            return UsageResult(context_usage=session.context_usage)

    async def _append(self, run: Request, session: Session, request: Append) -> Result:
        async with session.queue:
            await self._chat.append(session, request.input, overflow=run.overflow)
            return UsageResult(context_usage=session.context_usage)

    async def _measure(self, session: Session, request: Measure) -> Result:
        return MeasureResult(usage=await self._chat.measure(session, request.input))

    async def _clone(self, session: Session, request: Clone) -> Result:
        async with session.queue:
            twin = session.copy(request.id)
        await checkpoint_if_cancelled()
        self._sessions.open(twin)
        return SessionResult(context_window=twin.context_window, context_usage=twin.context_usage)

    async def _status(self) -> Result:
        return overview.status(
            self._settings,
            self._permission.list(self._profile or ""),
            (session.asker.origin for session in self._sessions),
            (request.asker.origin for request in self._requests if request.asker.client != OURSELVES),
        )

    async def _revoke(self, origin: str) -> Result:
        revoked = self._permission.revoke(self._profile or "", origin)
        self.recheck_grants()
        return RevokeResult(revoked=revoked)

    # ---- ends

    def _destroy(self, client: int, id: int) -> None:
        for request in self._requests.of_client(client):
            if request.session == id:
                request.cancel()
        self._sessions.close(client, id)
        self._settle()

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
        self._suspended.pop(client, None)
        self._sessions.close_client(client)
        self._permission.forget_client(client)
        self._settle()

    def _wake(self, client: int) -> None:
        if timer := self._suspended.pop(client, None):
            timer.cancel()

    def _settle(self) -> None:
        """Tell the Broker when nothing is left that needs this Host."""
        if self._restless and not (self._requests or self._sessions or self._permission.in_use):
            self._restless = False
            self._send(Idle())

    # ---- small answers

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
