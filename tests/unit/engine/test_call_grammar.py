"""Answers that are text or calls: what the grammar lets through is what is read back."""

from __future__ import annotations

import json
from random import Random
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.fake_runner import END, FakeVocabulary
from windowsill.engine.call_grammar import Calls
from windowsill.engine.call_syntax import PLAIN, CallSyntax
from windowsill.engine.constraints import LONGEST_SOURCE, Compiler, Matcher, spell
from windowsill.engine_protocol import Constraint, JsonSchema, NewCall, RegExp, Tool
from windowsill.errors import NotSupportedError

WEATHER: Final = Tool(
    name="weather",
    description="Tells it.",
    parameters=json.dumps(
        {
            "type": "object",
            "properties": {"city": {"enum": ["Rome", "Oslo"]}, "days": {"type": "integer", "minimum": 1, "maximum": 9}},
            "required": ["city"],
            "additionalProperties": False,
        }
    ),
)
CLOCK: Final = Tool(
    name='the "clock"\n',
    description="Tells it.",
    parameters='{"type": "object", "properties": {}, "additionalProperties": false}',
)
SINGLE: Final = CallSyntax(opening='{"name": "', middle='", "parameters": ', between=None, closing="}")
MARKED: Final = CallSyntax(
    opening='[CALL][{"name": "', middle='", "arguments": ', between='}, {"name": "', closing="}][/CALL]"
)
ROME: Final = '<tool_call>\n{"name": "weather", "arguments": {"city": "Rome"}}\n</tool_call>'


class Marked(FakeVocabulary):
    """One token per byte, and two markers that show nothing."""

    size = 260
    markers: Final = {"[CALL]": 258, "[/CALL]": 259}

    def tokenize(self, text: str, *, special: bool, continues: bool) -> list[int]:
        for marker, token in self.markers.items():
            if special and marker in text:
                before, _, after = text.partition(marker)
                return [
                    *self.tokenize(before, special=True, continues=True),
                    token,
                    *self.tokenize(after, special=True, continues=True),
                ]
        return super().tokenize(text, special=special, continues=continues)

    def is_control(self, token: int) -> bool:
        return token >= 256

    def piece(self, token: int) -> bytes:
        return b"" if token >= 256 else super().piece(token)


VOCABULARY: Final = Marked()
COMPILER: Final = Compiler(VOCABULARY)


def calls(syntax: CallSyntax = PLAIN, *tools: Tool) -> Calls:
    return Calls(syntax, tools or (WEATHER, CLOCK), lambda text: spell(VOCABULARY, text))


def matcher(made: Calls, constraint: Constraint | None = None) -> Matcher:
    return COMPILER.compile_calls(made, constraint)


def follows(made: Calls, answer: str, constraint: Constraint | None = None) -> bool:
    """Whether ``answer`` may be a whole answer."""
    tokens = VOCABULARY.tokenize(answer, special=True, continues=True)
    guide = matcher(made, constraint)
    if guide.acceptable(tokens) < len(tokens):
        return False
    guide.accept(tokens)
    logits = np.ones(VOCABULARY.size, dtype=np.float32)
    return guide.stopped or not guide.mask(logits) or logits[END] == 1


def test_answer_may_be_any_text_or_calls_that_satisfy_their_schemas() -> None:
    made = calls()
    assert follows(made, "")
    assert follows(made, "Hello < world\n{}")
    assert follows(made, ROME)
    assert follows(made, f"{ROME}\n{ROME}")
    assert not follows(made, ROME.replace("Rome", "Paris"))
    assert not follows(made, ROME.replace("weather", "storm"))
    assert not follows(made, f"{ROME} So it is.")
    assert not follows(made, ROME.removesuffix("</tool_call>"))


def test_text_cannot_hold_the_sign_of_a_call_nor_begin_as_one_does() -> None:
    assert not follows(calls(), f"Let me see. {ROME}")
    assert not follows(calls(SINGLE), '{"name": "weather", "parameters": none of your business')
    assert follows(calls(SINGLE), '{"name": "Bob"} is an object')
    assert follows(calls(SINGLE), 'Like {"name": "weather", "parameters": {}}')


def test_constrained_text_follows_its_constraint_beside_the_calls() -> None:
    for constraint, text in ((RegExp(source="a+b", flags=""), "aab"), (JsonSchema(schema='{"type":"array"}'), "[1]")):
        assert follows(calls(), text, constraint)
        assert follows(calls(), ROME, constraint)
        assert not follows(calls(), "Hello", constraint)


def test_control_tokens_of_a_template_are_spelled_as_such_and_not_seen_in_the_answer() -> None:
    made = calls(MARKED)
    answer = (
        '[CALL][{"name": "weather", "arguments": {"city": "Rome"}}, {"name": "the \\"clock\\"\\n", "arguments": {}}]'
    )
    assert follows(made, f"{answer}[/CALL]")
    assert not follows(made, answer)
    assert not follows(made, answer.removeprefix("[CALL]"))
    assert made.read(answer.removeprefix("[CALL]")) == (
        NewCall(name="weather", arguments='{"city": "Rome"}'),
        NewCall(name=CLOCK.name, arguments="{}"),
    )


@pytest.mark.parametrize("syntax", [PLAIN, SINGLE, MARKED])
@given(seed=st.integers(0, 2**32))
def test_whatever_the_grammar_lets_through_after_a_beginning_is_read_as_calls(syntax: CallSyntax, seed: int) -> None:
    made = calls(syntax)
    guide = matcher(made)
    random = Random(seed)
    name = random.choice([WEATHER.name, CLOCK.name])
    beginning = syntax.opening + syntax.written(name) + syntax.middle
    tokens = VOCABULARY.tokenize(beginning, special=True, continues=True)
    guide.accept(tokens)
    while not guide.stopped:
        logits = np.ones(VOCABULARY.size, dtype=np.float32)
        if not guide.mask(logits):
            break
        token = random.choice(np.flatnonzero(logits == 1).tolist())
        if token == END:
            break
        guide.accept([token])
        tokens.append(token)
    read = made.read(b"".join(map(VOCABULARY.piece, tokens)).decode())
    assert read[0].name == name
    for call in read:
        arguments = json.loads(call.arguments)
        assert arguments == {} if call.name == CLOCK.name else arguments["city"] in {"Rome", "Oslo"}


@given(answer=st.text() | st.text().map(lambda text: PLAIN.opening + "weather" + PLAIN.middle + text))
def test_reading_takes_any_text_and_gives_calls_of_declared_tools_with_objects_only(answer: str) -> None:
    for call in calls().read(answer):
        assert call.name in {WEATHER.name, CLOCK.name}
        assert isinstance(json.loads(call.arguments), dict)


@pytest.mark.parametrize(
    "arguments", ["[1]", "1", '{"a": ' + "9" * 5000 + "}", "[" * 100_000, '{"a":' * 100_000, "", "{", "null"]
)
def test_arguments_that_are_no_readable_object_are_no_call(arguments: str) -> None:
    assert calls().read(ROME.replace('{"city": "Rome"}', arguments)) == ()


@pytest.mark.parametrize("schema", ["[]", "{", '{"type": "string"}', "{}", "[" * 100_000])
def test_schema_that_is_none_of_an_object_is_refused(schema: str) -> None:
    with pytest.raises(NotSupportedError) as caught:
        calls(PLAIN, Tool(name="a", description="a", parameters=schema))
    assert caught.value.message == "A tool's inputSchema is no JSON Schema of an object."


@pytest.mark.parametrize(
    "schema",
    [
        '{"type": "object", "properties": {"a": {"not": {"const": 1}}}}',
        '{"type": "object", "$ref": "https://a.example/schema"}',
        json.dumps({"type": "object", "description": "x" * LONGEST_SOURCE}),
    ],
)
def test_schema_that_no_answer_can_be_held_to_is_refused(schema: str) -> None:
    with pytest.raises(NotSupportedError):
        matcher(calls(PLAIN, Tool(name="a", description="a", parameters=schema)))


def test_options_to_the_grammar_in_a_schema_are_ours() -> None:
    spaced = {"type": "object", "x-guidance": {"whitespace_flexible": True}}
    made = calls(PLAIN, Tool(name="a", description="a", parameters=json.dumps(spaced)))
    assert not follows(made, '<tool_call>\n{"name": "a", "arguments": {   }}\n</tool_call>')
