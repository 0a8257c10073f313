"""Makes small models that keep more, or less, than a cell for each token: their states cannot be cut back, or forget.

Their weights are random and their text is noise, but it depends on all that they may look back at.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from gguf import GGUFWriter

from support.tiny_gguf import Shape, Vocabulary, make_tiny_gguf

WINDOW: Final = 24
"""Tokens that the sliding-window model looks back in every other layer."""

SHAPE: Final = Shape(embedding=64, layers=2, heads=4, kv_heads=2, feed_forward=128, context=512)
KERNEL: Final = 4
STATE: Final = 16
RANK: Final = 4


class _Weights:
    """Adds random tensors to a file."""

    def __init__(self, writer: GGUFWriter, seed: int = 5) -> None:
        self._writer = writer
        self._random = np.random.default_rng(seed)

    def add(self, name: str, *sizes: int, scale: float | None = None) -> None:
        """Rows first; by default numbers come out as large as they went in."""
        numbers = self._random.standard_normal(sizes, dtype=np.float32)
        self._writer.add_tensor(name, numbers * np.float32(sizes[-1] ** -0.5 if scale is None else scale))

    def fill(self, name: str, value: float, *sizes: int) -> None:
        """All numbers are ``value``."""
        self._writer.add_tensor(name, np.full(sizes, value, dtype=np.float32))

    def attention(self, block: str, size: int, kept: int, strength: float = 3) -> None:
        """Sharp enough for every token to matter."""
        self.add(f"{block}attn_q.weight", size, size, scale=2 * size**-0.5)
        self.add(f"{block}attn_k.weight", kept, size, scale=2 * size**-0.5)
        self.add(f"{block}attn_v.weight", kept, size)
        self.add(f"{block}attn_output.weight", size, size, scale=strength * size**-0.5)

    def feed_forward(self, block: str, size: int, inner: int) -> None:
        """The three matrices of a gated layer."""
        self.fill(f"{block}ffn_norm.weight", 1, size)
        self.add(f"{block}ffn_gate.weight", inner, size)
        self.add(f"{block}ffn_up.weight", inner, size)
        self.add(f"{block}ffn_down.weight", size, inner)

    def answers(self, tokens: int, size: int) -> None:
        """An output that writes neither markers nor ends."""
        output = self._random.standard_normal((tokens, size), dtype=np.float32)
        output[: 5 + 256] = 0
        self._writer.add_tensor("output.weight", output)


def _sliding(writer: GGUFWriter, shape: Shape, words: Vocabulary) -> None:
    writer.add_sliding_window(WINDOW)
    writer.add_key_length(shape.embedding // shape.heads)
    writer.add_value_length(shape.embedding // shape.heads)
    weights = _Weights(writer)
    size = shape.embedding
    # Input and output share one matrix: it must not be what is written most.
    weights.add("token_embd.weight", len(words.tokens), size, scale=0.05)
    for layer in range(shape.layers):
        block = f"blk.{layer}."
        weights.fill(f"{block}attn_norm.weight", 1, size)
        weights.attention(block, size, size // shape.heads * shape.kv_heads)
        weights.fill(f"{block}post_attention_norm.weight", 4, size)
        weights.feed_forward(block, size, shape.feed_forward)
        weights.fill(f"{block}post_ffw_norm.weight", 4, size)
    weights.fill("output_norm.weight", 8, size)


def _recurrent(writer: GGUFWriter, shape: Shape, words: Vocabulary) -> None:
    inner = 2 * shape.embedding
    writer.add_ssm_conv_kernel(KERNEL)
    writer.add_ssm_inner_size(inner)
    writer.add_ssm_state_size(STATE)
    writer.add_ssm_time_step_rank(RANK)
    weights = _Weights(writer)
    size = shape.embedding
    weights.add("token_embd.weight", len(words.tokens), size, scale=1)
    for layer in range(shape.layers):
        block = f"blk.{layer}."
        weights.fill(f"{block}attn_norm.weight", 1, size)
        weights.add(f"{block}ssm_in.weight", 2 * inner, size, scale=2 * size**-0.5)
        weights.add(f"{block}ssm_conv1d.weight", inner, KERNEL)
        weights.fill(f"{block}ssm_conv1d.bias", 0, inner)
        weights.add(f"{block}ssm_x.weight", RANK + 2 * STATE, inner)
        weights.add(f"{block}ssm_dt.weight", inner, RANK)
        weights.fill(f"{block}ssm_dt.bias", 0, inner)
        # So slow a decay that the first tokens still count after hundreds.
        weights.fill(f"{block}ssm_a", -0.01, inner, STATE)
        weights.fill(f"{block}ssm_d", 1, inner)
        weights.add(f"{block}ssm_out.weight", size, inner)
    weights.fill("output_norm.weight", 1, size)
    weights.answers(len(words.tokens), size)


def _hybrid(writer: GGUFWriter, shape: Shape, words: Vocabulary) -> None:
    kept = [0 if layer % 2 == 0 else shape.kv_heads for layer in range(shape.layers)]
    writer.add_head_count_kv(kept)
    writer.add_shortconv_l_cache(KERNEL)
    weights = _Weights(writer)
    size = shape.embedding
    weights.add("token_embd.weight", len(words.tokens), size, scale=1)
    for layer in range(shape.layers):
        block = f"blk.{layer}."
        weights.fill(f"{block}attn_norm.weight", 1, size)
        if kept[layer]:
            weights.attention(block, size, size // shape.heads * shape.kv_heads, strength=30)
            for name in ("attn_q_norm", "attn_k_norm"):
                weights.fill(f"{block}{name}.weight", 2, size // shape.heads)
        else:
            weights.add(f"{block}shortconv.conv.weight", size, KERNEL)
            weights.add(f"{block}shortconv.in_proj.weight", 3 * size, size)
            weights.add(f"{block}shortconv.out_proj.weight", size, size, scale=2 * size**-0.5)
        weights.feed_forward(block, size, shape.feed_forward)
    weights.fill("token_embd_norm.weight", 1, size)
    weights.answers(len(words.tokens), size)


KINDS: Final[dict[str, tuple[str, Callable[[GGUFWriter, Shape, Vocabulary], None]]]] = {
    "sliding": ("gemma2", _sliding),
    "recurrent": ("mamba", _recurrent),
    "hybrid": ("lfm2", _hybrid),
}
"""For each kind an architecture that llama.cpp knows."""


def make_state_gguf(path: Path, kind: str) -> Path:
    """Write a model of one of KINDS."""
    architecture, add_weights = KINDS[kind]
    return make_tiny_gguf(path, SHAPE, architecture=architecture, add_weights=add_weights)
