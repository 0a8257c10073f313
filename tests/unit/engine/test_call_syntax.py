"""How models write calls, read from their templates."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from windowsill.engine.call_syntax import PLAIN, CallSyntax
from windowsill.engine.chat_template import ChatTemplate
from windowsill.engine_protocol import Tool, ToolCall, ToolCalls, Turn

FOLDER: Final = Path(__file__).with_name("chat_templates")

FORMS: Final = {
    "qwen2.5": PLAIN,
    "qwen3": PLAIN,
    "llama3": CallSyntax(opening='{"name": "', middle='", "parameters": ', between=None, closing="}"),
    "mistral": CallSyntax(
        opening='[TOOL_CALLS] [{"name": "',
        middle='", "arguments": ',
        between=', "id": "call00000"}, {"name": "',
        closing=', "id": "call00001"}]',
    ),
}

TEMPLATE: Final = (
    "{{% for tool in tools or [] %}}{{{{ tool.function.name }}}}{{% endfor %}}"
    "{{% for message in messages %}}<{{{{ message.role }}}}>{{{{ message.content }}}}"
    "{{% for call in message.tool_calls %}}{}{{% endfor %}}</>{{% endfor %}}"
)


def syntax(call: str) -> CallSyntax | None:
    """What is learnt from a template that writes each call so."""
    return ChatTemplate(TEMPLATE.format(call)).syntax


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.jinja")), ids=lambda path: path.stem)
def test_family_calls_as_its_template_shows_or_not_at_all(path: Path) -> None:
    assert ChatTemplate(path.read_text(encoding="utf-8"), bos="<s>", eos="</s>").syntax == FORMS.get(path.stem)


def test_name_and_arguments_may_stand_apart() -> None:
    learnt = syntax("<|call|>{{ call.function.name }}<|sep|>\n{{ call.function.arguments | tojson }}<|end|>")
    assert learnt == CallSyntax(opening="<|call|>", middle="<|sep|>\n", between="<|end|><|call|>", closing="<|end|>")
    assert learnt.written('a"b') == 'a"b'


def test_name_inside_json_is_written_as_json() -> None:
    learnt = syntax("{{ call.function | tojson }}")
    assert learnt is not None
    assert learnt.written('a"b\n') == 'a\\"b\\n'


@pytest.mark.parametrize(
    "call",
    [
        "",
        "{{ call.function.name }}{{ call.function.arguments | tojson }}",
        "{{ call.function.arguments | tojson }} by {{ call.function.name }}",
        "<{{ call.function.name }}>{% for key in call.function.arguments %}<{{ key }}>{% endfor %}",
        "{{ raise_exception('no') }}",
    ],
)
def test_form_that_cannot_be_read_back_is_none_and_tools_become_plain_turns(call: str) -> None:
    template = ChatTemplate(TEMPLATE.format(call))
    assert template.syntax is None
    tool = Tool(name="weather", description="Tells it.", parameters='{"type": "object"}')
    called = ToolCalls(calls=(ToolCall(id="1", name="weather", arguments="{}"),))
    pieces, form = template.render_tools((Turn(role="user", content="Rome?"), called), [tool])
    assert form == PLAIN
    assert '<tool_call>\n{"name": "weather", "arguments": {}}\n</tool_call>' in "".join(piece.text for piece in pieces)


def test_conversation_that_a_template_refuses_is_shown_and_answered_in_plain_turns() -> None:
    source = (FOLDER / "llama3.jinja").read_text(encoding="utf-8")
    template = ChatTemplate(source, bos="<s>", eos="</s>")
    tool = Tool(name="weather", description="Tells it.", parameters='{"type": "object"}')
    asked = Turn(role="user", content="Rome? Oslo?")
    calls = tuple(ToolCall(id=str(number), name="weather", arguments="{}") for number in range(2))
    assert template.render_tools([asked], [tool])[1] == FORMS["llama3"]
    assert template.render_tools([asked, ToolCalls(calls=calls)], [tool])[1] == PLAIN


@pytest.mark.parametrize("family", sorted(FORMS))
def test_calls_that_look_like_json_are_plain_ones_where_the_answer_may_be_json(family: str) -> None:
    template = ChatTemplate((FOLDER / f"{family}.jinja").read_text(encoding="utf-8"), bos="<s>", eos="</s>")
    tool = Tool(name="weather", description="Tells it.", parameters='{"type": "object"}')
    asked = [Turn(role="user", content="Rome?")]
    assert template.render_tools(asked, [tool])[1] == FORMS[family]
    assert template.render_tools(asked, [tool], constrained=True)[1] == PLAIN
