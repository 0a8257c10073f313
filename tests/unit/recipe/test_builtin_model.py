"""The file that ships: its size, its header, its tokens, and that it answers and stops."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import windowsill
from recipe.__main__ import MAX_BYTES
from recipe.corpus import conversations
from recipe.evaluate import CONTEXT, Model
from recipe.exchange import Turn
from recipe.template import CHAT_TEMPLATE, TURN_END, render
from recipe.tokenizer import START, TURN_ENDS, Tokenizer
from support.plain_runner import plain_runner
from support.sentencepiece_file import sentencepiece_file
from windowsill.engine.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def path() -> Path:
    with as_file(files(windowsill) / "models" / "builtin" / "windowsill-tiny.gguf") as found:
        return found


@pytest.fixture(scope="module")
def model(path: Path) -> Model:
    return Model(path)


def test_the_file_is_small_enough_to_ship(path: Path) -> None:
    assert path.stat().st_size <= MAX_BYTES


def test_the_header_says_how_to_use_the_model(model: Model) -> None:
    header = model.header()
    assert header["general.architecture"] == "llama"
    assert header["general.name"] == "Windowsill tiny"
    assert header["general.license"] == "apache-2.0"
    assert header["llama.context_length"] == str(CONTEXT)
    assert header["tokenizer.chat_template"] == CHAT_TEMPLATE
    assert header["tokenizer.ggml.bos_token_id"] == str(START)
    assert header["tokenizer.ggml.eos_token_id"] == str(TURN_ENDS)
    assert header["tokenizer.ggml.add_space_prefix"] == "false"


def test_llama_cpp_gives_back_every_rendered_conversation(model: Model) -> None:
    for turns in itertools.islice(conversations(11), 200):
        tokens = model.tokens(render(turns))
        assert tokens[0] == START
        assert tokens.count(TURN_ENDS) == render(turns).count(TURN_END)
        assert model.text(tokens[1:]) == render(turns)


@pytest.fixture(scope="module")
def own(path: Path) -> Tokenizer:
    """SentencePiece with the file's vocabulary."""
    return Tokenizer(sentencepiece_file(path))


@pytest.fixture(scope="module")
def engine(path: Path) -> Iterator[Vocabulary]:
    """The Engine with the file's vocabulary."""
    with closing(plain_runner(path)) as runner:
        yield runner.vocabulary


def test_engine_splits_conversations_as_sentencepiece_did_in_training(engine: Vocabulary, own: Tokenizer) -> None:
    for turns in itertools.islice(conversations(12), 200):
        tokens, _ = own.conversation(turns)
        assert [START, *engine.tokenize(render(turns), special=True, continues=False)] == tokens


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\u2581")))
def test_engine_splits_any_text_as_sentencepiece_does(engine: Vocabulary, own: Tokenizer, text: str) -> None:
    assert engine.tokenize(text, special=False, continues=False) == own.encode(text)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Hello!", "h"),
        ("Who are you?", "windowsill"),
        ("What color is the sky?", "blue"),
        ("What is the opposite of hot?", "cold"),
    ],
)
def test_it_answers_simple_questions_and_ends_its_turn(model: Model, question: str, expected: str) -> None:
    answer, ended = model.answer((Turn("user", question),))
    assert expected in answer.lower()
    assert ended


def test_a_story_is_long_enough_to_watch_it_stream(model: Model) -> None:
    answer, ended = model.answer((Turn("user", "Tell me a story about a cat."),))
    assert len(model.tokens(answer)) >= 60
    assert ended


def test_it_remembers_a_name_within_the_conversation(model: Model) -> None:
    told = (
        Turn("user", "My name is Anna."),
        Turn("assistant", "Nice to meet you, Anna!"),
        Turn("user", "What is my name?"),
    )
    assert "Anna" in model.answer(told)[0]
