"""What a template's ``format`` makes of a form and values."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.engine import template_meter
from windowsill.engine.template_meter import Meter, TooMuch

values = st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.integers()))
arguments = st.lists(values, min_size=3, max_size=3)
literals = st.text(st.characters(exclude_characters="{}")) | st.just("{{") | st.just("}}")
unnumbered = st.lists(literals | st.sampled_from(["{}", "{name}"]), max_size=3).map("".join)
numbered = st.lists(literals | st.sampled_from(["{0}", "{2}", "{name}"])).map("".join)


def filled(form: str, *arguments: object, **named: object) -> str:
    token = template_meter.current.set(Meter())
    try:
        return template_meter.filled(form, arguments, named)
    finally:
        template_meter.current.reset(token)


@given(form=unnumbered | numbered, arguments=arguments, name=values)
def test_plain_fields_are_filled_as_python_fills_them(form: str, arguments: list[object], name: object) -> None:
    assert filled(form, *arguments, name=name) == form.format(*arguments, name=name)


@given(form=st.text("{}0a.[]!:_x"))
def test_no_form_reads_more_than_a_value_as_it_is(form: str) -> None:
    class Secretive:
        def __format__(self, how: str) -> str:
            raise AssertionError

        def __getattr__(self, name: str) -> object:
            raise AssertionError

        def __getitem__(self, key: object) -> object:
            raise AssertionError

    with contextlib.suppress(ValueError, LookupError, TooMuch):
        filled(form, Secretive(), x=Secretive())


def test_form_that_would_print_too_much_is_refused_before_it_does() -> None:
    with pytest.raises(TooMuch):
        filled("{0}" * 1_000_000, "x" * 1_000_000)
