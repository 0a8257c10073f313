"""Conversations whose cells went to memory, until somebody goes on with them. Pure: the runner holds the bytes.

Rules this file keeps: an origin finds its own conversations and our instructions only; least recently used go first;
of two that begin alike, the longer is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from windowsill.engine.prefix_tree import common

MOST_STATES: Final = 256
"""Conversations (count): as many as a cache holds. Of short ones a small model's memory would take thousands; each has
to be looked at for every prompt that begins."""


class Saved(Struct, frozen=True):
    """``origin`` None: our own instructions, for everybody."""

    key: int
    origin: str | None
    tokens: list[int]


class SavedStates:
    """``most``: tokens of all together (count), in MOST_STATES conversations."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._used = 0
        self._next = 0
        self._by_key: dict[int, Saved] = {}

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def add(self, origin: str | None, tokens: list[int]) -> tuple[int | None, list[int]]:
        """The key to save ``tokens`` under, None when they are too many, and the keys to forget."""
        if len(tokens) > self._most:
            return None, []
        forgotten = [
            saved.key for saved in self._by_key.values() if saved.origin == origin and _begins(tokens, saved.tokens)
        ]
        for key in forgotten:
            self._drop(key)
        while self._used + len(tokens) > self._most or len(self._by_key) == MOST_STATES:
            oldest = next(iter(self._by_key))
            self._drop(oldest)
            forgotten.append(oldest)
        self._next += 1
        self._by_key[self._next] = Saved(self._next, origin, tokens)
        self._used += len(tokens)
        return self._next, forgotten

    def best(self, tokens: Sequence[int], origin: str, limit: int) -> tuple[Saved, int] | None:
        """What shares most of ``tokens[:limit]`` and ``origin`` may know of, and how much that is (count)."""
        best: Saved | None = None
        length = 0
        for saved in reversed(self._by_key.values()):
            if length == limit:
                break
            if len(saved.tokens) <= length or saved.origin not in {None, origin}:
                continue
            # Most begin as the best one until now does and go on in another way: one token tells.
            if saved.tokens[length] == tokens[length] and (alike := common(saved.tokens, tokens, 0, limit)) > length:
                best, length = saved, alike
        return None if best is None else (best, length)

    def forget(self, whose: Callable[[str], bool]) -> list[int]:
        """The keys of all conversations of those, which are not known any more."""
        forgotten = [key for key, saved in self._by_key.items() if saved.origin is not None and whose(saved.origin)]
        for key in forgotten:
            self._drop(key)
        return forgotten

    def use(self, key: int) -> None:
        """It is the last to go now."""
        self._by_key[key] = self._by_key.pop(key)

    def clear(self) -> list[int]:
        """Forget all; their keys."""
        forgotten = list(self._by_key)
        for key in forgotten:
            self._drop(key)
        return forgotten

    def _drop(self, key: int) -> None:
        self._used -= len(self._by_key.pop(key).tokens)


def _begins(tokens: list[int], beginning: list[int]) -> bool:
    """Whether ``tokens`` begin with ``beginning``."""
    size = len(beginning)
    return size <= len(tokens) and tokens[size - 1] == beginning[-1] and tokens[:size] == beginning
