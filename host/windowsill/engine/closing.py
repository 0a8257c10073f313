"""When an answer that follows a constraint does not come to its end by itself, and a short way to end it.

Rules this file keeps: an answer that goes somewhere is left alone until its room runs out; a search is bounded in
nodes, and takes a few milliseconds beside the step that it is part of; what it finds is short, not always the shortest.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter, deque
from collections.abc import Sequence
from typing import Final, Protocol

CIRCLE_TOKENS: Final = 96
"""Tokens that repeat before an answer counts as going in circles: lists of 40 equal numbers are asked for."""

LONGEST_PERIOD: Final = 8
"""Tokens of what repeats, at most: longer ones are rows of a table as often as not."""

MOST_DIGITS: Final = 64
"""Tokens of digits in a row: a number of so many means nothing, and small models never end one."""

RESERVE: Final = 256
RESERVED_SHARE: Final = 4
"""Tokens at the end of an answer's room, or one part in so many of it, in which its end is looked for."""

INTERVAL: Final = 32
"""Tokens between two looks for an end: each may take as long as some steps."""

SEARCH_NODES: Final = 1_000
"""States that a search visits at most (count). Forms with five patterns take that many, what pages mostly ask for takes
less than 50; one takes 0.1 ms with a vocabulary of 1,500 tokens."""

RANK_COST: Final = 2
"""What a less promising byte costs, in bytes: searches go deep before they go broad."""

NEW_GAIN: Final = 16
"""What a mask gains that was not seen before, in bytes: there the pattern or the object goes on."""

PROMISING: Final = b'"a}])>@.0-:,/ A'
"""Bytes in the order in which they are tried, all others after them: what ends a string, what may stand in most places,
what ends anything else, and what separates."""


class Guide(Protocol):
    """Where an answer is in its grammar: what is used here of llguidance's matchers."""

    def deep_copy(self) -> Guide:
        """One that goes its own way from here."""

    def is_accepting(self) -> bool:
        """Whether the answer is complete."""

    def is_error(self) -> bool:
        """Whether nothing that it says means anything any more."""

    def compute_ff_tokens(self) -> list[int]:
        """What must come next."""

    def try_consume_tokens(self, tokens: list[int]) -> int:
        """Go on with ``tokens``; how many could come (count)."""

    def compute_bitmask(self) -> bytes:
        """A bit for each token that may come next."""


class Watch:
    """Sees one answer's tokens, and tells when its end is to be looked for. ``last``: it cannot go on in another run
    when its room is full."""

    def __init__(self, *, last: bool) -> None:
        self._last = last
        self._tokens = deque[int](maxlen=CIRCLE_TOKENS)
        self._digits = 0
        self._since = self._wait = INTERVAL

    def push(self, token: int, piece: bytes) -> None:
        """The answer went on with ``token``."""
        self._tokens.append(token)
        self._digits = self._digits + 1 if piece.isdigit() else 0
        self._since += 1

    def looks(self, room: int, whole: int) -> bool:
        """Whether it is time to look for an end. ``room``: tokens that may yet come, of a ``whole`` so large."""
        pressed = self._last and room <= min(RESERVE, whole // RESERVED_SHARE)
        if self._since < (INTERVAL if pressed else self._wait) or not (pressed or self.circles):
            return False
        self._since = 0
        self._wait *= 2  # What circles on had no end that is found, and may never have one.
        return True

    def takes(self, end: Sequence[int], room: int) -> bool:
        """Whether the answer is to have this ``end``: by the next look it might not fit into the ``room`` any more."""
        return self.circles or len(end) + 2 * INTERVAL >= room

    @property
    def circles(self) -> bool:
        """Whether the answer would go on for ever."""
        return self._digits >= MOST_DIGITS or is_circling([*self._tokens])


def is_circling(tokens: Sequence[int]) -> bool:
    """Whether the last CIRCLE_TOKENS repeat what is LONGEST_PERIOD tokens long, or shorter."""
    if len(tokens) < CIRCLE_TOKENS:
        return False
    last = tokens[-CIRCLE_TOKENS:]
    return any(last[period:] == last[:-period] for period in range(1, LONGEST_PERIOD + 1))


def completion(
    guide: Guide, spellings: Sequence[int], room: int, words: Sequence[Sequence[int]] = ()
) -> list[int] | None:
    """A short way from ``guide`` to an answer that is complete, of at most ``room`` tokens: ``spellings``, which are of
    one byte each, the promising ones first, the constraint's own ``words``, and what is forced between them. None: it
    was not found.

    Best first: a byte costs little, one that is not the most promising costs more, and so does one that leads where
    others led, as its mask shows: in that way a search goes through strings of any least length as well as patterns.
    """
    order = itertools.count()
    first: list[int] = []
    waiting: list[tuple[int, int, list[int], Guide, Sequence[int]]] = [(0, next(order), first, guide, ())]
    visits: Counter[tuple[int, int]] = Counter()
    seen: set[int] = set()
    for _ in range(SEARCH_NODES):
        if not waiting:
            break
        cost, _, path, before, step = heapq.heappop(waiting)
        state = before.deep_copy()
        path = [*path, *step]
        if state.try_consume_tokens([*step]) != len(step):
            continue
        if state.is_accepting() and len(path) <= room:
            return path
        forced = state.compute_ff_tokens()
        path = [*path, *forced]
        if state.is_error() or len(path) > room or state.try_consume_tokens(forced) != len(forced):
            continue
        if state.is_accepting():
            return path
        mask = state.compute_bitmask()
        if state.is_error():
            continue
        alike = hash(mask)  # A mask takes 19 KB where the vocabulary is large.
        if alike not in seen:
            seen.add(alike)
            cost -= NEW_GAIN
        known = visits[alike, len(path)]
        visits[alike, len(path)] += 1
        for word in words:
            if _allows(mask, word[0]):
                heapq.heappush(waiting, (cost + len(word) + RANK_COST * known, next(order), path, state, word))
        for rank, following in enumerate(token for token in spellings if _allows(mask, token)):
            heapq.heappush(waiting, (cost + 1 + RANK_COST * (rank + known), next(order), path, state, [following]))
    return None


def _allows(mask: bytes, token: int) -> bool:
    return bool(mask[token >> 3] >> (token & 7) & 1)


def spellings(pieces: Sequence[bytes]) -> list[int]:
    """Of a vocabulary's ``pieces``, the tokens that are one byte, in the order in which they are tried."""
    single = {piece: token for token, piece in reversed([*enumerate(pieces)]) if len(piece) == 1}
    rest = [byte for byte in range(256) if byte not in PROMISING]
    return [single[bytes([byte])] for byte in (*PROMISING, *rest) if bytes([byte]) in single]
