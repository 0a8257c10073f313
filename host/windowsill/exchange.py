"""One prompt: its input, the rounds of tools that the page runs meanwhile, and the answer.

Rules this file keeps: nothing is added to the session before the answer is whole, and then all of it as one call; what
the page's tools give is waited for as long as it takes; after TOOL_ROUNDS the model answers in words.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final, Protocol

from anyio.lowlevel import checkpoint_if_cancelled

from windowsill.chunk_stream import ChunkStream
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import AnyTurn, Constraint, Finished, Turn
from windowsill.errors import UnknownError, UnmetConstraintError, WindowsillError
from windowsill.protocol import Message, ToolCall, ToolResponse
from windowsill.sessions import Session
from windowsill.settings import TOOL_ROUNDS
from windowsill.tasks import prompt as task
from windowsill.tasks import tool_calls
from windowsill.visibility import Visibility

CALL_ID_BYTES: Final = 8
"""Enough that no two calls of an origin get one id, those of sessions that it kept from earlier days among them."""


class Caller(Protocol):
    """Who asks for an answer, and hears what happens on the way to it."""

    def overflow(self) -> None:
        """The oldest call was dropped."""

    def calls(self, calls: tuple[ToolCall, ...]) -> None:
        """The answer is these calls."""

    async def run_tools(self, calls: tuple[ToolCall, ...]) -> tuple[ToolResponse, ...]:
        """What the calls give, one response for each."""


class Exchange:
    """Made for one prompt. All methods may raise what the Engine link raises."""

    def __init__(
        self,
        link: EngineLink,
        session: Session,
        stream: ChunkStream,
        seen: Visibility,
        caller: Caller,
        constraint: Constraint | None,
    ) -> None:
        self._link = link
        self._session = session
        self._stream = stream
        self._seen = seen
        self._caller = caller
        self._constraint = constraint
        self._turns: list[AnyTurn] = []
        self._tokens: list[int] = []

    async def run(self, messages: Sequence[Message]) -> None:
        """Answer the messages; see ``Chat.prompt``."""
        turns, continues = task.turns(messages), task.continues(messages)
        self._session.require_first(turns)
        tokens = await count(
            self._link, self._session, turns, self._seen, continues=continues, constraint=self._constraint
        )
        self._make_room(sum(tokens))
        opening = turns[-1].content if continues else ""
        asked = len(turns) - continues
        self._take(turns[:asked], tokens[:asked])
        calls = await self._reply(opening, sum(tokens), wordy=False)
        rounds = 0
        while calls and tool_calls.page_runs(calls, self._session.tools):
            responses = await self._caller.run_tools(calls)
            results = [tool_calls.result_turn(response) for response in responses]
            self._take(results, await count(self._link, self._session, results, self._seen))
            self._make_room(sum(self._tokens))
            rounds += 1
            calls = await self._reply("", sum(self._tokens), wordy=rounds == TOOL_ROUNDS)
        while self._session.room < sum(self._tokens) and self._session.evict():
            self._caller.overflow()
        self._session.add(self._turns, self._tokens)
        if calls:
            self._caller.calls(calls)

    def _take(self, turns: Sequence[AnyTurn], tokens: Sequence[int]) -> None:
        self._turns += turns
        self._tokens += tokens

    def _make_room(self, size: int) -> None:
        if self._session.make_room(size, answer=True):
            self._caller.overflow()

    async def _reply(self, opening: str, size: int, *, wordy: bool) -> tuple[ToolCall, ...]:
        """Take the model's next turn, which begins with ``opening``; the calls that it makes, if any.

        ``size``: of the prompt until then (tokens).
        """
        answer = opening
        while True:
            text, finished = await self._generate(answer, size, wordy=wordy)
            answer += text
            calls = tool_calls.identified(finished.calls, lambda: secrets.token_hex(CALL_ID_BYTES))
            turn = tool_calls.call_turn(calls, answer) if calls else Turn(role="assistant", content=answer)
            tokens = finished.answer_tokens
            if answer != text:
                (tokens,) = await count(self._link, self._session, (turn,), self._seen)
            await checkpoint_if_cancelled()
            if finished.reason != "length":
                self._take((turn,), (tokens,))
                return calls
            size = sum(self._tokens) + tokens
            # A constrained answer wants room for its end: a few tokens more would only be filled.
            if not _make_room_to_go_on(self._session, size, self._session.reserve if self._constraint else 1):
                raise _out_of_room(self._constraint)
            self._caller.overflow()

    async def _generate(self, answer: str, size: int, *, wordy: bool) -> tuple[str, Finished]:
        """One run of the Engine, going on after ``answer``; its text and how it ended."""
        session = self._session
        turns = (*session.turns, *self._turns)
        if answer:
            turns = (*turns, Turn(role="assistant", content=answer))
        pieces: list[str] = []
        async with self._link.generate(
            model=session.model,
            origin=session.asker.origin,
            visible=self._seen.visible,
            turns=turns,
            sampling=session.sampling,
            max_tokens=max(1, session.room - size),
            continues=bool(answer),
            constraint=self._constraint,
            partition=session.asker.partition,
            private=session.asker.incognito,
            tools=tool_calls.definitions(session.tools),
            wordy=wordy,
            last=self._constraint is not None and session.evictable < session.reserve,
        ) as generation:
            self._stream.attach(generation)
            with self._seen.followed(generation):
                async for text in generation:
                    pieces.append(text)
                    self._stream.push(text)
        return "".join(pieces), generation.finished


async def count(
    link: EngineLink,
    session: Session,
    turns: Sequence[AnyTurn],
    seen: Visibility,
    *,
    continues: bool = False,
    constraint: Constraint | None = None,
) -> tuple[int, ...]:
    """Tokens of each turn in the session's model; a ``constraint`` is tried beside the session's tools."""
    return await link.count(
        session.model,
        turns,
        origin=session.asker.origin,
        visible=seen.visible,
        continues=continues,
        constraint=constraint,
        tools=tool_calls.definitions(session.tools) if constraint else (),
    )


def _make_room_to_go_on(session: Session, size: int, wanted: int) -> bool:
    """Evict at least one call, and as many as it takes for ``size`` tokens to leave room for those ``wanted``; whether
    one was, and some room is left."""
    evicted = False
    while (not evicted or session.room < size + wanted) and session.evict():
        evicted = True
    return evicted and session.room > size


def _out_of_room(constraint: Constraint | None) -> WindowsillError:
    if constraint is None:
        return UnknownError("The answer did not fit into the context window.")
    return UnmetConstraintError("The answer left the context window before it met its response constraint.")
