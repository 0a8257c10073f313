"""Calls that Web IDL judges by itself: how each has to end follows from the types of its arguments and its result.

The expressions name ``objects`` (an object of each interface, by its name), ``watch`` (notes what is read of a value)
and ``end``, which a getter throws that is read last of all: it comes back if everything before it was converted.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from support.idl_shapes import holder, required
from support.idl_values import Values, literal
from support.web_idl import Interface, Node, WebIDL

STRANGERS: Final = ("undefined", "null", "5", "{}", "document", "new EventTarget()")
"""Receivers that are objects of no interface of ours."""

CONVERTED: Final = "without a TypeError"
"""How a call ends whose arguments are of the right types, as far as Web IDL can say."""

TYPES: Final = {"DOMString": "string", "boolean": "boolean"}
"""What ``typeof`` says of values of a type; of all others it says ``number``."""


@dataclass(frozen=True)
class Call:
    """An expression, and how it ends: CONVERTED, or in the words of outcomes.js."""

    code: str
    ends: str

    def may_end(self, outcome: str) -> bool:
        return "TypeError" not in outcome if self.ends == CONVERTED else outcome == self.ends


def there(interface: Interface, seen: Mapping[str, str]) -> Interface:
    """The interface without members that are not among what the page has."""
    present = tuple(member for member in interface.members if f"{holder(interface, member)}.{member['name']}" in seen)
    return dataclasses.replace(interface, members=present)


def unlike(calls: list[Call], outcomes: Mapping[str, str]) -> list[str]:
    """Calls that ended otherwise than their IDL says."""
    return [f"{call.code}: {outcomes[call.code]}" for call in calls if not call.may_end(outcomes[call.code])]


class Calls:
    """Calls of the members of one interface."""

    def __init__(self, idl: WebIDL, interface: Interface, *, watched: bool = False) -> None:
        self._idl = idl
        self._interface = interface
        self._values = Values(idl)
        self._watched = watched

    def all(self) -> Iterator[Call]:
        name = self._interface.name
        for construction in (f"new {name}()", f"{name}()", f"new (class extends {name} {{}})()"):
            yield Call(construction, "throws TypeError")
        yield Call(f"Reflect.construct({name}, [], Object)", "throws TypeError")
        for operation in self._interface.operations:
            yield from self.wrong_arguments(operation)
            yield from self.right_arguments(operation)
            if operation["special"] != "static":
                yield from self._strangers(f"{name}.prototype.{operation['name']}", operation)
        for attribute in self._interface.attributes:
            yield from self._attribute(attribute)

    def wrong_arguments(self, operation: Node) -> Iterator[Call]:
        """Too few, and each one wrong in each way with right ones before it."""
        before: list[str] = []
        for argument in operation["arguments"]:
            if not argument["optional"]:
                yield self._call(operation, before, _failure(operation))
            for value in self._values.wrong(argument["idlType"]):
                yield self._call(operation, [*before, value], _failure(operation))
            before.append(next(self._values.right(argument["idlType"])))

    def right_arguments(self, operation: Node) -> Iterator[Call]:
        """Each one right in each way."""
        *others, options = operation["arguments"] or [None]
        if options is None:
            return
        dictionary = options["idlType"]["idlType"]
        least = [next(self._values.right(argument["idlType"])) for argument in others]
        names = {field["name"] for field in self._idl.fields(dictionary)}
        if "signal" not in names:
            empty = () if self._values.least(dictionary) else ("undefined", "null", *_functions(names))
            for value in (*self._values.right(options["idlType"]), *empty):
                yield self._call(operation, [*least, value], CONVERTED)
            return
        converted = "rejects end" if _is_promise(operation) else "throws end"
        for index, argument in enumerate(others):
            for value in self._values.right(argument["idlType"]):
                values = [*least[:index], value, *least[index + 1 :], _ending(self._values.least(dictionary))]
                yield self._call(operation, values, converted)
        for fields in self._values.right_fields(dictionary):
            yield self._call(operation, [*least, _ending(fields)], converted)

    def _call(self, operation: Node, values: list[str], ends: str) -> Call:
        name = self._interface.name
        holder = name if operation["special"] == "static" else f"objects.{name}"
        shown = [f"watch({value})" for value in values] if self._watched else values
        return Call(f"{holder}.{operation['name']}({', '.join(shown)})", ends)

    def _attribute(self, attribute: Node) -> Iterator[Call]:
        name = attribute["name"]
        here = f"objects.{self._interface.name}.{name}"
        property_ = f"Object.getOwnPropertyDescriptor({self._interface.name}.prototype, '{name}')"
        yield from self._strangers(f"{property_}.get")
        if attribute["readonly"]:
            yield Call(f"{here} = 1", "throws TypeError")
            yield self._read(here, attribute["idlType"])
            return
        assert attribute["idlType"]["idlType"] == "EventHandler"
        yield from self._strangers(f"{property_}.set")
        for value in ("() => {}", "{}"):
            yield Call(f"[{value}].every((handler) => ({here} = handler) === {here})", "returns true")
        for value in ("5", "'text'", "Symbol()", "undefined", "null"):
            yield Call(f"({here} = {value}, {here})", "returns null")

    def _read(self, here: str, of: Node) -> Call:
        """What an attribute holds is of its type."""
        definition = None if of["generic"] else self._idl.definition(of["idlType"])
        if definition:
            values = json.dumps([entry["value"] for entry in definition["values"]])
            test = f"{values}.includes({here})"
        elif of["generic"] == "FrozenArray":
            test = f"Array.isArray({here}) && Object.isFrozen({here})"
        else:
            test = f"typeof {here} === '{TYPES.get(of['idlType'], 'number')}'"
        return Call(f"{here} === null || {test}" if of["nullable"] else test, "returns true")

    def _strangers(self, function: str, operation: Node | None = None) -> Iterator[Call]:
        name = self._interface.name
        arguments = operation["arguments"][: required(operation)] if operation else []
        values = [next(self._values.right(argument["idlType"])) for argument in arguments]
        for receiver in (*STRANGERS, name, f"{name}.prototype", f"Object.create({name}.prototype)"):
            ends = _failure(operation) if operation else "throws TypeError"
            yield Call(f"{function}.call({', '.join([receiver, *values])})", ends)


def _functions(names: set[str]) -> tuple[str, ...]:
    """A function is an object like any other, but has a ``length``."""
    return () if "length" in names else ("() => {}",)


def _is_promise(operation: Node) -> bool:
    return bool(operation["idlType"]["generic"] == "Promise")


def _failure(operation: Node) -> str:
    return "rejects TypeError" if _is_promise(operation) else "throws TypeError"


def _ending(fields: dict[str, str]) -> str:
    kept = {name: value for name, value in fields.items() if name != "signal"}
    return literal(kept)[:-1] + (", " if kept else "") + "get signal() { throw end; }}"
