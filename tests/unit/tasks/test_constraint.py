"""What the model is told of a constraint, and where; and what the Engine gets."""

from __future__ import annotations

import pytest

from windowsill import engine_protocol
from windowsill.protocol import (
    Audio,
    JsonSchema,
    Measure,
    Message,
    Part,
    Prompt,
    RegExp,
    ResponseConstraint,
    Role,
    Text,
)
from windowsill.tasks.constraint import GAP, INSTRUCTION, for_engine, instructed

SCHEMA = '{"type":"boolean"}'
TOLD = INSTRUCTION + SCHEMA


def message(role: Role, *parts: str | Part, prefix: bool = False) -> Message:
    content = tuple(Text(value=part) if isinstance(part, str) else part for part in parts)
    return Message(role=role, content=content, prefix=prefix)


def prompt(*messages: Message, constraint: ResponseConstraint | None = None, omit: bool = False) -> Prompt:
    return Prompt(id=2, session=1, input=messages, stream=True, constraint=constraint, omit_constraint_input=omit)


PREFIX = message("assistant", "tr", prefix=True)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ((message("user", "Is it?"),), (message("user", f"Is it?{GAP}{TOLD}"),)),
        ((message("user", ""),), (message("user", TOLD),)),
        ((message("user"),), (message("user", TOLD),)),
        ((), (message("user", TOLD),)),
        ((message("user", "a"), message("user", "b")), (message("user", "a"), message("user", f"b{GAP}{TOLD}"))),
        ((message("user", "a"), PREFIX), (message("user", f"a{GAP}{TOLD}"), PREFIX)),
        ((PREFIX,), (message("user", TOLD), PREFIX)),
        ((message("system", "a"),), (message("system", "a"), message("user", TOLD))),
        (
            (message("user", "a"), message("assistant", "b")),
            (message("user", "a"), message("assistant", "b"), message("user", TOLD)),
        ),
        (
            (message("user", "a"), message("assistant", "b"), PREFIX),
            (message("user", "a"), message("assistant", "b"), message("user", TOLD), PREFIX),
        ),
        ((message("user", "a", Audio(data="")),), (message("user", "a", Audio(data=""), TOLD),)),
        ((message("user", Audio(data=""), "a"),), (message("user", Audio(data=""), f"a{GAP}{TOLD}"),)),
    ],
)
def test_the_last_user_message_tells_of_the_schema(asked: tuple[Message, ...], told: tuple[Message, ...]) -> None:
    schema = JsonSchema(schema=SCHEMA)
    assert instructed(prompt(*asked, constraint=schema)) == told
    assert instructed(Measure(id=2, session=1, input=asked, constraint=schema)) == told
    assert instructed(prompt(*asked, constraint=schema, omit=True)) == asked


@pytest.mark.parametrize("constraint", [None, RegExp(source="a", flags="")])
def test_nothing_is_told_of_a_regular_expression_or_of_none(constraint: ResponseConstraint | None) -> None:
    assert instructed(prompt(message("user", "a"), constraint=constraint)) == (message("user", "a"),)


def test_the_engine_gets_the_constraint_told_or_not() -> None:
    assert for_engine(prompt()) is None
    wanted = engine_protocol.JsonSchema(schema=SCHEMA)
    assert for_engine(prompt(constraint=JsonSchema(schema=SCHEMA), omit=True)) == wanted
    wanted_pattern = engine_protocol.RegExp(source="a", flags="i")
    assert for_engine(prompt(constraint=RegExp(source="a", flags="i"))) == wanted_pattern
