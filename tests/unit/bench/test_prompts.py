from __future__ import annotations

from bench.prompts import WORDS, Prompts


def test_same_seed_gives_the_same_prompts() -> None:
    assert [Prompts(3).text(20)] * 2 == [Prompts(3).text(20), Prompts(3).text(20)]
    assert Prompts(3).text(20) != Prompts(4).text(20)


def test_prompts_share_no_beginning_that_a_cache_could_use() -> None:
    prompts = Prompts()
    beginnings = {tuple(prompts.text(110).split()[:8]) for _ in range(500)}
    assert len(beginnings) == 500


def test_text_has_as_many_words_as_wanted_each_after_a_space() -> None:
    text = Prompts().text(7)
    assert text.startswith(" ")
    assert len(text.split()) == text.count(" ") == 7
    assert set(text.split()) <= set(WORDS)


def test_no_word_is_there_twice() -> None:
    assert len(WORDS) == len(set(WORDS))


def test_next_question_keeps_the_conversation_before_it() -> None:
    prompts = Prompts()
    first = prompts.question(5)
    second = prompts.next_question(first, " so it is", 3)
    assert second[:1] == first
    assert [turn.role for turn in second] == ["user", "assistant", "user"]
    assert second[1].content == " so it is"
