"""The words that a constraint spells out."""

from __future__ import annotations

import json

import pytest

from windowsill.engine.fixed_words import MOST_WORDS, fixed_words
from windowsill.engine_protocol import Grammar, JsonSchema, RegExp


@pytest.mark.parametrize(
    ("pattern", "flags", "words"),
    [
        ("[a-z ]+ the very end", "", [" the very end"]),
        ("^.*[.] The end$", "", [". The end"]),
        (r"a\.b*", "", ["a."]),
        ("begin.*ends?", "", ["end", "begin"]),
        ("(?:yes|no)+.*", "", ["no", "yes"]),
        ("yes", "i", []),
        ("[a-z]{3}x", "", []),
        ("(?=a)b", "", []),
    ],
)
def test_words_of_a_pattern_come_last_one_first(pattern: str, flags: str, words: list[str]) -> None:
    assert fixed_words(RegExp(source=pattern, flags=flags)) == words


def test_words_of_a_schema_are_those_of_its_patterns() -> None:
    schema = {"properties": {"pattern": {"pattern": "one.*"}, "b": {"items": [{"pattern": ".*two"}]}}, "enum": ["no"]}
    assert fixed_words(JsonSchema(schema=json.dumps(schema))) == ["two", "one"]


def test_schema_may_be_as_deep_as_json_can_be() -> None:
    deep = '{"items":' * 900 + '{"pattern":"deep.*"}' + "}" * 900
    assert fixed_words(JsonSchema(schema=deep)) == ["deep"]


def test_the_last_of_many_words_are_tried() -> None:
    many = ".*".join(f"word{number}" for number in range(20))
    assert fixed_words(RegExp(source=many, flags="")) == [f"word{number}" for number in range(19, 19 - MOST_WORDS, -1)]


def test_other_grammars_have_none() -> None:
    assert fixed_words(Grammar(lark='start: "yes"')) == []
