"""Messages become turns, one for one."""

from __future__ import annotations

from windowsill.engine_protocol import Turn
from windowsill.protocol import Message, Text
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
