"""Makes a model whose every answer is known: it counts from ``w0`` to a last word and ends its turn.

Its layers add nothing to the residual stream, so the next token depends on the last one alone: each output row is the
embedding of its token's predecessor. Heavy layers make it as slow as a larger model, for tests that interrupt it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from gguf import GGUFWriter

from support.tiny_gguf import Shape, Vocabulary, make_tiny_gguf


def counted(words: int) -> str:
    """The model's whole answer, leading space included."""
    return "".join(f" w{number}" for number in range(words))


def make_counting_gguf(
    path: Path,
    words: int,
    *,
    embedding: int = 512,
    layers: int = 1,
    kv_heads: int = 1,
    feed_forward: int = 256,
    context: int = 2048,
) -> Path:
    """Write a model that answers anything with ``counted(words)``; of any size."""
    shape = Shape(
        embedding=embedding,
        layers=layers,
        heads=8,
        kv_heads=kv_heads,
        feed_forward=feed_forward,
        context=context,
        extra_tokens=words,
    )
    chain = [b"<0x0A>", *(f"▁w{number}".encode() for number in range(words)), b"<|im_end|>"]
    return make_tiny_gguf(path, shape, name="Counting test model", add_weights=chain_weights([chain]))


def chain_weights(chains: Sequence[Sequence[bytes]]) -> Callable[[GGUFWriter, Shape, Vocabulary], None]:
    """Weights by which each token of a chain is followed by the next. Only a last token may be in several chains."""

    def add(writer: GGUFWriter, shape: Shape, vocabulary: Vocabulary) -> None:
        size, rows = shape.embedding, len(vocabulary.tokens)
        embedding = np.random.default_rng(3).standard_normal((rows, size), dtype=np.float32)
        output = np.zeros((rows, size), dtype=np.float32)
        for chain in chains:
            for before, after in pairwise(chain):
                output[vocabulary.tokens.index(after)] += embedding[vocabulary.tokens.index(before)]
        kv_rows = size // shape.heads * shape.kv_heads
        writer.add_tensor("token_embd.weight", embedding)
        for layer in range(shape.layers):
            block = f"blk.{layer}."
            for name in ("attn_norm", "ffn_norm"):
                writer.add_tensor(f"{block}{name}.weight", np.ones(size, dtype=np.float32))
            for name, height, width in (
                ("attn_q", size, size),
                ("attn_k", kv_rows, size),
                ("attn_v", kv_rows, size),
                ("attn_output", size, size),
                ("ffn_gate", shape.feed_forward, size),
                ("ffn_up", shape.feed_forward, size),
                ("ffn_down", size, shape.feed_forward),
            ):
                writer.add_tensor(f"{block}{name}.weight", np.zeros((height, width), dtype=np.float16))
        writer.add_tensor("output_norm.weight", np.ones(size, dtype=np.float32))
        writer.add_tensor("output.weight", output)

    return add
