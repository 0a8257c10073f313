"""The seam to whatever computes: what the decode loop and the prompt reader ask of a loaded model.

``runner.py`` is the real one; tests bring their own. No decisions here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from windowsill.engine.sequence import Batch, Edit
from windowsill.engine_protocol import Sampling

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class NoRoom(Exception):
    """The cache has no cells for this batch; nothing of it was read."""


class TooLarge(Exception):
    """The model does not fit into the memory that is free now; the text says what it needs, in plain words."""


class DecodeError(Exception):
    """This batch could not be computed; what was read of it is undefined."""


class EditError(Exception):
    """An edit of the cache failed, and nothing was read; what any sequence has there is uncertain."""


class Tokenizer(Protocol):
    """A model's vocabulary; any thread may use it while the model is loaded."""

    size: int
    """Tokens (count)."""

    bos: int | None
    """Token to put before every prompt, if any."""

    bos_text: str
    eos_text: str
    """The texts of those control tokens, for the chat template; empty when there are none."""

    ends: frozenset[int]
    """Tokens that end an answer."""

    def tokenize(self, text: str, *, special: bool, continues: bool) -> list[int]:
        """Tokens of ``text``; ``special``: control tokens are read; ``continues``: other text stands before it."""

    def is_control(self, token: int) -> bool:
        """Whether ``token`` is a marker and no text."""

    def piece(self, token: int) -> bytes:
        """The bytes of ``token``; none for control tokens."""


class Sampler(Protocol):
    """How one sequence chooses its tokens, with the state of its random numbers."""

    def sample(self, row: int) -> int:
        """The next token of the sequence whose newest token was in ``row`` of the last batch."""

    def close(self) -> None:
        """Give its memory back."""


class Runner(Protocol):
    """A loaded model; one thread opens it, uses it and closes it."""

    slots: int
    ids: int
    cells: int
    window: int
    batch_tokens: int
    rows: int
    """Sequences at once, sequence ids of the cache, KV cells, tokens one sequence may hold, tokens of one step, and of
    those, how many may have logits (counts); with no more ``rows`` than ``slots``, drafts cannot be taken back."""

    saved_tokens: int
    """Tokens whose states may be held in ordinary memory (count)."""

    whole: bool
    """Whether only all of a sequence can be copied, not its first tokens alone."""

    device: str

    memory: int
    """Bytes that weights and cache were estimated to take."""

    @property
    def vocabulary(self) -> Tokenizer:
        """The model's tokenizer."""

    def edit(self, edits: list[Edit]) -> None:
        """Make all ``edits``, and empty the list. Raises EditError when one failed."""

    def decode(self, batch: Batch) -> None:
        """Make the batch's edits, whatever comes then; read its tokens. Raises NoRoom, DecodeError or EditError."""

    def logits(self, row: int) -> NDArray[np.float32]:
        """Logits of that row of the last batch, one for each token, to be read and changed until the next one."""

    def sampler(self, sampling: Sampling) -> Sampler:
        """A sampler for one sequence; whoever asks closes it."""

    def close(self) -> None:
        """Unload the model."""
