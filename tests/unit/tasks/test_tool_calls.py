"""Tools between a page and a model: model and page say what they like."""

from __future__ import annotations

import itertools
import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill import engine_protocol as engine
from windowsill.errors import NotSupportedError
from windowsill.protocol import Tool, ToolCall, ToolResponse
from windowsill.tasks.tool_calls import answers, call_turn, definitions, identified, page_runs, result_turn

names = st.sampled_from(["weather", "clock", "news"])
new_calls = st.lists(st.builds(engine.NewCall, name=names, arguments=st.just("{}")), min_size=1, max_size=4)


def tool(name: str, *, runs: bool = True) -> Tool:
    return Tool(name=name, description=f"The {name}.", input_schema='{"type": "object"}', runs=runs)


def made(calls: list[engine.NewCall]) -> tuple[ToolCall, ...]:
    numbers = itertools.count()
    return identified(calls, lambda: f"id{next(numbers)}")


def response(call: ToolCall, content: str = "warm") -> ToolResponse:
    return ToolResponse(call_id=call.call_id, name=call.name, content=content)


def test_definitions_are_handed_on_as_they_are() -> None:
    assert definitions((tool("weather"),)) == (
        engine.Tool(name="weather", description="The weather.", parameters='{"type": "object"}'),
    )


def test_two_tools_of_one_name_are_refused() -> None:
    with pytest.raises(NotSupportedError):
        definitions((tool("weather"), tool("weather", runs=False)))


@given(calls=new_calls)
def test_every_call_gets_an_id_of_its_own(calls: list[engine.NewCall]) -> None:
    known = made(calls)
    assert [(call.name, call.arguments) for call in known] == [(call.name, call.arguments) for call in calls]
    assert len({call.call_id for call in known}) == len(calls)


@given(calls=new_calls, running=st.sets(names), declared=st.sets(names))
def test_page_runs_calls_only_if_it_runs_every_one(
    calls: list[engine.NewCall], running: set[str], declared: set[str]
) -> None:
    tools = [tool(name) for name in running] + [tool(name, runs=False) for name in declared - running]
    assert page_runs(made(calls), tools) == ({call.name for call in calls} <= running)


@given(calls=new_calls, order=st.randoms())
def test_responses_answer_the_calls_in_any_order(calls: list[engine.NewCall], order: Random) -> None:
    known = made(calls)
    responses = [response(call) for call in known]
    order.shuffle(responses)
    assert answers(responses, known)
    assert not answers(responses[1:], known)
    assert not answers([*responses, responses[0]], known)
    assert not answers([*responses[1:], ToolResponse(call_id="other", name="weather", content="")], known)


def test_model_sees_what_was_called_and_what_came_of_it() -> None:
    (call,) = made([engine.NewCall(name="weather", arguments='{"city": "Rome"}')])
    turn = call_turn((call,), "Let me see.")
    assert turn.calls == (engine.ToolCall(id="id0", name="weather", arguments='{"city": "Rome"}'),)
    assert turn.content == "Let me see."
    assert result_turn(response(call)) == engine.ToolResult(id="id0", name="weather", content="warm")


def test_model_sees_that_a_tool_failed() -> None:
    failed = ToolResponse(call_id="a", name="weather", content='no "such" city', failed=True)
    assert json.loads(result_turn(failed).content) == {"error": 'no "such" city'}
