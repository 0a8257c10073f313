"""Notes of texts that no window holds: rounds, and their end."""

from __future__ import annotations

import anyio
import pytest

from windowsill.errors import UnknownError
from windowsill.tasks.piece_by_piece import QUESTIONS_AT_ONCE
from windowsill.tasks.writing import notes

pytestmark = pytest.mark.anyio


async def characters(*texts: str) -> tuple[int, ...]:
    """Of each text, as if they were tokens."""
    await anyio.lowlevel.checkpoint()
    return tuple(map(len, texts))


async def three_each(*texts: str) -> tuple[int, ...]:
    """As a vocabulary counts that does not know the script."""
    return tuple([3 * len(text) for text in texts])


class Noter:
    """Notes parts in so many characters; ``asked``: labels and texts."""

    def __init__(self, length: int) -> None:
        self.asked: list[tuple[str, str]] = []
        self.at_once = self.most_at_once = 0
        self._length = length

    async def __call__(self, label: str, text: str) -> str:
        self.asked.append((label, text))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await anyio.lowlevel.checkpoint()
        self.at_once -= 1
        return "n" * self._length


async def test_notes_that_fit_are_taken_in_one_round() -> None:
    noter = Noter(9)
    assert await notes.take("A word. " * 50, 100, characters, noter) == ("n" * 9 + "\n") * 5
    assert "".join(text for label, text in noter.asked if label == "text") == "A word. " * 50
    assert all(len(text) <= 100 for _, text in noter.asked)


async def test_notes_of_notes_are_taken_until_they_fit() -> None:
    noter = Noter(24)
    taken = await notes.take("A word. " * 500, 100, characters, noter)
    assert len(taken) <= 100
    rounds = [label for label, _ in noter.asked]
    assert rounds.count("text") >= 40
    assert rounds.count("text") > rounds.count("notes") > 0
    assert all(len(text) <= 100 for _, text in noter.asked)


async def test_no_more_parts_are_noted_at_once_than_the_engine_takes() -> None:
    noter = Noter(1)
    await notes.take("A word. " * 500, 100, characters, noter)
    assert noter.most_at_once == QUESTIONS_AT_ONCE


async def test_pieces_that_take_more_tokens_than_characters_are_cut_again() -> None:
    noter = Noter(2)
    await notes.take("漢" * 500, 90, three_each, noter)
    parts = [text for label, text in noter.asked if label == "text"]
    assert "".join(parts) == "漢" * 500
    assert max(map(len, parts)) <= 30


async def test_notes_that_are_as_long_as_the_text_are_an_error_and_no_endless_tree() -> None:
    with pytest.raises(UnknownError):
        await notes.take("A word. " * 50, 100, characters, Noter(200))
