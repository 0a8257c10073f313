"""From the text of JavaScript's regular expressions to a tree.

Pure. Rules this file keeps: sets of characters come resolved, with case and negation worked out, except where Unicode's
properties are in them; what looks around or back, and what is not worth the trouble, is NotSupportedError.
"""

from __future__ import annotations

import re
from typing import Final, NoReturn

from msgspec import Struct

from windowsill.engine.character_sets import LAST_CODE, LAST_UNIT, Ranges, complement, folded, merged
from windowsill.errors import NotSupportedError

DEEPEST_GROUP: Final = 50
"""Groups within groups (count): llguidance takes about 90."""

FLAGS: Final = frozenset("dgimsuvy")
DIGITS: Final[Ranges] = [(0x30, 0x39)]
WORD: Final[Ranges] = [(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)]
LINE_ENDS: Final[Ranges] = [(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)]
SPACE: Final[Ranges] = [
    (0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F),
    (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
]  # fmt: skip
DASH: Final = (0x2D, 0x2D)
CLASSES: Final = {"d": DIGITS, "w": WORD, "s": SPACE}
CONTROLS: Final = {"t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D}
QUANTIFIERS: Final[dict[str, tuple[int, int | None]]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
BRACES: Final = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
MOST_REPEATS: Final = 10**6
"""Higher counts mean the same as none at all, or that no answer is long enough."""

HEX: Final = re.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}")
LOW_SURROGATE: Final = re.compile(r"\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})")
PROPERTY: Final = re.compile(r"\{([A-Za-z_]+(?:=[A-Za-z0-9_]+)?)\}")
GROUP_NAME: Final = re.compile(r"\?<([^>=!][^>]*)>")


class CharacterSet(Struct):
    """One character, or UTF-16 code unit. ``properties``: Unicode's, in the syntax that both languages share."""

    ranges: Ranges
    properties: str = ""
    negated: bool = False


class Edge(Struct):
    """``^`` or ``$``."""

    start: bool


class Group(Struct):
    branches: list[list[Node]]


class Repeat(Struct):
    """``high`` None: any number."""

    node: Node
    low: int
    high: int | None


Node = CharacterSet | Edge | Group | Repeat


def read(source: str, flags: str) -> Group:
    """The pattern. Raises NotSupportedError."""
    if not FLAGS.issuperset(flags):
        refuse("it has an unknown flag")
    return _Reader(source, flags).whole()


def refuse(reason: str) -> NoReturn:
    """Raises NotSupportedError. ``reason`` is for the page's author."""
    raise NotSupportedError(f"The regular expression is not supported: {reason}.")


class _Reader:
    """From the pattern's text to nodes."""

    def __init__(self, source: str, flags: str) -> None:
        self._source = source
        self._unicode = "u" in flags or "v" in flags
        self._nests_classes = "v" in flags
        self._ignores_case = "i" in flags
        self._any = self._set([] if "s" in flags else LINE_ENDS, negated=True)
        self._at = 0
        self._depth = 0

    def whole(self) -> Group:
        group = self._branches()
        if self._at < len(self._source):
            refuse("it closes a group that it did not open")
        return group

    def _branches(self) -> Group:
        branches: list[list[Node]] = [[]]
        while self._at < len(self._source) and not self._stands(")"):
            if self._take("|"):
                branches.append([])
            else:
                branches[-1].append(self._repeated(self._atom()))
        return Group(branches)

    def _atom(self) -> Node:
        character = self._next()
        match character:
            case "^" | "$":
                return Edge(character == "^")
            case "(":
                return self._group()
            case "[":
                return self._class()
            case ".":
                return self._any
            case "\\":
                return self._escape()
            case "*" | "+" | "?":
                refuse("there is nothing to repeat")
            case _:
                return self._one(ord(character))

    def _group(self) -> Group:
        if any(map(self._stands, ("?=", "?!", "?<=", "?<!"))):
            refuse("it looks ahead or behind")
        name = GROUP_NAME.match(self._source, self._at)
        if name:
            self._at = name.end()
        elif not self._take("?:") and self._stands("?"):
            refuse("it has a group of an unknown kind")
        self._depth += 1
        if self._depth > DEEPEST_GROUP:
            refuse("it has too many groups within groups")
        group = self._branches()
        if not self._take(")"):
            refuse("it does not close a group")
        self._depth -= 1
        return group

    def _repeated(self, node: Node) -> Node:
        bounds = self._bounds()
        if bounds is None:
            return node
        if isinstance(node, Edge):
            refuse("there is nothing to repeat")
        if isinstance(node, CharacterSet) and not self._unicode and node.ranges[-1:] > [(LAST_UNIT, LAST_UNIT)]:
            refuse("it needs the flag u")
        self._take("?")
        return Repeat(node, *bounds)

    def _bounds(self) -> tuple[int, int | None] | None:
        for sign, bounds in QUANTIFIERS.items():
            if self._take(sign):
                return bounds
        braces = BRACES.match(self._source, self._at)
        if braces is None:
            return None
        self._at = braces.end()
        low = _count(braces[1])
        if braces[2] is None:
            return low, low
        high = _count(braces[3]) if braces[3] else None
        if high is not None and high < low:
            refuse("it repeats from more to fewer")
        return low, high

    def _class(self) -> CharacterSet:
        negated = self._take("^")
        ranges: Ranges = []
        properties = ""
        while not self._take("]"):
            member = self._member()
            if self._stands("-") and not self._stands("-]"):
                self._at += 1
                end = self._member()
                if _is_one(member) and _is_one(end):
                    member = CharacterSet([(member.ranges[0][0], end.ranges[0][0])])
                else:
                    member = CharacterSet([*member.ranges, DASH, *end.ranges], member.properties + end.properties)
            ranges += member.ranges
            properties += member.properties
        if any(low > high for low, high in ranges):
            refuse("it has a range from more to less")
        if not self._unicode and any(high > LAST_UNIT for _, high in ranges):
            refuse("it needs the flag u")
        return self._set(ranges, properties, negated=negated)

    def _member(self) -> CharacterSet:
        if self._nests_classes and any(map(self._stands, ("[", "&&", "--", "\\q"))):
            refuse("it has a class within a class")
        character = self._next()
        if character != "\\":
            return CharacterSet([(ord(character), ord(character))])
        return CharacterSet([(0x08, 0x08)]) if self._take("b") else self._escape(folds=False)

    def _escape(self, *, folds: bool = True) -> CharacterSet:
        character = self._next()
        if character.lower() in CLASSES:
            return self._set(CLASSES[character.lower()], negated=character.isupper())
        if character in "pP" and self._unicode:
            return self._property(character)
        if character in "bB":
            refuse("it looks for word boundaries")
        if character in "123456789k":
            refuse("it refers back to a group")
        code = self._code(character)
        return self._one(code) if folds else CharacterSet([(code, code)])

    def _code(self, character: str) -> int:
        """The character that an escape stands for."""
        if character in CONTROLS:
            return CONTROLS[character]
        if character == "0" and self._source[self._at : self._at + 1] not in set("0123456789"):
            return 0
        if character == "c" and re.match("[A-Za-z]", self._source[self._at :]):
            return ord(self._next()) % 32
        if character in "xu":
            return self._hexadecimal()
        if character.isalnum() and character.isascii() and (self._unicode or character in "0c"):
            refuse("it has an unknown escape")
        return ord(character)

    def _hexadecimal(self) -> int:
        digits = HEX.match(self._source, self._at - 1)
        if digits is None or (digits[3] and not self._unicode):
            refuse("it has an unknown escape")
        self._at = digits.end()
        code = int(digits[1] or digits[2] or digits[3], 16)
        low = LOW_SURROGATE.match(self._source, self._at)
        if digits[2] and low and 0xD800 <= code < 0xDC00:
            self._at = low.end()
            return 0x10000 + ((code - 0xD800) << 10) + int(low[1], 16) - 0xDC00
        if code > LAST_CODE:
            refuse("it has an unknown escape")
        return code

    def _property(self, letter: str) -> CharacterSet:
        name = PROPERTY.match(self._source, self._at)
        if name is None or self._ignores_case:
            refuse("it has a Unicode property that is unknown, or the flag i beside one")
        self._at = name.end()
        return CharacterSet([], f"\\{letter}{name[0]}")

    def _one(self, code: int) -> CharacterSet:
        return self._set([(code, code)])

    def _set(self, ranges: Ranges, properties: str = "", *, negated: bool = False) -> CharacterSet:
        if self._ignores_case:
            ranges = folded(ranges, unicode=self._unicode)
        if negated and not properties:
            return CharacterSet(complement(ranges, LAST_CODE if self._unicode else LAST_UNIT))
        return CharacterSet(merged(ranges), properties, negated)

    def _stands(self, text: str) -> bool:
        return self._source.startswith(text, self._at)

    def _take(self, text: str) -> bool:
        found = self._stands(text)
        if found:
            self._at += len(text)
        return found

    def _next(self) -> str:
        if self._at == len(self._source):
            refuse("it ends too early")
        self._at += 1
        return self._source[self._at - 1]


def _count(digits: str) -> int:
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) < len(str(MOST_REPEATS)) else MOST_REPEATS


def _is_one(member: CharacterSet) -> bool:
    return not member.properties and len(member.ranges) == 1 and member.ranges[0][0] == member.ranges[0][1]
