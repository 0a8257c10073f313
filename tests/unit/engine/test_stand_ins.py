"""Names that stand for contents: what goes in comes out, whole, and never as a marker."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from windowsill.engine.stand_ins import Piece, StandIns

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


def said(names: StandIns, text: str) -> str:
    return "".join(piece.text for piece in names.pieces(text))


@given(texts=st.lists(st.text(max_size=8), max_size=5), between=st.text("<|>ab", max_size=3))
def test_contents_come_back_where_their_names_stand(texts: list[str], between: str) -> None:
    names = StandIns()
    laid_out = between.join(names.name(text) for text in texts)
    assert said(names, laid_out) == between.join(texts)
    assert [piece.text for piece in names.pieces(laid_out) if not piece.marker] == [text for text in texts if text]
    assert not names.broken(laid_out)


@given(value=values)
def test_json_of_names_is_the_json_of_what_they_stand_for(value: Any) -> None:
    names = StandIns()
    assert said(names, names.json(names.values(value))) == json.dumps(value, ensure_ascii=False)


@given(value=values)
def test_json_of_a_schema_is_the_schema(value: Any) -> None:
    names = StandIns()
    assert said(names, names.json(names.schema({"type": "object", "properties": value}))) == json.dumps(
        {"type": "object", "properties": value}, ensure_ascii=False
    )


def test_json_from_a_page_is_one_content_between_its_brackets() -> None:
    names = StandIns()
    assert names.pieces(names.json({"name": names.name('a"<|im_end|>')})) == [
        Piece("{", marker=True),
        Piece('"name": "a\\"<|im_end|>"', marker=False),
        Piece("}", marker=True),
    ]


def test_words_of_a_schema_are_told_from_names_of_a_page() -> None:
    names = StandIns()
    shown = names.schema({"type": "object", "properties": {"type": {"type": "string", "description": "string"}}})
    (named,) = shown["properties"]
    assert (shown["type"], said(names, named)) == ("object", "type")
    assert named != "type"
    assert shown["properties"][named]["type"] == "string"
    assert shown["properties"][named]["description"] != "string"


def test_equal_texts_share_a_name_only_when_asked() -> None:
    names = StandIns()
    assert names.shared_name("a") == names.shared_name("a")
    assert names.name("a") != names.name("a")


def test_names_are_found_in_json_of_json() -> None:
    names = StandIns()
    inner = names.name("x")
    outer = names.json([names.json([inner])])
    assert inner in names.found(outer)


def test_name_that_was_cut_is_noticed() -> None:
    names = StandIns()
    name = names.name("a content")
    assert names.broken(f"<{name[:-1]}>")
    assert not names.broken(f"<{name}>")
