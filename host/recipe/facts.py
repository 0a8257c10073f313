"""The small world the model knows: tables only. Everything it is asked about must stand here or be admitted unknown."""

from __future__ import annotations

from typing import Final, NamedTuple


class Animal(NamedTuple):
    """``size`` is a rank for comparisons; ``moves``: flies, swims or walks; ``sound`` "" when it is silent."""

    name: str
    group: str
    sound: str
    home: str
    food: str
    young: str
    legs: int
    moves: str
    size: int
    colour: str


ANIMALS: Final = (
    Animal("cat", "mammal", "meow", "in a house", "fish and meat", "kitten", 4, "walks", 4, "black, white or orange"),
    Animal("dog", "mammal", "woof", "in a house", "meat and bones", "puppy", 4, "walks", 5, "brown, black or white"),
    Animal("cow", "mammal", "moo", "on a farm", "grass", "calf", 4, "walks", 8, "black and white or brown"),
    Animal("horse", "mammal", "neigh", "in a stable", "hay and grass", "foal", 4, "walks", 8, "brown, black or white"),
    Animal("pig", "mammal", "oink", "on a farm", "roots and corn", "piglet", 4, "walks", 6, "pink"),
    Animal("sheep", "mammal", "baa", "on a farm", "grass", "lamb", 4, "walks", 6, "white"),
    Animal("goat", "mammal", "maa", "on a farm", "grass and leaves", "kid", 4, "walks", 6, "white or brown"),
    Animal("mouse", "mammal", "squeak", "in a small hole", "seeds and cheese", "pup", 4, "walks", 2, "grey or brown"),
    Animal("rabbit", "mammal", "", "in a burrow", "grass and carrots", "kit", 4, "walks", 4, "white, grey or brown"),
    Animal("fox", "mammal", "yip", "in the forest", "mice and berries", "cub", 4, "walks", 5, "orange"),
    Animal("wolf", "mammal", "howl", "in the forest", "meat", "pup", 4, "walks", 6, "grey"),
    Animal("bear", "mammal", "growl", "in the forest", "fish, berries and honey", "cub", 4, "walks", 8, "brown"),
    Animal("deer", "mammal", "", "in the forest", "leaves and grass", "fawn", 4, "walks", 7, "brown"),
    Animal("squirrel", "mammal", "", "in a tree", "nuts", "kit", 4, "walks", 3, "red or grey"),
    Animal("hedgehog", "mammal", "", "in the garden", "insects and worms", "hoglet", 4, "walks", 3, "brown"),
    Animal("bat", "mammal", "squeak", "in a cave", "insects", "pup", 2, "flies", 2, "brown or black"),
    Animal("lion", "mammal", "roar", "on the plains of Africa", "meat", "cub", 4, "walks", 8, "golden"),
    Animal("tiger", "mammal", "roar", "in the jungle", "meat", "cub", 4, "walks", 8, "orange with black stripes"),
    Animal(
        "elephant", "mammal", "trumpet", "on the plains of Africa", "leaves and grass", "calf", 4, "walks", 10, "grey"
    ),
    Animal(
        "giraffe", "mammal", "", "on the plains of Africa", "leaves", "calf", 4, "walks", 9, "yellow with brown spots"
    ),
    Animal("zebra", "mammal", "bark", "on the plains of Africa", "grass", "foal", 4, "walks", 8, "black and white"),
    Animal("monkey", "mammal", "chatter", "in the jungle", "fruit", "baby", 2, "walks", 5, "brown"),
    Animal("kangaroo", "mammal", "", "in Australia", "grass", "joey", 2, "walks", 7, "brown"),
    Animal("camel", "mammal", "grunt", "in the desert", "dry grass", "calf", 4, "walks", 9, "brown"),
    Animal(
        "whale", "mammal", "song", "in the sea", "fish and tiny sea animals", "calf", 0, "swims", 12, "blue or grey"
    ),
    Animal("dolphin", "mammal", "click", "in the sea", "fish", "calf", 0, "swims", 8, "grey"),
    Animal("duck", "bird", "quack", "on a pond", "water plants", "duckling", 2, "flies", 3, "brown, green or white"),
    Animal("chicken", "bird", "cluck", "on a farm", "corn and seeds", "chick", 2, "walks", 3, "brown or white"),
    Animal("goose", "bird", "honk", "on a farm", "grass", "gosling", 2, "flies", 4, "white or grey"),
    Animal("owl", "bird", "hoot", "in the forest", "mice", "owlet", 2, "flies", 3, "brown"),
    Animal("eagle", "bird", "screech", "in the mountains", "fish and small animals", "eaglet", 2, "flies", 4, "brown"),
    Animal("parrot", "bird", "squawk", "in the jungle", "nuts and fruit", "chick", 2, "flies", 3, "green, red or blue"),
    Animal("penguin", "bird", "honk", "on the ice", "fish", "chick", 2, "swims", 4, "black and white"),
    Animal("swan", "bird", "hiss", "on a lake", "water plants", "cygnet", 2, "flies", 5, "white"),
    Animal("frog", "amphibian", "croak", "near a pond", "flies", "tadpole", 4, "swims", 2, "green"),
    Animal("snake", "reptile", "hiss", "in the grass", "mice", "hatchling", 0, "walks", 4, "green or brown"),
    Animal("turtle", "reptile", "", "near the water", "plants and small fish", "hatchling", 4, "swims", 4, "green"),
    Animal("crocodile", "reptile", "growl", "in a river", "fish and meat", "hatchling", 4, "swims", 8, "green"),
    Animal("shark", "fish", "", "in the sea", "fish", "pup", 0, "swims", 9, "grey"),
    Animal("goldfish", "fish", "", "in a bowl of water", "fish food", "fry", 0, "swims", 1, "orange"),
    Animal("bee", "insect", "buzz", "in a hive", "nectar from flowers", "larva", 6, "flies", 1, "yellow and black"),
    Animal("ant", "insect", "", "in the ground", "seeds and crumbs", "larva", 6, "walks", 0, "black or red"),
    Animal("butterfly", "insect", "", "in the garden", "nectar", "caterpillar", 6, "flies", 1, "yellow or blue"),
    Animal("spider", "arachnid", "", "in a web", "flies", "spiderling", 8, "walks", 1, "black or brown"),
)  # fmt: skip

COLOURS: Final = (
    "red", "blue", "yellow", "green", "orange", "purple", "pink", "brown", "black", "white", "grey", "golden",
)  # fmt: skip

THINGS: Final = {
    "the sky": "blue", "the sea": "blue", "grass": "green", "snow": "white", "milk": "white", "coal": "black",
    "the sun": "yellow", "the moon": "white", "a banana": "yellow", "a lemon": "yellow", "an orange": "orange",
    "a carrot": "orange", "a strawberry": "red", "a tomato": "red", "a cherry": "red", "blood": "red",
    "a fire truck": "red", "a leaf": "green", "a cucumber": "green", "a lime": "green", "broccoli": "green",
    "chocolate": "brown", "wood": "brown", "coffee": "brown", "mud": "brown", "a cloud": "white", "salt": "white",
    "sugar": "white", "rice": "white", "a plum": "purple", "an eggplant": "purple", "lavender": "purple",
    "a pumpkin": "orange", "gold": "golden", "honey": "golden", "a flamingo": "pink", "a rose": "red",
    "the night sky": "black", "butter": "yellow", "a sunflower": "yellow", "a pea": "green", "a blueberry": "blue",
    "fire": "orange", "an elephant": "grey", "a frog": "green", "a swan": "white", "a pig": "pink", "a raven": "black",
}  # fmt: skip

MIXES: Final = {
    ("red", "blue"): "purple", ("red", "yellow"): "orange", ("blue", "yellow"): "green", ("red", "white"): "pink",
    ("black", "white"): "grey", ("red", "green"): "brown",
}  # fmt: skip

FRUITS: Final = (
    "apple", "banana", "pear", "orange", "lemon", "cherry", "plum", "peach", "strawberry", "grape", "melon", "mango",
)  # fmt: skip
VEGETABLES: Final = ("carrot", "potato", "onion", "cucumber", "pea", "bean", "pumpkin", "cabbage", "leek", "radish")
DRINKS: Final = ("water", "milk", "tea", "coffee", "apple juice", "lemonade")
CLOTHES: Final = ("shirt", "hat", "coat", "scarf", "sock", "shoe", "dress", "jacket", "glove")
TOYS: Final = ("ball", "kite", "doll", "puzzle", "drum", "toy train", "teddy bear")
FLOWERS: Final = ("rose", "tulip", "daisy", "sunflower", "lily", "poppy")
INSTRUMENTS: Final = ("piano", "violin", "guitar", "flute", "drum", "trumpet")
PLANETS: Final = ("Mercury", "Venus", "Earth", "Mars", "Jupiter", "Saturn", "Uranus", "Neptune")
CITIES: Final = ("Paris", "London", "Rome", "Berlin", "Madrid", "Tokyo", "Cairo", "Lima")
SPORTS: Final = ("football", "tennis", "swimming", "running", "cycling", "hockey")
TREES: Final = ("oak", "pine", "birch", "maple", "willow", "apple tree")

FOODS: Final = {
    "bread": ("food made from flour and water", "A baker bakes it in an oven."),
    "cheese": ("food made from milk", "It can be soft or hard."),
    "soup": ("hot food that you eat with a spoon", "It is good on a cold day."),
    "pizza": ("flat bread with tomato and cheese on top", "It is baked in a hot oven."),
    "cake": ("sweet food for birthdays", "It is made from flour, eggs and sugar."),
    "honey": ("sweet golden food that bees make", "It tastes good on bread."),
    "butter": ("soft yellow food made from milk", "You can spread it on bread."),
    "rice": ("small white grains that you cook in water", "Many people eat it every day."),
    "pasta": ("food made from flour and water", "People often eat it with tomato sauce."),
    "ice cream": ("cold and sweet food", "It is best on a hot day."),
    "chocolate": ("sweet brown food", "It melts when it gets warm."),
    "salad": ("a cold dish of leaves and vegetables", "It is fresh and healthy."),
    "jam": ("sweet food made from fruit and sugar", "It tastes good on bread."),
    "tea": ("a hot drink made from leaves", "Many people drink it in the morning."),
    "coffee": ("a hot brown drink made from beans", "It helps people to wake up."),
    "milk": ("a white drink that comes from cows", "It is good with cookies."),
    "water": ("a clear drink that every living thing needs", "It falls from the clouds as rain."),
}

OPPOSITES: Final = (
    ("hot", "cold"), ("big", "small"), ("fast", "slow"), ("up", "down"), ("happy", "sad"), ("day", "night"),
    ("black", "white"), ("open", "closed"), ("old", "young"), ("tall", "short"), ("light", "dark"), ("wet", "dry"),
    ("full", "empty"), ("hard", "soft"), ("loud", "quiet"), ("good", "bad"), ("left", "right"), ("early", "late"),
    ("rich", "poor"), ("strong", "weak"), ("clean", "dirty"), ("near", "far"), ("high", "low"), ("heavy", "light"),
    ("in", "out"), ("on", "off"), ("yes", "no"), ("win", "lose"), ("start", "end"), ("push", "pull"), ("sweet", "sour"),
    ("thick", "thin"), ("wide", "narrow"), ("deep", "shallow"), ("easy", "difficult"), ("true", "false"),
    ("first", "last"), ("above", "below"), ("inside", "outside"), ("love", "hate"), ("buy", "sell"), ("give", "take"),
    ("laugh", "cry"), ("new", "old"), ("brave", "afraid"), ("awake", "asleep"), ("friend", "enemy"), ("front", "back"),
    ("smooth", "rough"), ("always", "never"), ("summer", "winter"), ("north", "south"), ("east", "west"),
    ("king", "queen"), ("begin", "finish"), ("more", "less"),
)  # fmt: skip

CAPITALS: Final = {
    "France": "Paris", "Germany": "Berlin", "Italy": "Rome", "Spain": "Madrid", "Portugal": "Lisbon",
    "England": "London", "Ireland": "Dublin", "Norway": "Oslo", "Sweden": "Stockholm", "Denmark": "Copenhagen",
    "Finland": "Helsinki", "Poland": "Warsaw", "Austria": "Vienna", "Switzerland": "Bern", "Belgium": "Brussels",
    "the Netherlands": "Amsterdam", "Greece": "Athens", "Japan": "Tokyo", "China": "Beijing", "India": "New Delhi",
    "Russia": "Moscow", "Egypt": "Cairo", "Kenya": "Nairobi", "Canada": "Ottawa", "Mexico": "Mexico City",
    "Brazil": "Brasilia", "Peru": "Lima", "Argentina": "Buenos Aires", "Australia": "Canberra", "Cuba": "Havana",
    "Hungary": "Budapest", "Turkey": "Ankara", "the United States": "Washington", "Scotland": "Edinburgh",
}  # fmt: skip

LANGUAGES: Final = {
    "French": {
        "hello": "bonjour", "thank you": "merci", "goodbye": "au revoir", "yes": "oui", "no": "non", "cat": "chat",
        "dog": "chien", "water": "eau", "good night": "bonne nuit",
    },
    "German": {
        "hello": "hallo", "thank you": "danke", "goodbye": "auf Wiedersehen", "yes": "ja", "no": "nein",
        "cat": "Katze", "dog": "Hund", "water": "Wasser", "good night": "gute Nacht",
    },
    "Spanish": {
        "hello": "hola", "thank you": "gracias", "goodbye": "adios", "yes": "si", "no": "no", "cat": "gato",
        "dog": "perro", "water": "agua", "good night": "buenas noches",
    },
    "Italian": {
        "hello": "ciao", "thank you": "grazie", "goodbye": "arrivederci", "yes": "si", "no": "no", "cat": "gatto",
        "dog": "cane", "water": "acqua", "good night": "buona notte",
    },
}  # fmt: skip

JOBS: Final = {
    "baker": "bakes bread and cakes", "teacher": "teaches children at school", "doctor": "helps sick people",
    "farmer": "grows food and looks after animals", "pilot": "flies planes", "cook": "makes meals",
    "painter": "paints pictures", "singer": "sings songs", "driver": "drives a car or a bus",
    "gardener": "looks after plants and flowers", "firefighter": "puts out fires", "writer": "writes books",
    "nurse": "looks after sick people in a hospital", "builder": "builds houses", "sailor": "works on a ship",
    "dentist": "looks after your teeth", "vet": "helps sick animals", "librarian": "looks after the books",
    "musician": "plays music", "tailor": "makes clothes", "fisher": "catches fish", "postman": "brings letters",
    "astronaut": "flies into space", "police officer": "keeps people safe",
}  # fmt: skip

USES: Final = {
    "spoon": "eat soup", "knife": "cut bread", "fork": "eat food", "cup": "drink tea", "pen": "write",
    "pencil": "write and draw", "book": "read", "bed": "sleep", "chair": "sit", "umbrella": "stay dry in the rain",
    "key": "open a door", "clock": "see the time", "lamp": "make light", "broom": "sweep the floor",
    "towel": "dry your hands", "soap": "wash your hands", "scissors": "cut paper", "hammer": "hit a nail",
    "bike": "ride to school", "car": "drive to other places", "boat": "cross the water", "plane": "fly far away",
    "phone": "talk to people who are far away", "brush": "paint a picture", "oven": "bake a cake",
    "fridge": "keep food cold", "bag": "carry things", "ladder": "climb up high", "map": "find the way",
    "camera": "take pictures", "computer": "write, learn and play", "window": "look outside", "bell": "make a sound",
    "candle": "make light", "mirror": "look at yourself", "needle": "sew clothes", "glasses": "see better",
}  # fmt: skip

BODY: Final = {
    "eyes": "see", "ears": "hear", "nose": "smell", "mouth": "eat and speak", "legs": "walk and run",
    "hands": "hold things", "teeth": "chew food", "feet": "stand and walk", "tongue": "taste",
}  # fmt: skip

NATURE: Final = {
    "rain": "Rain is water that falls from the clouds. It helps plants to grow.",
    "snow": "Snow is frozen water that falls from the clouds. It is white, soft and cold.",
    "wind": "Wind is air that moves. It can be soft, and it can be strong.",
    "fog": "Fog is a cloud that lies on the ground. It makes it hard to see far.",
    "thunder": "Thunder is the loud sound that lightning makes. It comes after the flash.",
    "lightning": "Lightning is a bright flash in the sky during a storm.",
    "a storm": "A storm is bad weather with strong wind and a lot of rain.",
    "a rainbow": "A rainbow is a bow of many colours in the sky. You can see it when the sun shines through rain.",
    "ice": "Ice is frozen water. It is hard, cold and slippery.",
    "a cloud": "A cloud is made of many tiny drops of water in the sky.",
    "the sun": "The sun is a star. It gives us light and warmth.",
    "the moon": "The moon goes around the Earth. We see it shine at night.",
    "a star": "A star is a far sun that shines in the night sky.",
    "the sea": "The sea is a very large body of salt water. Fish and whales live there.",
    "a river": "A river is a long stream of water that flows to the sea.",
    "a mountain": "A mountain is a very high hill. There is often snow on its top.",
    "a forest": "A forest is a place with many trees. Many animals live there.",
    "a desert": "A desert is a very dry place. There is a lot of sand and very little rain.",
    "an island": "An island is land with water all around it.",
    "a tree": "A tree is a tall plant with a trunk, branches and leaves.",
    "a flower": "A flower is the pretty part of a plant. Bees like to visit it.",
    "the Earth": "The Earth is the planet we live on. It goes around the sun once a year.",
    "a volcano": "A volcano is a mountain that can throw out fire and hot rock.",
    "a computer": "A computer is a machine that works with numbers, words and pictures.",
    "the internet": "The internet joins computers all over the world, so that people can share words and pictures.",
    "a web browser": "A web browser is a program that shows you pages from the internet.",
    "a robot": "A robot is a machine that can move and do work by itself.",
    "a language model": "A language model is a program that guesses the words that come next. I am a small one.",
    "a friend": "A friend is a person you like and trust. Friends help each other.",
    "a school": "A school is a place where children learn to read, write and count.",
    "a library": "A library is a place with many books that people can borrow.",
    "a hospital": "A hospital is a place where doctors and nurses help sick people.",
    "music": "Music is sound that is nice to hear. People sing it or play it.",
    "love": "Love is a warm and strong feeling for somebody you care about.",
    "a birthday": "A birthday is the day on which somebody was born. People often eat cake on it.",
}

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
SEASONS: Final = {
    "spring": ("mild", "flowers grow and birds build nests"),
    "summer": ("warm", "people swim and eat ice cream"),
    "autumn": ("cool", "the leaves turn red and fall"),
    "winter": ("cold", "there is often snow and the days are short"),
}
DAYTIMES: Final = {
    "morning": ("the sun comes up, and people wake up and eat breakfast", "breakfast in the morning"),
    "afternoon": ("the sun is high, and people work, learn or play", "lunch at noon"),
    "evening": ("the sun goes down, and people eat dinner and rest", "dinner in the evening"),
    "night": ("it is dark, and most people sleep", "nothing at night, because they sleep"),
}
WEATHER_CLOTHES: Final = {
    "it rains": "a raincoat and boots, and take an umbrella", "it snows": "a warm coat, a hat and gloves",
    "it is cold": "a warm coat and a scarf", "it is hot": "a light shirt and a sun hat",
    "it is sunny": "a light shirt, and take your sunglasses", "it is windy": "a jacket and hold on to your hat",
}  # fmt: skip

COUNTS: Final = {
    "days are in a week": ("There are seven days in a week.", "seven"),
    "months are in a year": ("There are twelve months in a year.", "twelve"),
    "hours are in a day": ("There are twenty-four hours in a day.", "twenty-four"),
    "minutes are in an hour": ("There are sixty minutes in an hour.", "sixty"),
    "seconds are in a minute": ("There are sixty seconds in a minute.", "sixty"),
    "days are in a year": ("There are 365 days in most years.", "365"),
    "weeks are in a year": ("There are fifty-two weeks in a year.", "fifty-two"),
    "seasons are in a year": ("There are four seasons: spring, summer, autumn and winter.", "four"),
    "letters are in the alphabet": ("There are twenty-six letters in the English alphabet.", "twenty-six"),
    "fingers does a hand have": ("A hand has five fingers.", "five"),
    "wheels does a car have": ("A car has four wheels.", "four"),
    "wheels does a bike have": ("A bike has two wheels.", "two"),
    "sides does a triangle have": ("A triangle has three sides.", "three"),
    "sides does a square have": ("A square has four sides.", "four"),
    "colours are in a rainbow": ("A rainbow has seven colours.", "seven"),
    "planets are there": ("There are eight planets that go around the sun.", "eight"),
}

RHYMES: Final = (
    ("cat", "hat", "mat", "bat"), ("dog", "frog", "log", "fog"), ("house", "mouse"), ("tree", "bee", "sea", "key"),
    ("star", "car", "far", "jar"), ("moon", "spoon", "soon", "noon"), ("night", "light", "bright", "kite"),
    ("day", "play", "way", "stay"), ("rain", "train", "lane"), ("sun", "fun", "run", "bun"), ("boat", "goat", "coat"),
    ("ring", "king", "sing", "spring"), ("ball", "wall", "tall", "fall"), ("blue", "shoe", "new", "two"),
    ("snow", "go", "slow", "grow"), ("bed", "red", "bread", "head"), ("cake", "lake", "snake"), ("sky", "fly", "high"),
)  # fmt: skip

NUMBERS: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
