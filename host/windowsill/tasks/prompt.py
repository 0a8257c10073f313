"""What ``LanguageModel`` asks of a model: the conversation itself, nothing added."""

from __future__ import annotations

from collections.abc import Sequence

from windowsill.engine_protocol import Turn
from windowsill.errors import NotSupportedError
from windowsill.protocol import Message, Text


def turns(messages: Sequence[Message]) -> tuple[Turn, ...]:
    """One turn per message. No message at all is one empty user message (web-ai-apis 3.4)."""
    if not messages:
        return (Turn(role="user", content=""),)
    return tuple(Turn(role=message.role, content=_text(message)) for message in messages)


def continues(messages: Sequence[Message]) -> bool:
    """Whether the answer goes on with the last message instead of beginning a turn."""
    return bool(messages) and messages[-1].prefix


def _text(message: Message) -> str:
    if not all(isinstance(part, Text) for part in message.content):
        raise NotSupportedError("Only text is supported in messages.")
    return "".join(part.value for part in message.content if isinstance(part, Text))
