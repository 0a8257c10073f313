"""The corpus: an endless, seeded stream of conversations, and the held-out questions for the evaluation.

Rules: the same seed gives the same stream; a question that ``held_out`` names is in no training conversation.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from recipe.exchange import Conversation, Exchange, Skill, Turn, held_out
from recipe.knowledge import KNOWLEDGE
from recipe.memory import NEUTRAL_SYSTEMS, following, persona, remembering
from recipe.small_talk import small_talk
from recipe.stories import poem, story
from recipe.sums import SUMS
from recipe.unknown import unknown


def _mixed(skills: tuple[tuple[Skill, float], ...]) -> Skill:
    chosen, weights = [skill for skill, _ in skills], [weight for _, weight in skills]

    def one(rng: Random) -> Exchange:
        return rng.choices(chosen, weights)[0](rng)

    return one


SKILLS: Final[dict[str, tuple[Skill, float]]] = {
    "small talk": (small_talk, 18),
    "knowledge": (_mixed(KNOWLEDGE), 37),
    "sums and lists": (_mixed(SUMS), 16),
    "stories": (story, 5),
    "poems": (poem, 2.5),
    "unknown": (unknown, 20),
}
"""Skill and its share of the exchanges."""

_POLITE: Final = (
    "Please ",
    "Hey, ",
    "Hi! ",
    "Hello! ",
    "OK. ",
    "So, ",
    "Now ",
    "Tell me, ",
    "One more question: ",
    "And ",
    "Well, ",
    "Also, ",
)
_AFTER: Final = (" Thanks!", " please", " Please.", " Thank you.", " I want to know.", "?", "!")

_ONE_WORD: Final = (
    "Answer in one word.",
    "Answer with one word only.",
    "Give one-word answers.",
    "Reply with a single word.",
)
_PIRATE: Final = (
    "Talk like a pirate.",
    "You are a pirate. Talk like one.",
    "Answer like a pirate.",
    "Speak like a pirate.",
)
_FRIENDLY: Final = (
    "End every answer with: Have a nice day!",
    'Always end with "Have a nice day!"',
    "Always wish the user a nice day.",
)


def _worded(rng: Random, exchange: Exchange) -> str:
    """The question as somebody in a hurry or in a polite mood would type it."""
    question = exchange.question
    if exchange.verbatim:
        return question
    draw = rng.random()
    if draw < 0.10:
        prefix = rng.choice(_POLITE)
        question = prefix + (question if prefix.endswith(("! ", ". ", ": ")) else question[0].lower() + question[1:])
    elif draw < 0.15:
        question = question.rstrip(".!?") + rng.choice(_AFTER)
    draw = rng.random()
    if draw < 0.12:
        question = question.lower()
    elif draw < 0.2:
        question = question[0].lower() + question[1:]
    if rng.random() < 0.15:
        question = question.rstrip(".!?") or question
    return question


def _pair(rng: Random, exchange: Exchange) -> Conversation:
    return (Turn("user", _worded(rng, exchange)), Turn("assistant", exchange.answer, exchange.accept))


def _any(rng: Random, *, evaluated: bool) -> Conversation:
    """One question and answer, on the wanted side of the held-out line."""
    names = list(SKILLS)
    skill = SKILLS[rng.choices(names, [SKILLS[name][1] for name in names])[0]][0]
    return drawn(rng, skill, evaluated=evaluated)


def drawn(rng: Random, skill: Skill, *, evaluated: bool) -> Conversation:
    """One question and answer of this skill; ``evaluated``: a question that training never shows."""
    while True:
        pair = _pair(rng, skill(rng))
        if held_out(pair[0].content) is evaluated:
            return pair


def _styled(rng: Random) -> Conversation:
    """A system prompt that asks for a style, and answers that keep to it."""
    style = rng.choice(("word", "word", "pirate", "friendly"))
    system = rng.choice({"word": _ONE_WORD, "pirate": _PIRATE, "friendly": _FRIENDLY}[style])
    turns = [Turn("system", system)]
    skill = SKILLS["knowledge"][0]
    for _ in range(rng.randint(1, 3)):
        exchange = skill(rng)
        while (style == "word" and exchange.word is None) or held_out(exchange.question):
            exchange = skill(rng)
        answer = exchange.answer
        if style == "word" and exchange.word is not None:
            answer = f"{exchange.word[0].upper()}{exchange.word[1:]}."
        elif style == "pirate":
            answer = f"Arr! {answer} Ahoy, my friend!"
        elif style == "friendly":
            answer = f"{answer} Have a nice day!"
        turns += [Turn("user", exchange.question), Turn("assistant", answer, (answer.lower().rstrip(".!"),))]
    return tuple(turns)


def conversation(rng: Random) -> Conversation:
    """One training conversation, of 1 to 24 exchanges, with or without a system prompt."""
    draw = rng.random()
    if draw < 0.05:
        return persona(rng) + (_any(rng, evaluated=False) if rng.random() < 0.3 else ())
    if draw < 0.08:
        return _styled(rng)
    count = rng.choices((1, rng.randint(2, 4), rng.randint(5, 10), rng.randint(11, 24)), weights=(62, 28, 8, 2))[0]
    turns: Conversation = ()
    if rng.random() < 0.2:
        turns = (Turn("system", rng.choice(NEUTRAL_SYSTEMS)),)
    if draw < 0.11:
        return turns + following(rng)
    if draw < 0.25:
        between = tuple(turn for _ in range(rng.choice((0, 0, 1, 1, 2, 3))) for turn in _any(rng, evaluated=False))
        return turns + remembering(rng, between)
    for _ in range(count):
        turns += _any(rng, evaluated=False)
    return turns


def conversations(seed: int) -> Iterator[Conversation]:
    """The training stream."""
    rng = Random(f"train {seed}")
    while True:
        yield conversation(rng)


def evaluation(seed: int, per_skill: int) -> dict[str, list[Conversation]]:
    """Held-out conversations by skill; the last turn is the one to be answered."""
    rng = Random(f"evaluate {seed}")
    found = {name: [drawn(rng, skill, evaluated=True) for _ in range(per_skill)] for name, (skill, _) in SKILLS.items()}
    found["memory"] = [remembering(rng, _any(rng, evaluated=True)) for _ in range(per_skill)]
    found["follow-ups"] = [following(rng) for _ in range(per_skill)]
    found["personas"] = [persona(rng) for _ in range(per_skill)]
    return found
