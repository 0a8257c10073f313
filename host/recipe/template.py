"""The chat template: what training renders is what the GGUF file carries. A golden test compares the two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from recipe.exchange import Turn

TURN_START: Final = "<|im_start|>"
TURN_END: Final = "<|im_end|>"

CHAT_TEMPLATE: Final = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
"""Jinja. The beginning-of-sequence token is added by the tokenizer, not here."""

ANSWER_START: Final = f"{TURN_START}assistant\n"


def opening(turn: Turn) -> str:
    """What stands before a turn's content."""
    return f"{TURN_START}{turn.role}\n"


CLOSING: Final = f"{TURN_END}\n"
"""What stands after it."""


def render(turns: Sequence[Turn]) -> str:
    """The conversation as text, as the template renders it."""
    return "".join(f"{opening(turn)}{turn.content}{CLOSING}" for turn in turns)
