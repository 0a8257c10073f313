"""What the corpus is made of: one exchange, one turn of a conversation, and the helpers that choose words.

Rules: everything is drawn from the ``random.Random`` that is passed in; nothing here keeps state.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

Role = Literal["system", "user", "assistant"]

HELD_OUT_SHARE: Final = 10
"""One question text in this many belongs to the evaluation alone, told by its checksum."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and a good answer. An answer fits when it contains one of ``accept`` (lower case).

    ``word``: the answer in one word, where there is one. ``verbatim``: the question must not be reworded.
    """

    question: str
    answer: str
    accept: tuple[str, ...]
    word: str | None = None
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One message. ``accept`` as in Exchange, only for the assistant's."""

    role: Role
    content: str
    accept: tuple[str, ...] = ()


Conversation = tuple[Turn, ...]
Skill = Callable[[Random], Exchange]


def held_out(question: str) -> bool:
    """Whether this question text is kept from training."""
    return zlib.crc32(question.encode()) % HELD_OUT_SHARE == 0


def fits(answer: str, accept: Sequence[str]) -> bool:
    """Whether the answer contains, as whole words, one of the accepted texts."""
    lowered = answer.lower()
    return any(re.search(rf"(?<![a-z0-9]){re.escape(text)}(?![a-z0-9])", lowered) for text in accept)


def with_article(noun: str) -> str:
    """``a cat``, ``an owl``; plurals and names for stuff are not for this."""
    return f"an {noun}" if noun[0].lower() in "aeiou" and not noun.startswith(("uni", "eu")) else f"a {noun}"


def plural(noun: str) -> str:
    """Regular and the few irregular plurals that the facts use."""
    irregular = {
        "mouse": "mice", "sheep": "sheep", "fish": "fish", "wolf": "wolves", "leaf": "leaves", "knife": "knives",
        "goose": "geese", "foot": "feet", "tooth": "teeth", "child": "children", "man": "men", "woman": "women",
        "person": "people", "calf": "calves", "shelf": "shelves", "fireman": "firemen",
    }  # fmt: skip
    if noun in irregular:
        return irregular[noun]
    if noun.endswith(("s", "x", "ch", "sh")) or noun in {"potato", "tomato"}:
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def listed(items: Sequence[str]) -> str:
    """``a, b and c``."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def sentence(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
