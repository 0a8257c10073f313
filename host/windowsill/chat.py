"""A session's calls, carried to the Engine: measure, make room, and what becomes part of the transcript.

Rules this file keeps: nothing is added to a session before its call has succeeded; the caller holds the session's
queue; counts are asked for new turns only. ``seen`` is always the visibility of the document that calls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from anyio.lowlevel import checkpoint_if_cancelled

from windowsill.chunk_stream import ChunkStream
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import Constraint
from windowsill.exchange import Caller, Exchange, count
from windowsill.protocol import Message
from windowsill.sessions import Session
from windowsill.tasks import prompt as task
from windowsill.tasks import tool_calls
from windowsill.visibility import Visibility


class Chat:
    """``LanguageModel``'s calls on a session. Every method may raise what the Engine link raises."""

    def __init__(self, link: EngineLink) -> None:
        self._link = link

    async def begin(self, session: Session, initial_prompts: Sequence[Message], seen: Visibility) -> None:
        """Pin the initial prompts and the tools.

        Raises QuotaExceededError when they exceed the window, NotSupportedError when no answer could call the tools.
        """
        turns = task.turns(initial_prompts) if initial_prompts else ()
        tokens = list(await count(self._link, session, turns, seen)) if turns else []
        if session.tools:
            definitions = tool_calls.definitions(session.tools)
            origin, visible = session.asker.origin, seen.visible
            tokens.append(await self._link.count_tools(session.model, definitions, origin=origin, visible=visible))
        session.pin(turns, sum(tokens))

    async def measure(
        self, session: Session, messages: Sequence[Message], seen: Visibility, *, constraint: Constraint | None = None
    ) -> int:
        """Tokens that the messages would take; changes nothing."""
        turns, continues = task.turns(messages), task.continues(messages)
        return sum(await count(self._link, session, turns, seen, continues=continues, constraint=constraint))

    async def append(
        self, session: Session, messages: Sequence[Message], seen: Visibility, *, overflow: Callable[[], None]
    ) -> None:
        """The messages become part of the session."""
        turns = task.turns(messages)
        session.require_first(turns)
        tokens = await count(self._link, session, turns, seen)
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
        caller: Caller,
        *,
        constraint: Constraint | None = None,
    ) -> None:
        """Answer the messages into ``stream``; input and answer, tools' calls between them, become part of the session.

        A ``constraint`` that cannot be served is refused before anything is evicted. An answer that runs out of room
        evicts further calls and goes on; UnknownError, or UnmetConstraintError, when none is left to evict.
        """
        await Exchange(self._link, session, stream, seen, caller, constraint).run(messages)
