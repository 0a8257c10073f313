"""Figures out of traces, and what they are held against. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from bench.contender import Trace
from windowsill import bench


class Goal(Struct, frozen=True):
    """A bound on our own figure, or with ``ratio`` on it divided by the peer's."""

    bound: float
    at_most: bool
    ratio: bool = False


class Finding(Struct, frozen=True, kw_only=True):
    """One row of the table. A figure is None where there was nothing to measure."""

    what: str
    unit: str
    ours: float | None
    peer: float | None = None
    goal: Goal | None = None

    @property
    def ratio(self) -> float | None:
        """Ours by the peer's; None when one is missing or nothing can be divided by it."""
        return self.ours / self.peer if self.ours is not None and self.peer else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None: there is none, or nothing to hold against it."""
        if self.goal is None:
            return None
        held = self.ratio if self.goal.ratio else self.ours
        if held is None:
            return None
        return held <= self.goal.bound if self.goal.at_most else held >= self.goal.bound


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of ``values`` that at least ``share`` (0 to 1) of them do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def median(values: Sequence[float | None]) -> float | None:
    """Of those that could be measured; None when none could."""
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def decode_rate(trace: Trace) -> float | None:
    """Tokens a second from the first text on."""
    return bench.rate(trace.arrivals, trace.usage.answer)


def crowd_rate(traces: Sequence[Trace]) -> float | None:
    """Tokens a second of all together, while all were writing; None when there was no such time."""
    begin = max(trace.arrivals[0][0] for trace in traces)
    end = min(trace.arrivals[-1][0] for trace in traces)
    if end <= begin:
        return None
    return sum(_share(trace, begin, end) * trace.usage.answer for trace in traces) / (end - begin)


def share_of(one: Trace, others: Sequence[Trace]) -> float:
    """The part (0 to 1) that ``one`` had of all text between its second chunk and its last but one.

    With its first comes what the others had been given before, and with its last only its own is complete.
    """
    begin, end = one.arrivals[1][0], one.arrivals[-2][0]
    own = _characters(one, begin, end)
    return own / (own + sum(_characters(other, begin, end) for other in others))


def longest_pause(times: Sequence[float]) -> float:
    """Between two of ``times`` that follow each other (seconds); at least two."""
    return max(after - before for before, after in pairwise(times))


def read_again(before: Trace, after: Trace) -> int:
    """Tokens of the conversation up to ``before``'s end that were read once more for ``after``, its next turn."""
    return max(0, before.usage.prompt + before.usage.answer - after.usage.cached)


def _share(trace: Trace, begin: float, end: float) -> float:
    return _characters(trace, begin, end) / sum(length for _, length in trace.arrivals)


def _characters(trace: Trace, begin: float, end: float) -> int:
    """What came after ``begin`` and not after ``end``."""
    return sum(length for when, length in trace.arrivals if begin < when <= end)
