"""One request under way: what cancels it, who can take more of it, and whether it keeps a model from making way.

Rules this file keeps: an answer that nobody can take more of is paused, or, where its model must go, set aside; whoever
cancels it ends it in either state.
"""

from __future__ import annotations

import asyncio

import anyio

from windowsill.engine.answers import Answer
from windowsill.engine.connection import Connection
from windowsill.engine_protocol import Count, Describe, Generate

Work = Describe | Count | Generate


class Request:
    """``scope`` is what gets cancelled until its answer has begun, and while that is set aside; else it is ``answer``.

    ``set_aside``: the answer is cancelled for a while only; ``readable`` is set when somebody can take more of it.
    """

    def __init__(self, connection: Connection, work: Work) -> None:
        self.connection = connection
        self.work = work
        self.scope = anyio.CancelScope()
        self.answer: Answer | None = None
        self.paused = False
        self.stopped = False
        self.in_the_way = False
        self.set_aside = False
        self.readable = asyncio.Event()
        self._cancelled = False

    def cancel(self) -> None:
        """Nobody wants it any more."""
        self._cancelled = True
        self.set_aside = False
        if self.answer is None:
            self.scope.cancel()
        else:
            self.answer.cancel()

    def stop(self) -> None:
        """The user cancels it, and whoever asked for it shall know."""
        self.stopped = True
        self.cancel()

    @property
    def held(self) -> bool:
        """Nobody can take more of the answer now."""
        return self.paused or self.connection.full

    def hold(self) -> None:
        """Pause the answer, or let it go on, as ``held`` says; while it is in the way, it is set aside for a pause."""
        if not self.held:
            self.readable.set()
            if self.answer is not None:
                self.answer.go()
            return
        self.readable.clear()
        if self.answer is not None:
            if self.in_the_way and not self._cancelled:
                self.set_aside = True
                self.answer.cancel()
            else:
                self.answer.pause()

    def make_way(self) -> None:
        """The model shall go: see ``ModelKeeper.use``."""
        self.in_the_way = True
        self.hold()
