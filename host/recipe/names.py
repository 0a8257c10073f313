"""Names and words for the corpus, known and invented: what is copied must not be learned by heart."""

from __future__ import annotations

from random import Random
from typing import Final

GIRLS: Final = (
    "Anna", "Lucy", "Emma", "Mia", "Rosa", "Lily", "Clara", "Nora", "Ella", "Sara", "Ida", "Maria", "Julia", "Eva",
    "Alice", "Sophie", "Lena", "Zoe", "Ruby", "Hanna",
)  # fmt: skip
BOYS: Final = (
    "Tom", "Ben", "Leo", "Max", "Sam", "Paul", "Oscar", "Hugo", "Finn", "Jack", "Peter", "David", "Adam", "Noah",
    "Otto", "Luke", "Felix", "Anton", "Jonas", "Henry",
)  # fmt: skip
PETS: Final = (
    "Milo",
    "Rex",
    "Luna",
    "Bella",
    "Coco",
    "Tiger",
    "Fluffy",
    "Max",
    "Pip",
    "Daisy",
    "Oskar",
    "Biscuit",
    "Toby",
    "Pepper",
)

_STARTS: Final = (
    "b", "br", "c", "ch", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "kl", "l", "m", "n", "p", "pr", "qu", "r",
    "s", "sh", "st", "t", "th", "tr", "v", "w", "y", "z", "",
)  # fmt: skip
_VOWELS: Final = ("a", "e", "i", "o", "u", "ai", "ee", "ou", "ia", "eo")
_ENDS: Final = ("", "", "n", "r", "s", "l", "m", "t", "ck", "nd", "x", "rt", "sh", "tor", "lin", "ric", "mer")


def invented_word(rng: Random) -> str:
    """A word that is in no dictionary but can be spoken."""
    syllables = rng.choice((1, 1, 2))
    return "".join(rng.choice(_STARTS) + rng.choice(_VOWELS) for _ in range(syllables)) + rng.choice(_ENDS) or "zu"


def person(rng: Random) -> str:
    """A first name: a known one, or in one case of five an invented one."""
    return invented_word(rng).capitalize() if rng.random() < 0.2 else rng.choice(GIRLS + BOYS)


def pet(rng: Random) -> str:
    """A name for an animal, as ``person``."""
    return invented_word(rng).capitalize() if rng.random() < 0.2 else rng.choice(PETS)
