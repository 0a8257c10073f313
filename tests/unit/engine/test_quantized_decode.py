"""Quantized models decode on this CPU, alone and several sequences in one context.

Compilers miscompile llama.cpp's AMX code (ggml-org/llama.cpp#20824): with it, the first quantized batch faults or
computes nonsense. The model runs in a child process, so a fault is a failed test and not the end of the run.

Agreement is counted over tokens whose history is the same. It is not complete: activations are rounded to 8 bits, in
another order for one sequence than for eight, and a random model has near ties (2 in 100 tokens here). Nonsense would
agree once in 497 tokens.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.greedy_decode import greedy_decode
from support.tiny_gguf import quantize

PROMPTS = [
    "the word that was",
    "how all they can use",
    "x",
    "what other one with his hot word from the " * 5,
    "you are",
    "when had some",
    "0 1 2 3",
    "THE!?",
]
STEPS = 24
LEAST_AGREEMENT = 0.85


def agreement(one: list[list[int]], other: list[list[int]]) -> float:
    pairs = [pair for tokens in zip(one, other, strict=True) for pair in zip(*tokens, strict=True)]
    return sum(first == second for first, second in pairs) / len(pairs)


@pytest.mark.parametrize("ftype", ["Q4_0", "Q4_K_M"])
def test_quantized_model_decodes_alike_alone_together_and_unpacked(models: Path, tmp_path: Path, ftype: str) -> None:
    model = models / f"{ftype}.gguf"
    alone = greedy_decode(model, STEPS, [[prompt] for prompt in PROMPTS])
    assert len({token for tokens in alone for token in tokens}) > STEPS, "the model repeats itself"
    together = greedy_decode(model, STEPS, [PROMPTS], forced=alone)
    assert agreement(alone, together) >= LEAST_AGREEMENT
    unpacked = quantize(model, tmp_path / "unpacked.gguf", "F32")
    assert agreement(alone, greedy_decode(unpacked, STEPS, [PROMPTS], forced=alone)) >= LEAST_AGREEMENT


def test_decoding_again_gives_the_same_tokens(models: Path) -> None:
    model = models / "Q4_0.gguf"
    first, second = greedy_decode(model, STEPS, [PROMPTS[:1], PROMPTS[:1]])
    assert first == second
