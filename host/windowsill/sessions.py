"""Sessions: the transcript behind one page object, its usage, and what gives way when it is full; and all page objects
that are open, those of task interfaces among them.

Rules this file keeps: sessions live in memory only; token counts come from the Engine and are remembered per call, so
eviction is arithmetic; a call that fails or is aborted leaves nothing behind, but what was evicted stays gone; what all
sessions of an origin hold is bounded, whatever its documents forget to destroy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

import anyio

from windowsill.engine_protocol import AnyTurn, ModelRef, Sampling, ToolResult, Turn
from windowsill.errors import InvalidStateError, QuotaExceededError, UnknownError
from windowsill.grants import Asker
from windowsill.holdings import Call, Holding, new_call
from windowsill.protocol import Tool
from windowsill.settings import RESERVED_ANSWER_TOKENS, SESSION_BYTES_PER_ORIGIN, SESSIONS_PER_ORIGIN


class PageObject(Protocol):
    """What a page opened and can destroy. ``withdrawn``: its grant went, and a new grant does not bring it back."""

    id: int
    asker: Asker
    withdrawn: bool

    def opened(self, holding: Holding) -> None:
        """From now on it counts in ``holding``, which is its origin's."""

    def closed(self) -> None:
        """From now on it counts nowhere."""


Kind = TypeVar("Kind", bound=PageObject)


class Session:
    """One page object's conversation. ``queue`` makes its calls run one after another, in call order."""

    def __init__(
        self,
        id: int,
        asker: Asker,
        model: ModelRef,
        context_window: int,
        sampling: Sampling,
        tools: tuple[Tool, ...] = (),
    ) -> None:
        self.id = id
        self.asker = asker
        self.model = model
        self.context_window = context_window
        self.sampling = sampling
        self.tools = tools
        self.queue = anyio.Lock()
        self.withdrawn = False
        self._calls: list[Call] = []
        self._holding: Holding | None = None

    @property
    def context_usage(self) -> int:
        """Tokens of all messages; 0 for a session without any, whatever the chat template adds."""
        return sum(call.tokens for call in self._calls)

    @property
    def room(self) -> int:
        """Tokens that are free; below 0 when an answer's closing markers went over the edge."""
        return self.context_window - self.context_usage

    @property
    def turns(self) -> tuple[AnyTurn, ...]:
        return tuple(turn for call in self._calls for turn in call.turns)

    @property
    def evictable(self) -> int:
        """Tokens that ``evict`` would free, called as often as it can be."""
        return sum(call.tokens for call in self._calls if not call.pinned)

    @property
    def reserve(self) -> int:
        """Tokens that are kept for an answer, as far as eviction can make room for it."""
        return min(RESERVED_ANSWER_TOKENS, self.context_window // 4)

    def require_first(self, turns: Sequence[AnyTurn]) -> None:
        """Raises InvalidStateError for a system turn in a session that has turns already. The Page refuses most; it
        cannot know whether a call that it aborted was over before."""
        if self.turns and turns and isinstance(turns[0], Turn) and turns[0].role == "system":
            raise InvalidStateError("A system message can only be the first of a session.")

    def pin(self, turns: Sequence[AnyTurn], size: int) -> None:
        """Take the initial prompts, ``size`` tokens with the definitions of tools; raises QuotaExceededError when they
        alone exceed the window."""
        if size > self.context_window:
            raise QuotaExceededError(
                "The initial prompts exceed the context window.", requested=size, quota=self.context_window
            )
        if turns or size:
            self._take(new_call(turns, size, tools=self.tools, pinned=True))

    def make_room(self, size: int, *, answer: bool) -> bool:
        """Evict oldest calls until ``size`` tokens (and room for an ``answer``) fit; whether any was evicted.

        Raises QuotaExceededError, and evicts nothing, when even the pinned calls leave too little (web-ai-apis 3.9).
        """
        pinned = sum(call.tokens for call in self._calls if call.pinned)
        if pinned + size + answer > self.context_window:
            raise QuotaExceededError(
                "The input exceeds the context window.",
                requested=max(pinned + size, self.context_window),
                quota=self.context_window,
            )
        wanted = size + (self.reserve if answer else 0)
        evicted = False
        while self.room < wanted and self.evict():
            evicted = True
        return evicted

    def evict(self) -> bool:
        """Drop the oldest call that may go, with those that begin with results of it; False when none is left."""
        for index, call in enumerate(self._calls):
            if not call.pinned:
                self._drop(index)
                while index < len(self._calls) and isinstance(self._calls[index].turns[0], ToolResult):
                    self._drop(index)
                return True
        return False

    def add(self, turns: Sequence[AnyTurn], tokens: Sequence[int]) -> None:
        """A call's turns become part of the session. A leading system turn is pinned however it came."""
        if turns and isinstance(turns[0], Turn) and turns[0].role == "system":
            self._take(new_call(turns[:1], tokens[0], pinned=True))
            turns, tokens = turns[1:], tokens[1:]
        if turns:
            self._take(new_call(turns, sum(tokens)))

    def copy(self, id: int) -> Session:
        """An independent session with the same history and options."""
        twin = Session(id, self.asker, self.model, self.context_window, self.sampling, self.tools)
        twin._calls = list(self._calls)
        return twin

    def opened(self, holding: Holding) -> None:
        """From now on it counts in ``holding``, which is its origin's."""
        self._holding = holding
        holding.join(self._calls)

    def closed(self) -> None:
        """From now on it counts nowhere: a call under way may add to it still, and then it is gone."""
        if self._holding:
            self._holding.leave(self._calls)
            self._holding = None

    def _take(self, call: Call) -> None:
        self._calls.append(call)
        if self._holding:
            self._holding.take(call)

    def _drop(self, index: int) -> None:
        call = self._calls.pop(index)
        if self._holding:
            self._holding.give_up(call)


class Sessions:
    """All open page objects, by client and id, and what each origin's hold, in private windows and elsewhere."""

    def __init__(self) -> None:
        self._by_client: dict[int, dict[int, PageObject]] = {}
        self._holdings: defaultdict[tuple[str, str], Holding] = defaultdict(Holding)

    def __iter__(self) -> Iterator[PageObject]:
        return (session for table in self._by_client.values() for session in table.values())

    def __len__(self) -> int:
        return sum(map(len, self._by_client.values()))

    def open(self, session: PageObject) -> None:
        """Keep it, in place of one of that id. Raises UnknownError when its origin has too many, or as ``admit``."""
        self.close(session.asker.client, session.id)
        self.admit(session.asker)
        holding = self._holdings[_holder(session.asker)]
        if holding.sessions >= SESSIONS_PER_ORIGIN:
            raise UnknownError("This site has too many open sessions; destroy some.")
        session.opened(holding)
        self._by_client.setdefault(session.asker.client, {})[session.id] = session

    def admit(self, asker: Asker) -> None:
        """Raises UnknownError when the origin's sessions hold so much that nothing may be added to any."""
        holding = self._holdings.get(_holder(asker))
        if holding and holding.bytes >= SESSION_BYTES_PER_ORIGIN:
            raise UnknownError("The open sessions of this site hold too much text; destroy some.")

    def get(self, client: int, id: int, kind: type[Kind]) -> Kind:
        """The object, which is of this ``kind``; raises UnknownError when there is none such (any more)."""
        found = self._by_client.get(client, {}).get(id)
        if not isinstance(found, kind):
            raise UnknownError("The session was lost.")
        return found

    def close(self, client: int, id: int) -> None:
        """Forget it; an unknown one is already forgotten."""
        table = self._by_client.get(client, {})
        session = table.pop(id, None)
        if session is None:
            return
        if not table:
            del self._by_client[client]
        session.closed()
        holder = _holder(session.asker)
        if not self._holdings[holder].sessions:
            del self._holdings[holder]

    def close_client(self, client: int) -> None:
        """A document is gone: forget all its sessions."""
        for session in tuple(self._by_client.get(client, {}).values()):
            self.close(client, session.id)


def _holder(asker: Asker) -> tuple[str, str]:
    """Whose the asker's sessions are together."""
    return asker.partition, asker.origin
