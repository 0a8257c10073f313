"""How a model writes the calls of tools, learnt from its own chat template. Pure.

Rules this file keeps: a call is a name and then a JSON object, with fixed texts before, between and behind; templates
that write calls in any other way are not read, and their models are shown plain turns.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from windowsill.engine_protocol import AnyTurn, Tool, ToolCall, ToolCalls, Turn

PARAMETERS: Final = '{"type": "object", "properties": {}}'


class CallSyntax(Struct, frozen=True, kw_only=True):
    """Texts of the template around a name and its arguments, control tokens among them: ``opening`` name ``middle``
    arguments ``closing``; ``between`` two calls instead of ``closing``, None where an answer makes one call only."""

    opening: str
    middle: str
    between: str | None
    closing: str

    @property
    def begins_as_json(self) -> bool:
        """Whether what an answer is cannot be told by its first characters from an answer in JSON."""
        return self.opening.startswith(("{", "["))

    def written(self, name: str) -> str:
        """``name`` as it stands in a call."""
        inside_json = self.opening.endswith('"') and self.middle.startswith('"')
        return json.dumps(name, ensure_ascii=False)[1:-1] if inside_json else name


PLAIN: Final = CallSyntax(
    opening='<tool_call>\n{"name": "',
    middle='", "arguments": ',
    between='}\n</tool_call>\n<tool_call>\n{"name": "',
    closing="}\n</tool_call>",
)
"""Of calls in plain turns, see ``tool_turns``."""

Shown = Callable[[Sequence[AnyTurn], Sequence[Tool]], str | None]
"""A template's rendering of a closed conversation; None when it refuses it."""


def learn(shown: Shown) -> CallSyntax | None:
    """The syntax that a template shows its model; None when it shows none that can be read."""
    word = secrets.token_hex(8)  # nothing that a template could say by itself
    name, said, *keys = f"tool{word}", f"said{word}", f"one{word}", f"two{word}"
    tools = (Tool(name=name, description="a", parameters=PARAMETERS),)
    asked = Turn(role="user", content="a")
    spoken = shown((asked, Turn(role="assistant", content=said)), tools)
    if spoken is None or said not in spoken:
        return None
    before, _, after = spoken.partition(said)
    for some in (keys, keys[:1]):  # some templates take no two calls in a turn
        calls = tuple([ToolCall(id=key, name=name, arguments=json.dumps({key: 0})) for key in some])
        called = shown((asked, ToolCalls(calls=calls)), tools)
        syntax = called and _read(_between(called, before, after), name, some)
        if syntax:
            return syntax
    return None


def _between(text: str, before: str, after: str) -> str:
    """What stands in ``text`` where the words of an answer would."""
    for start in (before, before.rstrip()):  # Mistral's templates put a space before words only
        if text.startswith(start) and text.endswith(after):
            return text[len(start) : len(text) - len(after)]
    return ""


def _read(body: str, name: str, keys: Sequence[str]) -> CallSyntax | None:
    calls = [rf'{name}(.*?)\{{\s*"{key}"\s*:\s*0\s*\}}' for key in keys]
    found = re.fullmatch("(.*?)" + "(.*?)".join(calls) + "(.*?)", body, re.DOTALL)
    if found is None:
        return None
    opening, middle, *more, closing = found.groups()
    # Without anything behind it, a name would be told from a text's first word by nothing.
    if not middle or more[1:] not in ([], [middle]):
        return None
    return CallSyntax(opening=opening, middle=middle, between=more[0] if more else None, closing=closing)
