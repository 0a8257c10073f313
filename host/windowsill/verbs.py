"""What each verb of a page does: one function per verb, for a request that ``dispatch`` admitted.

Rules this file keeps: the grant is asked for in ``create`` and nowhere raised by ``availability``; whatever changes a
session waits for its turn in the session's queue.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from anyio.lowlevel import checkpoint_if_cancelled
from msgspec import structs

from windowsill import overview
from windowsill.chat import Chat
from windowsill.chunk_stream import ChunkStream
from windowsill.engine_link import EngineLink
from windowsill.errors import NotAllowedError, NotSupportedError, WindowsillError
from windowsill.grants import Asker
from windowsill.models.chosen import chosen, inputs
from windowsill.permission import Permission
from windowsill.protocol import (
    Append,
    Availability,
    AvailabilityResult,
    Clone,
    Create,
    FromPage,
    Measure,
    MeasureResult,
    Prompt,
    Result,
    SessionResult,
    UsageResult,
)
from windowsill.request_table import Request
from windowsill.sessions import Session, Sessions
from windowsill.settings import Settings
from windowsill.tasks import constraint, expectations
from windowsill.tasks.sampling import SAMPLING_MODES
from windowsill.visibility import Visibility

log = logging.getLogger(__name__)


class Verbs:
    """``settings`` tells those that hold now."""

    def __init__(
        self, permission: Permission, link: EngineLink, sessions: Sessions, settings: Callable[[], Settings]
    ) -> None:
        self._settings = settings
        self._permission = permission
        self._link = link
        self._sessions = sessions
        self._chat = Chat(link)

    async def availability(self, asker: Asker, request: Availability, message: FromPage) -> Result:
        """Never asks; tells an origin without a grant nothing about this machine."""
        if request.interface not in message.allowed or asker.origin == "null" or not self._serves(request):
            return AvailabilityResult(availability="unavailable")
        if not self._permission.granted(asker):
            return AvailabilityResult(availability="downloadable")
        try:
            chosen(self._settings())
        except WindowsillError as error:
            log.warning("the chosen model cannot be used: %s", error.detail)
            return AvailabilityResult(availability="unavailable")
        return AvailabilityResult(availability="available")

    async def create(self, run: Request, request: Create, message: FromPage, seen: Visibility) -> Result:
        """A session, once the user allowed the origin. Raises NotAllowedError or NotSupportedError."""
        if request.interface not in message.allowed:
            raise NotAllowedError("The permissions policy of this document forbids it.")
        if not self._serves(request):
            raise NotSupportedError("These inputs, outputs or languages are not supported.")
        await self._permission.obtain(
            run.asker,
            request.interface,
            activated=message.activated,
            model=overview.model_name(self._settings()),
            embedder=message.embedder,
        )
        run.admitted = True
        settings = self._settings()
        choice = chosen(settings)
        run.progress(0)
        run.progress(1)
        described = await self._link.describe(choice.ref)
        sampling = SAMPLING_MODES[request.sampling_mode]
        if settings.sampling_seed is not None:
            sampling = structs.replace(sampling, seed=settings.sampling_seed)
        session = Session(request.id, run.asker, choice.ref, described.context_window, sampling, request.tools)
        await self._chat.begin(session, request.initial_prompts, seen)
        await checkpoint_if_cancelled()
        self._sessions.open(session)
        return SessionResult(context_window=session.context_window, context_usage=session.context_usage)

    async def prompt(self, run: Request, session: Session, request: Prompt, seen: Visibility) -> Result:
        """The session's answer, in chunks of ``run.stream``."""
        messages, wanted = constraint.instructed(request), constraint.for_engine(request)
        run.stream = ChunkStream(run.chunk, stream=request.stream)
        async with session.queue:
            self._sessions.admit(session.asker)
            await self._chat.prompt(session, messages, run.stream, seen, run, constraint=wanted)
            run.stream.finish()
            return UsageResult(context_usage=session.context_usage)

    async def append(self, run: Request, session: Session, request: Append, seen: Visibility) -> Result:
        """Messages that wait for no answer."""
        async with session.queue:
            self._sessions.admit(session.asker)
            await self._chat.append(session, request.input, seen, overflow=run.overflow)
            return UsageResult(context_usage=session.context_usage)

    async def measure(self, session: Session, request: Measure, seen: Visibility) -> Result:
        """What the input would take of the session's window (tokens)."""
        messages, wanted = constraint.instructed(request), constraint.for_engine(request)
        return MeasureResult(usage=await self._chat.measure(session, messages, seen, constraint=wanted))

    async def clone(self, session: Session, request: Clone) -> Result:
        """Another session with the same messages."""
        async with session.queue:
            twin = session.copy(request.id)
        await checkpoint_if_cancelled()
        self._sessions.open(twin)
        return SessionResult(context_window=twin.context_window, context_usage=twin.context_usage)

    def _serves(self, request: Availability | Create) -> bool:
        return expectations.supported(request.expected_inputs, request.expected_outputs, inputs(self._settings()))
