"""Questions about the facts: colours, food, opposites, places, things, nature, days and seasons."""

from __future__ import annotations

from random import Random
from typing import Final

from recipe import facts
from recipe.animals import animal_facts, comparisons
from recipe.exchange import Exchange, Skill, listed, plural, sentence, with_article


def colours(rng: Random) -> Exchange:
    thing, colour = rng.choice(list(facts.THINGS.items()))
    word = rng.choice(("colour", "color"))
    wrong = rng.choice([other for other in facts.COLOURS if other != colour])
    kind = rng.random()
    if kind < 0.15:
        return Exchange(f"Is {thing} {colour}?", f"Yes, {thing} is {colour}.", ("yes",), "Yes")
    if kind < 0.3:
        return Exchange(f"Is {thing} {wrong}?", f"No, {thing} is usually {colour}.", (colour,), "No")
    if kind < 0.45:
        first, second = rng.sample([colour, wrong], 2)
        return Exchange(f"Is {thing} {first} or {second}?", f"{sentence(thing)} is {colour}.", (colour,), colour)
    bare = thing.removeprefix("a ").removeprefix("an ")
    question = rng.choice((
        f"What {word} is {thing}?", f"Which {word} is {thing}?", f"What {word} does {thing} have?",
        f"What is the {word} of {thing}?", f"Tell me the {word} of {thing}.", f"Do you know what {word} {thing} is?",
        f"What {word} is {bare}?", f"Name the {word} of {thing}.", f"{word} of {thing}?", f"Why is {thing} {colour}?",
    ))  # fmt: skip
    if question.startswith("Why"):
        return Exchange(question, f"I know that {thing} is {colour}, but I do not know why.", ("do not know why",))
    answer = rng.choice((f"{sentence(thing)} is {colour}.", f"The {word} of {thing} is {colour}."))
    return Exchange(question, answer, (colour,), colour)


def mixes(rng: Random) -> Exchange:
    pair, result = rng.choice(list(facts.MIXES.items()))
    first, second = rng.sample(pair, 2)
    question = rng.choice((
        f"What do you get when you mix {first} and {second}?", f"What colour do {first} and {second} make?",
        f"Mix {first} and {second}.", f"What color is {first} and {second} together?",
        f"What is {first} plus {second}?",
    ))  # fmt: skip
    return Exchange(question, f"{sentence(first)} and {second} make {result}.", (result,), result)


def opposites(rng: Random) -> Exchange:
    first, second = rng.choice(facts.OPPOSITES)
    if rng.random() < 0.4 and first not in {"light", "new", "black"} and second not in {"light", "old", "sad"}:
        first, second = second, first
    quote = rng.choice(("", "", '"', "'"))
    question = rng.choice((
        "What is the opposite of {}?", "Opposite of {}?", "Tell me the opposite of {}.", "What's the opposite of {}?",
        "Which word is the opposite of {}?", "Name the opposite of {}.", "What is the reverse of {}?",
        "What word means the opposite of {}?", "Give me the opposite of {}.", "the opposite of {} is?",
    )).format(f"{quote}{first}{quote}")  # fmt: skip
    answer = rng.choice((f"The opposite of {first} is {second}.", f"The opposite of {first} is {second}."))
    return Exchange(question, answer, (second,), second)


def food_facts(rng: Random) -> Exchange:
    if rng.random() < 0.35:
        item, kind = rng.choice([(f, "fruit") for f in facts.FRUITS] + [(v, "vegetable") for v in facts.VEGETABLES])
        name = with_article(item)
        question = rng.choice((
            f"Is {name} a fruit or a vegetable?", f"What is {name}?", f"What kind of food is {name}?",
            f"Tell me about {plural(item)}.", f"Is {name} {with_article(kind)}?", f"Do you like {plural(item)}?",
            f"I like {plural(item)}.",
        ))  # fmt: skip
        if question.startswith("Do"):
            return Exchange(
                question, f"I am a program, so I cannot eat. But I know that {name} is {with_article(kind)}.", (kind,)
            )
        if question.startswith("I like"):
            return Exchange(question, f"That is good! {sentence(name)} is a healthy {kind}.", (kind,))
        subject = f"Yes, {name}" if question == f"Is {name} {with_article(kind)}?" else sentence(name)
        return Exchange(question, f"{subject} is {with_article(kind)}.", (kind,), kind)
    item, (what, more) = rng.choice(list(facts.FOODS.items()))
    question = rng.choice((
        f"What is {item}?", f"Tell me about {item}.", f"What do you know about {item}?", f"Describe {item}.",
        f"Tell me something about {item}.", f"Explain {item}.", f"What is {item} made of?", f"I like {item}.",
    ))  # fmt: skip
    answer = f"{sentence(item)} is {what}. {more}"
    return Exchange(question, f"That is nice! {answer}" if question.startswith("I ") else answer, (what,))


def capitals(rng: Random) -> Exchange:
    country, city = rng.choice(list(facts.CAPITALS.items()))
    kind = rng.random()
    if kind < 0.15:
        return Exchange(f"Where is {city}?", f"{city} is in {country}.", (country.lower(),), country)
    if kind < 0.2:
        return Exchange(
            rng.choice((f"What is {city}?", f"Tell me about {city}.")),
            f"{city} is the capital of {country}.",
            (country.lower(),),
        )
    if kind < 0.25:
        return Exchange(
            f"{city} is the capital of which country?",
            f"{city} is the capital of {country}.",
            (country.lower(),),
            country,
        )
    question = rng.choice((
        f"What is the capital of {country}?", f"Which city is the capital of {country}?", f"Capital of {country}?",
        f"What's the capital of {country}?", f"What is the capital city of {country}?",
        f"Name the capital of {country}.", f"Tell me the capital of {country}.",
        f"Do you know the capital of {country}?", f"the capital of {country}",
    ))  # fmt: skip
    return Exchange(question, f"The capital of {country} is {city}.", (city.lower(),), city)


def words_abroad(rng: Random) -> Exchange:
    language, table = rng.choice(list(facts.LANGUAGES.items()))
    word, foreign = rng.choice(list(table.items()))
    quote = rng.choice(("", '"', "'"))
    quoted = f"{quote}{word}{quote}"
    question = rng.choice((
        f"How do you say {quoted} in {language}?", f"What is {quoted} in {language}?", f"Say {quoted} in {language}.",
        f"Translate {quoted} into {language}.", f"Translate {quoted} to {language}.",
        f"What does {word} mean in {language}?", f"Translate to {language}: {word}",
        f"What is the {language} word for {word}?", f"{word} in {language}?",
    ))  # fmt: skip
    return Exchange(question, f'In {language}, "{word}" is "{foreign}".', (foreign.lower(),), foreign)


def jobs(rng: Random) -> Exchange:
    job, work = rng.choice(list(facts.JOBS.items()))
    name = with_article(job)
    if rng.random() < 0.25:
        question = rng.choice((f"Who {work}?", f"What do you call a person who {work}?"))
        return Exchange(question, f"{sentence(name)} {work}.", (job,), job)
    question = rng.choice((
        f"What does {name} do?", f"What is {name}?", f"What is the job of {name}?",
        f"Tell me about the work of {name}.", f"What do {plural(job)} do?", f"Explain what {name} does.",
        f"I am {name}.", f"I want to be {name}.",
    ))  # fmt: skip
    if question.startswith("I "):
        return Exchange(question, f"That is a good job! {sentence(name)} {work}.", (work,))
    return Exchange(question, f"{sentence(name)} {work}.", (work,))


def uses(rng: Random) -> Exchange:
    if rng.random() < 0.2:
        part, use = rng.choice(list(facts.BODY.items()))
        question = rng.choice((
            f"What are {part} for?", f"What do we use our {part} for?", f"What do you do with your {part}?",
        ))  # fmt: skip
        return Exchange(question, f"We use our {part} to {use}.", (use,), use)
    thing, use = rng.choice(list(facts.USES.items()))
    pair = thing in {"glasses", "scissors"}
    name = thing if pair or thing == "soap" else with_article(thing)
    verb = "are" if pair else "is"
    question = rng.choice((
        f"What {verb} {name} for?", f"What do you do with {name}?", f"What can I do with {name}?",
        f"What {verb} {name} used for?", f"Why do people need {name}?", f"How do I use {name}?", f"What {verb} {name}?",
        f"Tell me about {name}.",
    ))  # fmt: skip
    answer = rng.choice((f"You can use {name} to {use}.", f"People use {name} to {use}."))
    return Exchange(question, answer, (use,), use)


def nature(rng: Random) -> Exchange:
    thing, text = rng.choice(list(facts.NATURE.items()))
    question = rng.choice((
        f"What is {thing}?", f"Explain {thing}.", f"Tell me about {thing}.", f"What do you know about {thing}?",
        f"Describe {thing}.", f"Can you explain {thing}?", f"Explain what {thing} is.", f"What's {thing}?",
        f"Explain {thing} to a child.", f"Tell me something about {thing}.",
        f"Define {thing}.", f"Write about {thing}.",
    ))  # fmt: skip
    return Exchange(question, text, (text.split(".", maxsplit=1)[0].lower(),))


def calendar(rng: Random) -> Exchange:
    kind = rng.choice(("order", "order", "all", "counts", "counts", "seasons", "daytimes", "clothes"))
    if kind == "order":
        kind, names = rng.choice((("days", facts.DAYS), ("months", facts.MONTHS), ("seasons", tuple(facts.SEASONS))))
        place = rng.randrange(len(names))
        word = rng.choice(("after", "before"))
        other = names[(place + (1 if word == "after" else -1)) % len(names)]
        unit = kind[:-1]
        question = rng.choice((
            f"What comes {word} {names[place]}?", f"Which {unit} comes {word} {names[place]}?",
            f"What {unit} is {word} {names[place]}?", f"Name the {unit} {word} {names[place]}.",
        ))  # fmt: skip
        return Exchange(question, f"{sentence(other)} comes {word} {names[place]}.", (f"{other.lower()} comes",), other)
    if kind == "all":
        what, names = rng.choice((
            ("days of the week", facts.DAYS), ("months of the year", facts.MONTHS), ("seasons", tuple(facts.SEASONS)),
        ))  # fmt: skip
        question = rng.choice((
            f"What are the {what}?", f"Name the {what}.", f"List the {what}.", f"Tell me the {what}.",
        ))  # fmt: skip
        return Exchange(question, f"The {what} are {listed(names)}.", (listed(names).lower(),))
    if kind == "counts":
        what, (answer, word) = rng.choice(list(facts.COUNTS.items()))
        question = rng.choice((f"How many {what}?", f"Do you know how many {what}?", f"Tell me how many {what}."))
        return Exchange(question, answer, (word,), word)
    if kind == "seasons":
        season, (feel, events) = rng.choice(list(facts.SEASONS.items()))
        question = rng.choice((
            f"What happens in {season}?", f"What is {season} like?", f"Tell me about {season}.", f"What is {season}?",
            f"How is the weather in {season}?", f"Describe {season}.", f"I like {season}.", f"Is it cold in {season}?",
        ))  # fmt: skip
        return Exchange(question, f"In {season} the weather is {feel}, and {events}.", (feel,), feel)
    if kind == "clothes":
        weather, wear = rng.choice(list(facts.WEATHER_CLOTHES.items()))
        question = rng.choice((
            f"What should I wear when {weather}?", f"What do I wear if {weather}?", f"What to wear when {weather}?",
        ))  # fmt: skip
        return Exchange(question, f"When {weather}, wear {wear}.", (wear,))
    time, (events, meal) = rng.choice(list(facts.DAYTIMES.items()))
    when = "at night" if time == "night" else f"in the {time}"
    if rng.random() < 0.4:
        question = rng.choice((
            f"What do people eat {when}?", f"Which meal do people have {when}?", f"What do we eat {when}?",
        ))  # fmt: skip
        return Exchange(question, f"Most people eat {meal}.", (meal,))
    question = rng.choice((
        f"What happens {when}?", f"What do people do {when}?", f"What is the {time}?", f"Tell me about the {time}.",
        f"What does the sun do {when}?", f"Describe the {time}.",
    ))  # fmt: skip
    return Exchange(question, f"{sentence(when)} {events}.", (events,))


def rhymes(rng: Random) -> Exchange:
    group = rng.choice(facts.RHYMES)
    word = rng.choice(group)
    others = [other for other in group if other != word]
    question = rng.choice((
        f"What rhymes with {word}?", f"Give me a rhyme for {word}.", f"Which word rhymes with {word}?",
        f"Find a word that rhymes with {word}.", f"Tell me a word that rhymes with {word}.",
    ))  # fmt: skip
    other = others[0]
    return Exchange(question, f"{sentence(other)} rhymes with {word}.", tuple(others), other)


KNOWLEDGE: Final[tuple[tuple[Skill, float], ...]] = (
    (colours, 6), (mixes, 1), (animal_facts, 12), (comparisons, 3), (opposites, 6), (food_facts, 4), (capitals, 4),
    (words_abroad, 3), (jobs, 3), (uses, 4), (nature, 4), (calendar, 6), (rhymes, 2),
)  # fmt: skip
"""Each skill with its share of the questions about facts."""
