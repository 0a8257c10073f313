"""The model as tasks ask it: our instructions, then what the page gave as data, and one answer.

Rules this file keeps: nothing of one question is left for the next; instructions are a turn of their own, the same for
every page, so that the Engine reads them once and lets everybody go on from there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct

from windowsill.chunk_stream import ChunkStream
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import Constraint, ModelRef, Sampling, Turn
from windowsill.grants import Asker
from windowsill.visibility import Visibility


class Question(Struct, frozen=True, kw_only=True):
    """``instructions`` are ours, with nothing of a page in them; ``data`` is the page's (see ``fence.py``). ``copies``:
    the answer repeats much of the data. ``max_tokens`` bounds the answer; None: what the window leaves."""

    instructions: str
    data: str
    sampling: Sampling
    max_tokens: int | None = None
    constraint: Constraint | None = None
    copies: bool = False


class TaskModel:
    """One model, asked for one document. Every method may raise what the Engine link raises.

    ``context_window``: tokens of question and answer together; ``reader``: the page's, of what is ``streamed``.
    """

    def __init__(
        self,
        link: EngineLink,
        ref: ModelRef,
        context_window: int,
        asker: Asker,
        seen: Visibility,
        reader: ChunkStream | None,
    ) -> None:
        self.context_window = context_window
        self._link = link
        self._ref = ref
        self._asker = asker
        self._seen = seen
        self._reader = reader

    async def count(self, *texts: str) -> tuple[int, ...]:
        """Tokens of each text as a turn of its own, markers of the chat template included."""
        turns = [Turn(role="user", content=text) for text in texts]
        return await self._link.count(self._ref, turns, origin=self._asker.origin, visible=self._seen.visible)

    async def answer(self, question: Question) -> str:
        """The whole answer."""
        async with self.asked(question) as pieces:
            return "".join([piece async for piece in pieces])

    @asynccontextmanager
    async def asked(self, question: Question, *, streamed: bool = False) -> AsyncIterator[AsyncIterator[str]]:
        """The answer as it is written; leaving the block early ends it. ``streamed``: the page reads it, and a reader
        that is full pauses it."""
        turns = (Turn(role="system", content=question.instructions), Turn(role="user", content=question.data))
        room = self.context_window
        if question.max_tokens is None:
            room -= sum(await self.count(question.instructions, question.data))
        async with self._link.generate(
            model=self._ref,
            origin=self._asker.origin,
            visible=self._seen.visible,
            turns=turns,
            sampling=question.sampling,
            max_tokens=max(1, room if question.max_tokens is None else question.max_tokens),
            constraint=question.constraint,
            instructions=1,
            copies=question.copies,
            partition=self._asker.partition,
            private=self._asker.incognito,
            last=question.constraint is not None,
        ) as generation:
            if streamed and self._reader:
                self._reader.attach(generation)
            with self._seen.followed(generation):
                yield generation
