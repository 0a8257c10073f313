"""The Web IDL that the standards' editors publish: its definitions, with mixins and inheritance worked in.

Types and members stay as the parser gives them (webidl2's syntax tree).
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

FILES: Final = ("prompt-api", "writing-assistance-apis", "proofreader-api", "translation-api")
EXTENSION: Final = Path(__file__).resolve().parents[2] / "extension"

Node = dict[str, Any]
"""A node of the syntax tree: a type, a member, an argument."""


@dataclass(frozen=True)
class Interface:
    """An interface with the members of its mixins."""

    name: str
    parent: str | None
    members: tuple[Node, ...]

    @property
    def operations(self) -> list[Node]:
        return [member for member in self.members if member["type"] == "operation"]

    @property
    def attributes(self) -> list[Node]:
        return [member for member in self.members if member["type"] == "attribute"]


class WebIDL:
    """The definitions of some files, by name."""

    def __init__(self, definitions: list[Node]) -> None:
        self._by_name = {node["name"]: node for node in definitions if "name" in node}
        self._mixins = [(node["target"], node["includes"]) for node in definitions if node["type"] == "includes"]

    def interfaces(self) -> Iterator[Interface]:
        for name, node in self._by_name.items():
            if node["type"] == "interface":
                mixed_in = [self._by_name[mixin] for target, mixin in self._mixins if target == name]
                members = tuple(member for part in [node, *mixed_in] for member in part["members"])
                yield Interface(name, node["inheritance"], members)

    def definition(self, name: str) -> Node | None:
        """A dictionary, an enumeration or a callback; None for what other standards define."""
        return self._by_name.get(name)

    def fields(self, dictionary: str) -> list[Node]:
        """The members of a dictionary in the order of their conversion: inherited ones first, then by name."""
        node = self._by_name[dictionary]
        inherited = self.fields(node["inheritance"]) if node["inheritance"] else []
        return inherited + sorted(node["members"], key=lambda field: field["name"])

    def resolved(self, of: Node) -> Node:
        """The type, without names that only stand for another one."""
        name = of["idlType"]
        if isinstance(name, str):
            definition = self._by_name.get(name)
            if definition and definition["type"] == "typedef":
                return self.resolved(definition["idlType"])
        return of


@cache
def published() -> WebIDL:
    """What the pinned package ``@webref/idl`` holds for our interfaces."""
    command = ["node", "web_idl.mjs", *FILES]
    printed = subprocess.run(command, cwd=EXTENSION, stdout=subprocess.PIPE, text=True, check=True).stdout
    return WebIDL(json.loads(printed))
