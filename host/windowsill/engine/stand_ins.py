"""Unguessable names that stand for what a page said while a chat template, which must not read it, lays it out.

Rules this file keeps: a name tells nothing of its text; what comes back is cut at the names, so that no text of a page
is ever taken for a marker; JSON that a template writes about such texts is one text of its own.
"""

from __future__ import annotations

import json
import re
import secrets
from typing import Any, Final

from msgspec import Struct

RECOGNIZED: Final = 12
"""Characters by which a part of a name is known."""

SCHEMA_TYPES: Final = frozenset({"array", "boolean", "function", "integer", "null", "number", "object", "string"})
SCHEMA_WORDS: Final = frozenset(
    """
    $defs $ref additionalProperties allOf anyOf const default description enum examples format items maxItems maxLength
    maximum minItems minLength minimum oneOf pattern prefixItems properties required title type
    """.split()  # noqa: SIM905 - one word a line would take a page
)
"""Words of JSON Schema by which templates tell what they print."""


class Piece(Struct, frozen=True):
    """``marker``: text of the template, in which control tokens count; otherwise a content, in which they do not."""

    text: str
    marker: bool


class StandIns:
    """Of one rendering."""

    def __init__(self) -> None:
        self._prefix = f"c{secrets.token_hex(16)}n"
        self._names = re.compile(f"({self._prefix}[0-9]+x)")
        self._texts: dict[str, str] = {}
        self._shared: dict[str, str] = {}
        self._inside: dict[str, frozenset[str]] = {}

    def name(self, text: str) -> str:
        """A name for ``text`` that no other text has, even an equal one."""
        name = f"{self._prefix}{len(self._texts)}x"
        self._texts[name] = text
        return name

    def shared_name(self, text: str) -> str:
        """The name for this and every equal text."""
        if text not in self._shared:
            self._shared[text] = self.name(text)
        return self._shared[text]

    def values(self, value: Any) -> Any:
        """JSON ``value`` with names for all texts, keys included."""
        match value:
            case str():
                return self.shared_name(value)
            case list():
                return [self.values(item) for item in value]
            case dict():
                return {self.shared_name(key): self.values(item) for key, item in value.items()}
            case _:
                return value

    def schema(self, value: Any, *, named_by_page: bool = False) -> Any:
        """JSON Schema ``value`` with names for all texts but the schema language's own."""
        match value:
            case dict():
                shown: dict[str, Any] = {}
                for key, item in value.items():
                    if key in SCHEMA_WORDS and not named_by_page:
                        known = key == "type" and isinstance(item, str) and item in SCHEMA_TYPES
                        shown[key] = item if known else self.schema(item, named_by_page=key in {"properties", "$defs"})
                    else:
                        shown[self.shared_name(key)] = self.schema(item)
                return shown
            case list():
                return [self.schema(item) for item in value]
            case str():
                return self.shared_name(value)
            case _:
                return value

    def json(self, value: Any, **form: Any) -> str:
        """The JSON of ``value``, names read as what they stand for: one name between its brackets, as templates cut
        brackets off and put others on."""
        written = json.dumps(value, ensure_ascii=False, **form)
        inside = frozenset(self._names.findall(written))
        if not inside:
            return written
        escaped = self._names.sub(lambda found: json.dumps(self._texts[found[0]], ensure_ascii=False)[1:-1], written)
        name = self.name(escaped[1:-1])
        self._inside[name] = inside.union(*[self._inside.get(each, frozenset()) for each in inside])
        return escaped[0] + name + escaped[-1]

    def found(self, text: str) -> frozenset[str]:
        """The names in ``text``, and those in the JSON of its names."""
        outer = frozenset(self._names.findall(text))
        return outer.union(*[self._inside.get(name, frozenset()) for name in outer])

    def broken(self, text: str) -> bool:
        """Whether ``text`` holds a part of a name: a template cut through a content."""
        return self._prefix[:RECOGNIZED] in self._names.sub("", text)

    def pieces(self, text: str) -> list[Piece]:
        """``text`` cut at its names. Neighbouring pieces differ in kind or belong to different names."""
        parts = self._names.split(text)
        pieces = [Piece(self._texts.get(part, part), marker=part not in self._texts) for part in parts]
        return [piece for piece in pieces if piece.text]
