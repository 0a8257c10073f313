"""Numbers, counting, lists and repeating: small tasks with one right answer, or a checkable one."""

from __future__ import annotations

from random import Random
from typing import Final

from recipe import facts
from recipe.exchange import Exchange, Skill, listed, plural, sentence
from recipe.names import invented_word

LISTS: Final[dict[str, tuple[str, ...]]] = {
    "animals": tuple(animal.name for animal in facts.ANIMALS),
    "birds": tuple(animal.name for animal in facts.ANIMALS if animal.group == "bird"),
    "farm animals": ("cow", "pig", "sheep", "horse", "goat", "chicken", "duck"),
    "sea animals": ("whale", "dolphin", "shark", "turtle"), "colours": facts.COLOURS, "colors": facts.COLOURS,
    "fruits": facts.FRUITS, "vegetables": facts.VEGETABLES,
    "foods": ("bread", "cheese", "soup", "pizza", "rice", "pasta", "salad"), "drinks": facts.DRINKS,
    "clothes": facts.CLOTHES, "toys": facts.TOYS, "flowers": facts.FLOWERS, "instruments": facts.INSTRUMENTS,
    "planets": facts.PLANETS, "cities": facts.CITIES, "sports": facts.SPORTS, "trees": facts.TREES,
    "countries": ("France", "Germany", "Italy", "Spain", "Japan", "Egypt", "Canada", "Brazil", "India"),
    "jobs": tuple(facts.JOBS), "names": ("Anna", "Tom", "Lucy", "Ben", "Emma", "Leo", "Mia", "Max"),
}  # fmt: skip

COUNTABLE: Final = {"animals", "birds", "farm animals", "sea animals", "fruits", "vegetables", "clothes", "toys"}
"""Lists whose items may stand in the plural."""


def _number(rng: Random, value: int) -> str:
    return str(value) if rng.random() < 0.7 or value >= len(facts.NUMBERS) else facts.NUMBERS[value]


def arithmetic(rng: Random) -> Exchange:
    kind = rng.choices(("plus", "minus", "times"), weights=(5, 4, 3))[0]
    if kind == "plus":
        first, second = rng.randint(0, 10), rng.randint(0, 10)
        result = first + second
    elif kind == "minus":
        second, result = rng.randint(0, 10), rng.randint(0, 10)
        first = second + result
    else:
        first, second = rng.randint(0, 5), rng.randint(0, 10)
        result = first * second
    digits = rng.random() < 0.7 or max(first, second, result) > 20
    one, two, out = (str(v) if digits else facts.NUMBERS[v] for v in (first, second, result))
    sign = {"plus": "+", "minus": "-", "times": rng.choice(("*", "x"))}[kind]
    middle = f" {sign} " if digits and rng.random() < 0.5 else f" {kind} "
    if digits and rng.random() < 0.2:
        middle = sign
    question = rng.choice((
        f"What is {one}{middle}{two}?", f"{one}{middle}{two}", f"How much is {one}{middle}{two}?",
        f"{one}{middle}{two} = ?", f"Calculate {one}{middle}{two}.", f"What's {one}{middle}{two}?",
        f"{one}{middle}{two}?", f"What does {one}{middle}{two} make?",
    ))  # fmt: skip
    return Exchange(question, f"{sentence(one)} {kind} {two} is {out}.", (f"is {out}",), out)


def big_sums(rng: Random) -> Exchange:
    """Beyond what such a small model can do: it says so."""
    first, second = rng.randint(21, 9999), rng.randint(2, 9999)
    middle = rng.choice(("+", "-", "*", "/", "plus", "minus", "times", "divided by"))
    question = rng.choice((
        f"What is {first} {middle} {second}?", f"{first} {middle} {second}", f"Calculate {first} {middle} {second}.",
        f"How much is {first} {middle} {second}?", f"What is the square root of {first}?",
    ))  # fmt: skip
    answer = rng.choice((
        "I can only do small sums, and that one is too big for me.",
        "I am sorry, these numbers are too big for me. I only know small sums.",
    ))  # fmt: skip
    return Exchange(question, answer, ("too big",))


def counting(rng: Random) -> Exchange:
    first = rng.choice((1, 1, 1, 2, 3, 5))
    last = first + rng.randint(2, 12)
    words = rng.random() < 0.3
    name = [facts.NUMBERS[value] if words else str(value) for value in range(first, last + 1)]
    if rng.random() < 0.2:
        question = rng.choice((
            f"Count down from {name[-1]} to {name[0]}.", f"Count backwards from {name[-1]} to {name[0]}.",
        ))  # fmt: skip
        name.reverse()
    elif first == 1:
        question = rng.choice((
            f"Count to {name[-1]}.", f"Count from {name[0]} to {name[-1]}.", f"Can you count to {name[-1]}?",
            f"Please count to {name[-1]}.", f"Count up to {name[-1]}.",
        ))  # fmt: skip
    else:
        question = f"Count from {name[0]} to {name[-1]}."
    answer = ", ".join(name)
    return Exchange(question, f"{sentence(answer)}.", (answer,))


def neighbours(rng: Random) -> Exchange:
    value = rng.randint(1, 30)
    text = _number(rng, value)
    word = rng.choice(("after", "before"))
    other = value + (1 if word == "after" else -1)
    out = str(other) if text.isdigit() or other >= len(facts.NUMBERS) else facts.NUMBERS[other]
    question = rng.choice((
        f"What number comes {word} {text}?", f"Which number is {word} {text}?", f"What comes {word} {text}?",
    ))  # fmt: skip
    return Exchange(question, f"The number {word} {text} is {out}.", (f"is {out}",), out)


def bigger_number(rng: Random) -> Exchange:
    first, second = rng.sample(range(1, 100), 2)
    word = rng.choice(("bigger", "smaller", "larger"))
    right = min(first, second) if word == "smaller" else max(first, second)
    other = first + second - right
    question = rng.choice((
        f"Which number is {word}, {first} or {second}?", f"Which is {word}: {first} or {second}?",
        f"What is {word}, {first} or {second}?",
    ))  # fmt: skip
    return Exchange(question, f"{right} is {word} than {other}.", (f"{right} is",), str(right))


def lists(rng: Random) -> Exchange:
    kind, items = rng.choice(list(LISTS.items()))
    count = rng.randint(2, min(5, len(items)))
    chosen = rng.sample(items, count)
    if kind in COUNTABLE and rng.random() < 0.3:
        chosen = [plural(item) for item in chosen]
    amount = facts.NUMBERS[count] if rng.random() < 0.7 else str(count)
    question = rng.choice((
        f"Name {amount} {kind}.", f"List {amount} {kind}.", f"Give me {amount} {kind}.", f"Tell me {amount} {kind}.",
        f"Can you name {amount} {kind}?", f"Write a list of {amount} {kind}.", f"Make a list of {amount} {kind}.",
        f"I need {amount} {kind}.", f"Give me a list of {amount} {kind}.", f"Which {kind} do you know?",
        f"List some {kind}.",
    ))  # fmt: skip
    accept = tuple(item.lower() for item in items) + tuple(plural(item).lower() for item in items)
    if "list" in question.lower() and rng.random() < 0.7:
        return Exchange(question, "\n".join(f"{place}. {item}" for place, item in enumerate(chosen, 1)), accept)
    if question.startswith("Which"):
        return Exchange(question, f"I know these {kind}: {listed(chosen)}.", accept)
    if "some" in question:
        return Exchange(question, f"Here are some {kind}: {listed(chosen)}.", accept)
    answer = rng.choice((f"Here are {amount} {kind}: {listed(chosen)}.", f"{sentence(listed(chosen))}."))
    return Exchange(question, answer, accept)


_SAID: Final = (
    "The cat sits on the mat.", "I like apples.", "The sun is warm.", "We go to the park.", "My hat is red.",
    "Open the door, please.", "Tea is ready.", "The bird sings in the tree.", "One, two, three.", "It is a good day.",
    "The dog runs fast.", "Water is wet.",
)  # fmt: skip
_WORDS: Final = (*facts.FRUITS, *facts.COLOURS, *facts.TOYS, *facts.USES, *(animal.name for animal in facts.ANIMALS))


def repeating(rng: Random) -> Exchange:
    kind = rng.random()
    if kind < 0.4:
        said = rng.choice(_SAID)
    elif kind < 0.9:
        said = " ".join(rng.choice(_WORDS) for _ in range(rng.randint(1, 3)))
    else:
        said = invented_word(rng)
    question = rng.choice((
        "Repeat after me: {}", "Repeat: {}", 'Say "{}".', "Please repeat this: {}", 'Repeat the words "{}".', "Say: {}",
        "Repeat this sentence: {}", "Say exactly this: {}", 'Reply with "{}".', 'Answer with "{}".', "Echo: {}",
    )).format(said)  # fmt: skip
    return Exchange(question, said, (said.lower().rstrip("."),), verbatim=True)


SUMS: Final[tuple[tuple[Skill, float], ...]] = (
    (arithmetic, 12), (big_sums, 2), (counting, 3), (neighbours, 3), (bigger_number, 1), (lists, 7), (repeating, 5),
)  # fmt: skip
"""Each skill with its share of these tasks."""
