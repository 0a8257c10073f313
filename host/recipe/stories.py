"""Short stories and poems, filled in from the plots."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from recipe import facts, plots
from recipe.exchange import Exchange, sentence, with_article
from recipe.names import BOYS, GIRLS, PETS, invented_word
from recipe.unknown import COMMON

_GIRL_KINDS: Final = ("girl", "queen", "princess", "woman", "grandmother", "mother", "witch")
_BOY_KINDS: Final = ("boy", "king", "prince", "man", "grandfather", "father", "wizard", "knight", "pirate")
_TOYS: Final = ("robot", "dragon", "star", "tree", "boat", "cloud", "flower", "snowman", "teddy bear")


@dataclass(frozen=True, slots=True)
class Hero:
    """Who a story is about, with the words that stand for them."""

    kind: str
    name: str
    he: str
    his: str


def hero(rng: Random, kind: str) -> Hero:
    """A named hero of this kind."""
    girl = kind in _GIRL_KINDS or (kind in facts.JOBS and rng.random() < 0.5)
    if girl:
        return Hero(kind, rng.choice(GIRLS), "she", "her")
    if kind in _BOY_KINDS or kind in facts.JOBS:
        return Hero(kind, rng.choice(BOYS), "he", "his")
    return Hero(kind, rng.choice(PETS), "it", "its")


def subject(rng: Random) -> str:
    """What a story or poem may be about; now and then a word that nobody has seen."""
    draw = rng.random()
    if draw < 0.5:
        return rng.choice(facts.ANIMALS).name
    if draw < 0.7:
        return rng.choice(_GIRL_KINDS + _BOY_KINDS)
    if draw < 0.75:
        return invented_word(rng)
    return rng.choice(COMMON + tuple(facts.JOBS) + _TOYS)


def tell(rng: Random, kind: str, friend: str) -> str:
    """A story about a named hero of ``kind`` who meets a ``friend``, another kind."""
    who = hero(rng, kind)
    plot = rng.choice(plots.PLOTS)
    fields = {
        "n": who.name, "k": kind, "he": who.he, "his": who.his, "He": sentence(who.he), "His": sentence(who.his),
        "f": friend, "a_f": with_article(friend), "a_trait": rng.choice(plots.TRAITS),
        "place": rng.choice(plots.PLACES),
    }  # fmt: skip
    fields |= {name: rng.choice(values) for name, values in plot.slots.items()}
    groups = (plots.OPENINGS, *plot.lines, plots.ENDINGS)
    return " ".join(rng.choice(group) for group in groups).format(**fields)


def _animal(rng: Random) -> str:
    return rng.choice(facts.ANIMALS).name


def story(rng: Random) -> Exchange:
    """A story on request, about one or two heroes or about anything."""
    draw = rng.random()
    kind = subject(rng)
    if draw < 0.2:
        question = rng.choice((
            "Tell me a story.", "Tell me a short story.", "Can you tell me a story?", "I want to hear a story.",
            "Write a story.", "Please tell me a bedtime story.", "Another story, please.", "Write a short story.",
            "A story, please.", "Once upon a time",
        ))  # fmt: skip
        return Exchange(question, tell(rng, _animal(rng), _animal(rng)), ("lived",))
    if draw < 0.32:
        other = subject(rng)
        question = rng.choice((
            "Tell me a story about {} and {}.", "Write a story about {} and {}.", "Tell a short story about {} and {}.",
        )).format(with_article(kind), with_article(other))  # fmt: skip
        return Exchange(question, tell(rng, kind, other), (kind,))
    trait = rng.choice(("", "", "", "little ", "brave ", "small ", "happy ", "big "))
    question = rng.choice((
        "Tell me a story about {}.", "Write a story about {}.", "Tell me a short story about {}.",
        "Can you tell me a story about {}?", "I want a story about {}.", "Write a short story about {}.",
        "Please tell me a story about {}.", "A story about {}, please.", "Tell a story about {}.",
        "Make up a story about {}.", "Tell me a bedtime story about {}.", "Do you know a story about {}?",
        "Write me a story about {}.", "Story about {}",
    )).format(with_article(trait + kind))  # fmt: skip
    return Exchange(question, tell(rng, kind, _animal(rng)), (kind,))


def poem(rng: Random) -> Exchange:
    """A short poem or haiku on request."""
    draw = rng.random()
    theme = rng.choice(plots.THEMES) if rng.random() < 0.5 else subject(rng)
    named = rng.choice((f"the {theme}", with_article(theme), theme))
    if draw < 0.25:
        question = rng.choice(("Write a haiku about {}.", "Write me a haiku about {}.", "Give me a haiku about {}."))
        lines = (rng.choice(plots.HAIKU_FIRST), f"The {theme} is near and waits.", rng.choice(plots.HAIKU_LAST))
        return Exchange(question.format(named), "\n".join(lines), (theme,))
    if draw < 0.35:
        theme = rng.choice(plots.THEMES[:8])
        question = rng.choice((
            "Write a poem.", "Tell me a poem.", "Write a short poem.", "Do you know a poem?", "A poem, please.",
            "Sing a song.",
        ))  # fmt: skip
    else:
        question = rng.choice((
            "Write a poem about {}.", "Write a short poem about {}.", "Tell me a poem about {}.",
            "A poem about {}, please.", "Can you write a poem about {}?", "Make a poem about {}.",
            "Write me a little poem about {}.", "Sing a song about {}.",
        )).format(named)  # fmt: skip
    couplets = rng.sample(plots.COUPLETS, 2)
    return Exchange(question, "\n".join(line for couplet in couplets for line in couplet).format(t=theme), (theme,))
