"""What a page has to see of the interface objects that Web IDL describes, in the words of interface_shapes.js."""

from __future__ import annotations

import json

from support.web_idl import Interface, Node

METHOD = "writable enumerable configurable"


def shapes(interface: Interface) -> dict[str, str]:
    """Facts, path to description."""
    name = interface.name
    facts = {
        name: "function, writable configurable",
        f"parent of {name}": interface.parent or "",
        f"parent of {name}.prototype": interface.parent or "Object",
        f"{name}.length": "0, configurable",
        f"{name}.name": f"{json.dumps(name)}, configurable",
        f"{name}.prototype": "",
        f"{name}.prototype.constructor": f"{name}, writable configurable",
        f"{name}.prototype[Symbol.toStringTag]": f"{json.dumps(name)}, configurable",
    }
    for operation in interface.operations:
        description = f"method {_named(operation['name'], required(operation))}, {METHOD}"
        facts[f"{holder(interface, operation)}.{operation['name']}"] = description
    for attribute in interface.attributes:
        getter = _named(f"get {attribute['name']}", 0)
        setter = "none" if attribute["readonly"] else _named(f"set {attribute['name']}", 1)
        facts[f"{name}.prototype.{attribute['name']}"] = f"get {getter}, set {setter}, enumerable configurable"
    return facts


def holder(interface: Interface, member: Node) -> str:
    """The object that has the member."""
    return interface.name if member["special"] == "static" else f"{interface.name}.prototype"


def required(operation: Node) -> int:
    """How many arguments the operation needs (count)."""
    return sum(not argument["optional"] for argument in operation["arguments"])


def _named(name: str, length: int) -> str:
    return f"{json.dumps(name)} of {length}"
