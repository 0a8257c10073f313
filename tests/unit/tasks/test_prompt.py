"""Messages become turns."""

from __future__ import annotations

import pytest

from windowsill import engine_protocol as engine
from windowsill.engine_protocol import Turn
from windowsill.errors import NotSupportedError
from windowsill.protocol import Image, Message, Text, ToolCall, ToolResponse
from windowsill.tasks.prompt import continues, turns


def message(*texts: str, prefix: bool = False) -> Message:
    return Message(
        role="assistant" if prefix else "user", content=tuple(Text(value=text) for text in texts), prefix=prefix
    )


def test_no_message_at_all_is_one_empty_user_message() -> None:
    assert turns(()) == (Turn(role="user", content=""),)


def test_each_message_is_a_turn_of_its_role_with_its_parts_joined() -> None:
    messages = (
        Message(role="system", content=(Text(value="Be kind."),)),
        message("one ", "two"),
        message(),
    )
    assert turns(messages) == (
        Turn(role="system", content="Be kind."),
        Turn(role="user", content="one two"),
        Turn(role="user", content=""),
    )


def test_only_a_last_message_with_prefix_is_continued() -> None:
    assert continues((message("a"), message("Sure, ", prefix=True)))
    assert not continues((message("a"),))
    assert not continues(())


CALL = ToolCall(call_id="1", name="weather", arguments="{}")
RESPONSE = ToolResponse(call_id="1", name="weather", content="warm")


def test_calls_and_what_was_said_beside_them_are_one_turn() -> None:
    called = Message(role="assistant", content=(Text(value="Let me see."), CALL, CALL))
    (turn,) = turns((called,))
    assert turn == engine.ToolCalls(
        calls=(engine.ToolCall(id="1", name="weather", arguments="{}"),) * 2, content="Let me see."
    )


def test_each_response_is_a_turn_and_the_words_between_are_the_users() -> None:
    result = engine.ToolResult(id="1", name="weather", content="warm")
    told = Message(role="user", content=(RESPONSE, RESPONSE, Text(value="And now?")))
    assert turns((told,)) == (result, result, Turn(role="user", content="And now?"))
    assert turns((Message(role="user", content=(Text(value="Here: "), RESPONSE)),)) == (
        Turn(role="user", content="Here: "),
        result,
    )


def test_message_that_calls_tools_cannot_be_continued() -> None:
    with pytest.raises(NotSupportedError):
        turns((Message(role="assistant", content=(CALL,), prefix=True),))


def test_images_are_refused() -> None:
    with pytest.raises(NotSupportedError):
        turns((Message(role="user", content=(Image(data=""),)),))
