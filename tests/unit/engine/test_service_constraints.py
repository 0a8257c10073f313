"""Answers that must follow a schema, a pattern or a prefix, through the Engine's front."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from support.engine_process import ask
from support.fake_runner import FakeRunner, FakeVocabulary
from support.running_service import (
    Serve,
    endless,
    replies,
    stats,
)
from windowsill.engine_protocol import (
    Constraint,
    Count,
    Counted,
    Failed,
    Generate,
    JsonSchema,
    ModelRef,
    RegExp,
    Text,
    Turn,
)

PERSON = """{
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 5}, "kind": {"enum": ["cat", "dog"]}},
    "required": ["name", "kind"],
    "additionalProperties": false
}"""


def constrained(number: int, model: ModelRef, constraint: Constraint, **more: Any) -> Generate:
    return msgspec.structs.replace(ask(number, model, "Hi", max_tokens=100), constraint=constraint, **more)


def test_answer_follows_its_schema_whatever_the_model_would_say(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: FakeRunner(endless)).connect()
    text, finished = client.answer(constrained(1, one, JsonSchema(schema=PERSON)))
    assert text == '{"name":"xxxxx","kind":"cat"}'
    assert finished.reason == "stop"
    assert stats(client).forced_tokens > len('{"name":"')


def test_answer_matches_its_regular_expression(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: FakeRunner(endless)).connect()
    assert client.answer(constrained(1, one, RegExp(source="^[a-cx]{3}-(yes|no)$", flags="")))[0] == "xxx-no"


def test_constraint_goes_on_inside_what_was_delivered_wherever_it_was_cut(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: FakeRunner(endless)).connect()
    schema = JsonSchema(schema=PERSON)
    whole, _ = client.answer(constrained(1, one, schema))
    for cut in range(len(whole) + 1):
        text, finished = client.answer(constrained(2 + cut, one, schema, resume=whole[:cut]))
        assert (whole[:cut] + text, finished.reason) == (whole, "stop")


def test_constraint_covers_the_turn_that_is_continued(serve: Serve, one: ModelRef) -> None:
    client = serve(lambda: FakeRunner(replies('{ "name": "Ann", "kind": "cow" }'))).connect()
    turns = (Turn(role="user", content="Hi"), Turn(role="assistant", content='{ "name": "A'))
    request = constrained(1, one, JsonSchema(schema=PERSON), turns=turns, continues=True)
    whole, _ = client.answer(request)
    assert msgspec.json.decode(turns[1].content + whole) == {"name": "Ann", "kind": "cat"}
    rest, _ = client.answer(msgspec.structs.replace(request, id=2, resume=whole[:7]))
    assert whole[:7] + rest == whole


@pytest.mark.parametrize(
    "constraint",
    [
        JsonSchema(schema='{"type": "string", "format": "no-such-format", "not": {"const": "a"}}'),
        JsonSchema(schema="[1]"),
        RegExp(source="(?<=a)b(?=c)\\1", flags=""),
        JsonSchema(schema='{"$ref": "https://a.example/schema"}'),
    ],
)
def test_constraint_that_cannot_be_served_is_refused_before_anything_is_decoded(
    serve: Serve, one: ModelRef, constraint: Constraint
) -> None:
    service = serve(lambda: FakeRunner(endless))
    assert service.connect().failure(constrained(1, one, constraint)).error.name == "NotSupportedError"
    assert not service.runners[0].batches


def test_counting_refuses_a_constraint_that_answering_would_refuse(serve: Serve, one: ModelRef) -> None:
    service = serve(lambda: FakeRunner(endless))
    client = service.connect()
    turns = (Turn(role="user", content="Hi"), Turn(role="assistant", content="no"))
    pattern = RegExp(source="yes|no", flags="")
    count = Count(id=1, model=one, origin="a", visible=True, turns=turns, continues=True, constraint=pattern)
    client.send(count)
    assert isinstance(client.receive(), Counted)
    maybe = (turns[0], Turn(role="assistant", content="maybe"))
    refused = client.failure(msgspec.structs.replace(count, id=2, turns=maybe))
    assert refused.error == client.failure(constrained(3, one, pattern, turns=maybe, continues=True)).error
    assert refused.error.name == "NotSupportedError"


def test_answer_in_a_dead_end_fails_as_its_constraint_did(serve: Serve, one: ModelRef) -> None:
    class Speechless(FakeVocabulary):
        def piece(self, token: int) -> bytes:
            return b"?" if chr(token) in "cd" else super().piece(token)

    def speechless() -> FakeRunner:
        runner = FakeRunner(endless)
        runner.vocabulary = Speechless()
        return runner

    client = serve(speechless).connect()
    client.send(constrained(1, one, RegExp(source="[ab][cd]", flags="")))
    assert isinstance(client.receive(), Text)
    failed = client.receive()
    assert isinstance(failed, Failed)
    assert failed.error.name == "SyntaxError"
    assert client.answer(constrained(2, one, RegExp(source="[ab][cd]?", flags="")))[0] in {"a", "b"}


def test_prefix_that_does_not_fit_its_constraint_is_refused(serve: Serve, one: ModelRef) -> None:
    service = serve(lambda: FakeRunner(endless))
    turns = (Turn(role="user", content="Hi"), Turn(role="assistant", content="Sure: "))
    request = constrained(1, one, JsonSchema(schema=PERSON), turns=turns, continues=True)
    assert service.connect().failure(request).error.name == "NotSupportedError"
