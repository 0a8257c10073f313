"""Page objects of the task interfaces: what each was made for. Their calls know nothing of each other."""

from __future__ import annotations

from msgspec import Struct

from windowsill.engine_protocol import ModelRef, Turn
from windowsill.grants import Asker
from windowsill.holdings import Call, Holding, new_call
from windowsill.protocol import TaskOptions


class Answering(Struct, frozen=True):
    """The model that answers, as it was chosen when the object was made. ``context_window``: tokens; ``seed``: the
    user's."""

    ref: ModelRef
    context_window: int
    seed: int | None


class TaskObject:
    """One page object. ``answering`` None: its interface needs no model; ``withdrawn`` as in ``PageObject``."""

    def __init__(
        self, id: int, asker: Asker, options: TaskOptions, shared_context: str, answering: Answering | None
    ) -> None:
        self.id = id
        self.asker = asker
        self.options = options
        self.shared_context = shared_context
        self.answering = answering
        self.withdrawn = False
        self._held: tuple[Call, ...] = (new_call((Turn(role="user", content=shared_context),), 0),)
        self._holding: Holding | None = None

    def opened(self, holding: Holding) -> None:
        """From now on it counts in ``holding``, which is its origin's."""
        self._holding = holding
        holding.join(self._held)

    def closed(self) -> None:
        """From now on it counts nowhere."""
        if self._holding:
            self._holding.leave(self._held)
            self._holding = None
