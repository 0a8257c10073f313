"""What the decode thread publishes finds its way to who asked."""

from __future__ import annotations

import asyncio

import pytest

from windowsill.engine.answers import Answer, Answers
from windowsill.engine.commands import Cancel, Ended, Go, OriginLoad, Pause, Seen, Show, Steering, TextReady

pytestmark = pytest.mark.anyio


class Asked:
    """Some answers under way, what was heard of them, and what they commanded."""

    def __init__(self, *keys: int) -> None:
        self.answers = Answers()
        self.commands: list[Steering] = []
        self.texts: list[str] = []
        self.by_key = {key: Answer(key, self.commands.append, self.texts.append) for key in keys}
        for key, answer in self.by_key.items():
            self.answers.add(key, answer)


async def test_text_is_handed_on() -> None:
    asked = Asked(1)
    asked.answers.deliver([TextReady(1, "Hel"), TextReady(1, "lo"), Ended(1, "stop", 2, 7)])
    assert asked.texts == ["Hel", "lo"]
    assert await asked.by_key[1].ended == Ended(1, "stop", 2, 7)


async def test_answers_are_told_apart() -> None:
    asked = Asked(1, 2)
    asked.answers.deliver([TextReady(2, "b"), TextReady(1, "a"), Ended(2, "length", 1)])
    assert asked.texts == ["b", "a"]
    assert (asked.by_key[1].ended.done(), asked.by_key[2].ended.done()) == (False, True)


async def test_answer_steers_its_own_sequence() -> None:
    asked = Asked(1, 2)
    asked.by_key[1].pause()
    asked.by_key[1].go()
    asked.by_key[2].show(visible=True)
    asked.by_key[2].cancel()
    assert asked.commands == [Pause(1), Go(1), Show(2, True), Cancel(2)]


async def test_lost_decode_thread_ends_every_answer_and_every_look() -> None:
    asked = Asked(1, 2)
    asked.answers.deliver([Ended(1, "stop", 3)])
    look = asked.answers.look()
    asked.answers.fail_all()
    assert (await asked.by_key[1].ended).reason == "stop"
    assert (await asked.by_key[2].ended).reason == "failed"
    assert await look == Seen({}, 0, 0, 0)


async def test_all_who_look_see_the_same_and_one_who_went_is_passed_over() -> None:
    answers = Answers()
    looks = [answers.look() for _ in range(3)]
    looks[1].cancel()
    seen = Seen({"https://a.example": OriginLoad(1, 0, 0, 0, 5)}, 10, 100, 2)
    answers.deliver([seen])
    assert list(await asyncio.gather(looks[0], looks[2])) == [seen, seen]
