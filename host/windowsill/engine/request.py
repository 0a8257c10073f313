"""One request under way: what cancels it, who is shown it and can take more of it, and whether its model may go.

Rules this file keeps: an answer that nobody can take more of is paused, or, where its model must go, set aside; whoever
cancels it ends it in either state.
"""

from __future__ import annotations

import asyncio
from typing import Final

import anyio

from windowsill.engine.answers import Answer
from windowsill.engine.connection import Connection
from windowsill.engine_protocol import Count, Describe, Generate
from windowsill.errors import AbortError

STOPPED: Final = AbortError("The user stopped this answer.")

Work = Describe | Count | Generate


class Request:
    """``scope`` is what gets cancelled until its answer has begun, and while that is set aside; else it is ``answer``.

    ``visible``: whoever asks is on screen; ``stopped``: the user cancelled it, and whoever asked shall know;
    ``set_aside``: the answer is cancelled for a while only; ``readable`` is set when somebody can take more of it.
    """

    def __init__(self, connection: Connection, work: Work) -> None:
        self.connection = connection
        self.work = work
        self.origin = "" if isinstance(work, Describe) else work.origin
        self.visible = isinstance(work, Describe) or work.visible
        self.scope = anyio.CancelScope()
        self.answer: Answer | None = None
        self.stopped = False
        self.in_the_way = False
        self.set_aside = False
        self.readable = asyncio.Event()
        self._paused = False
        self._cancelled = False

    def begun(self, answer: Answer) -> None:
        """From now on it is about ``answer``."""
        self.answer = answer
        if self.held:
            self.hold()

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

    def pause(self, *, paused: bool) -> None:
        """Nobody takes more of the answer now, or somebody does again."""
        self._paused = paused
        self.hold()

    def hold(self) -> None:
        """Pause the answer, or let it go on: its reader or the connection filled up, or takes more. While it is in the
        way, it is set aside for a pause."""
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

    def show(self, *, visible: bool) -> None:
        """Whoever asks came on screen, or left it."""
        self.visible = visible
        if self.answer is not None:
            self.answer.show(visible=visible)

    @property
    def held(self) -> bool:
        """Whether nobody can take more of it now."""
        return self._paused or self.connection.full
