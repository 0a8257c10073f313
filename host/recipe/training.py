"""The training run: two stages of packed rows, short ones first, a learning rate that rises and falls, one seed."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import torch

from recipe import network, packing
from recipe.corpus import conversations
from recipe.network import Shape, Tensors
from recipe.optimizer import Optimizer
from recipe.tokenizer import Tokenizer

logger = logging.getLogger(__name__)

BATCH_TOKENS: Final = 2048
"""Tokens of one step. Small: at the same cost, twice the steps bound questions to their facts, half of them did not."""

WARMUP_STEPS: Final = 40
"""Steps (count) over which the learning rate rises to its peak."""

FALL_SHARE: Final = 0.6
"""The last share of the run, over which the learning rate falls to zero."""

REPORT_STEPS: Final = 100
"""Steps (count) between two lines of the log."""


@dataclass(frozen=True, slots=True)
class Stage:
    """``share`` of the steps with rows of ``length`` tokens."""

    length: int
    share: float


STAGES: Final = (Stage(128, 0.45), Stage(256, 0.35), Stage(1024, 0.2))
"""Short rows teach questions and answers, longer ones conversations, the last ones every position of the context."""


@dataclass(frozen=True, slots=True)
class Trained:
    """``loss`` in nats per token over the last steps, ``seconds`` of wall time."""

    tensors: Tensors
    loss: float
    tokens: int
    seconds: float


def rate(step: int, steps: int) -> float:
    """Share of the peak learning rate at this step: rises, stays, falls in a line to zero."""
    return min(1.0, (step + 1) / WARMUP_STEPS, (steps - step) / (steps * FALL_SHARE))


def _batches(tokenizer: Tokenizer, seed: int, steps: int) -> Iterator[list[packing.Row]]:
    for number, stage in enumerate(STAGES):
        rows = packing.rows(tokenizer, conversations(seed * len(STAGES) + number), stage.length)
        for _ in range(round(steps * stage.share)):
            yield [next(rows) for _ in range(BATCH_TOKENS // stage.length)]


def train(tokenizer: Tokenizer, shape: Shape, seed: int, steps: int) -> Trained:
    """Train from scratch. The same seed, shape and number of threads give the same weights."""
    began = time.monotonic()
    tensors = network.initial(shape, torch.Generator().manual_seed(seed))
    for tensor in tensors.values():
        tensor.requires_grad_()
    optimizer = Optimizer(tensors)
    recent = 0.0
    for step, rows in enumerate(_batches(tokenizer, seed, steps)):
        tokens = torch.tensor([tokens for tokens, _ in rows])
        weights = torch.tensor([weights for _, weights in rows])
        with torch.autocast("cpu", torch.bfloat16):
            loss = network.loss(tensors, shape, tokens, weights)
        torch.autograd.backward(loss)
        optimizer.step(rate(step, steps))
        recent = loss.item() if step == 0 else 0.95 * recent + 0.05 * loss.item()
        if step % REPORT_STEPS == 0:
            logger.info("step %d of %d: loss %.4f, %.0f s", step, steps, recent, time.monotonic() - began)
    finished = {name: tensor.detach() for name, tensor in tensors.items()}
    return Trained(finished, recent, steps * BATCH_TOKENS, time.monotonic() - began)
