"""The model as tasks ask it: our instructions, then what the page gave as data, and one answer.

Rules this file keeps: nothing of one question is left for the next; instructions are a turn of their own, the same for
every page, so that the Engine reads them once and lets everybody go on from there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from msgspec import Struct, structs

from windowsill.chunk_stream import ChunkStream
from windowsill.engine_answers import Generation
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import Constraint, ModelRef, Sampling, Turn
from windowsill.grants import Asker
from windowsill.visibility import Visibility


class Question(Struct, frozen=True, kw_only=True):
    """``instructions`` are ours, with nothing of a page in them; ``data`` is the page's (see ``fence.py``). ``copies``:
    the answer repeats much of the data. ``max_tokens`` (1 or more) bounds the answer; None: the window does."""

    instructions: str
    data: str
    sampling: Sampling
    max_tokens: int | None = None
    constraint: Constraint | None = None
    copies: bool = False


class Answer:
    """One answer as it is written: iterate over its text."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation

    async def __aiter__(self) -> AsyncIterator[str]:
        async for text in self._generation:
            yield text

    @property
    def cut(self) -> bool:
        """Once all its text was read: whether ``max_tokens`` or the window ended it, and not the model."""
        return self._generation.finished.reason == "length"


class Pace:
    """Open while the page's reader keeps up with what is written."""

    def __init__(self) -> None:
        self._open = anyio.Event()
        self._open.set()

    def pause(self) -> None:
        """The reader has enough for now."""
        self._open = anyio.Event()

    def go(self) -> None:
        """The reader wants more."""
        self._open.set()

    async def open(self) -> None:
        """Wait until the reader wants more."""
        await self._open.wait()


class TaskModel:
    """One model, asked for one document. Every method may raise what the Engine link raises.

    ``context_window``: tokens of question and answer together; ``reader``: the page's, of what is ``streamed``;
    ``seed``: the user's, for answers that come again.
    """

    def __init__(
        self,
        link: EngineLink,
        ref: ModelRef,
        context_window: int,
        asker: Asker,
        seen: Visibility,
        reader: ChunkStream | None,
        seed: int | None = None,
    ) -> None:
        self.context_window = context_window
        self._link = link
        self._ref = ref
        self._asker = asker
        self._seen = seen
        self._reader = reader
        self._seed = seed

    def pace(self) -> Pace:
        """For an answer in several parts, none of them ``streamed``: when the next one may begin."""
        pace = Pace()
        if self._reader:
            self._reader.attach(pace)
        return pace

    async def count(self, *texts: str) -> tuple[int, ...]:
        """Tokens of each text as a turn of its own, markers of the chat template included."""
        turns = [Turn(role="user", content=text) for text in texts]
        return await self._link.count(self._ref, turns, origin=self._asker.origin, visible=self._seen.visible)

    async def answer(self, question: Question) -> str:
        """The whole answer; whether it was cut tells ``asked`` only."""
        async with self.asked(question) as answer:
            return "".join([text async for text in answer])

    @asynccontextmanager
    async def asked(self, question: Question, *, streamed: bool = False) -> AsyncIterator[Answer]:
        """The answer as it is written; leaving the block early ends it. ``streamed``: the page reads it, and a reader
        that is full pauses it."""
        sampling = question.sampling
        if self._seed is not None:
            sampling = structs.replace(sampling, seed=self._seed)
        async with self._link.generate(
            model=self._ref,
            origin=self._asker.origin,
            visible=self._seen.visible,
            turns=(Turn(role="system", content=question.instructions), Turn(role="user", content=question.data)),
            sampling=sampling,
            max_tokens=self.context_window if question.max_tokens is None else question.max_tokens,
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
                yield Answer(generation)
