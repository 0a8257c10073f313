"""Conversations packed into rows of equal length, whole ones only: a memory must not lose its beginning."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Final

from recipe.exchange import Conversation
from recipe.tokenizer import START, Tokenizer

POOL: Final = 64
"""Conversations among which the one that fits best is looked for (count); leaves under 2 % of a row empty."""

PROMPT_WEIGHT: Final = 0.05
"""Weight in the loss of a token that the assistant does not say, against 1: enough to learn the words of questions."""

SHORT_ANSWER: Final = 12
"""Tokens of an answer that counts in full. Longer ones count as the root of their length: stories drown facts."""

Row = tuple[list[int], list[float]]


def _weights(said: Sequence[bool]) -> list[float]:
    weights: list[float] = []
    for mine, run in itertools.groupby(said):
        length = len(list(run))
        weights += [min(1.0, math.sqrt(SHORT_ANSWER / length)) if mine else PROMPT_WEIGHT] * length
    return weights


def _beginning(tokenizer: Tokenizer, turns: Conversation, length: int) -> Row | None:
    """The longest beginning of whole exchanges that fits in ``length`` tokens; None if not even one does."""
    while any(turn.role == "assistant" for turn in turns):
        tokens, said = tokenizer.conversation(turns)
        if len(tokens) <= length:
            return tokens, _weights(said)
        turns = turns[:-2]
    return None


def rows(tokenizer: Tokenizer, stream: Iterator[Conversation], length: int) -> Iterator[Row]:
    """Rows of exactly ``length`` tokens with their weights; what stays empty has weight 0."""
    pool: list[Row] = []
    while True:
        tokens: list[int] = []
        weights: list[float] = []
        while True:
            while len(pool) < POOL:
                beginning = _beginning(tokenizer, next(stream), length)
                if beginning is not None:
                    pool.append(beginning)
            best = _longest_that_fits(pool, length - len(tokens))
            if best is None:
                break
            more, their = pool.pop(best)
            tokens += more
            weights += [0.0, *their[1:]]
        empty = length - len(tokens)
        yield tokens + [START] * empty, weights + [0.0] * empty


def _longest_that_fits(pool: Sequence[Row], room: int) -> int | None:
    """The oldest conversation if it fits, else the longest that does: nothing waits for ever."""
    if len(pool[0][0]) <= room:
        return 0
    fitting = [(len(tokens), place) for place, (tokens, _) in enumerate(pool) if len(tokens) <= room]
    return max(fitting)[1] if fitting else None
