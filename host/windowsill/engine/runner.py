"""llama.cpp: one model, one context, many sequences. The only module that imports its binding.

Rules this file keeps: ``Runner`` belongs to one thread from opening to closing; ``Vocabulary`` may be used from any
thread until then. Nothing is allocated per token: one batch is filled over and over, pieces of tokens are kept.
"""

from __future__ import annotations

import ctypes
import logging
import os
import secrets
from pathlib import Path
from typing import Final

from llama_cpp import llama_cpp

from windowsill import settings
from windowsill.engine import sampling as samplers
from windowsill.engine.compute import DecodeError, NoRoom
from windowsill.engine.sequence import Batch, Sequence
from windowsill.engine_protocol import Sampling
from windowsill.errors import NotSupportedError, OperationError

logger = logging.getLogger("windowsill.engine.llama")

LEVELS: Final = {1: logging.DEBUG, 2: logging.DEBUG, 3: logging.INFO, 4: logging.ERROR}
"""ggml's log levels as ours, a step lower: it tells 100 lines of every load, and warns of what is our intention."""

MARKERS: Final = llama_cpp.LLAMA_TOKEN_ATTR_CONTROL | llama_cpp.LLAMA_TOKEN_ATTR_USER_DEFINED
CELL_PADDING: Final = 256
"""llama.cpp reads its cache in pieces of this many cells."""


@llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]
def _log(level: int, text: bytes, _: object) -> None:
    line = text.decode("utf-8", "replace").rstrip()
    if level in LEVELS and line:
        logger.log(LEVELS[level], "%s", line)


class Vocabulary:
    """The tokenizer of a loaded model."""

    def __init__(self, vocab: llama_cpp.llama_vocab_p) -> None:
        self._vocab = vocab
        self.size = llama_cpp.llama_vocab_n_tokens(vocab)
        bos = llama_cpp.llama_vocab_bos(vocab)
        self.bos = bos if llama_cpp.llama_vocab_get_add_bos(vocab) and bos >= 0 else None
        self.bos_text = self._text(bos)
        self.eos_text = self._text(llama_cpp.llama_vocab_eos(vocab))
        self.ends = frozenset(token for token in range(self.size) if llama_cpp.llama_vocab_is_eog(vocab, token))
        self._pieces: list[bytes | None] = [None] * self.size
        self._seam = self._tokens("\n", special=False)

    def tokenize(self, text: str, *, special: bool, continues: bool) -> list[int]:
        """Tokens of ``text``; ``special``: control tokens are read; ``continues``: other text stands before it."""
        if not text:
            return []
        if not continues:
            return self._tokens(text, special=special)
        # Some vocabularies put a space before a text's beginning; the middle of a text must not get one.
        tokens = self._tokens("\n" + text, special=special)
        if tokens[: len(self._seam)] == self._seam:
            return tokens[len(self._seam) :]
        return self._tokens(text, special=special)

    def is_control(self, token: int) -> bool:
        """Whether ``token`` is a marker and no text."""
        return bool(llama_cpp.llama_vocab_get_attr(self._vocab, token) & MARKERS)

    def piece(self, token: int) -> bytes:
        """The bytes of ``token``; none for control tokens."""
        piece = self._pieces[token]
        if piece is None:
            piece = self._pieces[token] = self._read_piece(token, 64)
        return piece

    def _tokens(self, text: str, *, special: bool) -> list[int]:
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        tokens = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(self._vocab, data, len(data), tokens, room, False, special)
        if count < 0:
            raise OperationError("The text could not be read.", detail=f"llama_tokenize returned {count}")
        return tokens[:count]

    def _read_piece(self, token: int, room: int) -> bytes:
        buffer = ctypes.create_string_buffer(room)
        length = llama_cpp.llama_token_to_piece(self._vocab, token, buffer, room, 0, False)
        return buffer.raw[:length] if length >= 0 else self._read_piece(token, -length)

    def _text(self, token: int) -> str:
        if token < 0:
            return ""
        text: bytes | None = llama_cpp.llama_vocab_get_text(self._vocab, token)
        return (text or b"").decode("utf-8", "replace")


class Sampler:
    """One sequence's chain of samplers over the outputs of ``context``."""

    def __init__(self, context: llama_cpp.llama_context_p, sampling: Sampling) -> None:
        self._context = context
        self._chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
        for step in samplers.chain(sampling, lambda: secrets.randbelow(samplers.SEEDS)):
            llama_cpp.llama_sampler_chain_add(self._chain, _sampler(step))

    def sample(self, row: int) -> int:
        """The next token of the sequence whose newest token was in ``row`` of the last batch."""
        token: int = llama_cpp.llama_sampler_sample(self._chain, self._context, row)
        return token

    def close(self) -> None:
        """Give its memory back."""
        llama_cpp.llama_sampler_free(self._chain)


def _sampler(step: samplers.Step) -> llama_cpp.llama_sampler_p:
    sampler: llama_cpp.llama_sampler_p
    match step:
        case samplers.Greedy():
            sampler = llama_cpp.llama_sampler_init_greedy()
        case samplers.TopK(count):
            sampler = llama_cpp.llama_sampler_init_top_k(count)
        case samplers.TopP(share):
            sampler = llama_cpp.llama_sampler_init_top_p(share, 1)
        case samplers.MinP(share):
            sampler = llama_cpp.llama_sampler_init_min_p(share, 1)
        case samplers.Temperature(value):
            sampler = llama_cpp.llama_sampler_init_temp(value)
        case samplers.Draw(seed):
            sampler = llama_cpp.llama_sampler_init_dist(seed)
    return sampler


class Runner:
    """A model in memory. ``threads`` 0: one per core. Raises NotSupportedError or OperationError."""

    def __init__(self, path: Path, *, threads: int) -> None:
        llama_cpp.llama_log_set(_log, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        self._model = _load(path)
        self.window = min(llama_cpp.llama_model_n_ctx_train(self._model), settings.MAX_CONTEXT)
        self.cells = _padded(min(max(settings.CACHE_TOKENS, self.window), settings.SLOTS * self.window))
        self.slots = settings.SLOTS
        self.batch_tokens = settings.BATCH_TOKENS
        try:
            self._context = self._open_context(threads or os.cpu_count() or 1)
        except OperationError:
            llama_cpp.llama_model_free(self._model)
            raise
        self._memory = llama_cpp.llama_get_memory(self._context)
        vocab = llama_cpp.llama_model_get_vocab(self._model)
        if vocab is None:
            raise OperationError("The model could not be loaded.", detail="the model has no vocabulary")
        self.vocabulary = Vocabulary(vocab)
        self.device = "GPU" if llama_cpp.llama_supports_gpu_offload() else "CPU"
        self._batch = _ReusedBatch(self.batch_tokens, self.slots)

    def decode(self, batch: Batch) -> None:
        """Empty the vacated slots, whatever comes then; read the batch's tokens. Raises NoRoom or DecodeError."""
        for slot in batch.vacated:
            llama_cpp.llama_memory_seq_rm(self._memory, slot, -1, -1)
        outcome = llama_cpp.llama_decode(self._context, self._batch.fill(batch))
        if outcome == 1:
            raise NoRoom
        if outcome != 0:
            raise DecodeError(f"llama_decode returned {outcome}")

    def sampler(self, sampling: Sampling) -> Sampler:
        """A sampler for one sequence; whoever asks closes it."""
        return Sampler(self._context, sampling)

    def close(self) -> None:
        """Unload the model."""
        llama_cpp.llama_free(self._context)
        llama_cpp.llama_model_free(self._model)

    def _open_context(self, threads: int) -> llama_cpp.llama_context_p:
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = self.cells
        params.n_batch = self.batch_tokens
        params.n_ubatch = self.batch_tokens
        params.n_seq_max = self.slots
        # A row of logits for each slot, not for each token of a batch: a large vocabulary's would take 150 MB.
        params.n_outputs_max = self.slots
        params.n_threads = params.n_threads_batch = threads
        params.kv_unified = True
        context: llama_cpp.llama_context_p | None = llama_cpp.llama_init_from_model(self._model, params)
        if context is None:
            raise OperationError("The model could not be loaded.", detail="there is not enough memory for its cache")
        return context


def _load(path: Path) -> llama_cpp.llama_model_p:
    params = llama_cpp.llama_model_default_params()
    if b"AMX_INT8 = 1" in llama_cpp.llama_print_system_info():
        # Compilers miscompile llama.cpp's AMX code (ggml-org/llama.cpp#20824). Our own build has none of it.
        params.use_extra_bufts = False
    model: llama_cpp.llama_model_p | None = llama_cpp.llama_model_load_from_file(os.fsencode(path), params)
    if model is None:
        raise OperationError("The model could not be loaded.", detail="llama.cpp could not load the model file")
    if llama_cpp.llama_model_has_encoder(model) or llama_cpp.llama_model_is_diffusion(model):
        llama_cpp.llama_model_free(model)
        raise NotSupportedError("The model cannot be used.", detail="a model of this kind does not write text")
    if llama_cpp.llama_model_n_ctx_train(model) < 1:
        llama_cpp.llama_model_free(model)
        raise NotSupportedError("The model cannot be used.", detail="the model says that it has no context window")
    return model


def _padded(cells: int) -> int:
    return -(-cells // CELL_PADDING) * CELL_PADDING


class _ReusedBatch:
    """llama.cpp's batch over arrays of our own, which live as long as this does."""

    def __init__(self, tokens: int, slots: int) -> None:
        self._slots = [(ctypes.c_int32 * 1)(slot) for slot in range(slots)]
        pointer = ctypes.POINTER(ctypes.c_int32)
        self._slot_pointers: list[ctypes._Pointer[ctypes.c_int32]] = [
            ctypes.cast(cell, pointer) for cell in self._slots
        ]
        self._token = (ctypes.c_int32 * tokens)()
        self._position = (ctypes.c_int32 * tokens)()
        self._seats = (ctypes.c_int32 * tokens)(*[1] * tokens)
        self._slot = (pointer * tokens)()
        self._wanted = (ctypes.c_int8 * tokens)()
        self._filled: Batch | None = None
        self._struct = llama_cpp.llama_batch(
            0,
            self._token,
            None,
            self._position,
            self._seats,
            self._slot,
            self._wanted,
        )

    def fill(self, batch: Batch) -> llama_cpp.llama_batch:
        """The batch as llama.cpp takes it."""
        token, position = self._token, self._position
        for row, sequence in enumerate(batch.decoding):
            token[row] = sequence.tokens[-1]
            position[row] = len(sequence.tokens) - 1
        if batch is not self._filled:
            self._lay_out(batch)
        return self._struct

    def _lay_out(self, batch: Batch) -> None:
        row = 0
        for sequence in batch.decoding:
            self._slot[row] = self._pointer(sequence)
            self._wanted[row] = 1
            row += 1
        for chunk in batch.chunks:
            end = row + chunk.end - chunk.start
            self._token[row:end] = [*chunk.sequence.tokens[chunk.start : chunk.end]]
            self._position[row:end] = [*range(chunk.start, chunk.end)]
            self._slot[row:end] = [self._pointer(chunk.sequence)] * (end - row)
            self._wanted[row:end] = [0] * (end - row)
            self._wanted[end - 1] = chunk.last
            row = end
        self._struct.n_tokens = row
        self._filled = batch

    def _pointer(self, sequence: Sequence) -> ctypes._Pointer[ctypes.c_int32]:
        if sequence.slot is None:
            raise ValueError("a sequence without a slot is in a batch")
        return self._slot_pointers[sequence.slot]
