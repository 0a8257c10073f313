"""How an answer begins where its model would first think aloud, which no page asked for. Pure.

Rules this file keeps: what a template puts before the answers that were given stands before the next one too; a
thought that it opened all the same is closed, empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from windowsill.engine.stand_ins import Piece

THOUGHT: Final = "<think>"
NO_THOUGHT: Final = "\n</think>\n\n"
"""What ends a thought, laid out as the Qwen3 templates do."""


class AnswerOpening(Struct, frozen=True):
    """``opened``: how the template ends where an answer is to come; ``lacking``: what it puts before a given one
    besides, often nothing."""

    opened: str = ""
    lacking: str = ""

    def completed(self, pieces: Sequence[Piece]) -> list[Piece]:
        """``pieces``, which open an answer, such that it begins at once."""
        end = _end(pieces)
        if self.lacking and end == self.opened:
            more = self.lacking
        elif end.rstrip().endswith(THOUGHT):
            more = NO_THOUGHT
        else:
            return [*pieces]
        return [*(pieces[:-1] if end else pieces), Piece(end + more, marker=True)]


def learn(asked: Sequence[Piece], answered: Sequence[Piece]) -> AnswerOpening:
    """From the pieces of a question, an answer opened after it, and those of the question with a given answer."""
    contents = [number for number, piece in enumerate(answered) if not piece.marker]
    before = _end(answered[: contents[-1]]) if len(contents) > 1 else ""
    opened = _end(asked)
    lacking = before.removeprefix(opened)
    # A space alone is part of how the answer's first word is written.
    return AnswerOpening(opened, lacking) if before.startswith(opened) and lacking.strip() else AnswerOpening()


def _end(pieces: Sequence[Piece]) -> str:
    """The markup behind the last content."""
    return pieces[-1].text if pieces and pieces[-1].marker else ""
