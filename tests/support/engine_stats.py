"""What an Engine tells of itself, in few words."""

from __future__ import annotations

from typing import Final

from windowsill.engine_protocol import ModelStats, OriginStats, Stats

A: Final = "https://a.example"
B: Final = "https://b.example"


def load(running: int = 0, waiting: int = 0, paused: int = 0, *, hidden: int = 0, tokens: int = 0) -> OriginStats:
    return OriginStats(running=running, waiting=waiting, paused=paused, hidden=hidden, tokens=tokens)


def model(name: str = "Tiny", *, a: OriginStats | None = None, b: OriginStats | None = None) -> ModelStats:
    """A model of 3 MiB, with what the two origins have under way in it."""
    origins = {origin: load for origin, load in ((A, a), (B, b)) if load is not None}
    return ModelStats(name=name, device="CPU", memory=3 * 2**20, cells=7, cache=1024, kept=2, origins=origins)


def stats(*models: ModelStats, queued: dict[str, OriginStats] | None = None, decoded: int = 0) -> Stats:
    """Of process 1, which takes 100 MiB."""
    return Stats(
        id=1,
        pid=1,
        models=models,
        queued=queued or {},
        memory=100 * 2**20,
        steps=0,
        decoded_tokens=decoded,
        prefilled_tokens=0,
        cached_tokens=0,
        forced_tokens=0,
        drafted_tokens=0,
        accepted_tokens=0,
    )
