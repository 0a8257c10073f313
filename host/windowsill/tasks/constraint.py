"""What a response constraint asks of a model: the words that tell it, and the constraint as the Engine takes it."""

from __future__ import annotations

from typing import Final

from msgspec import structs

from windowsill import engine_protocol as engine
from windowsill.protocol import JsonSchema, Measure, Message, Prompt, RegExp, Text

INSTRUCTION: Final = "Answer with JSON only. It must follow this JSON Schema:\n"
"""Before the schema. Nothing tells of a regular expression: models write what they read in one (web-ai-apis 3.12)."""

GAP: Final = "\n\n"
"""Between what the page said and the instruction."""


def for_engine(request: Prompt | Measure) -> engine.Constraint | None:
    """What the answer must be, or None."""
    match request.constraint:
        case None:
            return None
        case JsonSchema(schema=schema):
            return engine.JsonSchema(schema=schema)
        case RegExp(source=source, flags=flags):
            return engine.RegExp(source=source, flags=flags)


def instructed(request: Prompt | Measure) -> tuple[Message, ...]:
    """The input, in which the last user message before a prefix tells of the schema."""
    asked = request.input
    if not isinstance(request.constraint, JsonSchema) or request.omit_constraint_input:
        return asked
    instruction = INSTRUCTION + request.constraint.schema
    begun = len(asked) - 1 if asked and asked[-1].prefix else len(asked)
    before, prefix = asked[:begun], asked[begun:]
    if before and before[-1].role == "user":
        return (*before[:-1], _with(before[-1], instruction), *prefix)
    return (*before, Message(role="user", content=(Text(value=instruction),)), *prefix)


def _with(message: Message, instruction: str) -> Message:
    """The message with the instruction at its end."""
    *parts, last = message.content or (Text(value=""),)
    if not isinstance(last, Text):
        return structs.replace(message, content=(*message.content, Text(value=instruction)))
    text = last.value + GAP + instruction if last.value else instruction
    return structs.replace(message, content=(*parts, Text(value=text)))
