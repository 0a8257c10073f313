"""The tokenizer and the packing of rows."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipe import packing, tokenizer
from recipe.corpus import conversations
from recipe.exchange import Turn
from recipe.template import render
from recipe.tokenizer import START, TURN_ENDS, TURN_STARTS, Tokenizer


def _model() -> bytes:
    return tokenizer.train((turn.content for turns in itertools.islice(conversations(1), 400) for turn in turns), 640)


WORDS = Tokenizer(_model())


def test_training_it_twice_gives_the_same_model() -> None:
    assert Tokenizer(_model()).pieces() == WORDS.pieces()
    assert WORDS.vocabulary == 640


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80))
def test_any_text_comes_back_from_its_tokens(text: str) -> None:
    if "\u2581" not in text:
        assert WORDS.decode(WORDS.encode(text)) == text


@pytest.mark.parametrize("marker", ["<|im_start|>", "<|im_end|>", "<s>"])
def test_a_marker_that_a_user_typed_stays_text(marker: str) -> None:
    tokens = WORDS.encode(marker)
    assert not {START, TURN_STARTS, TURN_ENDS} & set(tokens)
    assert WORDS.decode(tokens) == marker


def test_a_conversation_marks_what_the_assistant_says_with_its_end() -> None:
    turns = [Turn("user", "What is rain?"), Turn("assistant", "Rain is water.")]
    tokens, said = WORDS.conversation(turns)
    assert tokens[0] == START
    assert [token for token, mine in zip(tokens, said, strict=True) if mine] == [
        *WORDS.encode("Rain is water."),
        TURN_ENDS,
    ]
    assert WORDS.decode(tokens) == render(turns).replace("<|im_start|>", "").replace("<|im_end|>", "")


def test_rows_are_full_length_and_hold_whole_conversations() -> None:
    rows = list(itertools.islice(packing.rows(WORDS, conversations(2), 256), 40))
    assert all(len(tokens) == len(weights) == 256 for tokens, weights in rows)
    assert all(tokens[0] == START for tokens, _ in rows)
    empty = sum(
        weight == 0 and token == START
        for tokens, weights in rows
        for token, weight in zip(tokens, weights, strict=True)
    )
    begun = sum(
        tokens[place] == START and place + 1 < 256 and tokens[place + 1] == TURN_STARTS
        for tokens, _ in rows
        for place in range(256)
    )
    assert empty - begun < 0.1 * 256 * len(rows)
