"""Decodes with the Engine's own scheduler and runner, and always takes the likeliest token: no threads, no text."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from windowsill.engine.cells import Cells
from windowsill.engine.compute import NoRoom, Runner
from windowsill.engine.scheduler import Limits, Scheduler
from windowsill.engine.sequence import Sequence

Guess = Callable[[list[int]], list[int]]
"""From all tokens of a sequence to what may come next."""


class Answer(Struct):
    """``tokens``: prompt and answer; ``cached``: see ``Sequence``; ``likeliest``: what the model would have said at
    each place of the answer; ``behind``: how far below that its own token was there, as a part of all logits' range."""

    tokens: list[int]
    cached: int
    likeliest: list[int]
    behind: list[float]


class Decoder:
    """``steps``: batches that were decoded (count)."""

    def __init__(self, runner: Runner, *, idle: int | None = None) -> None:
        self.steps = 0
        self._runner = runner
        self._cells = Cells(
            runner.cells,
            seats=runner.slots + 1,
            shelves=runner.ids - runner.slots - 1,
            whole=runner.whole,
            idle=idle,
            saved=runner.saved_tokens,
        )
        limits = Limits(
            slots=runner.slots,
            batch=runner.batch_tokens,
            shared=runner.batch_tokens,
            rows=runner.rows,
            window=runner.window,
        )
        self._scheduler = Scheduler(limits, self._cells)
        self._arrivals = 0

    def answer(
        self,
        origin: str,
        *prompts: list[int],
        count: int,
        guess: Guess | None = None,
        said: list[list[int]] | None = None,
        instructions: int = 0,
    ) -> list[Answer]:
        """The prompts, decoded together until each has ``count`` tokens more: those ``said``, or else the likeliest."""
        answers: dict[Sequence, Answer] = {}
        spoken: dict[Sequence, list[int] | None] = {}
        for place, prompt in enumerate(prompts):
            self._arrivals += 1
            sequence = Sequence(self._arrivals, origin, prompt, visible=True, instructions=instructions)
            answers[sequence] = Answer(sequence.tokens, 0, [], [])
            spoken[sequence] = said[place] if said else None
            self._scheduler.add(sequence)
        while (batch := self._scheduler.next_batch()) is not None:
            try:
                self._runner.decode(batch)
            except NoRoom:
                if not self._scheduler.preempt(batch):
                    raise
                continue
            self.steps += 1
            self._scheduler.was_read(batch)
            for row, sequence, draft in batch.rows():
                self._go_on(answers[sequence], sequence, row, draft, spoken[sequence])
                if sequence.generated >= count:
                    answer = answers[sequence]
                    answer.cached = sequence.cached
                    # A guess may have led beyond.
                    del answer.tokens[sequence.prompt + count :], answer.likeliest[count:], answer.behind[count:]
                    self._scheduler.finish(sequence)
                elif guess:
                    self._scheduler.propose(sequence, guess(sequence.tokens))
        return list(answers.values())

    def _go_on(self, answer: Answer, sequence: Sequence, row: int, draft: list[int], spoken: list[int] | None) -> None:
        tokens: list[int] = []
        for guessed in (*draft, None):
            logits = self._runner.logits(row + len(tokens))
            answer.likeliest.append(int(logits.argmax()))
            tokens.append(spoken[sequence.generated + len(tokens)] if spoken else answer.likeliest[-1])
            gap = logits.max() - logits[tokens[-1]]
            answer.behind.append(float(gap / (logits.max() - logits.min())))
            if tokens[-1] != guessed:
                break
        if draft:
            # The last token is what came where the guess was wrong, or after it was right to its end.
            self._scheduler.verified(sequence, draft, len(tokens) - 1)
        for token in tokens:
            self._scheduler.append(sequence, token)
