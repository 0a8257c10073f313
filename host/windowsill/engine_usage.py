"""What the Engine does for whom, and how fast: figures out of two looks at it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from windowsill.engine_protocol import ModelStats, OriginStats, Stats


class Look(Struct, frozen=True):
    """What the Engine told ``at`` a time (seconds, of any clock that does not jump)."""

    at: float
    stats: Stats


class OriginUsage(Struct, frozen=True, kw_only=True):
    """One origin's answers that compute, wait for it, wait for their reader; of all these, those of documents that
    are not on screen (counts); and tokens a second of all."""

    running: int
    waiting: int
    paused: int
    hidden: int
    tokens_per_second: float


class Usage(Struct, frozen=True, kw_only=True):
    """``tokens_per_second``: of everybody, those included who had all they wanted before the second look."""

    stats: Stats
    origins: dict[str, OriginUsage]
    tokens_per_second: float

    @property
    def models(self) -> tuple[ModelStats, ...]:
        """Those in memory."""
        return self.stats.models


def usage(before: Look | None, now: Look) -> Usage:
    """The figures of ``now``. Without a look before it, or one at another Engine, nothing is known of rates: 0."""
    if before is not None and (before.stats.pid != now.stats.pid or before.at >= now.at):
        before = None
    earlier = {} if before is None else dict(_tokens(before.stats))
    seconds = 0.0 if before is None else now.at - before.at
    origins = {origin: _sum(None, load, 0.0) for origin, load in now.stats.queued.items()}
    for model in now.stats.models:
        for origin, load in model.origins.items():
            rate = 0.0 if not seconds else _given(earlier.get((model.name, origin), 0), load.tokens) / seconds
            origins[origin] = _sum(origins.get(origin), load, rate)
    decoded = 0 if before is None else now.stats.decoded_tokens - before.stats.decoded_tokens
    return Usage(stats=now.stats, origins=origins, tokens_per_second=decoded / seconds if seconds else 0.0)


def _tokens(stats: Stats) -> Iterator[tuple[tuple[str, str], int]]:
    for model in stats.models:
        for origin, load in model.origins.items():
            yield (model.name, origin), load.tokens


def _given(before: int, now: int) -> int:
    """Tokens in between, of a count that begins anew whenever its origin has had all it wanted."""
    return now - before if now >= before else now


def _sum(others: OriginUsage | None, load: OriginStats, rate: float) -> OriginUsage:
    """With what the origin has queued, and under way in other models."""
    return OriginUsage(
        running=load.running + (others.running if others else 0),
        waiting=load.waiting + (others.waiting if others else 0),
        paused=load.paused + (others.paused if others else 0),
        hidden=load.hidden + (others.hidden if others else 0),
        tokens_per_second=rate + (others.tokens_per_second if others else 0.0),
    )
