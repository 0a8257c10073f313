"""A vocabulary, and the answers that constraints let through in it: led to some place, or walked at random."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from random import Random

import numpy as np

import windowsill
from support.plain_runner import plain_runner
from windowsill.engine.compute import Tokenizer
from windowsill.engine.constraints import Compiler, Matcher
from windowsill.engine_protocol import Constraint


def accepting(matcher: Matcher) -> bool:
    """Whether the answer may end here, as llguidance knows it."""
    return bool(matcher._guide.is_accepting())


class Words:
    """A vocabulary and its compiler."""

    def __init__(self, vocabulary: Tokenizer) -> None:
        self.vocabulary = vocabulary
        self.compiler = Compiler(vocabulary)

    def compile(self, constraint: Constraint, prefix: str = "") -> Matcher:
        return self.compiler.compile(constraint, prefix)

    def led(self, constraint: Constraint, begun: str) -> Matcher:
        """Where an answer is that begins so."""
        matcher = self.compile(constraint)
        matcher.accept(self.tokens(begun))
        return matcher

    def tokens(self, text: str) -> list[int]:
        return self.vocabulary.tokenize(text, special=False, continues=True)

    def text(self, tokens: list[int]) -> str:
        return b"".join(map(self.vocabulary.piece, tokens)).decode()

    def allowed(self, matcher: Matcher) -> set[int]:
        """What may come next; nothing where the answer ends."""
        logits = np.ones(self.vocabulary.size, dtype=np.float32)
        if not matcher.mask(logits):
            return set()
        assert set(np.unique(logits)) <= {1.0, -np.inf}
        return {int(token) for token in np.flatnonzero(logits == 1)}

    def walk(self, matcher: Matcher, random: Random, steps: int = 400) -> str | None:
        """A random answer; None: it did not end within ``steps``."""
        answer: list[int] = []
        for _ in range(steps):
            if matcher.stopped:
                return self.text(answer)
            tokens = matcher.forced()
            if not tokens:
                allowed = sorted(self.allowed(matcher))
                token = random.choice(allowed) if allowed else None
                if token is None or token in self.vocabulary.ends:
                    assert accepting(matcher)
                    return self.text(answer)
                tokens = [token]
            matcher.accept(tokens)
            answer += tokens
        return None


@contextmanager
def builtin_words() -> Iterator[Words]:
    """The vocabulary of the model that comes with the product."""
    with as_file(files(windowsill) / "models" / "builtin" / "windowsill-tiny.gguf") as path:
        runner = plain_runner(path)
        yield Words(runner.vocabulary)
        runner.close()
