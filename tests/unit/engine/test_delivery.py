"""An answer's way to whoever asked: text at once, calls at its end."""

from __future__ import annotations

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from windowsill.engine.call_grammar import Calls
from windowsill.engine.call_syntax import PLAIN
from windowsill.engine.delivery import Delivery, answer_turn
from windowsill.engine_protocol import NewCall, Tool, ToolCall, ToolCalls, Turn

CALLS: Final = Calls(
    PLAIN, (Tool(name="weather", description="a", parameters='{"type": "object"}'),), lambda text: (text,)
)
CALL: Final = '<tool_call>\n{"name": "weather", "arguments": {"city": "Rome"}}\n</tool_call>'


class Told(list[str]):
    """A delivery and what it told."""

    def __init__(self, calls: Calls | None) -> None:
        super().__init__()
        self.delivery = Delivery(calls, self.append)

    def push(self, *texts: str) -> Told:
        for text in texts:
            self.delivery.push(text)
        return self


def test_text_is_told_as_soon_as_it_cannot_become_a_call() -> None:
    told = Told(CALLS).push("<to", "ol")
    assert told == []
    assert told.push("s>") == ["<tools>"]
    assert told.push("<tool_call>") == ["<tools>", "<tool_call>"]
    assert told.delivery.finish() == ()


def test_calls_are_told_at_the_end_and_their_text_never() -> None:
    told = Told(CALLS).push(CALL[:40], CALL[40:])
    assert told.delivery.finish() == (NewCall(name="weather", arguments='{"city": "Rome"}'),)
    assert told == []
    assert told.delivery.text == ""


def test_text_that_only_begins_as_a_call_is_told_at_the_end() -> None:
    for text in ("<tool", CALL + " or so"):
        told = Told(CALLS).push(text)
        assert told.delivery.finish() == ()
        assert told == [text]


def test_without_tools_all_is_text_whatever_it_looks_like() -> None:
    told = Told(None).push("<to", CALL)
    assert told == ["<to", CALL]
    assert told.delivery.finish() == ()


@given(pieces=st.lists(st.text("<tol_ca>\n{", min_size=1)))
def test_what_was_told_is_the_whole_text(pieces: list[str]) -> None:
    told = Told(CALLS).push(*pieces)
    assert told.delivery.finish() == ()
    assert "".join(told) == "".join(pieces) == told.delivery.text


def test_answer_becomes_the_turn_that_it_is() -> None:
    call = NewCall(name="weather", arguments="{}")
    assert answer_turn("Hi", ()) == Turn(role="assistant", content="Hi")
    assert answer_turn("", (call, call)) == ToolCalls(
        calls=(ToolCall(id="0", name="weather", arguments="{}"), ToolCall(id="1", name="weather", arguments="{}"))
    )
