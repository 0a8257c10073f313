"""Bullets and words are counted whatever the model writes: a model that never ends, and any text that it may write."""

from __future__ import annotations

import re
from functools import cache

import pytest

from support.fake_runner import FakeVocabulary
from windowsill.engine.constraints import Compiler, Matcher
from windowsill.engine_protocol import Grammar
from windowsill.tasks import sentences
from windowsill.tasks.writing.plans import BULLETS, HEADLINE_WORDS
from windowsill.tasks.writing.shapes import POINT_CHARACTERS, headline, key_points


@cache
def compiler() -> Compiler:
    return Compiler(FakeVocabulary())


def written(grammar: Grammar, text: str) -> tuple[str, Matcher]:
    """As much of ``text`` as an answer may begin with."""
    matcher = compiler().compile(grammar)
    tokens = FakeVocabulary().tokenize(text, special=False, continues=True)
    tokens = tokens[: matcher.acceptable(tokens)]
    matcher.accept(tokens)
    return bytes(tokens).decode(), matcher


@pytest.mark.parametrize("bullets", BULLETS.values())
def test_key_points_are_so_many_bullets_at_most(bullets: int) -> None:
    text = "\n".join(["* A point: 漢字, שלום, 😀 and **more**."] * bullets)
    said, matcher = written(key_points(bullets), text + "\n* one too many")
    assert said == text
    assert not matcher.stopped


@pytest.mark.parametrize("text", ["Here are", "\n* a", "- a", "*a", "* \n", "* # a", "* - a", "* ```", "* * a", "*  a"])
def test_key_points_begin_with_nothing_but_a_bullet(text: str) -> None:
    assert written(key_points(3), text)[0] != text


def test_a_point_is_one_line_and_no_book() -> None:
    said, _ = written(key_points(2), "* " + "x" * 1000)
    assert len(said) == len("* ") + POINT_CHARACTERS
    assert written(key_points(2), "* one\ntwo")[0] == "* one\n"


@pytest.mark.parametrize("most", HEADLINE_WORDS.values())
def test_a_headline_has_so_many_words_at_most(most: int) -> None:
    text = " ".join(f"wörd{number}" for number in range(most))
    assert written(headline(most), f"{text} one too many")[0] == text
    assert sentences.words(written(headline(most), "漢字" * 50)[0]) == most
    assert sentences.words(written(headline(most), "https://example.org/" + "x" * 5000)[0]) <= most


@pytest.mark.parametrize("text", ["# A", "* A", "> A", "- A", "A\nB", " A", "```", "A  B"])
def test_a_headline_is_one_line_without_markup_before_it(text: str) -> None:
    assert written(headline(12), text)[0] != text


def test_a_headline_may_be_any_language() -> None:
    for text in ("Ein Haus für 3,5 Mio. €", "新しい橋 – 市が決定", "عنوان الخبر", "“Quoted,” she said"):
        assert re.fullmatch(re.escape(text), written(headline(12), text)[0])
