"""What a stage of an answer makes of a text that comes in pieces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from windowsill.tasks.writing.stages import Stage


def split(text: str, cuts: Iterable[int]) -> list[str]:
    """``text`` in pieces that end at ``cuts``."""
    borders = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    return [text[start:end] for start, end in pairwise(borders)]


def passed(stage: Stage, pieces: Sequence[str]) -> str:
    """All that the stage gives."""
    return "".join([*map(stage.push, pieces), stage.finish()])
