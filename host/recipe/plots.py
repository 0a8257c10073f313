"""The plots of the stories and the lines of the poems: tables only.

Fields: {n} the hero's name, {k} kind, {he} {his}; {f} the friend's kind, {a_f} with its article; and the
slots that a plot names.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Plot(NamedTuple):
    """One line is taken of each group, in order. ``slots``: field and its values."""

    lines: tuple[tuple[str, ...], ...]
    slots: dict[str, tuple[str, ...]]


OPENINGS: Final = (
    "Once upon a time, there was {a_trait} {k} called {n}. {n} lived {place}.",
    "{n} was {a_trait} {k} who lived {place}.",
    "There was once {a_trait} {k} named {n}. {He} lived {place}.",
    "A long time ago, {a_trait} {k} lived {place}. {His} name was {n}.",
)

TRAITS: Final = (
    "a small", "a little", "a brave", "a kind", "a clever", "a happy", "a curious", "a young", "a quiet", "a friendly",
    "an old", "a shy",
)  # fmt: skip

PLACES: Final = (
    "in a small house by the sea", "near a big forest", "in a little town", "on a green hill", "next to a quiet lake",
    "in a warm and sunny garden", "at the foot of a high mountain", "on a small farm", "at the end of a long road",
    "near a wide river",
)  # fmt: skip

ENDINGS: Final = (
    "From that day on, they were the best of friends.",
    "That evening {n} went home and slept well.",
    "{n} was very happy.",
    "And {n} never forgot that day.",
    "They all laughed and shared a big cake.",
    "Since then, {n} is not afraid any more.",
    "And so {n} learned that it is good to help each other.",
    "They lived happily for a long time.",
)

_WISH: Final = Plot(
    lines=(
        ("{n} dreamed of one thing: to {wish}.", "{n} wanted to {wish}.", "More than anything, {he} wanted to {wish}."),
        ("But {he} did not know how.", "But it was not easy.", "But everybody said that it could not be done."),
        ("One morning {he} met {a_f}.", "Then {a_f} came along."),
        ('"I will help you," said the {f}.', '"Let us try it," said the {f}.', '"Do not give up," said the {f}.'),
        ("They tried and tried, and in the end they could {wish}.", "They worked hard, and at last {n} could {wish}."),
    ),
    slots={
        "wish": (
            "see the sea", "fly high above the trees", "learn to swim", "bake the best cake in the world",
            "touch the moon", "sing a beautiful song", "climb the high mountain", "build a small boat",
            "paint the sunset", "travel around the world", "read a book", "play the drum",
        ),
    },
)  # fmt: skip

_LOST: Final = Plot(
    lines=(
        ("{n} had {treasure} and loved it very much.", "The best thing {he} had was {treasure}."),
        ("One day it was gone.", "But one windy day {he} lost it.", "One morning {he} could not find it."),
        ("{n} was sad and looked everywhere.", "{n} looked in every corner, but it was not there."),
        ("Then {a_f} came to help.", '"Why are you so sad?" asked {a_f}.'),
        ("Together they found it {spot}.", "The {f} looked {spot}, and there it was!"),
    ),
    slots={
        "treasure": (
            "a red ball", "a golden key", "an old map", "a blue kite", "a warm hat", "a silver bell", "a little drum",
            "a shiny stone", "a magic book", "a green scarf",
        ),
        "spot": (
            "under a tree", "behind the house", "in the tall grass", "near the river", "under the bed",
            "on top of a hill", "in an old box",
        ),
    },
)  # fmt: skip

_STORM: Final = Plot(
    lines=(
        ("One night there was {weather}.", "One day {weather} came to that place."),
        ("{n} stayed inside and listened.", "{n} was a little afraid."),
        ("Suddenly {he} heard a quiet voice at the door.", "Then there was a knock at the door."),
        ("It was {a_f}, cold and wet.", "Outside stood {a_f} who had lost the way."),
        ('"Come in and get warm," said {n}.', "{n} opened the door and made some hot soup."),
        ("They sat by the fire and told each other stories.", "The next day the sun was shining again."),
    ),
    slots={"weather": ("a big storm", "a lot of snow", "heavy rain", "a thick fog")},
)  # fmt: skip

_QUARREL: Final = Plot(
    lines=(
        ("{n} had a friend, {a_f}.", "The best friend of {n} was {a_f}."),
        ("One day they found {treat} on the road.", "One morning there was {treat} in the garden."),
        ('"It is mine!" said {n}. "No, it is mine!" said the {f}.', "Both of them wanted to have it."),
        ("They were angry and did not speak all day.", "So they sat down and turned their backs."),
        ("Then {n} had an idea and cut it in two.", '"Let us share it," said the {f} in the end.'),
        ("It tasted much better together.", "Half of it was enough for each of them."),
    ),
    slots={"treat": ("an apple", "a cake", "a pear", "a loaf of bread", "a bowl of berries", "a piece of cheese")},
)

PLOTS: Final = (_WISH, _LOST, _STORM, _QUARREL)

COUPLETS: Final = (
    ("The {t} is here in the soft morning light,", "It makes the whole garden look friendly and bright."),
    ("I think of the {t} when the day is at end,", "It feels like a walk with a very old friend."),
    ("Oh {t}, little {t}, you are dear to me,", "As deep as the night and as wide as the sea."),
    ("The birds sing a song and the wind starts to play,", "The {t} makes me smile on this beautiful day."),
    ("Some people like silver and some people gold,", "The {t} is a story that has to be told."),
    ("The moon looks at me and the stars start to glow,", "And what says the {t}? It says it will snow."),
    ("I looked at the {t} and it looked back at me,", "So quiet, so lovely, so happy, so free."),
    ("The {t} in the summer, the {t} in the rain,", "I hope that tomorrow I see it again."),
    ("A small little {t} came along on its way,", "And everyone near it was happy that day."),
)

HAIKU_FIRST: Final = (
    "Quiet morning light,", "Soft wind in the trees,", "Early in the spring,", "Snow falls on the hill,",
    "Evening by the lake,",
)  # fmt: skip
HAIKU_LAST: Final = (
    "The world holds its breath.", "A bird starts to sing.", "The day slowly ends.", "I listen and smile.",
    "Nothing else is here.",
)  # fmt: skip

THEMES: Final = (
    "sea", "moon", "sun", "rain", "snow", "wind", "spring", "summer", "autumn", "winter", "night", "morning", "tree",
    "flower", "garden", "river", "star", "sky", "forest", "book", "computer", "window", "city", "ocean", "school",
)  # fmt: skip
