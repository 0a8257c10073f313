"""JavaScript expressions of values that a Web IDL type takes, and of values that it must refuse with a TypeError."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from support.web_idl import Node, WebIDL

PRIMITIVES: Final = ("5", "'text'", "true", "1n", "Symbol()")
"""None of them is an object; ``null`` and ``undefined`` stand for an empty dictionary."""

NO_OBJECTS: Final = (*PRIMITIVES, "null")

RIGHT: Final = {
    "DOMString": ("'text'", "5", "null", "undefined", "{}"),
    "boolean": ("true", "'text'", "{}", "Symbol()"),
    "unrestricted double": ("1", "Infinity", "NaN", "'1'", "null"),
    "object": ("{}", "[]", "() => {}", "/x/"),
    "AbortSignal": ("new AbortController().signal",),
    "AudioBuffer": ("new AudioBuffer({length: 1, sampleRate: 44100})",),
    "BufferSource": ("new Uint8Array(1)",),
    "ImageBitmapSource": ("new Blob()",),
}
"""Values of the types that Web IDL itself or another standard defines."""

WRONG: Final = {
    "DOMString": ("Symbol()", "Object.create(null)"),
    "boolean": (),
    "unrestricted double": ("Symbol()", "1n"),
    "object": NO_OBJECTS,
    "AbortSignal": (*NO_OBJECTS, "{}", "AbortSignal.prototype", "Object.create(AbortSignal.prototype)"),
}
"""The same for values that the conversion refuses."""


class Values:
    """Values of the types of one set of definitions."""

    def __init__(self, idl: WebIDL) -> None:
        self._idl = idl

    def right(self, of: Node) -> Iterator[str]:
        """Values of every branch of the type; the first is the plainest."""
        of = self._idl.resolved(of)
        if of["union"]:
            for branch in of["idlType"]:
                yield from self.right(branch)
        elif of["generic"] == "sequence":
            yield from (f"[{item}]" for item in self.right(of["idlType"][0]))
            yield from ("[]", "new Set()", "(function* () {})()")
        else:
            yield from self._right_named(of["idlType"])

    def _right_named(self, name: str) -> Iterator[str]:
        definition = self._idl.definition(name) or {"type": "other"}
        match definition["type"]:
            case "enum":
                yield from (repr(entry["value"]) for entry in definition["values"])
            case "dictionary":
                yield from map(literal, self.right_fields(name))
            case "callback":
                yield from ("() => {}", "class {}", "new Proxy(() => {}, {})")
            case _:
                yield from RIGHT[name]

    def right_fields(self, dictionary: str) -> Iterator[dict[str, str]]:
        """Members for every right value of each member, beside those that are required."""
        least = self.least(dictionary)
        yield least
        for field in self._idl.fields(dictionary):
            values = [value for value in self.right(field["idlType"]) if value != "undefined"]
            for value in values if field["required"] else [*values, "undefined"]:
                yield least | {field["name"]: value}

    def least(self, dictionary: str) -> dict[str, str]:
        """The required members of a dictionary."""
        fields = self._idl.fields(dictionary)
        return {field["name"]: next(self.right(field["idlType"])) for field in fields if field["required"]}

    def wrong(self, of: Node) -> Iterator[str]:
        """Values that the type's conversion refuses."""
        of = self._idl.resolved(of)
        if of["union"]:
            yield from ("Symbol()", "Object.create(null)")
            for branch in map(self._idl.resolved, of["idlType"]):
                if branch["generic"] == "sequence":
                    yield from self._wrong_iterables(branch)
        elif of["generic"] == "sequence":
            yield from (*NO_OBJECTS, "{}")
            yield from self._wrong_iterables(of)
        else:
            yield from self._wrong_named(of["idlType"])

    def _wrong_iterables(self, sequence: Node) -> Iterator[str]:
        yield from ("{[Symbol.iterator]: 5}", "{[Symbol.iterator]() {}}", "{[Symbol.iterator]() { return {}; }}")
        yield from (f"[{item}]" for item in self.wrong(sequence["idlType"][0]))

    def _wrong_named(self, name: str) -> Iterator[str]:
        definition = self._idl.definition(name) or {"type": "other"}
        match definition["type"]:
            case "enum":
                yield from ("'no such value'", "''", "5", "null", "{}", "Symbol()")
            case "dictionary":
                yield from PRIMITIVES
                least = self.least(name)
                for field in self._idl.fields(name):
                    for value in self.wrong(field["idlType"]):
                        yield literal(least | {field["name"]: value})
                for missing in least:
                    yield literal({field: value for field, value in least.items() if field != missing})
            case "callback":
                yield from (*NO_OBJECTS, "{}")
            case _:
                yield from WRONG[name]


def literal(fields: dict[str, str]) -> str:
    """An object literal."""
    return "{" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "}"
