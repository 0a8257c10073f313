"""One sequence with what it takes to choose its tokens and to turn them into text. Belongs to the decode thread."""

from __future__ import annotations

from windowsill.engine.closing import Watch
from windowsill.engine.commands import EndReason, Start
from windowsill.engine.compute import Runner, Sampler
from windowsill.engine.sequence import Sequence
from windowsill.engine.speculation import Lookup
from windowsill.engine.text_stream import TextStream
from windowsill.errors import WindowsillError


class Stream:
    """``unsent``: text that was not published yet; ``due``: when it may be; ``ended``: why nothing comes any more;
    ``error``: what its constraint failed with."""

    __slots__ = (
        "_ends",
        "_lookup",
        "_matcher",
        "_sampler",
        "_text",
        "_watch",
        "due",
        "ended",
        "error",
        "max_tokens",
        "sequence",
        "unsent",
    )

    def __init__(self, start: Start, sequence: Sequence, sampler: Sampler, ends: frozenset[int]) -> None:
        self.sequence = sequence
        self.max_tokens = start.max_tokens
        self.unsent = ""
        self.due = 0.0
        self.ended: EndReason | None = None
        self.error: WindowsillError | None = None
        self._ends = ends
        self._sampler = sampler
        self._matcher = start.matcher
        self._watch = Watch(last=start.last)
        self._text = TextStream(start.stop)
        self._lookup = Lookup(start.prompt) if start.copies else None

    def choose(self, runner: Runner, row: int, draft: list[int]) -> tuple[list[int], int]:
        """The tokens that come next: one for ``row``, and one more for each of the ``draft`` that came; and how many
        of the ``draft`` did (count).

        Every token is drawn from the model's own distribution at its place, so a draft changes nothing but the speed.
        """
        if self._matcher is None and not draft:
            return [self._sampler.sample(row)], 0
        tokens: list[int] = []
        right = 0
        for guess in (*draft, None):
            if self._matcher is not None and not self._matcher.mask(runner.logits(row + len(tokens))):
                self.ended = "stop"
                break
            token = self._sampler.sample(row + len(tokens))
            tokens.append(token)
            if self._matcher is not None and token not in self._ends:
                self._matcher.accept([token])
            if token != guess:
                break
            right += 1
        return tokens, right

    def judge(self, drafted: int, right: int, row_cost: float) -> None:
        """See ``Lookup.judge``."""
        if self._lookup is not None:
            self._lookup.judge(drafted, right, row_cost)

    def take(self, token: int, piece: bytes) -> None:
        """``token`` came, sampled or forced; sets ``ended`` when it ends the answer by itself."""
        if token in self._ends:
            self.ended = "stop"
            return
        self.unsent += self._text.push(piece)
        if self._lookup is not None:
            self._lookup.push(token)
        if self._matcher is not None:
            self._watch.push(token, piece)
        if self._text.stopped:
            self.ended = "stop"

    def forced(self) -> list[int]:
        """Tokens that the constraint leaves no choice of, now accepted."""
        if self._matcher is None:
            return []
        tokens = self._matcher.forced()
        if tokens:
            self._matcher.accept(tokens)
        return tokens

    def completion(self, room: int) -> list[int] | None:
        """With what an answer ends that does not end by itself, of at most ``room`` tokens; None for all others."""
        if self._matcher is None or not self._watch.looks(room, self.sequence.generated + room):
            return None
        end = self._matcher.completion(room)
        return end if end is not None and self._watch.takes(end, room) else None

    def draft(self, limit: int) -> list[int]:
        """Tokens that may come next, as far as the constraint allows them."""
        if self._lookup is None:
            return []
        guess = self._lookup.draft(limit)
        return guess[: self._matcher.acceptable(guess)] if guess and self._matcher is not None else guess

    def flush(self) -> None:
        """Nothing comes any more: what was held back is text."""
        self.unsent += self._text.finish()

    def close(self) -> None:
        """Give its sampler's memory back."""
        self._sampler.close()
