"""A runner without a model: scripted answers, failures on demand, and a cache that refuses to be misused.

Its vocabulary is one token per UTF-8 byte of text plus a begin and an end token. A sequence's next token is decided by
all tokens that are in its slot of the cache, so a scheduler that loses, repeats or mixes up tokens changes the answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from windowsill.engine.compute import DecodeError, NoRoom
from windowsill.engine.sequence import Batch
from windowsill.engine_protocol import Sampling

BEGIN: Final = 256
END: Final = 257

Script = Callable[[list[int]], int]
"""From all tokens of a sequence to its next one."""


def says(answer: str) -> Script:
    """After any prompt, the bytes of ``answer`` and the end. A prompt ends with its last BEGIN."""
    data: list[int] = [*answer.encode(), END]

    def script(tokens: list[int]) -> int:
        said = len(tokens) - 1 - max(at for at, token in enumerate(tokens) if token == BEGIN)
        return data[min(said, len(data) - 1)]

    return script


def prompt(text: str) -> list[int]:
    """A prompt as ``says`` takes it."""
    return [*text.encode(), BEGIN]


class FakeVocabulary:
    """One token per byte."""

    size = 258
    bos: int | None = None
    bos_text = ""
    eos_text = ""
    ends = frozenset({END})

    def tokenize(self, text: str, *, special: bool, continues: bool) -> list[int]:
        return [*text.encode()]

    def is_control(self, token: int) -> bool:
        return token in {BEGIN, END}

    def piece(self, token: int) -> bytes:
        return bytes([token]) if token < BEGIN else b""


class FakeSampler:
    """Asks the script."""

    def __init__(self, runner: FakeRunner) -> None:
        self._runner = runner
        self.closed = False

    def sample(self, row: int) -> int:
        return self._runner.script(self._runner.rows[row])

    def close(self) -> None:
        self.closed = True


class FakeRunner:
    """``fails``: whether decoding this batch fails. ``gate``: decoding waits for it. ``cells`` bounds the cache."""

    device = "fake"

    def __init__(
        self,
        script: Script,
        *,
        slots: int = 4,
        cells: int = 1024,
        window: int = 512,
        batch_tokens: int = 16,
        fails: Callable[[Batch], bool] = lambda _: False,
    ) -> None:
        self.script = script
        self.slots = slots
        self.cells = cells
        self.real_cells = cells
        self.window = window
        self.batch_tokens = batch_tokens
        self.fails = fails
        self.gate = threading.Event()
        self.gate.set()
        self.reached_gate = threading.Semaphore(0)
        self.vocabulary = FakeVocabulary()
        self.rows: dict[int, list[int]] = {}
        self.batches: list[list[int]] = []
        self.samplers: list[FakeSampler] = []
        self.closed = False
        self._cache: dict[int, list[int]] = {slot: [] for slot in range(slots)}

    def decode(self, batch: Batch) -> None:
        self.reached_gate.release()
        self.gate.wait()
        for slot in batch.vacated:
            self._cache[slot] = []
        self.batches.append([sequence.key for sequence in batch.sequences()])
        if self.fails(batch):
            raise DecodeError("scripted")
        parts = [(sequence, len(sequence.tokens) - 1, len(sequence.tokens), True) for sequence in batch.decoding]
        parts += [(chunk.sequence, chunk.start, chunk.end, chunk.last) for chunk in batch.chunks]
        size = sum(end - start for _, start, end, _ in parts)
        assert 0 < size <= self.batch_tokens
        if sum(map(len, self._cache.values())) + size > self.real_cells:
            raise NoRoom
        self.rows = {}
        row = 0
        for sequence, start, end, wanted in parts:
            assert sequence.slot is not None
            cached = self._cache[sequence.slot]
            assert len(cached) == start, "the cache does not end where the sequence goes on"
            cached += sequence.tokens[start:end]
            assert cached == sequence.tokens[:end], "the cache holds something else than the sequence"
            row += end - start
            if wanted:
                self.rows[row - 1] = list(cached)
        assert self.rows.keys() == {row for row, _ in batch.rows()}

    def sampler(self, sampling: Sampling) -> FakeSampler:
        self.samplers.append(FakeSampler(self))
        return self.samplers[-1]

    def close(self) -> None:
        assert all(sampler.closed for sampler in self.samplers)
        self.closed = True
