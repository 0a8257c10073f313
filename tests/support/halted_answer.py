"""An answer halted in the middle of a step, so that a test knows what computes when nobody wants it any more."""

from __future__ import annotations

import threading

import pytest

from support.engine_process import EngineClient
from support.fake_runner import FakeRunner
from support.running_service import endless, stats
from windowsill.engine.answers import Answer


class HaltedAnswer:
    """``runner`` answers without end, and halts once a sequence has so many ``tokens``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, tokens: int) -> None:
        self.runner = FakeRunner(self._script)
        self._tokens = tokens
        self._cancelled = threading.Event()
        cancel = Answer.cancel

        def heard(answer: Answer) -> None:
            cancel(answer)
            self._cancelled.set()

        monkeypatch.setattr(Answer, "cancel", heard)

    def _script(self, tokens: list[int]) -> int:
        if len(tokens) == self._tokens:
            self.runner.halt()
        return endless(tokens)

    def until_cancelled(self) -> None:
        """Wait until the Engine heard that nobody wants it."""
        assert self._cancelled.wait(timeout=60)

    def last_steps(self, other: EngineClient) -> int:
        """Let it go on; how many steps there were until ``other`` saw that nothing runs (count)."""
        before = len(self.runner.batches)
        self.runner.gate.set()
        assert stats(other).models[0].origins == {}
        return len(self.runner.batches) - before
