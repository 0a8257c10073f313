"""Makes a model that gives known answers, one after the other, whatever it is asked.

Its chat template counts the answers that a conversation holds already and opens the next one with a marker of its own;
the rest is the chain of a counting model, with words for numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from gguf import TokenType

from support.counting_gguf import chain_weights
from support.tiny_gguf import Shape, Vocabulary, make_tiny_gguf, vocabulary

TURNS: Final = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
)
ANSWERED: Final = "messages | selectattr('role', 'equalto', 'assistant') | list | length"


def make_answering_gguf(
    path: Path,
    answers: Sequence[str],
    *,
    layers: int = 1,
    feed_forward: int = 256,
    context: int = 16384,
    languages: Sequence[str] = (),
) -> Path:
    """Write a model that says ``answers`` in turn, and then the last one again; of any size.

    Raises ValueError when a word comes twice in them: what follows a word depends on that word alone.
    """
    spoken = [[piece.replace(" ", "▁").encode() for piece in re.findall(r"\s*\S+", answer)] for answer in answers]
    pieces = [piece for chain in spoken for piece in chain]
    if len(set(pieces)) < len(pieces):
        raise ValueError("a word comes twice")
    markers = [f"<|answer{number}|>" for number in range(len(answers))]
    return make_tiny_gguf(
        path,
        Shape(embedding=512, layers=layers, heads=8, kv_heads=1, feed_forward=feed_forward, context=context),
        name="Answering test model",
        chat_template=_template(markers),
        words=_words(markers, pieces),
        languages=languages,
        add_weights=chain_weights(
            [[marker.encode(), *chain, b"<|im_end|>"] for marker, chain in zip(markers, spoken, strict=True)]
        ),
    )


def _template(markers: Sequence[str]) -> str:
    choices = "".join(f"{{% elif answered == {number} %}}{marker}" for number, marker in enumerate(markers))
    chosen = f"{{% if answered >= {len(markers)} %}}{markers[-1]}{choices}{{% endif %}}"
    opening = f"<|im_start|>assistant\n{{% set answered = {ANSWERED} %}}{chosen}"
    return f"{TURNS}{{% if add_generation_prompt %}}{opening}{{% endif %}}"


def _words(markers: Sequence[str], pieces: Sequence[bytes]) -> Vocabulary:
    words = vocabulary()
    known = set(words.tokens)
    more = [(marker.encode(), TokenType.CONTROL) for marker in markers]
    more += [(piece, TokenType.NORMAL) for piece in pieces if piece not in known]
    lowest = min(words.scores)
    return Vocabulary(
        [*words.tokens, *(token for token, _ in more)],
        [*words.scores, *(lowest - rank for rank in range(1, len(more) + 1))],
        [*words.kinds, *(int(kind) for _, kind in more)],
    )
