"""Makes a model that calls a tool first, and answers in known words when it is told what that gave.

Its next token depends on its last one alone, so its template opens an answer after a tool's result in another way.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from support.counting_gguf import chain_weights
from support.tiny_gguf import Shape, make_tiny_gguf

WORDS: Final = 3

TEMPLATE: Final = (
    "{% for tool in tools or [] %}[{{ tool.function.name }} {{ tool.function.parameters | tojson }}]{% endfor %}"
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}"
    "{% for call in message.tool_calls or [] %}~{{ call.function.name }}({{ call.function.arguments | tojson }})"
    "{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant{{ '=' if messages[-1].role == 'tool' else '\n' }}{% endif %}"
)


def make_calling_gguf(path: Path) -> Path:
    """Write a model that calls the tool ``g``, whose schema says with what, and then counts ``WORDS``."""
    shape = Shape(embedding=512, layers=1, heads=8, kv_heads=1, feed_forward=256, context=2048, extra_tokens=WORDS)
    calls = [b"<0x0A>", b"~", b"g", b"("]
    answers = [b"=", *(f"▁w{number}".encode() for number in range(WORDS)), b"<|im_end|>"]
    return make_tiny_gguf(
        path,
        shape,
        chat_template=TEMPLATE,
        name="Calling test model",
        add_weights=chain_weights([calls, answers]),
    )
