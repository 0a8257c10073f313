"""Tools through the Engine's front: what they cost, and answers that call them."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest

from support.engine_process import ask
from support.fake_runner import FakeRunner
from support.running_service import Serve, endless, replies, terminal
from windowsill.engine_protocol import (
    Count,
    Counted,
    Generate,
    JsonSchema,
    ModelRef,
    NewCall,
    Tool,
    ToolCall,
    ToolCalls,
    ToolResult,
    Turn,
)

WEATHER: Final = Tool(
    name="weather",
    description="Tells it.",
    parameters='{"type": "object", "properties": {"city": {"enum": ["Rome", "Oslo"]}}, "required": ["city"], '
    '"additionalProperties": false}',
)
CALL: Final = '<tool_call>\n{"name": "weather", "arguments": {"city": "Rome"}}\n</tool_call>'


def asking(number: int, model: ModelRef, **more: Any) -> Generate:
    request = ask(number, model, "How is it in Rome?", max_tokens=200)
    return msgspec.structs.replace(request, **({"tools": (WEATHER,)} | more))


def counting(number: int, model: ModelRef, **more: Any) -> Count:
    return Count(id=number, model=model, origin="https://a.example", visible=True, **({"turns": ()} | more))


def wide(answer: str) -> FakeRunner:
    return FakeRunner(replies(answer), window=2048, cells=4096)


def test_answer_that_calls_a_tool_is_told_as_its_calls(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: wide(CALL)).connect()
    text, finished = client.answer(asking(1, one))
    assert (text, finished.reason) == ("", "stop")
    assert finished.calls == (NewCall(name="weather", arguments='{"city": "Rome"}'),)
    assert finished.answer_tokens > len(CALL)


def test_call_that_the_model_gets_wrong_is_held_to_its_schema(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: wide(CALL.replace("Rome", "Roma"))).connect()
    _, finished = client.answer(asking(1, one))
    assert finished.calls == (NewCall(name="weather", arguments='{"city": "Rome"}'),)


def test_answer_in_words_comes_as_text_and_follows_its_constraint(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: wide("It is sunny.")).connect()
    text, finished = client.answer(asking(1, one))
    assert (text, finished.calls) == ("It is sunny.", ())
    held, _ = client.answer(asking(2, one, constraint=JsonSchema(schema='{"const": "sunny"}')))
    assert held == '"sunny"'


def test_without_tools_what_looks_like_a_call_is_text(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: wide(CALL)).connect()
    text, finished = client.answer(asking(1, one, tools=()))
    assert (text, finished.calls) == (CALL, ())


def test_answer_that_goes_on_with_text_is_text(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: wide(f"So: {CALL}")).connect()
    turns = (Turn(role="user", content="Hi"), Turn(role="assistant", content="So: "))
    assert client.answer(asking(1, one, turns=turns, continues=True))[0] == CALL


def test_wordy_answer_calls_nothing_and_shows_no_sign_of_a_call(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: wide(CALL)).connect()
    text, finished = client.answer(asking(1, one, wordy=True))
    assert finished.calls == ()
    assert "<tool_call>" not in text


def test_call_without_room_for_its_end_is_neither_text_nor_call(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: wide(CALL)).connect()
    text, finished = client.answer(asking(1, one, max_tokens=20))
    assert (text, finished.calls, finished.reason) == ("", (), "length")


def test_model_is_shown_what_was_called_and_what_came_of_it(serve: Serve, one: ModelRef) -> None:
    service = serve(lambda: wide("Sunny."))
    turns = (
        Turn(role="user", content="How is it in Rome?"),
        ToolCalls(calls=(ToolCall(id="a", name="weather", arguments='{"city": "Rome"}'),)),
        ToolResult(id="a", name="weather", content="warm"),
    )
    client = service.connect()
    assert client.answer(asking(1, one, turns=turns))[0] == "Sunny."
    client.send(counting(2, one, turns=turns))
    counted = terminal(client)
    assert isinstance(counted, Counted)
    assert counted.tokens[1] > len(CALL)
    assert counted.tokens[2] > len("warm")


def test_tools_take_tokens_of_their_own(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: wide("Hi")).connect()
    client.send(counting(1, one, tools=(WEATHER,)))
    counted = terminal(client)
    assert isinstance(counted, Counted)
    assert counted.tokens == ()
    assert counted.tools > len(WEATHER.parameters)


@pytest.mark.parametrize("schema", ["{}", '{"type": "object", "$ref": "https://a.example/schema"}'])
def test_tools_that_no_answer_could_call_are_refused_when_they_are_counted(
    serve: Serve, one: ModelRef, schema: str
) -> None:
    client = serve(lambda: FakeRunner(endless)).connect()
    failed = client.failure(counting(1, one, tools=(msgspec.structs.replace(WEATHER, parameters=schema),)))
    assert failed.error.name == "NotSupportedError"
