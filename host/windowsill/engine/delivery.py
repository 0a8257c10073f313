"""What of an answer goes to whoever asked: its text as it comes, or the calls that it turns out to be. Pure.

Rule this file keeps: where no calls may be made, all is text, whatever it looks like.
"""

from __future__ import annotations

from collections.abc import Callable

from windowsill.engine.call_grammar import Calls
from windowsill.engine_protocol import NewCall, ToolCall, ToolCalls, Turn


class Delivery:
    """``tell`` gets the text."""

    def __init__(self, calls: Calls | None, tell: Callable[[str], None]) -> None:
        self._calls = calls
        self._tell = tell
        self._told: list[str] = []
        self._undecided = ""
        self._is_text = calls is None

    @property
    def text(self) -> str:
        """All that was told."""
        return "".join(self._told)

    def push(self, text: str) -> None:
        """Take more of the answer. Nothing is told while it may be calls."""
        if not self._is_text:
            self._undecided = text = self._undecided + text
            beginnings = self._calls.beginnings if self._calls else ()
            if any(text.startswith(one) or one.startswith(text) for one in beginnings):
                return
            self._is_text = True
        self._told.append(text)
        self._tell(text)

    def finish(self) -> tuple[NewCall, ...]:
        """The answer is whole: the calls that it makes; if none, the rest of its text is told."""
        if self._is_text or self._calls is None:
            return ()
        calls = self._calls.read(self._undecided)
        if not calls and self._undecided:
            self._is_text = True
            self._told.append(self._undecided)
            self._tell(self._undecided)
        return calls


def answer_turn(text: str, calls: tuple[NewCall, ...]) -> Turn | ToolCalls:
    """The turn that an answer becomes."""
    if not calls:
        return Turn(role="assistant", content=text)
    named = [ToolCall(id=str(number), name=call.name, arguments=call.arguments) for number, call in enumerate(calls)]
    return ToolCalls(calls=tuple(named), content=text)
