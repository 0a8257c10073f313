"""Pages' requests and notices, each brought to its verb.

Rules this file keeps: every call on an open object checks the grant anew; an object answers to its own interface's
verbs only.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import assert_never

from windowsill.engine_link import EngineLink
from windowsill.errors import NotAllowedError
from windowsill.grants import Asker
from windowsill.models.measured_pairs import MeasuredPairs
from windowsill.permission import Permission
from windowsill.protocol import (
    Abort,
    Append,
    Availability,
    Clone,
    Create,
    CreateTask,
    Credit,
    Destroy,
    FromPage,
    Measure,
    MeasureTask,
    Prompt,
    Result,
    RunTask,
    TaskAvailability,
    ToolResults,
)
from windowsill.request_table import Request, RequestTable
from windowsill.sessions import Kind, Session, Sessions
from windowsill.settings import Settings
from windowsill.task_objects import TaskObject
from windowsill.task_verbs import TaskVerbs
from windowsill.verbs import Verbs
from windowsill.visibility import Visibilities

log = logging.getLogger(__name__)

Notice = Abort | Credit | Destroy | ToolResults
OnSession = Prompt | Append | Measure | Clone
OnTask = RunTask | MeasureTask
Call = Availability | Create | TaskAvailability | CreateTask | OnSession | OnTask


class PageCalls:
    """``settings`` may be replaced at any time: the next ``create`` sees the new ones."""

    def __init__(
        self,
        permission: Permission,
        link: EngineLink,
        requests: RequestTable,
        sessions: Sessions,
        visibilities: Visibilities,
        settings: Settings,
        pairs: MeasuredPairs,
    ) -> None:
        self.settings = settings
        self._permission = permission
        self._requests = requests
        self._sessions = sessions
        self._visibilities = visibilities
        self._verbs = Verbs(permission, link, sessions, lambda: self.settings)
        self._tasks = TaskVerbs(permission, link, sessions, lambda: self.settings, pairs)

    def start(self, asker: Asker, request: Call, message: FromPage) -> None:
        """Start the request's verb in a task of its own. Raises WindowsillError when it cannot start."""
        seen = self._visibilities.asked(asker.client, visible=message.visible)
        size = len(memoryview(message.request))
        verbs, tasks = self._verbs, self._tasks
        start = partial(self._requests.start, asker, request.id, size=size)
        match request:
            case Availability():
                start(lambda _: verbs.availability(asker, request, message))
            case Create():
                start(lambda run: verbs.create(run, request, message, seen))
            case Prompt():
                self._on(Session, asker, request, size, lambda run, held: verbs.prompt(run, held, request, seen))
            case Append():
                self._on(Session, asker, request, size, lambda run, held: verbs.append(run, held, request, seen))
            case Measure():
                self._on(Session, asker, request, size, lambda _, held: verbs.measure(held, request, seen))
            case Clone():
                self._on(Session, asker, request, size, lambda _, held: verbs.clone(held, request))
            case TaskAvailability():
                start(lambda _: tasks.availability(asker, request, message))
            case CreateTask():
                start(lambda run: tasks.create(run, request, message, seen))
            case RunTask():
                self._on(TaskObject, asker, request, size, lambda run, held: tasks.run(run, held, request, seen))
            case MeasureTask():
                self._on(TaskObject, asker, request, size, lambda _, held: tasks.measure(held, request, seen))
            case _:
                assert_never(request)

    def notice(self, asker: Asker, notice: Notice) -> None:
        """Obey at once; what it names may be over."""
        match notice:
            case Abort():
                if running := self._requests.get(asker.client, notice.id):
                    running.cancel()
            case Credit():
                running = self._requests.get(asker.client, notice.id)
                if running and running.stream:
                    running.stream.credit(notice.chunks)
            case ToolResults():
                running = self._requests.get(asker.client, notice.id)
                awaited = running.tool_round if running else None
                if awaited is None or not awaited.hear(notice.responses):
                    log.info("client %d sent results of tools that no prompt waits for", asker.client)
            case Destroy():
                for request in self._requests.of_client(asker.client):
                    if request.session == notice.session:
                        request.cancel()
                self._sessions.close(asker.client, notice.session)
            case _:
                assert_never(notice)

    def _on(
        self,
        kind: type[Kind],
        asker: Asker,
        request: OnSession | OnTask,
        size: int,
        verb: Callable[[Request, Kind], Awaitable[Result]],
    ) -> None:
        """Start a request on an open object of this ``kind``."""
        held = self._sessions.get(asker.client, request.session, kind)
        if held.withdrawn:
            raise NotAllowedError("The user withdrew the permission.")
        self._permission.check(asker)
        self._requests.start(asker, request.id, lambda run: verb(run, held), session=held.id, size=size)
