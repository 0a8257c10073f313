"""Totals since the Engine's start, over all models. Written by decode threads, read by anyone."""

from __future__ import annotations


class Counters:
    """All are counts; ``drafted_tokens``: guessed; ``accepted_tokens``: of those, right."""

    def __init__(self) -> None:
        self.steps = 0
        self.decoded_tokens = 0
        self.prefilled_tokens = 0
        self.cached_tokens = 0
        self.forced_tokens = 0
        self.drafted_tokens = 0
        self.accepted_tokens = 0
