"""Tools in the conversation of a model whose template knows none: all becomes plain turns, in the form that most models
have seen. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from windowsill.engine_protocol import AnyTurn, Tool, ToolCall, ToolCalls, ToolResult, Turn

INSTRUCTION: Final = (
    "You can use these tools, one JSON definition a line:\n{definitions}\n\n"
    "To use one, answer with nothing but a block of this form, and wait for its result:\n"
    '<tool_call>\n{{"name": "a tool\'s name", "arguments": {{"a parameter": "its value"}}}}\n</tool_call>\n'
    "Answer in words when no tool is needed."
)


def plain(turns: Sequence[AnyTurn], tools: Sequence[Tool]) -> list[Turn]:
    """The same conversation without turns of a special kind, the tools told to the model first."""
    spoken = [_spoken(turn) for turn in turns]
    if not tools:
        return spoken
    definitions = "\n".join(_definition(tool) for tool in tools)
    instruction = INSTRUCTION.format(definitions=definitions)
    if spoken and spoken[0].role == "system":
        return [Turn(role="system", content=f"{spoken[0].content}\n\n{instruction}"), *spoken[1:]]
    return [Turn(role="system", content=instruction), *spoken]


def _definition(tool: Tool) -> str:
    parameters = json.loads(tool.parameters)
    return json.dumps(
        {"name": tool.name, "description": tool.description, "parameters": parameters}, ensure_ascii=False
    )


def _spoken(turn: AnyTurn) -> Turn:
    match turn:
        case Turn():
            return turn
        case ToolCalls(calls=calls, content=content):
            blocks = [f"<tool_call>\n{_written(call)}\n</tool_call>" for call in calls]
            return Turn(role="assistant", content="\n".join([content, *blocks] if content else blocks))
        case ToolResult(content=content):
            return Turn(role="user", content=f"<tool_response>\n{content}\n</tool_response>")


def _written(call: ToolCall) -> str:
    return json.dumps({"name": call.name, "arguments": json.loads(call.arguments)}, ensure_ascii=False)
