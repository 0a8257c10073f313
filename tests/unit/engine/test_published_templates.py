"""The chat templates that models were published with: laid out by the Engine as Jinja alone lays them out.

They lie among llama.cpp's sources, in the archive that the pinned binding is built from; ``make test`` unpacks it.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from jinja2 import TemplateError

from bench.llama_source import CACHE
from support import plain_jinja
from support.plain_jinja import DAY, Message
from windowsill.engine import call_syntax, chat_template
from windowsill.engine.chat_template import ChatTemplate, Piece
from windowsill.engine_protocol import AnyTurn, Tool, ToolCall, ToolCalls, ToolResult, Turn

FOLDER: Final = CACHE / "llama.cpp" / "models" / "templates"
NAMES: Final = sorted(path.stem for path in FOLDER.glob("*.jinja"))

pytestmark = pytest.mark.skipif(not NAMES, reason="llama.cpp's sources are not here: `make test` unpacks them")

AT_LEAST: Final = frozenset(
    {
        "HuggingFaceTB-SmolLM3-3B",
        "Qwen-Qwen2.5-7B-Instruct",
        "Qwen-Qwen3-0.6B",
        "google-gemma-2-2b-it",
        "meta-llama-Llama-3.1-8B-Instruct",
        "meta-llama-Llama-3.2-3B-Instruct",
        "meta-llama-Llama-3.3-70B-Instruct",
        "microsoft-Phi-3.5-mini-instruct",
        "mistralai-Mistral-Nemo-Instruct-2407",
    }
)

SCHEMA: Final = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER: Final = Tool(name="weather", description="Tells it.", parameters=json.dumps(SCHEMA))
DEFINITION: Final = {
    "type": "function",
    "function": {"name": "weather", "description": "Tells it.", "parameters": SCHEMA},
}
CALLED: Final = {
    "role": "assistant",
    "content": "",
    "tool_calls": [
        {"id": "call00000", "type": "function", "function": {"name": "weather", "arguments": {"city": "Rome"}}}
    ],
}
TOLD: Final = {"role": "tool", "content": "sunny", "name": "weather", "tool_call_id": "call00000"}


def said(*turns: tuple[str, str]) -> tuple[Message, ...]:
    return tuple({"role": role, "content": content} for role, content in turns)


ONE: Final = said(("user", "Hello."))
TALK: Final = said(("user", "Hello."), ("assistant", "Yes?"), ("user", "Nothing."))
SUNG: Final = said(("system", "Sing."), *[(message["role"], message["content"]) for message in TALK])
SUNG_IN_ONE: Final = said(("user", "Sing.\n\nHello."), *[(message["role"], message["content"]) for message in TALK[1:]])
TALKS: Final = {"one turn": ONE, "several turns": TALK, "system turn": SUNG}
ERRANDS: Final = {"asked": SUNG, "done": (*ONE, CALLED, TOLD)}

WITHOUT_SYSTEM: Final = frozenset({"google-gemma-2-2b-it"})
"""Templates that refuse a system turn, which becomes the beginning of the user's."""

NEVER_WITHOUT_TOOLS: Final = frozenset(
    {
        "CohereForAI-c4ai-command-r-plus-tool_use",
        "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use",
        "NousResearch-Hermes-3-Llama-3.1-8B-tool_use",
    }
)
"""Templates that fail where a runtime tells them that there are no tools: here they are told nothing of tools."""

TOLD_MORE: Final[Mapping[str, dict[str, object]]] = {
    "fireworks-ai-llama-3-firefunction-v2": {"functions": "", "datetime": DAY},
}
"""What templates fail without, though no runtime says it by itself."""

NO_THOUGHT: Final = "\n</think>\n\n"
BEGUN: Final[Mapping[str, str]] = {
    "Kimi-K2-Thinking": "<think></think>",
    "Kimi-K3": "<|close|>think<|sep|><|open|>response<|sep|>",
    "MiniMax-M2": NO_THOUGHT,
    "MiniMax-M3": "</mm:think>",
    "NVIDIA-Nemotron-Nano-v2": NO_THOUGHT,
    "StepFun3.5-Flash": "\n</think>\n",
    "deepseek-ai-DeepSeek-R1-Distill-Llama-8B": NO_THOUGHT,
    "llama-cpp-deepseek-r1": NO_THOUGHT,
    "meetkai-functionary-medium-v3.2": "all\n",
    "muse-glimmer": " to=user<|message|>",
    "openai-gpt-oss-120b": "<|channel|>final<|message|>",
    "upstage-Solar-Open-100B": "<|content|>",
}
"""Templates that leave it to the model whether it thinks first, or have it: what follows, so that the answer begins."""

OURS: Final = {
    "gemma": "google-gemma-2-2b-it",
    "phi3": "microsoft-Phi-3.5-mini-instruct",
    "qwen2.5": "Qwen-Qwen2.5-7B-Instruct",
    "qwen3": "Qwen-Qwen3-0.6B",
}
"""Templates in ``chat_templates`` and whose dialect they are in. The others' models are not here."""

TOOLS_AS_PUBLISHED: Final = frozenset(
    {
        "Apertus-8B-Instruct",
        "Apriel-1.6-15b-Thinker-fixed",
        "Bielik-11B-v3.0-Instruct",
        "GigaChat3-10B-A1.8B",
        "GigaChat3.1-10B-A1.8B",
        "MiMo-VL",
        "MiniMax-M1",
        "Mistral-Small-3.2-24B-Instruct-2506",
        "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use",
        "NousResearch-Hermes-3-Llama-3.1-8B-tool_use",
        "Qwen-QwQ-32B",
        "Qwen-Qwen2.5-7B-Instruct",
        "Qwen-Qwen3-0.6B",
        "Reka-Edge",
        "ibm-granite-granite-4.0",
        "ibm-granite-granite-4.1",
        "meta-llama-Llama-3.1-8B-Instruct",
        "meta-llama-Llama-3.2-3B-Instruct",
        "meta-llama-Llama-3.3-70B-Instruct",
        "mistralai-Ministral-3-14B-Reasoning-2512",
        "mistralai-Mistral-Nemo-Instruct-2407",
        "moonshotai-Kimi-K2",
        "unsloth-Apriel-1.5",
        "unsloth-mistral-Devstral-Small-2507",
    }
)
"""Templates that are told of tools. The others write calls in a form that cannot be read back (see ``call_syntax``) or,
like Gemma, Phi and SmolLM3, know no tools by that name: their models get plain turns that say how to call."""


@pytest.fixture(autouse=True)
def one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_template, "_strftime_now", lambda form: DAY)


def source(name: str) -> str:
    return (FOLDER / f"{name}.jinja").read_text(encoding="utf-8")


@functools.cache
def ours(name: str) -> ChatTemplate:
    return ChatTemplate(source(name), bos="<s>", eos="</s>")


def golden(
    name: str, messages: Sequence[Message], tools: Sequence[Message] | None = None, *, answer: bool = True
) -> str:
    told: dict[str, object] = {} if tools is None and name in NEVER_WITHOUT_TOOLS else {"tools": tools}
    more: dict[str, object] = {"bos_token": "<s>", "eos_token": "</s>", "enable_thinking": False} | TOLD_MORE.get(
        name, {}
    )
    return plain_jinja.rendered(source(name), messages, answer=answer, **told, **more)


def turn(message: Mapping[str, Any]) -> AnyTurn:
    match message:
        case {"tool_calls": _}:
            return ToolCalls(calls=(ToolCall(id="1", name="weather", arguments='{"city": "Rome"}'),))
        case {"role": "tool"}:
            return ToolResult(id="1", name="weather", content=message["content"])
        case _:
            return Turn(role=message["role"], content=message["content"])


def turns(messages: Sequence[Message]) -> tuple[AnyTurn, ...]:
    return tuple([turn(message) for message in messages])


def text(pieces: list[Piece]) -> str:
    return "".join([piece.text for piece in pieces])


def test_families_that_people_use_most_are_here() -> None:
    assert set(NAMES) >= AT_LEAST


@pytest.mark.parametrize("talk", TALKS)
@pytest.mark.parametrize("name", NAMES)
def test_talk_is_laid_out_as_published(name: str, talk: str) -> None:
    shown = SUNG_IN_ONE if talk == "system turn" and name in WITHOUT_SYSTEM else TALKS[talk]
    assert text(ours(name).render(turns(TALKS[talk]))) == golden(name, shown) + BEGUN.get(name, "")


@pytest.mark.parametrize("name", NAMES)
def test_closed_talk_is_laid_out_as_published(name: str) -> None:
    assert text(ours(name).render_closed(turns(TALK[:2]))) == golden(name, TALK[:2], answer=False)


@pytest.mark.parametrize("family", OURS)
def test_our_own_templates_are_in_the_published_dialect(family: str) -> None:
    template = ChatTemplate(
        Path(__file__).with_name("chat_templates").joinpath(f"{family}.jinja").read_text(), bos="<s>"
    )
    # With a system turn: what Qwen's says where there is none is worded otherwise in ours.
    assert text(template.render(turns(SUNG))) == text(ours(OURS[family]).render(turns(SUNG)))


@pytest.mark.parametrize("name", sorted(WITHOUT_SYSTEM))
def test_system_turn_is_merged_only_where_it_is_refused(name: str) -> None:
    with pytest.raises(TemplateError, match="System role not supported"):
        golden(name, SUNG)


@pytest.mark.parametrize("name", NAMES)
def test_tools_are_known_to_those_that_write_calls_in_a_form_that_is_read(name: str) -> None:
    assert (ours(name).syntax is not None) == (name in TOOLS_AS_PUBLISHED)


@pytest.mark.parametrize("errand", ERRANDS)
@pytest.mark.parametrize("name", sorted(TOOLS_AS_PUBLISHED))
def test_tools_are_laid_out_as_published(name: str, errand: str) -> None:
    pieces, syntax = ours(name).render_tools(turns(ERRANDS[errand]), [WEATHER])
    assert text(pieces) == golden(name, ERRANDS[errand], [DEFINITION])
    assert syntax is not call_syntax.PLAIN


@pytest.mark.parametrize("name", sorted({*NAMES} - TOOLS_AS_PUBLISHED))
def test_tools_are_plain_turns_to_the_others(name: str) -> None:
    for errand in ERRANDS.values():
        pieces, syntax = ours(name).render_tools(turns(errand), [WEATHER])
        assert "You can use these tools" in text([piece for piece in pieces if not piece.marker])
        assert syntax is call_syntax.PLAIN
