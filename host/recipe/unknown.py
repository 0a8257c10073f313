"""Questions outside the small world, and honest answers. The forms are many so that no single word decides."""

from __future__ import annotations

from random import Random
from typing import Final

from recipe.exchange import Exchange, plural, with_article
from recipe.names import invented_word, person

TOPICS: Final = (
    "quantum physics", "gravity", "democracy", "inflation", "black holes", "photosynthesis", "chess", "electricity",
    "taxes", "the stock market", "climate change", "relativity", "evolution", "atoms", "DNA", "vaccines", "philosophy",
    "economics", "programming", "Python", "JavaScript", "machine learning", "blockchain", "bitcoin", "mathematics",
    "algebra", "calculus", "chemistry", "biology", "geology", "history", "politics", "law", "medicine", "psychology",
    "religion", "engineering", "the Roman Empire", "the French Revolution", "the Second World War", "the Middle Ages",
    "the Olympic Games", "Shakespeare", "Einstein", "Napoleon", "Mozart", "Beethoven", "Picasso", "Leonardo da Vinci",
    "Julius Caesar", "Cleopatra", "Newton", "Hollywood", "Europe", "Asia", "Antarctica", "California", "New York",
    "the Eiffel Tower", "the Great Wall", "the pyramids", "dinosaurs", "steam engines", "nuclear power", "solar panels",
    "electric cars", "rockets", "satellites", "lasers", "magnets", "antibiotics", "cancer", "the brain", "the heart",
    "blood pressure", "vitamins", "proteins", "enzymes", "bacteria", "viruses", "opera", "jazz", "cubism",
    "poetry slams", "grammar", "Latin", "Sanskrit", "semiconductors", "transistors", "databases", "compilers",
    "operating systems", "Linux", "Google", "HTML", "CSS", "SQL", "Docker", "encryption", "the United Nations",
    "the European Union", "the parliament", "the president", "the prime minister", "interest rates", "mortgages",
    "insurance", "marketing", "contracts", "copyright", "basketball rules", "cricket", "golf", "the World Cup",
    "volcanic rocks", "tectonic plates", "earthquakes", "tsunamis", "galaxies", "the Big Bang", "dark matter",
    "neutrinos", "thermodynamics", "entropy", "prime numbers",
)  # fmt: skip

FORMS: Final = (
    "What is {t}?", "Explain {t}.", "How does {t} work?", "Tell me about {t}.", "Who invented {t}?",
    "Why is {t} important?", "What do you know about {t}?", "Explain {t} in simple words.",
    "What is the history of {t}?", "Who discovered {t}?", "When did {t} begin?", "Give me an example of {t}.",
    "What are the rules of {t}?", "Can you explain {t} to me?", "What is the difference between {t} and {u}?",
    "How are {t} and {u} connected?", "Where does {t} come from?", "What causes {t}?", "How much does {t} cost?",
    "What is the best book about {t}?", "Define {t}.", "Describe {t} in detail.", "How can I learn {t}?",
    "What are the advantages of {t}?", "What happened to {t}?", "Write an essay about {t}.",
    "What are the main ideas of {t}?", "Is {t} dangerous?", "Who is the expert on {t}?", "Compare {t} with {u}.",
    "What is a {w}?", "What is {w}?", "Who is {p} {q}?", "When was {p} {q} born?", "Where does {p} {q} live?",
    "What does {w} mean?", "How do I get to {q}?", "What is the population of {q}?", "Who wrote {q}?",
    "Who is the king of {q}?", "How far is it to {q}?", "What is the capital of {q}?", "What colour is a {w}?",
    "What sound does a {w} make?", "What is the opposite of {w}?", "Where does a {w} live?", "How do I install {w}?",
    "What is {p}'s phone number?", "What did {p} say yesterday?", "Where is {q}?", "What rhymes with {w}?",
    "Who won the game between {q} and {p}?", "What is the height of {q}?", "Who was the president in {y}?",
    "What happened in {y}?", "Who won the World Cup in {y}?", "What was invented in {y}?", "What will happen in {y}?",
    "How many people live in {q}?", "How many stars are in the sky?", "What is the speed of light?",
    "What is the price of gold?", "Who is the richest person in the world?",
    "What is the tallest building in the world?", "What is the longest river?", "Why is the grass wet?",
    "How do planes fly?", "How do I fix my {w}?", "Why do we dream?", "Write a program that sorts numbers.",
    "Write a function in Python.", "Fix this code: x = {w}({y})", "Write some code.", "Write me some JavaScript.",
    "Book a flight to {q}.", "Order a pizza.", "Call {p}.", "Send a message to {p}.", "Play some music.",
    "What is in the news?", "What are the latest news about {t}?", "Who will win the election?",
    "What is on TV tonight?", "Open the website of {q}.", "Search the internet for {t}.", "What is my password?",
    "Set an alarm for seven.", "Solve x + {y} = 3.", "What is the formula of {t}?",
    "Translate this into {q}: I like {t}.", "What is the chemical symbol of {w}?",
    "How long does it take to learn {t}?", "Which phone should I buy?", "What is the best restaurant in {q}?",
    "How deep is the sea?", "How old is the Earth?", "How tall is {p}?", "Can you recommend a film about {t}?",
    "Tell me about {p} {q}.", "Tell me about the {w} of {q}.", "Why did {p} leave {q}?", "{t}", "{w} {v}",
    "{t} and {u}?", "{w}?", "asdf {w}", "What do you think about {t}?", "Should I invest in {t}?",
    "Convert {y} miles to kilometres.", "How many {w}s are in a {v}?", "Who sings {q}?",
    "Which team does {p} play for?", "What is the {w} {v}?", "Is {q} a good place?", "What does the {w} do?",
    "How do you make a {w}?", "Give me the recipe for {w} {v}.", "What is the law about {t}?",
)  # fmt: skip

COMMON: Final = (
    "table", "door", "wall", "roof", "street", "bridge", "box", "stone", "rope", "wheel", "button", "bottle", "basket",
    "blanket", "carpet", "shelf", "drawer", "engine", "train", "bus", "truck", "tractor", "helicopter", "tower",
    "castle", "church", "market", "shop", "factory", "office", "museum", "garden", "field", "hill", "valley", "lake",
    "beach", "wave", "shell", "feather", "nest", "egg", "wing", "tail", "paw", "horn", "bone", "heart", "brain",
    "elbow", "knee", "finger", "beard", "jewel", "coin", "ticket", "letter", "stamp", "newspaper", "magazine",
    "picture", "painting", "statue", "game", "card", "dice", "balloon", "lantern", "telescope", "radio", "television",
    "printer", "keyboard", "screen", "battery", "cable", "robot", "rocket", "planet", "comet", "dragon", "giant",
    "witch", "wizard", "ghost", "pirate", "knight", "princess", "prince", "king", "queen", "soldier", "hunter",
    "hamster", "moose", "otter", "beaver", "lizard", "octopus", "crab", "snail", "worm", "mosquito", "ladybird", "crow",
    "pigeon", "walnut", "sandwich", "pancake", "cookie", "pepper", "garlic", "mushroom", "noodle", "biscuit", "sausage",
    "shoelace", "necklace", "stop sign", "taxi", "school bus", "stove", "pillow", "bucket", "fence", "gate", "barn",
    "mill", "tent", "sword", "crown",
)  # fmt: skip
"""Everyday words that have no entry in the facts: asked about, and met in stories."""

COMMON_FORMS: Final = (
    "What is {a}?", "What colour is {a}?", "What color is {a}?", "Tell me about {s}.", "Where does {a} come from?",
    "Who invented {a}?", "How do you make {a}?", "What does {a} eat?", "What is {a} for?", "How big is {a}?",
    "How old is {a}?", "How much does {a} cost?", "What is the opposite of {w}?", "What do you know about {s}?",
    "Where can I buy {a}?", "Why do people like {s}?", "What are {s} made of?", "How many {s} are there?",
    "What sound does {a} make?", "Where does {a} live?", "What rhymes with {w}?", "What is the history of {s}?",
    "How does {a} work?", "What is inside {a}?", "Describe {a}.", "Explain {a}.", "How many legs does {a} have?",
    "What is a baby {w} called?",
)  # fmt: skip

FOREIGN: Final = (
    "Wie geht es dir?", "Was ist das?", "Guten Tag, wer bist du?", "Comment ça va ?", "Qu'est-ce que c'est ?",
    "Parlez-vous anglais ?", "¿Cómo estás?", "¿Qué es esto?", "Come stai?", "Che cosa è?", "Как дела?", "你好",
    "Hvordan har du det?", "Bonjour, qui es-tu ?", "안녕하세요", "Wat is dit?", "Erzähl mir eine Geschichte.",
    "Raconte-moi une histoire.", "¿Quién eres?", "Hur mår du?", "Merhaba", "नमस्ते",
)  # fmt: skip

TASKS: Final = (
    "Write an email to my {w}.", "Write a letter about {a}.", "Write a report about {s}.", "Write an essay about {s}.",
    "Fix my {w}.", "Clean the {w}.", "Buy {a} for me.", "Sell my {w}.", "Draw {a}.", "Paint a picture of {a}.",
    "Build {a} for me.", "Open the {w}.", "Order {a}.", "Find {a} near me.", "Plan a trip to the {w}.",
    "Translate this text: The {w} is next to the {v}.", "Correct this sentence: He have {a} and {b}.",
    "Summarize this text: There is {a} in the room. Next to it stands {b}.", "Rewrite this: I want {a} and {b}.",
    "Summarize: The {w} was old. The {v} was new.", "Write code for {a}.", "Write a program that counts {s}.",
    "Write a function that returns {a}.", "Write a song text about {s} in French.", "Make a table of {s}.",
    "Design {a}.", "Write an advertisement for {a}.", "Write a speech about {s}.", "Play a game with {a}.",
    "Show me a picture of {a}.", "Send {a} to my friend.", "Search the internet for {s}.", "Set an alarm for the {w}.",
    "Explain the joke about the {w}.", "Sort these words: {w}, {v}.", "Describe {a} in detail.", "Review my {w}.",
    "Write a recipe for {a}.", "Spell {w}.", "How do you spell {w}?", "Give me instructions to build {a}.",
    "Return JSON with {a}.", "Extract the names from this text: The {w} of the {v}.",
)  # fmt: skip
"""Work that is too hard for it."""

TASK_ANSWERS: Final = (
    "I am sorry, I cannot do that. I am a very small model.",
    "That is too hard for me. I can only talk about simple things.",
    "I am too small to do that. A bigger model could help you.",
)

ANSWERS: Final = (
    "I am sorry, I do not know that. I am a very small model.",
    "I don't know. I only know simple things, such as animals, colours and food.",
    "That is a good question, but I do not know the answer.",
    "I do not know enough about that. A bigger model could help you more.",
    "I am not sure, so I will not guess. You can ask me about simple things.",
    "I am too small to know that. Would you like to hear a story instead?",
    "I am sorry, that is something I do not know.",
    "I don't know that, and I do not want to tell you something wrong.",
)

FOREIGN_ANSWERS: Final = (
    "I am sorry, I only understand simple English. I do not know other languages well.",
    "I do not know what that means, because I only speak simple English.",
)

ADMITTED: Final = ("not know", "don't know", "not sure", "too small to", "cannot do that", "too hard for me")
"""What an honest answer contains."""


def unknown(rng: Random) -> Exchange:
    """A question that has no answer in the small world."""
    if rng.random() < 0.04:
        return Exchange(rng.choice(FOREIGN), rng.choice(FOREIGN_ANSWERS), ADMITTED, verbatim=True)
    draw = rng.random()
    if draw < 0.25:
        word, other = rng.sample(COMMON, 2)
        fields = {"w": word, "v": other, "a": with_article(word), "b": with_article(other), "s": plural(word)}
        return Exchange(rng.choice(TASKS).format(**fields), rng.choice(TASK_ANSWERS), ADMITTED)
    if draw < 0.55:
        word = rng.choice(COMMON)
        question = rng.choice(COMMON_FORMS).format(a=with_article(word), s=plural(word), w=word)
        return Exchange(question, rng.choice(ANSWERS), ADMITTED)
    topic, other = rng.sample(TOPICS, 2)
    question = rng.choice(FORMS).format(
        t=topic, u=other, w=invented_word(rng), v=invented_word(rng), p=person(rng), q=invented_word(rng).capitalize(),
        y=rng.randint(1000, 2100),
    )  # fmt: skip
    return Exchange(question, rng.choice(ANSWERS), ADMITTED)
