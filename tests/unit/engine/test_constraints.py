"""Constraints: what they let through, what they refuse, and what hostile ones cost."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import cast

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from support.constrained_words import Words, accepting, builtin_words
from support.fake_runner import END, FakeVocabulary
from support.plain_runner import plain_runner
from support.tiny_gguf import Shape, make_tiny_gguf
from windowsill.engine.constraints import LONGEST_SOURCE
from windowsill.engine_protocol import Constraint, Grammar, JsonSchema, RegExp
from windowsill.errors import NotSupportedError, OperationError, UnmetConstraintError

Json = dict[str, "Json"] | list["Json"] | str | int | bool | None
Schema = dict[str, object]

PERSON: Schema = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 5},
        "age": {"type": "integer", "minimum": 0, "maximum": 150},
    },
    "required": ["name", "age"],
    "additionalProperties": False,
}


def schema(value: Schema) -> JsonSchema:
    return JsonSchema(schema=json.dumps(value))


def regexp(source: str, flags: str = "") -> RegExp:
    return RegExp(source=source, flags=flags)


@pytest.fixture(scope="module")
def letters() -> Words:
    """A token is a byte."""
    return Words(FakeVocabulary())


@pytest.fixture(scope="module")
def builtin() -> Iterator[Words]:
    with builtin_words() as made:
        yield made


@pytest.fixture(scope="module")
def spacing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Words]:
    """A vocabulary that puts a space before every text, with two ends and bytes that are tokens twice."""
    path: Path = tmp_path_factory.mktemp("spacing") / "tiny.gguf"
    small = Shape(embedding=32, feed_forward=32, layers=1, heads=2, kv_heads=1, context=128)
    runner = plain_runner(make_tiny_gguf(path, small, add_space_prefix=True))
    yield Words(runner.vocabulary)
    runner.close()


@pytest.fixture(params=["letters", "builtin", "spacing"])
def words(request: pytest.FixtureRequest) -> Words:
    return cast(Words, request.getfixturevalue(request.param))


# ---- JSON Schema

names = st.sampled_from(["a", "b", "name", "é", 'q"'])
leaves = st.one_of(
    st.just({"type": "null"}),
    st.just({"type": "boolean"}),
    st.builds(
        lambda low, more: {"type": "integer", "minimum": low, "maximum": low + more},
        st.integers(-9, 9),
        st.integers(0, 200),
    ),
    st.builds(
        lambda low, more: {"type": "string", "minLength": low, "maxLength": low + more},
        st.integers(0, 2),
        st.integers(0, 4),
    ),
    st.builds(
        lambda values: {"enum": values},
        st.lists(st.sampled_from([1, "x", "xy", None, True, "ü\n"]), min_size=1, unique_by=repr),
    ),
)
schemas = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(
            lambda items, low, more: {"type": "array", "items": items, "minItems": low, "maxItems": low + more},
            inner,
            st.integers(0, 2),
            st.integers(0, 2),
        ),
        st.builds(
            lambda properties, required: {
                "type": "object",
                "properties": properties,
                "required": [name for name in properties if name in required],
                "additionalProperties": False,
            },
            st.dictionaries(names, inner, max_size=3),
            st.sets(names),
        ),
        st.builds(lambda some: {"anyOf": some}, st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=5,
)


def conforms(value: Json, schema: Schema) -> bool:
    """Whether ``value`` is what ``schemas`` above ask for."""
    match schema:
        case {"anyOf": list(some)}:
            return any(conforms(value, one) for one in some)
        case {"enum": list(values)}:
            return any(value == one and type(value) is type(one) for one in values)
        case {"type": "null"}:
            return value is None
        case {"type": "boolean"}:
            return isinstance(value, bool)
        case {"type": "integer", "minimum": int(low), "maximum": int(high)}:
            return type(value) is int and low <= value <= high
        case {"type": "string", "minLength": int(low), "maxLength": int(high)}:
            return isinstance(value, str) and low <= len(value) <= high
        case {"type": "array", "items": dict(items), "minItems": int(low), "maxItems": int(high)}:
            return isinstance(value, list) and low <= len(value) <= high and all(conforms(one, items) for one in value)
        case {"type": "object", "properties": dict(properties), "required": list(required)}:
            return (
                isinstance(value, dict)
                and set(required) <= value.keys() <= properties.keys()
                and all(conforms(value[name], properties[name]) for name in value)
            )
    raise AssertionError(schema)


def check_walk(words: Words, wanted: Schema, random: Random) -> None:
    text = words.walk(words.compile(schema(wanted)), random)
    assume(text is not None)
    assert conforms(json.loads(cast(str, text)), wanted)
    assert not re.search(r"\s", re.sub(r'"(\\.|[^"\\])*"', "", cast(str, text)))


walks = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@walks
@given(schemas, st.randoms(use_true_random=False))
def test_any_walk_by_bytes_is_compact_json_of_the_schema(letters: Words, wanted: Schema, random: Random) -> None:
    check_walk(letters, wanted, random)


@walks
@given(schemas, st.randoms(use_true_random=False))
def test_any_walk_by_words_is_compact_json_of_the_schema(builtin: Words, wanted: Schema, random: Random) -> None:
    check_walk(builtin, wanted, random)


@pytest.mark.parametrize("seed", range(10))
def test_walks_through_a_schema_that_refers_to_itself_end_in_json(words: Words, seed: int) -> None:
    tree: Schema = {
        "$defs": {"n": {"type": "array", "maxItems": 2, "items": {"$ref": "#/$defs/n"}}},
        "$ref": "#/$defs/n",
    }
    text = words.walk(words.compile(schema(tree)), Random(seed), steps=2000)
    assert text is None or isinstance(json.loads(text), list)


def test_mask_and_acceptable_agree_on_every_token(words: Words) -> None:
    matcher = words.compile(schema(PERSON))
    matcher.accept(matcher.forced())
    allowed = words.allowed(matcher)
    assert allowed
    assert allowed == {token for token in range(words.vocabulary.size) if matcher.acceptable([token])}


def test_mask_leaves_the_logits_of_what_is_allowed(letters: Words) -> None:
    logits = np.arange(letters.vocabulary.size, dtype=np.float32)
    assert letters.compile(regexp("[a-c]")).mask(logits)
    assert {int(at): float(logits[at]) for at in np.flatnonzero(logits > -np.inf)} == {97: 97.0, 98: 98.0, 99: 99.0}


def test_what_is_certain_is_forced_in_the_tokens_of_the_tokenizer(words: Words) -> None:
    matcher = words.compile(schema({"const": "the other word"}))
    assert matcher.forced() == words.tokens('"the other word"')
    assert matcher.forced() == words.tokens('"the other word"'), "asking changes nothing"
    matcher.accept(matcher.forced())
    assert (matcher.stopped, accepting(matcher), matcher.forced()) == (True, True, [])


# ---- ends


def test_every_end_may_end_an_answer_and_no_other_marker(spacing: Words) -> None:
    matcher = spacing.compile(regexp("(?:you )*"))
    vocabulary = spacing.vocabulary
    assert len(vocabulary.ends) > 1
    markers = {token for token in range(vocabulary.size) if vocabulary.is_control(token)}
    assert spacing.allowed(matcher) & markers == vocabulary.ends


def test_no_end_is_allowed_before_the_answer_is_complete(words: Words) -> None:
    matcher = words.compile(regexp("[a-z]{3,}"))
    assert not words.allowed(matcher) & words.vocabulary.ends
    assert not accepting(matcher)


def test_an_end_that_reads_like_text_is_not_taken_for_text() -> None:
    class Ambiguous(FakeVocabulary):
        ends = frozenset({END, ord("x")})

    words = Words(Ambiguous())
    assert words.allowed(words.compile(regexp("[w-z]"))) == {ord("w"), ord("y"), ord("z")}
    assert words.allowed(words.compile(regexp("[w-z]*"))) == {ord("w"), ord("y"), ord("z"), END, ord("x")}


def test_a_vocabulary_without_an_end_ends_where_nothing_may_follow() -> None:
    class Endless(FakeVocabulary):
        ends = frozenset[int]()

    words = Words(Endless())
    matcher = words.compile(regexp("a?"))
    assert words.allowed(matcher) == {97}
    matcher.accept([97])
    assert matcher.stopped


def test_a_marker_that_is_white_space_is_text() -> None:
    class Spaced(FakeVocabulary):
        def is_control(self, token: int) -> bool:
            return token == ord(" ") or super().is_control(token)

    words = Words(Spaced())
    assert words.allowed(words.compile(regexp("[ a]b"))) == {ord(" "), ord("a")}


def test_mask_says_so_where_only_the_end_may_come(words: Words) -> None:
    matcher = words.compile(regexp(""))
    logits = np.zeros(words.vocabulary.size, dtype=np.float32)
    assert not matcher.mask(logits)
    assert not logits.any()


# ---- prefixes


@pytest.mark.parametrize(
    ("prefix", "rest"),
    [
        ("", '{"name":"you","age":3}'),
        ('{"na', 'me":"you","age":3}'),
        ('{"name":"th', 'e","age":3}'),
        ('{"name":"you","age":3', "}"),
        (' \n{ "name" :', '"you","age":3}'),
        ('{\n  "name": "you",\n  "age": ', "3}"),
        ('{ "name" : "y', 'ou","age":3}'),
        ('{"name":"you","age":3 \n', "}"),
        ('{"name":"you","age":3}\n', ""),
    ],
)
def test_prefix_and_answer_together_satisfy_the_schema(words: Words, prefix: str, rest: str) -> None:
    matcher = words.compile(schema(PERSON), prefix)
    tokens = words.tokens(rest)
    assert matcher.acceptable(tokens) == len(tokens)
    matcher.accept(tokens)
    assert matcher.stopped


@pytest.mark.parametrize(
    "prefix", ['{"name":"you"', '{\n  "name": "you"', '{ "name": "you", ', '{"name":"you","age":3  ']
)
def test_an_answer_is_compact_however_its_prefix_is_laid_out(words: Words, prefix: str) -> None:
    matcher = words.compile(schema(PERSON), prefix)
    assert matcher.acceptable(words.tokens(" ")) == 0


def test_a_number_before_white_space_is_complete_and_no_more_than_one_space_may_follow(letters: Words) -> None:
    matcher = letters.compile(schema({"type": "array", "items": {"type": "integer"}}), "[1 \n")
    assert matcher.acceptable(letters.tokens("2")) == 0
    assert matcher.acceptable(letters.tokens(", 2]")) == 4
    assert matcher.acceptable(letters.tokens(",  2]")) == 2


def test_a_prefix_that_is_complete_leaves_nothing_to_say(words: Words) -> None:
    assert words.compile(schema(PERSON), '{"name":"you","age":3}').stopped


@pytest.mark.parametrize(
    ("constraint", "prefix"),
    [
        (schema(PERSON), "Here is"),
        (schema(PERSON), '{"name":"you","age":300'),
        (schema(PERSON), '{"name":"you","age":3 0'),
        (regexp("yes|no"), "maybe"),
        (regexp("yes|no"), "yes!"),
        (Grammar(lark='start: "a" | "b"'), "c"),
    ],
)
def test_a_prefix_that_contradicts_the_constraint_is_not_supported(
    words: Words, constraint: Constraint, prefix: str
) -> None:
    with pytest.raises(NotSupportedError, match=r"^The prefix does not fit the response constraint\.$"):
        words.compile(constraint, prefix)


# ---- regular expressions and grammars


@walks
@given(
    st.sampled_from([r"[\w.]+@[a-z]+\.(com|org)", "(a|b|ab)*c", r"\d{1,3}(,\d{3})*", r"-?\d+(\.\d\d)?", "[^x]y?"]),
    st.randoms(use_true_random=False),
)
def test_any_walk_matches_the_regular_expression(builtin: Words, source: str, random: Random) -> None:
    text = builtin.walk(builtin.compile(regexp(source)), random)
    assume(text is not None)
    assert re.fullmatch(source, cast(str, text))


def test_a_regular_expression_covers_prefix_and_answer(words: Words) -> None:
    matcher = words.compile(regexp("^(you and )?the word$"), "you and ")
    assert words.text(matcher.forced()) == "the word"


def test_grammars_are_followed(words: Words) -> None:
    matcher = words.compile(Grammar(lark='start: "call(" NUMBER ")"\nNUMBER: /[0-9]{1,3}/'))
    tokens = words.tokens("call(12)")
    assert matcher.acceptable(tokens) == len(tokens)


# ---- drafts


def test_a_draft_is_acceptable_up_to_its_first_wrong_token(letters: Words) -> None:
    matcher = letters.compile(regexp("a*b"))
    assert matcher.acceptable(letters.tokens("aaxb")) == 2
    assert matcher.acceptable([]) == 0
    matcher.accept(letters.tokens("ab"))
    assert matcher.acceptable(letters.tokens("a")) == 0


# ---- what is not supported


@pytest.mark.parametrize(
    ("constraint", "message"),
    [
        (JsonSchema(schema="[]"), "The response constraint is no JSON Schema."),
        (
            schema({"type": "string", "format": "color"}),
            "The response constraint is not supported: Unknown format: color",
        ),
        (schema({"type": "thing"}), "The response constraint is not supported: Invalid type: thing"),
        (regexp("(?=a)"), "The regular expression is not supported: it looks ahead or behind."),
        (JsonSchema(schema=" " * (LONGEST_SOURCE + 1)), "The response constraint is not supported: it is too long"),
        (Grammar(lark=" " * (LONGEST_SOURCE + 1)), "The response constraint is not supported: it is too long"),
    ],
)
def test_what_cannot_be_served_is_said_before_decoding(letters: Words, constraint: Constraint, message: str) -> None:
    with pytest.raises(NotSupportedError) as caught:
        letters.compile(constraint)
    assert caught.value.message == message


@pytest.mark.parametrize(
    "constraint",
    [
        JsonSchema(schema="{"),
        JsonSchema(schema='{"const": "\\ud800"}'),
        JsonSchema(schema='{"minimum": 1e999}'),
        JsonSchema(schema='{"items":' * 5000 + "{}" + "}" * 5000),
        schema({"$ref": "#"}),
        schema({"$ref": "https://example.org/schema"}),
        schema({"enum": []}),
        schema({"not": {"type": "string"}}),
        schema({"oneOf": [{"type": "string"}, {"maxLength": 3}]}),
        schema({"uniqueItems": True, "type": "array"}),
        schema({"type": "string", "pattern": "(?=a)"}),
        schema({"type": "string", "pattern": "^(((a{1000}){1000}){1000}){1000}$"}),
        schema({"type": "object", "properties": {f"p{number}": {"type": "string"} for number in range(1500)}}),
        schema({"$defs": {"a": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/a"}}}, "$ref": "#/$defs/a"}),
        regexp("a[^\\s\\S]"),
        Grammar(lark="start: missing"),
        Grammar(lark='start: "a" start'),
    ],
)
def test_constraints_that_cannot_be_met_are_not_supported(letters: Words, constraint: Constraint) -> None:
    with pytest.raises(NotSupportedError):
        letters.compile(constraint)


def test_a_page_cannot_choose_options_of_llguidance(letters: Words) -> None:
    loose: Schema = {"x-guidance": {"lenient": True, "whitespace_flexible": True, "item_separator": " ; "}}
    with pytest.raises(NotSupportedError):
        letters.compile(schema(loose | {"type": "string", "format": "color"}))
    matcher = letters.compile(schema(loose | {"const": [1, 2]}))
    assert letters.text(matcher.forced()) == "[1,2]"


def chain(link: str) -> JsonSchema:
    """A schema of the greatest length, in which each definition refers to the next. ``link`` has %s for it."""
    entries: list[str] = []
    size = 0
    while size + 100 < LONGEST_SOURCE - len(link):
        entries.append(f'"{len(entries):x}":' + link % f'{{"$ref":"#/$defs/{len(entries) + 1:x}"}}')
        size += len(entries[-1]) + 1
    return JsonSchema(schema=f'{{"$ref":"#/$defs/0","$defs":{{{",".join(entries)},"{len(entries):x}":{{}}}}}}')


@pytest.mark.parametrize(
    "constraint",
    [
        chain("%s"),
        chain('{"items":%s}'),
        chain('{"properties":{"a":%s}}'),
        chain('{"allOf":[{"type":"array"},%s]}'),
        chain('{"anyOf":[{"type":"null"},' * 30 + "%s" + "]}" * 30),
        Grammar(lark="start: a0\n" + "".join(f"a{n}: a{n + 1}\n" for n in range(4000)) + 'a4000: "a"'),
        schema({"enum": [f"value {number}" for number in range(4000)]}),
        schema({"const": "x" * 60_000}),
        schema({"type": "string", "minLength": 10**9}),
        schema({"type": "array", "minItems": 10**9, "items": {"type": "boolean"}}),
        schema({"type": "string", "allOf": [{"pattern": f".*{c}.{{20}}{c}"} for c in "abcdefgh"]}),
        schema({"anyOf": [{"type": "string", "pattern": f"^.*{c}.{{20}}{c}$"} for c in "abcdefghijklmnop"]}),
        regexp("(a|b)*a(a|b){200}"),
        regexp(".*a.{200}b.{200}c.*"),
        regexp("(?:.*a.{30}){50}"),
        regexp("(?:a?){5000}a{5000}"),
        regexp("(" * 40 + "a" + "b)*" * 40),
        regexp("|".join(f".{{{number}}}x" for number in range(800))),
    ],
    ids=lambda constraint: repr(constraint)[:40],
)
def test_hostile_constraints_are_refused_or_followed_but_break_nothing(builtin: Words, constraint: Constraint) -> None:
    try:
        matcher = builtin.compile(constraint)
        builtin.walk(matcher, Random(1), steps=60)
    except (NotSupportedError, OperationError):
        return
    assert matcher.acceptable([]) == 0


def test_compiling_leaves_the_stacks_of_other_threads_alone(letters: Words) -> None:
    before = threading.stack_size()
    letters.compile(regexp("a"))
    with pytest.raises(NotSupportedError):
        letters.compile(regexp("("))
    assert threading.stack_size() == before


# ---- errors on the way


def test_leaving_the_constraint_is_an_operation_error(letters: Words) -> None:
    with pytest.raises(OperationError):
        letters.led(regexp("a+"), "ab")


def test_a_dead_end_is_told_from_an_end(letters: Words) -> None:
    class Speechless(FakeVocabulary):
        def piece(self, token: int) -> bytes:
            return b"?" if chr(token) in "cd" else super().piece(token)

    words = Words(Speechless())
    assert words.allowed(words.led(regexp("ab[cd]?"), "ab")) == set()
    with pytest.raises(NotSupportedError):
        words.compile(regexp("ab[cd]"))
    matcher = words.led(regexp("[ab][cd]"), "a")
    with pytest.raises(UnmetConstraintError):
        words.allowed(matcher)


def test_what_becomes_too_complex_on_the_way_is_not_supported(builtin: Words) -> None:
    matcher = builtin.compile(regexp("(?:.*a.{30}){50}"))
    with pytest.raises(NotSupportedError, match=r"^The response constraint could not be followed\.$"):
        builtin.walk(matcher, Random(1), steps=2000)


def test_what_broke_stays_broken(letters: Words) -> None:
    matcher = letters.compile(regexp("a+"))
    matcher._guide.rollback(5)
    for use in (
        lambda: matcher.stopped,
        lambda: matcher.acceptable([]),
        matcher.forced,
        lambda: letters.allowed(matcher),
    ):
        with pytest.raises(NotSupportedError):
            use()


def test_a_tokenizer_that_fails_breaks_the_constraint() -> None:
    class Failing(FakeVocabulary):
        broken = False

        def tokenize(self, text: str, *, special: bool, continues: bool) -> list[int]:
            if self.broken:
                raise OperationError("The text could not be read.")
            return super().tokenize(text, special=special, continues=continues)

    vocabulary = Failing()
    words = Words(vocabulary)
    matcher = words.compile(regexp("a?bcd"))
    vocabulary.broken = True
    matcher.accept([ord("a")])
    with pytest.raises(NotSupportedError):
        matcher.forced()
