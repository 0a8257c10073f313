"""The network: a llama-architecture transformer as a function of named tensors.

Rules: tensors carry the names of the GGUF file, so that export is a copy; rotary pairs are neighbours (2i, 2i+1), which
is how llama.cpp turns the llama architecture, so query and key need no reordering; embeddings are tied.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

Tensors = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network; ``context``: positions it is trained for. Widths are multiples of 256 for k-quants."""

    vocabulary: int = 1536
    width: int = 256
    layers: int = 4
    heads: int = 4
    kv_heads: int = 2
    hidden: int = 512
    context: int = 1024
    rope_base: float = 10_000.0
    epsilon: float = 1e-5

    @property
    def head_width(self) -> int:
        return self.width // self.heads


def initial(shape: Shape, generator: torch.Generator) -> Tensors:
    """Fresh weights. Matrices that write to the residual stream start smaller, the deeper the network."""

    def matrix(rows: int, columns: int, scale: float = 1.0) -> Tensor:
        return torch.randn(rows, columns, generator=generator) * (scale / math.sqrt(columns))

    kv_width = shape.kv_heads * shape.head_width
    residual = 1 / math.sqrt(2 * shape.layers)
    tensors: Tensors = {"token_embd.weight": torch.randn(shape.vocabulary, shape.width, generator=generator) * 0.02}
    for layer in range(shape.layers):
        block = f"blk.{layer}"
        tensors |= {
            f"{block}.attn_norm.weight": torch.ones(shape.width),
            f"{block}.attn_q.weight": matrix(shape.width, shape.width),
            f"{block}.attn_k.weight": matrix(kv_width, shape.width),
            f"{block}.attn_v.weight": matrix(kv_width, shape.width),
            f"{block}.attn_output.weight": matrix(shape.width, shape.width, residual),
            f"{block}.ffn_norm.weight": torch.ones(shape.width),
            f"{block}.ffn_gate.weight": matrix(shape.hidden, shape.width),
            f"{block}.ffn_up.weight": matrix(shape.hidden, shape.width),
            f"{block}.ffn_down.weight": matrix(shape.width, shape.hidden, residual),
        }
    tensors["output_norm.weight"] = torch.ones(shape.width)
    return tensors


def rotation(shape: Shape, length: int) -> tuple[Tensor, Tensor]:
    """Cosine and sine of every position and rotary pair: two tensors [length, head_width / 2]."""
    pairs = torch.arange(0, shape.head_width, 2, dtype=torch.float32)
    angles = torch.outer(torch.arange(length, dtype=torch.float32), shape.rope_base ** (-pairs / shape.head_width))
    return angles.cos(), angles.sin()


def _rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Turn [batch, heads, length, head_width]."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cosine - odd * sine, even * sine + odd * cosine), dim=-1).flatten(-2).to(x.dtype)


def hidden_states(tensors: Tensors, shape: Shape, tokens: Tensor) -> Tensor:
    """Last hidden states [batch, length, width] of tokens [batch, length].

    Attention is written out: on a processor and in short rows it takes half the time of PyTorch's fused kernel.
    """
    batch, length = tokens.shape
    cosine, sine = rotation(shape, length)
    future = torch.ones(length, length, dtype=torch.bool).triu(1)
    groups = shape.heads // shape.kv_heads

    def split(x: Tensor, heads: int) -> Tensor:
        return x.view(batch, length, heads, shape.head_width).transpose(1, 2)

    def norm(x: Tensor, name: str) -> Tensor:
        return functional.rms_norm(x, (shape.width,), tensors[f"{name}.weight"], shape.epsilon)

    x = functional.embedding(tokens, tensors["token_embd.weight"])
    for layer in range(shape.layers):
        block = f"blk.{layer}"
        y = norm(x, f"{block}.attn_norm")
        query = _rotate(split(functional.linear(y, tensors[f"{block}.attn_q.weight"]), shape.heads), cosine, sine)
        key = _rotate(split(functional.linear(y, tensors[f"{block}.attn_k.weight"]), shape.kv_heads), cosine, sine)
        value = split(functional.linear(y, tensors[f"{block}.attn_v.weight"]), shape.kv_heads)
        key, value = key.repeat_interleave(groups, dim=1), value.repeat_interleave(groups, dim=1)
        scores = (query * shape.head_width**-0.5) @ key.transpose(-1, -2)
        seen = torch.softmax(scores.masked_fill(future, -math.inf), dim=-1, dtype=value.dtype) @ value
        joined = seen.transpose(1, 2).reshape(batch, length, shape.width)
        x = x + functional.linear(joined, tensors[f"{block}.attn_output.weight"])
        y = norm(x, f"{block}.ffn_norm")
        gate = functional.silu(functional.linear(y, tensors[f"{block}.ffn_gate.weight"]))
        up = functional.linear(y, tensors[f"{block}.ffn_up.weight"])
        x = x + functional.linear(gate * up, tensors[f"{block}.ffn_down.weight"])
    return norm(x, "output_norm")


def loss(tensors: Tensors, shape: Shape, tokens: Tensor, weights: Tensor) -> Tensor:
    """Weighted mean of the negative log-likelihood (nats per token); ``weights`` [batch, length] of each token."""
    wanted, weight = tokens[:, 1:].flatten(), weights[:, 1:].flatten()
    states = hidden_states(tensors, shape, tokens[:, :-1]).flatten(0, 1)
    counted = weight > 0
    logits = functional.linear(states[counted], tensors["token_embd.weight"]).float()
    each = functional.cross_entropy(logits, wanted[counted], reduction="none")
    return (each * weight[counted]).sum() / weight[counted].sum()
