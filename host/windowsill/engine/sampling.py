"""How the next token is chosen, as a chain of named steps. Pure; the runner builds llama.cpp's samplers from it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from windowsill.engine_protocol import Sampling

SEEDS: Final = 2**32
"""Seeds are 32-bit numbers."""


class Greedy(Struct, frozen=True):
    """The likeliest token."""


class TopK(Struct, frozen=True):
    """Keep the ``count`` likeliest tokens."""

    count: int


class TopP(Struct, frozen=True):
    """Keep the likeliest tokens that hold ``share`` of the probability."""

    share: float


class MinP(Struct, frozen=True):
    """Keep tokens at least ``share`` times as likely as the likeliest."""

    share: float


class Temperature(Struct, frozen=True):
    """Divide the logits by ``value``."""

    value: float


class Draw(Struct, frozen=True):
    """Draw from what is left."""

    seed: int


Step = Greedy | TopK | TopP | MinP | Temperature | Draw


def chain(sampling: Sampling, fresh_seed: Callable[[], int]) -> tuple[Step, ...]:
    """The steps for ``sampling``; a step that would change nothing is left out."""
    if not sampling.temperature > 0 or math.isinf(sampling.temperature):
        return (Greedy(),)
    steps: list[Step] = []
    if sampling.top_k > 0:
        steps.append(TopK(sampling.top_k))
    if 0 <= sampling.top_p < 1:
        steps.append(TopP(sampling.top_p))
    if 0 < sampling.min_p <= 1:
        steps.append(MinP(sampling.min_p))
    if sampling.temperature != 1:
        steps.append(Temperature(sampling.temperature))
    seed = fresh_seed() if sampling.seed is None else sampling.seed
    steps.append(Draw(seed % SEEDS))
    return tuple(steps)


class Likeliest:
    """Always the likeliest token, in a fifth of the time that a chain of llama.cpp takes, which copies all first."""

    def __init__(self, logits: Callable[[int], NDArray[np.float32]]) -> None:
        self._logits = logits

    def sample(self, row: int) -> int:
        """See ``compute.Sampler``."""
        return int(self._logits(row).argmax())

    def close(self) -> None:
        """It holds no memory."""
