"""Answers that do not end by themselves: which these are, and that a way to their end is found."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.constrained_words import Words, accepting, builtin_words
from support.fake_runner import FakeRunner, FakeVocabulary
from support.step_bench import StepBench, start
from windowsill.engine.closing import CIRCLE_TOKENS, LONGEST_PERIOD, MOST_DIGITS, Watch, is_circling, spellings
from windowsill.engine.constraints import Compiler, Matcher
from windowsill.engine_protocol import Constraint, Grammar, JsonSchema, RegExp

EMAIL = r"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$"
STRING = {"type": "string"}


def of(**properties: object) -> JsonSchema:
    """An object with all these properties, and no others."""
    names = list(properties)
    return schema({"type": "object", "properties": properties, "required": names, "additionalProperties": False})


def schema(value: object) -> JsonSchema:
    return JsonSchema(schema=json.dumps(value))


# ---- who goes round in circles


@given(st.lists(st.integers(0, 9), min_size=1, max_size=LONGEST_PERIOD), st.lists(st.integers(0, 9), max_size=50))
def test_what_repeats_for_long_circles_whatever_came_before(period: list[int], before: list[int]) -> None:
    tokens = [*before, *(period * CIRCLE_TOKENS)[:CIRCLE_TOKENS]]
    assert is_circling(tokens)
    assert not is_circling(tokens[-CIRCLE_TOKENS + 1 :])


@given(st.lists(st.integers(0, 3), min_size=CIRCLE_TOKENS, max_size=2 * CIRCLE_TOKENS), st.data())
def test_one_token_that_breaks_the_period_is_no_circle(tokens: list[int], data: st.DataObject) -> None:
    odd = data.draw(st.integers(len(tokens) - CIRCLE_TOKENS + LONGEST_PERIOD, len(tokens) - 1 - LONGEST_PERIOD))
    tokens[odd] = 99
    assert not is_circling(tokens)


def test_long_run_of_digits_circles_though_nothing_repeats() -> None:
    watch = Watch(last=False)
    for number in range(MOST_DIGITS):
        assert not watch.circles
        watch.push(number, b"%d" % (number * number))
    assert watch.circles
    watch.push(0, b"}")
    assert not watch.circles


def test_room_is_watched_only_where_the_answer_cannot_go_on_elsewhere() -> None:
    assert not Watch(last=False).looks(1, 1000)
    assert not Watch(last=True).looks(900, 1000)
    assert Watch(last=True).looks(200, 1000)


def test_answer_that_circles_on_is_looked_at_ever_less_often() -> None:
    watch = Watch(last=False)
    looks = 0
    for _ in range(8000):
        watch.push(1, b"a")
        looks += watch.looks(8000, 8000)
    assert 5 < looks < 10


def test_answer_may_go_on_while_its_end_fits_the_room_that_is_left() -> None:
    assert not Watch(last=True).takes([1, 2, 3], 200)
    assert Watch(last=True).takes([1, 2, 3], 60)


# ---- ways to the end


def end(words: Words, constraint: Constraint, begun: str, room: int = 256) -> str | None:
    """With what an answer ends that begins so."""
    matcher = words.led(constraint, begun)
    found = matcher.completion(room)
    if found is None:
        return None
    assert len(found) <= room
    matcher.accept(found)
    assert accepting(matcher)
    return words.text(found)


@pytest.fixture(scope="module")
def letters() -> Words:
    """A token is a byte."""
    return Words(FakeVocabulary())


@pytest.fixture(scope="module")
def builtin() -> Iterator[Words]:
    with builtin_words() as made:
        yield made


@pytest.fixture(params=["letters", "builtin"])
def words(request: pytest.FixtureRequest) -> Words:
    return cast(Words, request.getfixturevalue(request.param))


@pytest.mark.parametrize(
    ("constraint", "begun", "ending"),
    [
        (of(Rating={"type": "number", "minimum": 0, "maximum": 5}), '{"Rating":5.000', "}"),
        (of(Rating={"type": "number", "minimum": 0, "maximum": 5}), '{"Rating":5.', "0}"),
        (of(name=STRING, age={"type": "number"}), '{"name":"Ann', '","age":0}'),
        (schema({"type": "array", "items": STRING}), '["a","b', '"]'),
        (schema({"type": "array", "items": STRING}), '["\\', '""]'),
        (schema({"type": "integer"}), "12", ""),
        (of(tags={"type": "array", "minItems": 3, "items": STRING}), '{"tags":["a', '","",""]}'),
        (RegExp(source=EMAIL, flags=""), "me@there.", "aa"),
        (RegExp(source="^[A-Z][a-z ]+\\.$", flags=""), "Aaaa", "."),
        (RegExp(source="[a-z]*", flags=""), "aaa", ""),
        (RegExp(source="[a-z ]+ the very end", flags=""), "hello", " the very end"),
        (RegExp(source="^Dear [A-Z][a-z]+,[^.]*(?:Yours|Love)[.]$", flags=""), "Dear A", "a,Love."),
        (of(said={"type": "string", "pattern": "^.*[.] The end$"}), '{"said":"On', '. The end"}'),
        (Grammar(lark='start: "<" /[^>]*/ ">" "yes"'), "<abc", ">yes"),
    ],
)
def test_short_end_is_found(words: Words, constraint: Constraint, begun: str, ending: str) -> None:
    assert end(words, constraint, begun) == ending


@pytest.mark.parametrize("begun", ["", "aaaaaaaa", "a@", "a@b", "....", "a@--"])
def test_pattern_gets_an_end_from_wherever_it_is(words: Words, begun: str) -> None:
    ending = end(words, RegExp(source=EMAIL, flags=""), begun)
    assert ending is not None
    assert re.fullmatch(EMAIL, begun + ending)


def test_what_was_opened_many_times_is_closed_as_often(words: Words) -> None:
    ending = end(words, schema({}), '[[[[{"a":[["b')
    assert ending is not None
    assert json.loads('[[[[{"a":[["b' + ending)
    assert len(ending) < 24


def test_long_strings_and_patterns_within_an_object_get_an_end(words: Words) -> None:
    form = of(id={"type": "string", "minLength": 20}, mail={"type": "string", "pattern": EMAIL})
    ending = end(words, form, '{"id":"aa')
    assert ending is not None
    found = json.loads('{"id":"aa' + ending)
    assert len(found["id"]) >= 20
    assert re.fullmatch(EMAIL, found["mail"])


def test_end_that_does_not_fit_the_room_is_none(words: Words) -> None:
    assert end(words, of(name=STRING, age={"type": "number"}), '{"name":"Ann', room=3) is None


def test_search_for_an_end_that_cannot_be_guessed_gives_up(words: Words) -> None:
    assert end(words, RegExp(source="[a-z ]+t[hj]e [ae]nd [xyz]q", flags=""), "hello") is None


def test_tokens_of_one_byte_are_tried_in_the_order_of_their_promise() -> None:
    assert spellings([b"}", b"zz", b"z", b"a", b'"', b"a"]) == [4, 3, 0, 2]


# ---- in an answer


def matcher(constraint: Constraint) -> Matcher:
    return Compiler(FakeVocabulary()).compile(constraint)


def test_answer_that_circles_ends_as_its_constraint_asks() -> None:
    bench = StepBench(FakeRunner(lambda _: ord("0")))
    rating = of(Rating={"type": "number", "minimum": 0, "maximum": 5}, why=STRING)
    bench.obey(start(1, max_tokens=400, matcher=matcher(rating)))
    bench.run()
    text, reason = bench.answers()[1]
    assert reason == "stop"
    assert json.loads(text)["Rating"] == 0
    assert bench.counters.decoded_tokens == len(text) == bench.ended(1).tokens


@pytest.mark.parametrize("copies", [False, True])
@pytest.mark.parametrize("window", [200, 512])
def test_answer_without_room_ends_as_its_constraint_asks(window: int, copies: bool) -> None:
    pangram = b"the quick brown fox jumps over a lazy dog, "
    bench = StepBench(FakeRunner(lambda tokens: pangram[len(tokens) % len(pangram)], window=window, batch_tokens=64))
    names = schema({"type": "array", "items": STRING})
    for key, last in ((1, True), (2, False)):
        bench.obey(start(key, max_tokens=300, copies=copies, matcher=matcher(names), last=last))
        bench.run()
    text, reason = bench.answers()[1]
    assert reason == "stop"
    assert len(json.loads(text)) == 1
    assert len(text) >= min(window, 300) * 3 // 4 - 2
    assert bench.answers()[2][1] == "length", "another run goes on with it"
