"""A session's calls, carried to the Engine: measure, make room, generate, and what becomes part of the transcript.

Rules this file keeps: nothing is added to a session before its call has succeeded; the caller holds the session's
queue; counts are asked for new turns only. ``seen`` is always the visibility of the document that calls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from anyio.lowlevel import checkpoint_if_cancelled

from windowsill.chunk_stream import ChunkStream
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import Constraint, Finished, Turn
from windowsill.errors import UnknownError, UnmetConstraintError, WindowsillError
from windowsill.protocol import Message
from windowsill.sessions import Session
from windowsill.tasks import prompt as task
from windowsill.visibility import Visibility


class Chat:
    """``LanguageModel``'s calls on a session. Every method may raise what the Engine link raises."""

    def __init__(self, link: EngineLink) -> None:
        self._link = link

    async def begin(self, session: Session, initial_prompts: Sequence[Message], seen: Visibility) -> None:
        """Pin the initial prompts; QuotaExceededError when they exceed the window."""
        if initial_prompts:
            turns = task.turns(initial_prompts)
            session.pin(turns, await self._count(session, turns, seen))

    async def measure(
        self, session: Session, messages: Sequence[Message], seen: Visibility, *, constraint: Constraint | None = None
    ) -> int:
        """Tokens that the messages would take; changes nothing."""
        turns, continues = task.turns(messages), task.continues(messages)
        return sum(await self._count(session, turns, seen, continues=continues, constraint=constraint))

    async def append(
        self, session: Session, messages: Sequence[Message], seen: Visibility, *, overflow: Callable[[], None]
    ) -> None:
        """The messages become part of the session."""
        turns = task.turns(messages)
        tokens = await self._count(session, turns, seen)
        if session.make_room(sum(tokens), answer=False):
            overflow()
        await checkpoint_if_cancelled()
        session.add(turns, tokens)

    async def prompt(
        self,
        session: Session,
        messages: Sequence[Message],
        stream: ChunkStream,
        seen: Visibility,
        *,
        overflow: Callable[[], None],
        constraint: Constraint | None = None,
    ) -> None:
        """Answer the messages into ``stream``; input and answer become part of the session.

        A ``constraint`` that cannot be served is refused before anything is evicted. An answer that runs out of room
        evicts further calls and goes on; UnknownError, or UnmetConstraintError, when none is left to evict.
        """
        turns = task.turns(messages)
        continues = task.continues(messages)
        tokens = await self._count(session, turns, seen, continues=continues, constraint=constraint)
        if session.make_room(sum(tokens), answer=True):
            overflow()
        opening = turns[-1].content if continues else ""
        asked = turns[:-1] if continues else turns
        kept = tuple(tokens[: len(asked)])
        answer, size = opening, sum(tokens)
        while True:
            text, finished = await self._generate(session, asked, answer, size, stream, seen, constraint)
            answer += text
            reply = Turn(role="assistant", content=answer)
            replied = finished.answer_tokens if answer == text else sum(await self._count(session, (reply,), seen))
            size = sum(kept) + replied
            await checkpoint_if_cancelled()
            if finished.reason != "length":
                break
            if not _make_room_to_go_on(session, size):
                raise _out_of_room(constraint)
            overflow()
        while session.room < size and session.evict():
            overflow()
        session.add((*asked, reply), (*kept, replied))

    async def _count(
        self,
        session: Session,
        turns: Sequence[Turn],
        seen: Visibility,
        *,
        continues: bool = False,
        constraint: Constraint | None = None,
    ) -> tuple[int, ...]:
        return await self._link.count(
            session.model,
            turns,
            origin=session.asker.origin,
            visible=seen.visible,
            continues=continues,
            constraint=constraint,
        )

    async def _generate(
        self,
        session: Session,
        asked: Sequence[Turn],
        answer: str,
        size: int,
        stream: ChunkStream,
        seen: Visibility,
        constraint: Constraint | None,
    ) -> tuple[str, Finished]:
        """One run of the Engine, going on after ``answer``; its text and how it ended."""
        turns = (*session.turns, *asked)
        if answer:
            turns = (*turns, Turn(role="assistant", content=answer))
        pieces: list[str] = []
        async with self._link.generate(
            model=session.model,
            origin=session.asker.origin,
            visible=seen.visible,
            turns=turns,
            sampling=session.sampling,
            max_tokens=max(1, session.room - size),
            continues=bool(answer),
            constraint=constraint,
            partition=session.asker.partition,
            private=session.asker.incognito,
        ) as generation:
            stream.attach(generation)
            with seen.followed(generation):
                async for text in generation:
                    pieces.append(text)
                    stream.push(text)
        return "".join(pieces), generation.finished


def _make_room_to_go_on(session: Session, size: int) -> bool:
    """Evict at least one call, and as many as it takes for ``size`` tokens to leave some room; whether it did."""
    while session.evict():
        if session.room > size:
            return True
    return False


def _out_of_room(constraint: Constraint | None) -> WindowsillError:
    if constraint is None:
        return UnknownError("The answer did not fit into the context window.")
    return UnmetConstraintError("The answer left the context window before it met its response constraint.")
