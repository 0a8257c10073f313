"""What the answer must take from earlier in the conversation: names, likes, pets, and the system prompt."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final, NamedTuple

from recipe import facts
from recipe.exchange import Conversation, Turn, plural, sentence, with_article
from recipe.names import person, pet
from recipe.unknown import ADMITTED

NEUTRAL_SYSTEMS: Final = (
    "You are a helpful assistant.", "You are a helpful and friendly assistant.", "You are a friendly chatbot.",
    "Be helpful and polite.", "You answer questions in simple English.", "You are an assistant on a web page.",
    "Answer the user's questions.", "Be kind.", "You help children to learn.",
    "You are a helpful AI assistant. Be concise.", "Answer briefly.", "Pretend to be an eloquent friend.",
    "You talk with visitors of a web site about animals and food.", "You are an expert on everything.",
    "Keep your answers short.",
)  # fmt: skip

_ROLES: Final = (
    "cook", "teacher", "gardener", "farmer", "guide", "librarian", "pirate", "robot", "wizard", "baker", "doctor",
    "sailor", "storyteller",
)  # fmt: skip


class Told(NamedTuple):
    """What the user tells, what is said to it, and how it is asked for later; ``recalled`` must be in ``answer``."""

    said: str
    reply: str
    asked: tuple[str, ...]
    answer: str
    recalled: str


def _name(rng: Random) -> Told:
    name = person(rng)
    said = rng.choice((
        "My name is {}.", "I am {}.", "I'm {}.", "Hello, my name is {}.", "Hi, I am {}.", "You can call me {}.",
        "Call me {}.", "Hi! My name is {}.", "my name is {}", "Hello! I'm {}.",
    ))  # fmt: skip
    reply = rng.choice(
        ("Hello, {}! It is nice to meet you.", "Nice to meet you, {}!", "Hi, {}! What can I do for you?")
    )
    asked = (
        "What is my name?", "Do you know my name?", "Who am I?", "What's my name?", "Tell me my name.",
        "Can you remember my name?", "Do you remember my name?", "What did I say my name was?", "Say my name.",
    )  # fmt: skip
    return Told(said.format(name), reply.format(name), asked, f"Your name is {name}.", name)


def _pet(rng: Random) -> Told:
    animal, name = rng.choice(facts.ANIMALS[:12]).name, pet(rng)
    mine = with_article(animal)
    said = rng.choice((
        f"I have {mine} called {name}.", f"My {animal} is called {name}.", f"I have {mine} named {name}.",
        f"The name of my {animal} is {name}.",
    ))  # fmt: skip
    reply = rng.choice((f"{name} is a nice name for {mine}.", f"How nice! I would like to meet {name}."))
    if rng.random() < 0.4:
        asked = ("What animal do I have?", "Which animal do I have?", f"Who is {name}?")
        return Told(said, reply, asked, f"You have {mine} called {name}.", animal)
    asked = (
        f"What is my {animal} called?", f"What is the name of my {animal}?",
        f"Do you remember the name of my {animal}?",
    )  # fmt: skip
    return Told(said, reply, asked, f"Your {animal} is called {name}.", name)


def _likes(rng: Random) -> Told:
    animals = tuple(plural(animal.name) for animal in facts.ANIMALS)
    liked = rng.choice((*map(plural, facts.FRUITS), *facts.FOODS, *facts.SPORTS, *animals))
    said = rng.choice(("I love {}.", "I really like {}.", "My favourite thing is {}.", "I like {} very much."))
    reply = rng.choice(("That is good to know. Many people like {}.", "How nice! I will remember that you like {}."))
    asked = ("What do I like?", "Do you know what I like?", "What do I love?", "What did I say I like?")
    return Told(said.format(liked), reply.format(liked), asked, f"You like {liked}.", liked)


def _colour(rng: Random) -> Told:
    colour, word = rng.choice(facts.COLOURS), rng.choice(("favourite colour", "favorite color"))
    asked = (f"What is my {word}?", f"Do you know my {word}?", "Which colour do I like?", "What color do I like?")
    reply = f"{sentence(colour)} is a beautiful colour."
    return Told(f"My {word} is {colour}.", reply, asked, f"Your {word} is {colour}.", colour)


def _age(rng: Random) -> Told:
    age = str(rng.randint(5, 80))
    asked = ("How old am I?", "What is my age?", "Do you know how old I am?")
    return Told(f"I am {age} years old.", f"{age} is a good age!", asked, f"You are {age} years old.", age)


def _home(rng: Random) -> Told:
    city = rng.choice((*facts.CAPITALS.values(), person(rng) + "town"))
    said = rng.choice((f"I live in {city}.", f"I come from {city}.", f"My home is in {city}."))
    asked = ("Where do I live?", "Where am I from?", "Where is my home?")
    return Told(said, f"{city} must be a nice place.", asked, f"You told me that your home is in {city}.", city)


def _job(rng: Random) -> Told:
    job = rng.choice(tuple(facts.JOBS))
    mine = with_article(job)
    reply = f"That is a good job! {sentence(mine)} {facts.JOBS[job]}."
    asked = ("What is my job?", "What do I do?", "Where do I work?", "Do you know my job?")
    return Told(f"I work as {mine}.", reply, asked, f"You are {mine}.", job)


_TELLING: Final[tuple[Callable[[Random], Told], ...]] = (
    _name, _name, _name, _pet, _likes, _colour, _age, _home, _job,
)  # fmt: skip


def remembering(rng: Random, between: tuple[Turn, ...]) -> Conversation:
    """The user tells something, talks about ``between``, and asks for it; or asks without having told."""
    told = rng.choice(_TELLING)(rng)
    question, recalled = rng.choice(told.asked), (told.recalled.lower(),)
    draw = rng.random()
    if draw < 0.2:
        honest = rng.choice((
            "I do not know that, because you have not told me yet.", "You have not told me yet, so I do not know.",
        ))  # fmt: skip
        return (*between, Turn("user", question), Turn("assistant", honest, ADMITTED))
    if draw < 0.32:
        return (Turn("user", f"{told.said} {question}"), Turn("assistant", told.answer, recalled))
    replied = (told.reply.lower().rstrip(".!?"),)
    return (
        Turn("user", told.said), Turn("assistant", told.reply, replied), *between,
        Turn("user", question), Turn("assistant", told.answer, recalled),
    )  # fmt: skip


def following(rng: Random) -> Conversation:
    """A question about an animal, then one that only says "it" or "they"."""
    animal = rng.choice(facts.ANIMALS)
    name, many = with_article(animal.name), plural(animal.name)
    first = rng.choice((
        f"Tell me about {many}.", f"What is {name}?", f"I like {many}.", f"What do you know about {many}?",
    ))  # fmt: skip
    turns: Conversation = (
        Turn("user", first),
        Turn("assistant", f"{sentence(name)} is {with_article(animal.group)}.", (animal.group,)),
    )
    baby = f"A baby {animal.name} is called {with_article(animal.young)}."
    later = (
        (("What does it eat?", "What do they eat?"), f"{sentence(name)} eats {animal.food}.", animal.food),
        (("Where does it live?", "Where do they live?"), f"{sentence(name)} lives {animal.home}.", animal.home),
        (("What is its baby called?", "What are their babies called?"), baby, animal.young),
        (("What colour is it?", "What color are they?"), f"{sentence(name)} is {animal.colour}.", animal.colour),
    )
    for asked, answer, accept in rng.sample(later, rng.randint(1, 2)):
        turns += (Turn("user", rng.choice(asked)), Turn("assistant", answer, (accept.lower(),)))
    return turns


def persona(rng: Random) -> Conversation:
    """A system prompt that gives somebody a name or a role, and a question about it."""
    name, role = person(rng), rng.choice(_ROLES)
    mine = with_article(role)
    asked: tuple[str, ...] = (
        "Who are you?", "What is your name?", "Introduce yourself.", "What are you?", "Hello! Who are you?",
        "Tell me about yourself.", "What's your name?", "Hi, who are you?",
    )  # fmt: skip
    draw = rng.random()
    if draw < 0.4:
        systems = (
            f"You are {name}, {mine}.", f"Your name is {name}. You are {mine}.", f"You are {mine} called {name}.",
            f"You are {mine} named {name}. Answer the questions of the user.",
        )  # fmt: skip
        replies, expected = (f"I am {name}, {mine}. How can I help you?", f"My name is {name}. I am {mine}."), name
    elif draw < 0.65:
        systems = (
            f"Your name is {name}.", f"You are called {name}.", f"You are {name}, a helpful assistant.",
            f"You are {name}.",
        )  # fmt: skip
        replies = (f"My name is {name}. How can I help you?", f"I am {name}, and I am happy to help you.")
        expected = name
    elif draw < 0.85:
        systems = (f"You are {mine}.", f"Act as {mine}.", f"Pretend to be {mine}.", f"You play the role of {mine}.")
        replies = (f"I am {mine}. How can I help you?", f"I am {mine}, and I am happy to talk with you.")
        expected = role
    else:
        systems = (
            f"The user's name is {name}.", f"You are talking to {name}.", f"The user is called {name}.",
            f"You are a helpful assistant. The user's name is {name}.",
        )  # fmt: skip
        asked = ("What is my name?", "Who am I?", "Do you know my name?")
        replies, expected = (f"Your name is {name}.", f"You are {name}."), name
    return (
        Turn("system", rng.choice(systems)),
        Turn("user", rng.choice(asked)),
        Turn("assistant", rng.choice(replies), (expected.lower(),)),
    )
