"""What becomes of the tools that a page declares, the calls that the model makes of them, and what they give. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from windowsill import engine_protocol as engine
from windowsill.errors import NotSupportedError
from windowsill.protocol import Tool, ToolCall, ToolResponse


def definitions(tools: Sequence[Tool]) -> tuple[engine.Tool, ...]:
    """As the Engine takes them. Raises NotSupportedError when two have one name."""
    if len({tool.name for tool in tools}) < len(tools):
        raise NotSupportedError("Two tools have the same name.")
    return tuple(
        [engine.Tool(name=tool.name, description=tool.description, parameters=tool.input_schema) for tool in tools]
    )


def identified(calls: Sequence[engine.NewCall], new_id: Callable[[], str]) -> tuple[ToolCall, ...]:
    """The calls with names of their own."""
    return tuple([ToolCall(call_id=new_id(), name=call.name, arguments=call.arguments) for call in calls])


def page_runs(calls: Sequence[ToolCall], tools: Sequence[Tool]) -> bool:
    """Whether the page runs all that is called while the prompt waits. If not, all calls are the prompt's result."""
    running = {tool.name for tool in tools if tool.runs}
    return all(call.name in running for call in calls)


def answers(responses: Sequence[ToolResponse], calls: Sequence[ToolCall]) -> bool:
    """Whether there is one response for each of the calls, and no other."""
    return sorted((response.call_id, response.name) for response in responses) == sorted(
        (call.call_id, call.name) for call in calls
    )


def call_turn(calls: Sequence[ToolCall], content: str = "") -> engine.ToolCalls:
    """The model's turn that makes ``calls``, said ``content`` besides."""
    made = [engine.ToolCall(id=call.call_id, name=call.name, arguments=call.arguments) for call in calls]
    return engine.ToolCalls(calls=tuple(made), content=content)


def result_turn(response: ToolResponse) -> engine.ToolResult:
    """What the model is told of a call's outcome."""
    content = json.dumps({"error": response.content}, ensure_ascii=False) if response.failed else response.content
    return engine.ToolResult(id=response.call_id, name=response.name, content=content)
