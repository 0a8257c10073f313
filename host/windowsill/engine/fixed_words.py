"""What a constraint spells out letter by letter: where free text comes before it, no search finds it by trying letters.

Pure. Rule this file keeps: it only proposes. Whether a word may come, and leads to an end, the constraint itself says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from windowsill.engine.regexp_reader import CharacterSet, Edge, Group, Node, Repeat, read
from windowsill.engine_protocol import Constraint, JsonSchema, RegExp
from windowsill.errors import NotSupportedError

MOST_WORDS: Final = 8
"""Words of a constraint, from its end (count): a search tries each from everywhere."""

SHORTEST: Final = 2
"""Characters: shorter ones are tried anyhow."""


def fixed_words(constraint: Constraint) -> list[str]:
    """The last words of its patterns, the very last one first."""
    found = [word for pattern, flags in _patterns(constraint) for word in _words(pattern, flags)]
    return list(dict.fromkeys(reversed(found)))[:MOST_WORDS]


def _patterns(constraint: Constraint) -> Iterator[tuple[str, str]]:
    """Source and flags of each pattern."""
    match constraint:
        case RegExp(source=source, flags=flags):
            yield source, flags
        case JsonSchema(schema=schema):
            yield from ((pattern, "u") for pattern in _within(json.loads(schema)))


def _within(schema: object) -> Iterator[str]:
    """The patterns in a schema, however deep, in its order."""
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            pattern = value.get("pattern")
            if isinstance(pattern, str):
                yield pattern
            waiting += reversed(value.values())
        elif isinstance(value, list):
            waiting += reversed(value)


def _words(pattern: str, flags: str) -> Iterator[str]:
    try:
        tree = read(pattern, flags)
    except NotSupportedError:
        return  # A schema's patterns are read by llguidance, which knows some that we do not.
    yield from _runs(tree)


def _runs(group: Group) -> Iterator[str]:
    """Characters that follow each other without a choice, in the order of the pattern."""
    for branch in group.branches:
        run = ""
        for node in branch:
            if isinstance(node, Edge):
                continue
            letter = _letter(node)
            run += letter
            if letter:
                continue
            if len(run) >= SHORTEST:
                yield run
            run = ""
            inner = node.node if isinstance(node, Repeat) else node
            if isinstance(inner, Group):
                yield from _runs(inner)
        if len(run) >= SHORTEST:
            yield run


def _letter(node: Node) -> str:
    """The one character that a node stands for; empty where it is no such node."""
    match node:
        case CharacterSet(ranges=[(first, last)], properties="", negated=False) if first == last:
            return chr(first)
    return ""
