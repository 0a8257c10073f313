"""White space that says nothing goes from the beginning of a JSON text, and no other."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.engine.json_prefix import compact

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

values: st.SearchStrategy[Json] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)
spaces = st.sampled_from(["", " ", "\n\t", "  "])


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("", ""),
        (" \n", ""),
        ('{ "a b" : [ 1 , true ] }', '{"a b":[1,true]}'),
        ('{"a \\" b": "c ', '{"a \\" b":"c '),
        ('{"a": "b \\', '{"a":"b \\'),
        ("[1 ", "[1 "),
        ("[1  2", "[1 2"),
        ("[tru\te", "[tru e"),
        ("[1 ,", "[1,"),
        ('["a" "b"', '["a""b"'),
        ("{\u00a0", "{\u00a0"),
    ],
)
def test_only_a_space_that_ends_a_word_stays(text: str, rest: str) -> None:
    assert compact(text) == rest


@given(values, st.data())
def test_any_beginning_goes_on_to_the_same_value(value: Json, data: st.DataObject) -> None:
    gap = data.draw(spaces)
    text = gap + json.dumps(value, indent=data.draw(st.sampled_from([None, 1, "\t"])), ensure_ascii=False) + gap
    cut = data.draw(st.integers(0, len(text)))
    assert json.loads(compact(text[:cut]) + text[cut:]) == value


@given(values, st.data())
def test_what_is_no_json_does_not_become_any(value: Json, data: st.DataObject) -> None:
    text = json.dumps(value, indent=1)
    at = data.draw(st.integers(0, len(text)))
    text = text[:at] + data.draw(st.sampled_from([" ", "\n", "1 ", ' "', ", "])) + text[at:]
    cut = data.draw(st.integers(0, len(text)))
    assert read(compact(text[:cut]) + text[cut:]) == read(text)


def read(text: str) -> tuple[Json] | None:
    """The value; None for what is no JSON."""
    try:
        return (json.loads(text),)
    except ValueError:
        return None
