"""Questions about animals: home, food, young, legs, sound, size."""

from __future__ import annotations

from random import Random

from recipe import facts
from recipe.exchange import Exchange, plural, sentence, with_article


def _legs(animal: facts.Animal) -> str:
    return "no legs" if animal.legs == 0 else f"{facts.NUMBERS[animal.legs]} legs"


def animal_facts(rng: Random) -> Exchange:
    animal = rng.choice(facts.ANIMALS)
    name = with_article(animal.name)
    many = plural(animal.name)
    if animal.sound and rng.random() < 0.3:
        return _sounds(rng, animal)
    kind = rng.choice(("home", "food", "young", "legs", "about", "group", "moves", "colour"))
    if kind == "home":
        question = rng.choice((
            f"Where does {name} live?", f"Where do {many} live?", f"What is the home of {name}?",
            f"Where can I find {name}?", f"Where do I find {many}?", f"Where would {name} live?",
        ))  # fmt: skip
        return Exchange(question, f"{sentence(name)} lives {animal.home}.", (animal.home.lower(),), animal.home)
    if kind == "food":
        question = rng.choice((
            f"What does {name} eat?", f"What do {many} eat?", f"What do {many} like to eat?",
            f"What is the food of {name}?", f"What should I feed {name}?", f"What can I give {name} to eat?",
        ))  # fmt: skip
        return Exchange(question, f"{sentence(name)} eats {animal.food}.", (animal.food,), animal.food)
    if kind == "young":
        question = rng.choice((
            f"What is a baby {animal.name} called?", f"What do you call a baby {animal.name}?",
            f"What is the name for a young {animal.name}?", f"What is a young {animal.name}?",
            f"How do you call the baby of {name}?",
        ))  # fmt: skip
        return Exchange(
            question, f"A baby {animal.name} is called {with_article(animal.young)}.", (animal.young,), animal.young
        )
    if kind == "legs":
        question = rng.choice((
            f"How many legs does {name} have?", f"How many legs do {many} have?", f"How many legs has {name}?",
            f"Count the legs of {name}.",
        ))  # fmt: skip
        return Exchange(question, f"{sentence(name)} has {_legs(animal)}.", (_legs(animal),), _legs(animal).split()[0])
    if kind == "group":
        question = rng.choice((
            f"What kind of animal is {name}?", f"Is {name} an animal?", f"What group does {name} belong to?",
            f"What sort of animal is {name}?",
        ))  # fmt: skip
        return Exchange(question, f"{sentence(name)} is {with_article(animal.group)}.", (animal.group,), animal.group)
    if kind == "moves":
        return _moves(rng, animal)
    if kind == "colour":
        question = rng.choice((f"What colour is {name}?", f"What color are {many}?", f"Which colours can {name} have?"))
        return Exchange(question, f"{sentence(name)} is {animal.colour}.", (animal.colour,), animal.colour)
    question = rng.choice((
        f"Tell me about {many}.", f"What is {name}?", f"What do you know about {many}?",
        f"Tell me something about {many}.", f"Describe {name}.", f"Explain what {name} is.", f"What are {many}?",
        f"Write about {many}.", f"Do you know {many}?", f"Tell me a fact about {many}.",
        f"Write one sentence about {many}.", f"I like {many}.", f"Write a paragraph about {many}.",
        f"Explain {many} to me.", f"Tell me about the {animal.name}.", f"I have {name}.",
    ))  # fmt: skip
    lines = [
        f"{sentence(name)} is {with_article(animal.group)} with {_legs(animal)}.", f"It lives {animal.home}.",
        f"It eats {animal.food}.", f"A baby {animal.name} is called {with_article(animal.young)}.",
    ]  # fmt: skip
    if animal.sound:
        lines.append(f"Its sound is {animal.sound}.")
    if question.startswith("I "):
        return Exchange(question, f"That is nice! {lines[0]} {rng.choice(lines[1:])}", (animal.group,))
    if "one sentence" in question:
        return Exchange(question, lines[0], (animal.group,))
    return Exchange(question, " ".join(lines[: rng.randint(2, len(lines))]), (animal.group,))


def _sounds(rng: Random, animal: facts.Animal) -> Exchange:
    name, many = with_article(animal.name), plural(animal.name)
    question = rng.choice((
        f"What sound does {name} make?", f"What does {name} say?", f"What noise does {name} make?",
        f"How does {name} sound?", f"What do {many} say?", f"What sound do {many} make?",
        f"What does the {animal.name} say?",
    ))  # fmt: skip
    shouted = sentence(animal.sound)
    answer = rng.choice((f"{sentence(name)} says: {shouted}!", f"{shouted}! That is the sound of {name}."))
    return Exchange(question, answer, (animal.sound,), animal.sound)


def _moves(rng: Random, animal: facts.Animal) -> Exchange:
    name, many = with_article(animal.name), plural(animal.name)
    verb = "swim" if animal.moves == "swims" and rng.random() < 0.5 else "fly"
    able = verb == "swim" or animal.moves == "flies"
    question = rng.choice((f"Can {name} {verb}?", f"Can {many} {verb}?", f"Is {name} able to {verb}?"))
    if able:
        return Exchange(question, f"Yes, {name} can {verb}.", ("yes",), "Yes")
    return Exchange(question, f"No, {name} cannot {verb}.", ("no",), "No")


def comparisons(rng: Random) -> Exchange:
    first, second = rng.sample(facts.ANIMALS, 2)
    if first.size == second.size:
        question = f"Which is bigger, {with_article(first.name)} or {with_article(second.name)}?"
        return Exchange(
            question,
            f"{sentence(with_article(first.name))} and {with_article(second.name)} are about the same size.",
            ("same size",),
        )
    big, small = (first, second) if first.size > second.size else (second, first)
    one, two = with_article(first.name), with_article(second.name)
    wants_big = rng.random() < 0.6
    word = "bigger" if wants_big else "smaller"
    right, other = (big, small) if wants_big else (small, big)
    question = rng.choice((
        f"Which is {word}, {one} or {two}?", f"Which animal is {word}: {one} or {two}?",
        f"What is {word}, {one} or {two}?", f"Is {one} {word} than {two}?",
    ))  # fmt: skip
    answer = f"{sentence(with_article(right.name))} is {word} than {with_article(other.name)}."
    if question.startswith("Is"):
        truth = "Yes" if right is first else "No"
        return Exchange(question, f"{truth}, {answer[0].lower()}{answer[1:]}", (truth.lower(),), truth)
    return Exchange(question, answer, (f"{right.name} is",), right.name)
