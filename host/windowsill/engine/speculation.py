"""Prompt lookup: guesses the next tokens from what followed the same few tokens before, in prompt or answer.

Pure: no I/O, no clock, no model. Rules this file keeps:
* A guess costs rows of the next batch; a sequence whose guesses do not pay stops guessing, and tries again later.
* ``push`` and ``draft`` take constant time; the index forgets the oldest tokens beyond INDEXED_TOKENS.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

LONGEST_KEY: Final = 4
SHORTEST_KEY: Final = 2
"""Tokens that must have occurred before: longer ones foretell better, one alone foretells nothing."""

INDEXED_TOKENS: Final = 16_384
"""Newest tokens that are looked up (count): a page of text to rewrite is less, and the index takes 450 bytes each."""

FIRST_DRAFT: Final = 3
"""Tokens of the first guess (count): enough to tell copying from coincidence. Guesses are 1, 3, 7 or 15 tokens long:
llama.cpp multiplies four rows at once, the newest token takes one, and five take 1.4 times as long as four."""

LONGEST_DRAFT: Final = 15
"""Tokens of a guess at most (count): beyond, a wrong guess costs more than a right one saves."""

TOLERATED_LOSS: Final = 1.0
"""Tokens lost, on balance, before a sequence stops guessing: two or three wrong guesses at first on a processor."""

FIRST_REST: Final = 32
LONGEST_REST: Final = 512
"""Tokens without a guess after it did not pay (count), doubled each time: trying costs under 3 % of so many steps."""

TOKEN_BITS: Final = 32
"""Bits of a token in a key: llama.cpp's tokens are 32-bit numbers, so different keys are different tokens."""

KEYS: Final = tuple((size, (1 << TOKEN_BITS * size) - 1) for size in range(LONGEST_KEY, SHORTEST_KEY - 1, -1))
"""Sizes of keys, longest first, each with the bits that it takes of ``Lookup._tail``."""


class Lookup:
    """One sequence's guesses. ``tokens``: its prompt."""

    def __init__(self, tokens: Iterable[int]) -> None:
        self._count = 0
        self._tail = 0
        self._tokens: list[int] = []
        self._tails: list[int] = []
        self._followers: tuple[dict[int, int], ...] = tuple({} for _ in KEYS)
        self._length = FIRST_DRAFT
        self._source = 0
        self._after_change: int | None = None
        self._balance = 0.0
        self._rest = 0
        self._next_rest = FIRST_REST
        for token in tokens:
            self._append(token)

    def push(self, token: int) -> None:
        """The sequence went on with ``token``, guessed or not."""
        self._append(token)
        if self._rest:
            self._rest -= 1

    def draft(self, limit: int) -> list[int]:
        """What may come next: at most ``limit`` tokens, none where nothing is known or guessing does not pay."""
        size = min(limit, self._length)
        if self._rest or size < 1:
            return []
        found = self._found()
        if found is None:
            return []
        self._source = found
        # Where the text repeats itself, the guess goes on beyond its end.
        period = self._count - found
        return [self._tokens[(found + step % period) % INDEXED_TOKENS] for step in range(size)]

    def judge(self, drafted: int, accepted: int, row_cost: float) -> None:
        """Of a guess of ``drafted`` tokens, the first ``accepted`` were right: the next one is longer or shorter.

        ``row_cost``: what each of them cost, in tokens that could have been had meanwhile.
        """
        if not drafted:
            return
        # A text that is corrected goes on after a changed token as it did after the one that stood there.
        self._after_change = self._source + accepted + 1 if 0 < accepted < drafted else None
        if accepted == drafted:
            self._length = min(LONGEST_DRAFT, 2 * self._length + 1)
        else:
            longest = max(1, accepted, self._length // 2)
            self._length = (1 << longest.bit_length()) - 1
        # At most the price of a wrong guess of the longest kind: a single changed word in a copied text stops nothing,
        # and what was copied long ago does not pay for wrong guesses now.
        largest = LONGEST_DRAFT * row_cost
        self._balance = min(largest, self._balance + accepted - row_cost * drafted)
        if self._balance < -TOLERATED_LOSS:
            self._rest = self._next_rest
            self._next_rest = min(LONGEST_REST, 2 * self._next_rest)
            self._balance = 0.0
            self._length = FIRST_DRAFT
        elif self._balance == largest:
            self._next_rest = FIRST_REST

    def _found(self) -> int | None:
        """Where what may come next stands."""
        after_change, self._after_change = self._after_change, None
        if after_change is not None and self._count - INDEXED_TOKENS <= after_change < self._count:
            return after_change
        for (_, bits), followers in zip(KEYS, self._followers, strict=True):
            found = followers.get(self._tail & bits)
            if found is not None:
                return found
        return None

    def _append(self, token: int) -> None:
        """Note that ``token`` follows the tokens before it; the oldest token gives its place up."""
        place = self._count % INDEXED_TOKENS
        if self._count < INDEXED_TOKENS:
            self._tokens.append(token)
            self._tails.append(self._tail)
        else:
            self._forget(self._tails[place], self._count - INDEXED_TOKENS)
            self._tokens[place] = token
            self._tails[place] = self._tail
        for (size, bits), followers in zip(KEYS, self._followers, strict=True):
            if self._count >= size:
                followers[self._tail & bits] = self._count
        self._tail = (self._tail << TOKEN_BITS | token) & KEYS[0][1]
        self._count += 1

    def _forget(self, tail: int, position: int) -> None:
        for (_, bits), followers in zip(KEYS, self._followers, strict=True):
            if followers.get(tail & bits) == position:
                del followers[tail & bits]
