"""What each verb of a page does for the task interfaces, as ``verbs.py`` does it for sessions.

Rules this file keeps: the grant is asked for in ``create`` only; an origin without one learns nothing of this machine.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final
from weakref import WeakValueDictionary

from anyio.lowlevel import checkpoint_if_cancelled

from windowsill import overview
from windowsill.chunk_stream import ChunkStream
from windowsill.engine_link import EngineLink
from windowsill.errors import NotAllowedError, NotSupportedError, WindowsillError
from windowsill.grants import Asker
from windowsill.models.chosen import Chosen, chosen
from windowsill.models.measured_pairs import MeasuredPairs
from windowsill.permission import Permission
from windowsill.protocol import (
    AvailabilityResult,
    AvailabilityValue,
    CreateTask,
    FromPage,
    Interface,
    MeasureResult,
    MeasureTask,
    Result,
    RunTask,
    TaskAvailability,
    TaskOptions,
    TaskResult,
)
from windowsill.request_table import Request
from windowsill.sessions import Sessions
from windowsill.settings import Settings
from windowsill.task_errors import initializing, operating
from windowsill.task_objects import Answering, TaskObject
from windowsill.tasks.model import TaskModel
from windowsill.tasks.table import TASKS, interface_of, local_task
from windowsill.tasks.task import Abilities, Job
from windowsill.visibility import Visibility

log = logging.getLogger(__name__)

FLEETING: Final[frozenset[Interface]] = frozenset({"translator", "language-detector"})
"""Whose ``create()`` needs transient activation; that of the others needs a sticky one (web-ai-apis 2.2)."""

AT_ONCE: Final = 64
"""Runs of one document that ask the model at once, and as many that measure (count); more wait here. Several times what
the Engine decodes together, so that it finds the next prompts read; and few, so that long inputs, whose parts are asked
side by side, do not fill what it lets one origin have waiting."""


class _Turns:
    """Whose turn it is, in each document by itself; a document is known while somebody waits for one or has one."""

    def __init__(self) -> None:
        self._by_client = WeakValueDictionary[int, asyncio.Semaphore]()

    def of(self, client: int) -> asyncio.Semaphore:
        return self._by_client.setdefault(client, asyncio.Semaphore(AT_ONCE))


class TaskVerbs:
    """``settings`` tells those that hold now."""

    def __init__(
        self,
        permission: Permission,
        link: EngineLink,
        sessions: Sessions,
        settings: Callable[[], Settings],
        pairs: MeasuredPairs,
    ) -> None:
        self._permission = permission
        self._link = link
        self._sessions = sessions
        self._settings = settings
        self._pairs = pairs
        self._running = _Turns()
        self._measuring = _Turns()

    async def availability(self, asker: Asker, request: TaskAvailability, message: FromPage) -> Result:
        """Never asks."""
        allowed = interface_of(request.options) in message.allowed and asker.origin != "null"
        return AvailabilityResult(availability=self._standing(asker, request.options) if allowed else "unavailable")

    async def create(self, run: Request, request: CreateTask, message: FromPage, seen: Visibility) -> Result:
        """An object for the task, once the user allowed the origin. Raises NotAllowedError, NotSupportedError,
        OperationError or QuotaExceededError; UnknownError where the origin has too much open."""
        interface = interface_of(request.options)
        if interface not in message.allowed:
            raise NotAllowedError("The permissions policy of this document forbids it.")
        options = _matched(request.options, None)
        if options is None:
            raise _unsupported()
        await self._permission.obtain(
            run.asker,
            interface,
            activated=message.active if interface in FLEETING else message.activated,
            model=overview.model_name(self._settings()),
            embedder=message.embedder,
        )
        run.admitted = True
        with initializing():
            if local := local_task(options):
                _nothing_to_download(run)
                await local.load()
                made, quota = TaskObject(request.id, run.asker, options, request.shared_context, None), None
            else:
                made, quota = await self._with_model(run, request, seen)
        await checkpoint_if_cancelled()
        self._sessions.open(made)
        return TaskResult(options=made.options, input_quota=quota)

    async def run(self, run: Request, made: TaskObject, request: RunTask, seen: Visibility) -> Result:
        """What the object is for, on one input; text in chunks of ``run.stream``. Raises what ``operating`` lets
        through."""
        interface = interface_of(made.options)
        job = Job(made.options, made.shared_context, request.input, request.context)
        with operating(interface):
            run.stream = ChunkStream(run.chunk, stream=request.stream)
            if made.answering:
                model = self._model(made.answering, made.asker, seen, run.stream)
                async with self._running.of(made.asker.client):
                    result = await TASKS[interface].run(job, model, run.stream.push)
            elif local := local_task(made.options):
                result = await local.run(job, run.stream.push)
            else:
                raise ValueError("an object without a model is for a task that needs none")
        run.stream.finish()
        return result

    async def measure(self, made: TaskObject, request: MeasureTask, seen: Visibility) -> Result:
        """What the input would take of the object's quota (tokens); 0 where there is none. Raises as ``run``."""
        if made.answering is None:
            return MeasureResult(usage=0)
        interface = interface_of(made.options)
        job = Job(made.options, made.shared_context, request.input, request.context)
        with operating(interface):
            async with self._measuring.of(made.asker.client):
                usage = await TASKS[interface].measure(job, self._model(made.answering, made.asker, seen, None))
        return MeasureResult(usage=usage)

    def _standing(self, asker: Asker, options: TaskOptions) -> AvailabilityValue:
        if _matched(options, None) is None:
            return "unavailable"
        if not self._permission.granted(asker):
            return "downloadable"
        if local_task(options):
            return "available"
        try:
            abilities = self._abilities(chosen(self._settings()))
        except WindowsillError as error:
            log.warning("the chosen model cannot be used: %s", error.detail)
            return "unavailable"
        return "unavailable" if _matched(options, abilities) is None else "available"

    async def _with_model(self, run: Request, request: CreateTask, seen: Visibility) -> tuple[TaskObject, int]:
        """The object, ready for calls, and its quota (tokens)."""
        settings, interface = self._settings(), interface_of(request.options)
        choice = chosen(settings)
        options = _matched(request.options, self._abilities(choice))
        if options is None:
            raise _unsupported()
        _nothing_to_download(run)
        described = await self._link.describe(choice.ref)
        answering = Answering(choice.ref, described.context_window, settings.sampling_seed)
        model = self._model(answering, run.asker, seen, None)
        quota = await TASKS[interface].quota(options, request.shared_context, model)
        return TaskObject(request.id, run.asker, options, request.shared_context, answering), quota

    def _model(self, answering: Answering, asker: Asker, seen: Visibility, reader: ChunkStream | None) -> TaskModel:
        return TaskModel(self._link, answering.ref, answering.context_window, asker, seen, reader, seed=answering.seed)

    def _abilities(self, choice: Chosen) -> Abilities:
        """What is known of the chosen model."""
        return Abilities(languages=choice.languages, failed_pairs=self._pairs.failed(choice.ref))


def _matched(options: TaskOptions, abilities: Abilities | None) -> TaskOptions | None:
    """The options as they are served; None when they are not."""
    if local := local_task(options):
        return local.matched(options)
    task = TASKS.get(interface_of(options))
    return task.matched(options, abilities) if task else None


def _nothing_to_download(run: Request) -> None:
    """Says so before anything is loaded (web-ai-apis 2.3)."""
    run.progress(0)
    run.progress(1)


def _unsupported() -> NotSupportedError:
    return NotSupportedError("These options or languages are not supported.")
