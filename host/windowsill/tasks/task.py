"""What every task interface is to the Host. ``table.py`` has one for each.

Rule: a task is stateless. What a page's object was made for comes with every call.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from msgspec import Struct

from windowsill.protocol import Result, TaskOptions
from windowsill.tasks.model import TaskModel


class Job(Struct, frozen=True):
    """One call: what the page's object was made for, and what the page gave."""

    options: TaskOptions
    shared_context: str
    input: str
    context: str


class Abilities(Struct, frozen=True):
    """What is known of the model that would answer. ``languages``: that its publisher names (canonical tags);
    ``failed_pairs``: of source and target among them that it was measured not to translate."""

    languages: frozenset[str]
    failed_pairs: frozenset[tuple[str, str]] = frozenset()


Write = Callable[[str], None]
"""Takes the next text of the result."""


class Task(Protocol):
    """Done by a language model. ``run`` and ``measure`` may raise what ``TaskModel`` raises."""

    def matched(self, options: TaskOptions, abilities: Abilities | None) -> TaskOptions | None:
        """The options with each language replaced by the one it is served as; None when they cannot be served.
        Without ``abilities``: whether any model could."""

    def quota(self, options: TaskOptions, shared_context: str, model: TaskModel) -> Awaitable[int]:
        """Tokens that one call may take, see ``measure``. Raises QuotaExceededError when ``shared_context`` leaves
        none."""

    def measure(self, job: Job, model: TaskModel) -> Awaitable[int]:
        """Tokens that the call's own part takes, of the quota."""

    def run(self, job: Job, model: TaskModel, write: Write) -> Awaitable[Result]:
        """Do it. Raises QuotaExceededError for more than the quota."""


class LocalTask(Protocol):
    """Done in the Host, without a model and without a quota."""

    def matched(self, options: TaskOptions) -> TaskOptions | None:
        """As ``Task.matched``."""

    def load(self) -> Awaitable[None]:
        """Ready for calls. Raises OperationError."""

    def run(self, job: Job, write: Write) -> Awaitable[Result]:
        """Do it; ``write`` takes the text of a result that is text."""
