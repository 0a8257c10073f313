"""A runner without a model: scripted answers, failures on demand, and a cache that refuses to be misused.

Its vocabulary is one token per UTF-8 byte of text plus a begin and an end token. A sequence's next token is decided by
all tokens that the cache has for it, so a scheduler that loses, repeats or mixes up tokens changes the answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from support.simulated_cache import Misused, SimulatedCache
from windowsill.engine.compute import DecodeError, EditError
from windowsill.engine.sequence import Batch, Chunk, Cut, Edit, Restore
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


class Panic(BaseException):
    """What a library in another language raises when it breaks."""


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
    """The likeliest token: what the script says, unless the logits of its row were changed."""

    def __init__(self, runner: FakeRunner) -> None:
        self._runner = runner
        self.closed = False

    def sample(self, row: int) -> int:
        return int(np.argmax(self._runner.logits(row)))

    def close(self) -> None:
        self.closed = True


class FakeRunner:
    """``fails``: whether decoding this batch fails; ``edit_fails``: whether this edit does, of those that can.
    ``gate``: decoding waits for it. ``cells`` bounds the cache.

    ``whole``: only all of a sequence can be copied; with a ``sliding`` window it can be cut back all the same.
    """

    device = "fake"
    memory = 0

    def __init__(
        self,
        script: Script,
        *,
        slots: int = 4,
        cells: int = 1024,
        window: int = 512,
        batch_tokens: int = 16,
        draft_rows: int = 8,
        shelves: int = 8,
        whole: bool = False,
        saved_tokens: int = 0,
        sliding: int | None = None,
        fails: Callable[[Batch], bool] = lambda _: False,
        edit_fails: Callable[[Restore | Cut], bool] = lambda _: False,
    ) -> None:
        self.script = script
        self.slots = slots
        self.ids = slots + 1 + shelves
        self.cells = cells
        self.window = window
        self.batch_tokens = batch_tokens
        self.whole = whole
        self.saved_tokens = saved_tokens
        self.rows = slots + (draft_rows if sliding is not None or not whole else 0)
        self.fails = fails
        self.edit_fails = edit_fails
        self.gate = threading.Event()
        self.gate.set()
        self.reached_gate = threading.Semaphore(0)
        self._halted = threading.Event()
        self.vocabulary = FakeVocabulary()
        self.cache = SimulatedCache(ids=self.ids, cells=cells, whole=whole, window=sliding)
        self.batches: list[list[int]] = []
        self.samplers: list[FakeSampler] = []
        self.closed = False
        self._wanted: dict[int, list[int]] = {}
        self._logits: dict[int, NDArray[np.float32]] = {}

    def edit(self, edits: list[Edit]) -> None:
        failed = False
        for edit in edits:
            if isinstance(edit, (Restore, Cut)) and self.edit_fails(edit):
                failed = True
            else:
                self.cache.make(edit, strict=not failed)
        edits.clear()
        if failed:
            raise EditError("scripted")

    def decode(self, batch: Batch) -> None:
        self.reached_gate.release()
        self.gate.wait()
        self.edit(batch.edits)
        self.batches.append([sequence.key for sequence in batch.sequences()])
        parts = [Chunk(one, len(one.tokens) - 1, len(one.tokens)) for one in batch.decoding] + batch.chunks
        if not 0 < sum(part.size for part in parts) <= self.batch_tokens:
            raise Misused("the batch is empty or too long")
        if sum(1 + len(part.draft) for part in parts if part.last) > self.rows:
            raise Misused("too many rows have logits")
        self.cache.read(parts)
        if self.fails(batch):
            raise DecodeError("scripted")
        self._logits.clear()
        self._wanted = {}
        for row, sequence, draft in batch.rows():
            held = self.cache.tokens(sequence.seat)
            for more in range(len(draft) + 1):
                self._wanted[row + more] = held[: len(held) - len(draft) + more]

    def halt(self) -> None:
        """Called by a script: the next step waits for ``gate``."""
        while self.reached_gate.acquire(blocking=False):
            pass
        self.gate.clear()
        self._halted.set()

    def until_halted(self) -> None:
        """Wait for the step that waits for ``gate`` since ``halt``."""
        assert self._halted.wait(timeout=30), "no script halted"
        assert self.reached_gate.acquire(timeout=30), "there was no further step"

    def logits(self, row: int) -> NDArray[np.float32]:
        if row not in self._logits:
            self._logits[row] = np.zeros(self.vocabulary.size, dtype=np.float32)
            self._logits[row][self.script(self._wanted[row])] = 1
        return self._logits[row]

    def sampler(self, sampling: Sampling) -> FakeSampler:
        self.samplers.append(FakeSampler(self))
        return self.samplers[-1]

    def close(self) -> None:
        assert all(sampler.closed for sampler in self.samplers)
        self.closed = True
