"""What ``LanguageModel`` asks of a model: the conversation itself, nothing added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from windowsill.engine_protocol import AnyTurn, Turn
from windowsill.errors import NotSupportedError
from windowsill.protocol import Audio, Image, Message, Text, ToolCall, ToolResponse
from windowsill.tasks import tool_calls


def turns(messages: Sequence[Message]) -> tuple[AnyTurn, ...]:
    """One turn per message, and one per response of a tool. No message at all is one empty user message (web-ai-apis
    3.4)."""
    if not messages:
        return (Turn(role="user", content=""),)
    return tuple([turn for message in messages for turn in _turns(message)])


def continues(messages: Sequence[Message]) -> bool:
    """Whether the answer goes on with the last message instead of beginning a turn."""
    return bool(messages) and messages[-1].prefix


def _turns(message: Message) -> Iterator[AnyTurn]:
    calls = [part for part in message.content if isinstance(part, ToolCall)]
    text = ""
    is_empty = True
    for part in message.content:
        match part:
            case Text(value=value):
                text += value
            case ToolCall():
                if message.prefix:
                    raise NotSupportedError("A message that calls tools cannot be continued.")
            case ToolResponse():
                if text:
                    yield Turn(role=message.role, content=text)
                yield tool_calls.result_turn(part)
                text, is_empty = "", False
            case Image() | Audio():
                raise NotSupportedError("Images and audio are not supported in messages.")
    if calls:
        yield tool_calls.call_turn(calls, text)
    elif text or is_empty:
        yield Turn(role=message.role, content=text)
