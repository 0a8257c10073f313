"""The model's own chat template: turns in, marked-up pieces out.

Rules this file keeps:
* The template is hostile: it runs in bounded_jinja, and whatever it raises becomes NotSupportedError.
* Contents are hostile too: the template sees unguessable stand-ins, never the text, so contents come back as pieces
  of their own and are never read as markers.
* A template that refuses a system turn, or turns that do not alternate, gets them merged and is asked again; one that
  leaves tools out, or whose calls could not be read back, gets them as plain turns.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextvars import ContextVar
from datetime import datetime
from functools import cached_property
from typing import Any, Final, NoReturn

from jinja2 import TemplateError
from msgspec import Struct

from windowsill.engine import answer_opening, bounds, call_syntax, tool_turns
from windowsill.engine.answer_opening import AnswerOpening
from windowsill.engine.bounded_jinja import BoundedEnvironment
from windowsill.engine.call_syntax import CallSyntax
from windowsill.engine.compute import Tokenizer
from windowsill.engine.stand_ins import Piece, StandIns
from windowsill.engine.template_meter import FORM_CHARACTERS
from windowsill.engine_protocol import AnyTurn, Tool, ToolCalls, ToolResult, Turn
from windowsill.errors import NotSupportedError

__all__ = ["ChatTemplate", "Piece", "default_template"]

CHATML: Final = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

PLAIN: Final = (
    "{% for message in messages %}{% if message.role != 'system' %}{{ message.role | capitalize }}: {% endif %}"
    "{{ message.content }}\n\n{% endfor %}{% if add_generation_prompt %}Assistant:{% endif %}"
)

MERGED: Final = "\n\n"
"""Between two contents that became one."""

JSON_INDENT: Final = 8

TODAY: Final = "%Y-%m-%d"
"""No time of day, with which no two prompts would begin alike."""

_rendering: ContextVar[StandIns] = ContextVar("rendering")


def default_template(tokenizer: Tokenizer) -> str:
    """For a model that brings none: ChatML if its vocabulary has ChatML's markers, else names before what they say."""
    start = tokenizer.tokenize("<|im_start|>", special=True, continues=False)
    return CHATML if len(start) == 1 and tokenizer.is_control(start[0]) else PLAIN


class _Message(Struct):
    """``content`` holds names, or is empty; ``more``: what a turn of tools has besides."""

    role: str
    content: str
    more: dict[str, Any] = {}


class ChatTemplate:
    """``source`` None: ChatML. Raises NotSupportedError when it cannot be compiled."""

    def __init__(self, source: str | None, *, bos: str = "", eos: str = "") -> None:
        source = source or CHATML
        if len(source.encode()) > bounds.CHAT_TEMPLATE_BYTES:
            raise _unusable(f"it is longer than {bounds.CHAT_TEMPLATE_BYTES} bytes")
        self._environment = BoundedEnvironment(
            raise_exception=_raise_exception,
            strftime_now=_strftime_now,
            bos_token=bos,
            eos_token=eos,
            documents=None,
            # Pages get the answer as it comes; a model's thoughts are no part of it. Templates that know no such word:
            # see answer_opening.
            enable_thinking=False,
        )
        self._environment.filters["tojson"] = _to_json
        try:
            self._template, self._takes_tools = self._environment.read(source)
        except Exception as error:  # hostile source can make the compiler raise anything
            raise _unusable(f"{error.__class__.__name__}: {error}") from error

    @cached_property
    def syntax(self) -> CallSyntax | None:
        """How the model writes calls by this template; None when it knows no tools, or no form that can be read."""
        return call_syntax.learn(self._shown) if self._takes_tools else None

    def render(self, turns: Sequence[AnyTurn], *, continues: bool = False, resume: str = "") -> list[Piece]:
        """Pieces of ``turns`` and the opening of the answer. ``continues``: the last turn is the answer's beginning.

        ``resume``: what the answer has already said. Raises NotSupportedError.
        """
        return self.render_tools(turns, (), continues=continues, resume=resume)[0]

    def render_tools(
        self,
        turns: Sequence[AnyTurn],
        tools: Sequence[Tool],
        *,
        constrained: bool = False,
        continues: bool = False,
        resume: str = "",
    ) -> tuple[list[Piece], CallSyntax]:
        """As ``render``, and how ``tools`` are called in the answer, whose text may be ``constrained`` to JSON."""
        opened = [*turns]
        begun = opened.pop().content if continues and opened else ""
        syntax = None if constrained and self.syntax and self.syntax.begins_as_json else self.syntax
        pieces, syntax = self._pieces(opened, tools, syntax, answer=True)
        pieces = self._opening.completed(pieces)
        if begun + resume:
            pieces.append(Piece(begun + resume, marker=False))
        return pieces, syntax

    def render_closed(self, turns: Sequence[AnyTurn], *, tools: Sequence[Tool] = ()) -> list[Piece]:
        """Pieces of ``turns`` alone, with no answer opened after them. Raises NotSupportedError."""
        return self._pieces(turns, tools, self.syntax, answer=False)[0]

    @cached_property
    def _opening(self) -> AnswerOpening:
        question = Turn(role="user", content="a")
        try:
            asked = self._laid_out((question,), (), answer=True)
            answered = self._laid_out((question, Turn(role="assistant", content="b")), (), answer=False)
        except NotSupportedError:
            return AnswerOpening()
        return answer_opening.learn(asked, answered)

    def _pieces(
        self, turns: Sequence[AnyTurn], tools: Sequence[Tool], syntax: CallSyntax | None, *, answer: bool
    ) -> tuple[list[Piece], CallSyntax]:
        if not tools and all(isinstance(turn, Turn) for turn in turns):
            return self._laid_out(turns, (), answer=answer), call_syntax.PLAIN
        if syntax is not None:
            try:
                return self._laid_out(turns, tools, answer=answer), syntax
            except NotSupportedError:
                pass  # a conversation that this template takes as plain turns only
        return self._laid_out(tool_turns.plain(turns, tools), (), answer=answer), call_syntax.PLAIN

    def _shown(self, turns: Sequence[AnyTurn], tools: Sequence[Tool]) -> str | None:
        """See ``call_syntax.Shown``."""
        try:
            return "".join([piece.text for piece in self._laid_out(turns, tools, answer=False)])
        except NotSupportedError:
            return None

    def _laid_out(self, turns: Sequence[AnyTurn], tools: Sequence[Tool], *, answer: bool) -> list[Piece]:
        """Pieces, in the first variant of the turns that the template takes. Raises NotSupportedError."""
        refusal: NotSupportedError | None = None
        names = StandIns()
        token = _rendering.set(names)
        try:
            definitions = [_definition(tool, names) for tool in tools]
            messages = _messages(turns, names)
            wanted = [names.shared_name(tool.name) for tool in tools]
            for variant in _variants(messages):
                try:
                    text = self._run(variant, definitions, answer=answer)
                except NotSupportedError as error:
                    refusal = refusal or error
                    continue
                if names.found(text) >= {*wanted, *_required(messages, names)} and not names.broken(text):
                    return names.pieces(text)
        finally:
            _rendering.reset(token)
        raise refusal or _unusable("it leaves out a message, or a part of one")

    def _run(self, messages: list[_Message], tools: list[Any], *, answer: bool) -> str:
        plain = [{"role": message.role, "content": message.content, **message.more} for message in messages]
        # What other runtimes tell every template, whether or not it asks.
        known = {"messages": plain, "add_generation_prompt": answer, "functions": "", "datetime": _strftime_now(TODAY)}
        try:
            try:
                return self._environment.run(self._template, tools=tools or None, **known)
            except TypeError:
                if tools:
                    raise
                # Some, made for conversations with tools, go through the list unasked.
                return self._environment.run(self._template, **known)
        except Exception as error:  # hostile templates can raise anything
            raise _unusable(f"{error.__class__.__name__}: {error}") from error


def _definition(tool: Tool, names: StandIns) -> dict[str, object]:
    parameters = names.schema(json.loads(tool.parameters))
    function = {"name": names.shared_name(tool.name), "description": names.shared_name(tool.description)}
    return {"type": "function", "function": function | {"parameters": parameters}}


def _messages(turns: Sequence[AnyTurn], names: StandIns) -> list[_Message]:
    messages: list[_Message] = []
    numbers: dict[str, int] = {}
    for turn in turns:
        match turn:
            case Turn(role=role, content=content):
                messages.append(_Message(role, names.name(content)))
            case ToolCalls(calls=calls, content=content):
                called: list[dict[str, object]] = []
                for call in calls:
                    numbers[call.id] = number = len(numbers)
                    arguments = names.values(json.loads(call.arguments))
                    called.append(_call(number, names.shared_name(call.name), arguments))
                messages.append(_Message("assistant", names.name(content) if content else "", {"tool_calls": called}))
            case ToolResult(id=id, name=name, content=content):
                call_id = _call_id(numbers.setdefault(id, len(numbers)))
                more = {"name": names.shared_name(name), "tool_call_id": call_id}
                messages.append(_Message("tool", names.name(content), more))
    return messages


def _call(number: int, name: str, arguments: object) -> dict[str, object]:
    return {"id": _call_id(number), "type": "function", "function": {"name": name, "arguments": arguments}}


def _call_id(number: int) -> str:
    """Nine letters and digits, which is what Mistral's templates insist upon."""
    return f"call{number:05d}"


def _required(messages: list[_Message], names: StandIns) -> frozenset[str]:
    """Names that a rendering must hold: contents, and what tools were called with."""
    calls = json.dumps([message.more.get("tool_calls") for message in messages])
    return names.found("".join([*(message.content for message in messages), calls]))


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
    """Adjacent turns of one role become one, unless they are of tools."""
    merged: list[_Message] = []
    for message in messages:
        if merged and merged[-1].role == message.role and not merged[-1].more and not message.more:
            merged[-1] = _Message(message.role, merged[-1].content + MERGED + message.content)
        else:
            merged.append(message)
    return merged


def _unusable(reason: str) -> NotSupportedError:
    return NotSupportedError(
        "The model's chat template cannot be used.", detail=f"the model's chat template cannot be used: {reason}"
    )


def _to_json(value: object, indent: int | None = None, **form: Any) -> str:
    form = {key: form[key] for key in ("separators", "sort_keys") if key in form}
    return _rendering.get().json(value, indent=None if indent is None else min(indent, JSON_INDENT), **form)


def _raise_exception(message: object) -> NoReturn:
    raise TemplateError(str(message))


def _strftime_now(form: str) -> str:
    return datetime.now().astimezone().strftime(form[:FORM_CHARACTERS])
