"""What one more row of a batch costs on this device with this model, learnt from the steps that were. Pure: no clock.

A step of n rows is taken to last ``one * (1 + share * (n - 1))`` seconds: the line nearest to the latest steps.
"""

from __future__ import annotations

from typing import Final

FIRST_SHARE: Final = 0.35
"""What a further row adds to a step of one row, before steps have told (share): on two cores with a 0.5B model at Q4_0,
4, 8 and 16 rows take 2.3, 3.7 and 5.9 times as long as one."""

KEPT: Final = 0.98
"""What a step counts beside the one after it (share): the latest fifty tell, some seconds' worth."""

LEAST_SPREAD: Final = 1.0
"""Variance of the latest steps' rows (rows squared) below which they tell nothing of ``share``: nobody guesses, and it
stays what it was."""

FARTHEST: Final = 3.0
"""Times as long as expected that a step may seem to take: the machine may have slept in it. One that is as many times
shorter shows that those before were the odd ones, as while a driver builds its programs."""


class StepCost:
    """Of one loaded model."""

    def __init__(self) -> None:
        self._one = 0.0
        self._share = FIRST_SHARE
        self._steps = self._rows = self._squares = self._seconds = self._products = 0.0

    def took(self, rows: int, seconds: float) -> None:
        """A step that only decoded had so many ``rows``."""
        relative = 1 + self._share * (rows - 1)
        expected = self._one * relative
        kept = KEPT
        if seconds < expected / FARTHEST:
            kept = 0.0
        elif expected:
            seconds = min(seconds, expected * FARTHEST)
        # Long steps are as many times farther from the line.
        weight = 1 / relative**2
        self._steps = kept * self._steps + weight
        self._rows = kept * self._rows + weight * rows
        self._squares = kept * self._squares + weight * rows * rows
        self._seconds = kept * self._seconds + weight * seconds
        self._products = kept * self._products + weight * rows * seconds
        self._draw()

    def of_row(self, sequences: int) -> float:
        """What one more row takes from ``sequences`` that decode together, in tokens that they have meanwhile."""
        if not sequences:
            return 0.0
        return sequences * self._share / (1 + self._share * (sequences - 1))

    def _draw(self) -> None:
        """The line by least squares."""
        rows, seconds = self._rows / self._steps, self._seconds / self._steps
        spread = self._squares / self._steps - rows**2
        if spread >= LEAST_SPREAD:
            row = max(0.0, (self._products / self._steps - rows * seconds) / spread)
            one = seconds - row * (rows - 1)
            if (longer := max(one, row)) > 0:
                self._share = row / longer
        self._one = seconds / (1 + self._share * (rows - 1))
