"""The model's own chat template: turns in, marked-up pieces out.

Rules this file keeps:
* The template is hostile: it runs sandboxed, with a bound on its length and on its steps, and whatever it raises
  becomes NotSupportedError.
* Contents are hostile too: the template sees unguessable stand-ins, never the text, so contents come back as pieces
  of their own and are never read as markers.
* A template that refuses a system turn, or turns that do not alternate, gets them merged and is asked again.
"""

from __future__ import annotations

import re
import secrets
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from types import FrameType
from typing import Any, Final, NoReturn

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment
from msgspec import Struct

from windowsill import settings
from windowsill.engine_protocol import Turn
from windowsill.errors import NotSupportedError

DEFAULT_TEMPLATE: Final = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""ChatML, which most models without a template of their own have seen."""

MERGED: Final = "\n\n"
"""Between two contents that became one."""


class Piece(Struct, frozen=True):
    """``marker``: text of the template, in which control tokens count; otherwise a content, in which they do not."""

    text: str
    marker: bool


class _Message(Struct):
    role: str
    content: str


class ChatTemplate:
    """``source`` None: the model has no template of its own. Raises NotSupportedError when it cannot be compiled."""

    def __init__(self, source: str | None, *, bos: str = "", eos: str = "") -> None:
        source = source or DEFAULT_TEMPLATE
        if len(source.encode()) > settings.CHAT_TEMPLATE_BYTES:
            raise _unusable(f"it is longer than {settings.CHAT_TEMPLATE_BYTES} bytes")
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols", _Generation]
        )
        environment.globals.update(raise_exception=_raise_exception, strftime_now=_strftime_now)
        environment.globals.update(bos_token=bos, eos_token=eos, tools=None, documents=None)
        try:
            self._template = environment.from_string(source)
        except Exception as error:  # hostile source can make the compiler raise anything
            raise _unusable(f"{error.__class__.__name__}: {error}") from error

    def render(self, turns: Sequence[Turn], *, continues: bool = False, resume: str = "") -> list[Piece]:
        """Pieces of ``turns`` and the opening of the answer. ``continues``: the last turn is the answer's beginning.

        ``resume``: what the answer has already said. Raises NotSupportedError.
        """
        opened = [*turns]
        begun = opened.pop().content if continues and opened else ""
        pieces = self._pieces(opened, answer=True)
        if begun + resume:
            pieces.append(Piece(begun + resume, marker=False))
        return pieces

    def render_closed(self, turns: Sequence[Turn]) -> list[Piece]:
        """Pieces of ``turns`` alone, with no answer opened after them. Raises NotSupportedError."""
        return self._pieces(list(turns), answer=False)

    def _pieces(self, turns: list[Turn], *, answer: bool) -> list[Piece]:
        contents = {f"content{secrets.token_hex(16)}x": turn.content for turn in turns}
        messages = [_Message(turn.role, name) for turn, name in zip(turns, contents, strict=True)]
        refusal: NotSupportedError | None = None
        for variant in _variants(messages):
            try:
                text = self._run(variant, answer=answer)
            except NotSupportedError as error:
                refusal = refusal or error
                continue
            if all(name in text for name in contents):
                return _split(text, contents)
        raise refusal or _unusable("it leaves out a message")

    def _run(self, messages: list[_Message], *, answer: bool) -> str:
        plain = [{"role": message.role, "content": message.content} for message in messages]
        try:
            with _StepLimit(self._template.root_render_func.__code__.co_filename):
                return self._template.render(messages=plain, add_generation_prompt=answer)
        except Exception as error:  # hostile templates can raise anything
            raise _unusable(f"{error.__class__.__name__}: {error}") from error


def _variants(messages: list[_Message]) -> list[list[_Message]]:
    """The messages as they are, then without a system turn, then with alternating roles, without repeats."""
    variants = [messages]
    for variant in (_merge_system(messages), _merge_roles(messages), _merge_roles(_merge_system(messages))):
        if variant not in variants:
            variants.append(variant)
    return variants


def _merge_system(messages: list[_Message]) -> list[_Message]:
    """System turns become the beginning of the user turn after them, or user turns where there is none."""
    merged: list[_Message] = []
    for message in messages:
        if merged and merged[-1].role == "system" and message.role in {"system", "user"}:
            merged[-1] = _Message(message.role, merged[-1].content + MERGED + message.content)
        else:
            merged.append(message)
    return [_Message("user", message.content) if message.role == "system" else message for message in merged]


def _merge_roles(messages: list[_Message]) -> list[_Message]:
    """Adjacent turns of one role become one."""
    merged: list[_Message] = []
    for message in messages:
        if merged and merged[-1].role == message.role:
            merged[-1] = _Message(message.role, merged[-1].content + MERGED + message.content)
        else:
            merged.append(message)
    return merged


def _split(text: str, contents: dict[str, str]) -> list[Piece]:
    if not contents:
        return [Piece(text, marker=True)] if text else []
    parts = re.split("(" + "|".join(contents) + ")", text)
    pieces = [Piece(contents.get(part, part), marker=part not in contents) for part in parts]
    return [piece for piece in pieces if piece.text]


def _unusable(reason: str) -> NotSupportedError:
    return NotSupportedError(
        "The model's chat template cannot be used.", detail=f"the model's chat template cannot be used: {reason}"
    )


def _raise_exception(message: object) -> NoReturn:
    raise TemplateError(str(message))


def _strftime_now(form: str) -> str:
    return datetime.now().astimezone().strftime(form)


class _Generation(Extension):
    """``{% generation %}``, with which some templates mark the model's words for training: only its body counts."""

    tags = {"generation"}  # noqa: RUF012 - the base class declares it so

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


class _StepLimit:
    """Counts the lines that code from ``filename`` runs in this thread, and stops a loop that has no end."""

    def __init__(self, filename: str) -> None:
        self._filename = filename
        self._left = settings.CHAT_TEMPLATE_STEPS
        self._before: Callable[..., Any] | None = None

    def __enter__(self) -> None:
        self._before = sys.gettrace()
        sys.settrace(self._enter_frame)

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _enter_frame(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        return self._count if frame.f_code.co_filename == self._filename else None

    def _count(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
        self._left -= 1
        if self._left < 0:
            raise TemplateError(f"more than {settings.CHAT_TEMPLATE_STEPS} steps")
        return self._count
