"""The chat template: what training renders is what Jinja renders, to the character."""

from __future__ import annotations

import jinja2.sandbox
from hypothesis import given
from hypothesis import strategies as st

from recipe.exchange import Turn
from recipe.template import ANSWER_START, CHAT_TEMPLATE, render

GOLDEN = (
    "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi!<|im_end|>\n<|im_start|>assistant\nHello!<|im_end|>\n"
)


def _jinja(turns: list[Turn], *, answer: bool) -> str:
    template = jinja2.sandbox.ImmutableSandboxedEnvironment().from_string(CHAT_TEMPLATE)
    messages = [{"role": turn.role, "content": turn.content} for turn in turns]
    return template.render(messages=messages, add_generation_prompt=answer)


def test_the_rendered_conversation_is_the_golden_one() -> None:
    turns = [Turn("system", "Be kind."), Turn("user", "Hi!"), Turn("assistant", "Hello!")]
    assert render(turns) == GOLDEN
    assert _jinja(turns, answer=False) == GOLDEN
    assert _jinja(turns, answer=True) == GOLDEN + ANSWER_START


@given(st.lists(st.builds(Turn, st.sampled_from(["system", "user", "assistant"]), st.text(max_size=30)), max_size=5))
def test_training_and_template_render_alike(turns: list[Turn]) -> None:
    assert _jinja(turns, answer=False) == render(turns)
