"""An answer that calls tools: the grammar that it follows, and reading it back. Pure.

Rules this file keeps: an answer is text or calls, from its first character to its last; text never begins as a call
does, so what it is shows by how it begins; arguments satisfy their tool's schema; control tokens, which have no text,
are spelled by their numbers and are not seen when an answer is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from windowsill.engine.call_syntax import CallSyntax
from windowsill.engine_protocol import NewCall, Tool
from windowsill.errors import NotSupportedError

SCHEMA_OPTIONS: Final = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
"""As ``json.dumps`` and templates write: what the model made is what it sees next time, and stays in the cache."""

ANYTHING: Final = r"/(.|\n)*/"

_decoder: Final = json.JSONDecoder()


class Marker(Struct, frozen=True):
    """A token that no text can spell, and the text that it shows all the same, often none."""

    token: int
    text: str


Spelled = Sequence[str | Marker]
Spell = Callable[[str], Spelled]
"""Cuts a template's text at its control tokens."""


class Calls:
    """Calls of ``tools`` in one model's ``syntax``. Raises NotSupportedError for a schema that is none of an object."""

    def __init__(self, syntax: CallSyntax, tools: Sequence[Tool], spell: Spell) -> None:
        self._opening = spell(syntax.opening)
        self._middle = spell(syntax.middle)
        self._between = None if syntax.between is None else spell(syntax.between)
        self._closing = spell(syntax.closing)
        self._names = [(tool.name, syntax.written(tool.name)) for tool in tools]
        self._schemas = [_schema(tool.parameters) for tool in tools]
        opening, middle = _seen(self._opening), _seen(self._middle)
        self.beginnings = tuple([f"{opening}{written}{middle}" for _, written in self._names])
        """With one of these an answer begins that makes calls."""

    def lark(self, *, constrained: bool, wordy: bool = False) -> str:
        """The grammar of an answer in llguidance's Lark; text is the rule ``@text`` if it is ``constrained``, and all
        that there is if it is to be ``wordy``."""
        text = "@text" if constrained else "TEXT"
        rules = [] if constrained else self._text()
        if wordy:
            return "\n".join([f"start: {text}", *rules])
        first, more = self._rules("first", self._opening), self._rules("next", self._between)
        schemas = [f"arguments_{number}: %json {schema}" for number, schema in enumerate(self._schemas)]
        start = f"start: {text} | first {'next*' if more else ''} {_symbols(self._closing)}"
        return "\n".join([start, *first, *more, *schemas, *rules])

    def read(self, answer: str) -> tuple[NewCall, ...]:
        """The calls that a whole ``answer`` makes; none when it is text."""
        calls: list[NewCall] = []
        between = None if self._between is None else _seen(self._between)
        closing = _seen(self._closing)
        opening: str | None = _seen(self._opening)
        rest = answer
        while opening is not None and rest.startswith(opening):
            taken = self._read_call(rest[len(opening) :])
            if taken is None:
                return ()
            call, rest = taken
            calls.append(call)
            if rest == closing:
                return tuple(calls)
            opening = between
        return ()

    def _read_call(self, text: str) -> tuple[NewCall, str] | None:
        middle = _seen(self._middle)
        for name, written in self._names:
            if text.startswith(written + middle):
                text = text[len(written + middle) :]
                try:
                    arguments, end = _decoder.raw_decode(text)
                except (ValueError, RecursionError):
                    return None
                return (NewCall(name=name, arguments=text[:end]), text[end:]) if isinstance(arguments, dict) else None
        return None

    def _rules(self, name: str, before: Spelled | None) -> list[str]:
        """Rules of a call with ``before`` in front of it. What stands before its arguments is one terminal: of two that
        match, llguidance goes with the longer, which is a text's until that cannot be one."""
        if before is None:
            return []
        rules = [
            f"{name}_{number}: {_symbols([*before, written, *self._middle])} arguments_{number}"
            for number, (_, written) in enumerate(self._names)
        ]
        return [f"{name}: {' | '.join([f'{name}_{number}' for number in range(len(rules))])}", *rules]

    def _text(self) -> list[str]:
        """Rules of a text without constraint: it does not begin as a call does, nor holds what always begins one."""
        rules = [f"BEGUN: ({' | '.join(map(_quoted, self.beginnings))}) {ANYTHING}"]
        sign = _seen(self._opening).partition("{")[0].strip()
        if any(map(str.isalpha, sign)):
            return [*rules, f"SIGN: {ANYTHING} {_quoted(sign)} {ANYTHING}", f"TEXT: {ANYTHING} & ~BEGUN & ~SIGN"]
        return [*rules, f"TEXT: {ANYTHING} & ~BEGUN"]


def _schema(parameters: str) -> str:
    try:
        schema = json.loads(parameters)
        if isinstance(schema, dict) and schema.get("type") == "object":
            return json.dumps(schema | {"x-guidance": SCHEMA_OPTIONS})
    except (ValueError, RecursionError) as error:
        raise _unusable() from error
    raise _unusable()


def _unusable() -> NotSupportedError:
    return NotSupportedError("A tool's inputSchema is no JSON Schema of an object.")


def _seen(spelled: Spelled) -> str:
    return "".join([part.text if isinstance(part, Marker) else part for part in spelled])


def _symbols(spelled: Spelled) -> str:
    """In Lark, neighbouring texts as one."""
    symbols: list[str] = []
    text = ""
    for part in spelled:
        if isinstance(part, Marker):
            symbols += [_quoted(text), f"<[{part.token}]>"] if text else [f"<[{part.token}]>"]
            text = ""
        else:
            text += part
    return " ".join([*symbols, _quoted(text)] if text else symbols)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
