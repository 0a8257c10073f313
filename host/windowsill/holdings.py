"""What sessions hold: the calls of their transcripts, and the bytes of all that one origin's sessions hold together.

Rules this file keeps: a call is never changed, so clones share it, and while any session holds it it counts once; sizes
are estimates of this Host's memory that no text makes too small.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from windowsill.engine_protocol import AnyTurn, ToolCalls, Turn
from windowsill.protocol import Tool

SESSION_BYTES: Final = 2048
"""Of one session without calls, with its queue and its places in tables: 1,250 were measured before its first call."""

PLACE_BYTES: Final = 8
"""Of one call's place in the list of each session that holds it."""

CALL_BYTES: Final = 256
"""Of one call without its turns, and of being counted."""

TURN_BYTES: Final = 128
"""Of one turn, tool's call or definition without its texts."""


class Call(Struct, frozen=True, eq=False):
    """What one call added: its turns, their size (tokens), whether eviction must leave it alone, and ``bytes``."""

    turns: tuple[AnyTurn, ...]
    tokens: int
    bytes: int
    pinned: bool = False


def new_call(turns: Sequence[AnyTurn], tokens: int, *, tools: Sequence[Tool] = (), pinned: bool = False) -> Call:
    """A call of ``turns``, which also accounts for the definitions of ``tools``."""
    texts = [*map(_texts, turns), *((tool.name, tool.description, tool.input_schema) for tool in tools)]
    return Call(tuple(turns), tokens, CALL_BYTES + sum(map(_size, texts)), pinned)


def _texts(turn: AnyTurn) -> tuple[str, ...]:
    match turn:
        case Turn():
            return (turn.content,)
        case ToolCalls():
            return (turn.content, *(text for call in turn.calls for text in (call.id, call.name, call.arguments)))
    return (turn.id, turn.name, turn.content)


def _size(texts: Sequence[str]) -> int:
    return TURN_BYTES + sum(map(sys.getsizeof, texts))


class Holding:
    """Bytes and sessions (count) of those who hold together."""

    def __init__(self) -> None:
        self.sessions = 0
        self.bytes = 0
        self._holders: Counter[int] = Counter()  # by identity: what is counted is held, so it lives

    def join(self, calls: Iterable[Call]) -> None:
        """A session that holds ``calls`` is one of them now."""
        self.sessions += 1
        self.bytes += SESSION_BYTES
        for call in calls:
            self.take(call)

    def leave(self, calls: Iterable[Call]) -> None:
        """It is none any more."""
        self.sessions -= 1
        self.bytes -= SESSION_BYTES
        for call in calls:
            self.give_up(call)

    def take(self, call: Call) -> None:
        """One more of the sessions holds the call."""
        self.bytes += PLACE_BYTES if self._holders[id(call)] else PLACE_BYTES + call.bytes
        self._holders[id(call)] += 1

    def give_up(self, call: Call) -> None:
        """One fewer holds it."""
        self._holders[id(call)] -= 1
        self.bytes -= PLACE_BYTES
        if not self._holders[id(call)]:
            del self._holders[id(call)]
            self.bytes -= call.bytes
