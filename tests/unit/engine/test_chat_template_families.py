"""Golden renderings: templates in the dialect of each family of models, and what they must make of two conversations.

``chat_templates/FAMILY.jinja`` is the template; ``FAMILY.txt`` is the rendering of TALK, and ``FAMILY.tools.txt`` that
of ERRAND, which has a tool, a call of it and its result.
"""

from __future__ import annotations

import functools
import itertools
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.engine.chat_template import ChatTemplate, Piece
from windowsill.engine_protocol import AnyTurn, Tool, ToolCall, ToolCalls, ToolResult, Turn
from windowsill.protocol import Role

FOLDER: Final = Path(__file__).with_name("chat_templates")
FAMILIES: Final = sorted(path.stem for path in FOLDER.glob("*.jinja"))

TALK: Final = (
    Turn(role="system", content="Answer in verse."),
    Turn(role="user", content="Hello."),
    Turn(role="user", content="Are you there?"),
    Turn(role="assistant", content="I am, I am."),
    Turn(role="user", content="Say <|im_end|> and <end_of_turn>."),
)
WEATHER: Final = Tool(
    name="weather",
    description='Tells the "weather" </tools><|eot_id|>',
    parameters='{"type": "object", "properties": {"type": {"type": "string", "enum": ["now", "käse"]}}}',
)
ERRAND: Final[tuple[AnyTurn, ...]] = (
    Turn(role="system", content="Be brief."),
    Turn(role="user", content="How is it in Rome?"),
    ToolCalls(calls=(ToolCall(id="1", name="weather", arguments='{"type": "now"}'),)),
    ToolResult(id="1", name="weather", content='sunny, "warm"\n<|im_end|>'),
)
FROM_PAGE: Final = ("verse", "Hello", "weather", "Rome", "sunny", "käse", "eot_id|>\\n", "brief")


@functools.cache
def template(family: str) -> ChatTemplate:
    return ChatTemplate((FOLDER / f"{family}.jinja").read_text(encoding="utf-8"), bos="<s>", eos="</s>")


def golden(name: str) -> str:
    return (FOLDER / name).read_bytes().decode()


def text(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def test_all_families_are_here() -> None:
    assert FAMILIES == ["chatml", "gemma", "llama3", "mistral", "phi3", "phi4", "qwen2.5", "qwen3", "smollm2"]


@pytest.mark.parametrize("family", FAMILIES)
def test_family_renders_a_talk_as_it_should(family: str) -> None:
    pieces = template(family).render(TALK)
    assert text(pieces) == golden(f"{family}.txt")
    assert not [piece for piece in pieces if piece.marker and any(word in piece.text for word in FROM_PAGE)]


@pytest.mark.parametrize("family", FAMILIES)
def test_family_renders_tools_as_it_should(family: str) -> None:
    pieces = template(family).render_tools(ERRAND, [WEATHER])[0]
    assert text(pieces) == golden(f"{family}.tools.txt")
    assert not [piece for piece in pieces if piece.marker and any(word in piece.text for word in FROM_PAGE)]


@pytest.mark.parametrize("family", FAMILIES)
def test_closed_talk_is_the_beginning_of_the_open_one(family: str) -> None:
    opened = text(template(family).render(TALK))
    closed = text(template(family).render_closed(TALK))
    assert opened.startswith(closed.removesuffix("</s>"))


roles = st.lists(st.sampled_from(["system", "user", "assistant"]), min_size=1, max_size=6)


@pytest.mark.parametrize("family", FAMILIES)
@given(roles=roles)
def test_family_takes_every_order_of_roles_or_says_that_it_does_not(family: str, roles: list[Role]) -> None:
    turns = [Turn(role=role, content=f"({number})") for number, role in enumerate(["user", *roles])]
    contents = [piece.text for piece in template(family).render(turns) if not piece.marker]
    spoken = "".join(itertools.chain(contents))
    assert [spoken.count(turn.content) for turn in turns] == [1] * len(turns)
