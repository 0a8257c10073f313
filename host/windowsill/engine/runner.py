"""llama.cpp: one model, one context, many sequences.

Rules this file keeps: ``Runner`` belongs to one thread from opening to closing; its vocabulary may be used from any
thread until then. Nothing is allocated per token: one batch is filled over and over, pieces of tokens are kept.
"""

from __future__ import annotations

import ctypes
import logging
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from llama_cpp import llama_cpp
from numpy.typing import NDArray

from windowsill.engine import bounds, ggml_devices, processors
from windowsill.engine import sampling as samplers
from windowsill.engine.compute import DecodeError, EditError, NoRoom
from windowsill.engine.memory_plan import CellType, Layout, Plan
from windowsill.engine.sequence import Batch, Copy, Cut, Edit, Forget, Remove, Restore, Save
from windowsill.engine.vocabulary import Vocabulary
from windowsill.engine_protocol import Sampling
from windowsill.errors import NotSupportedError, OperationError
from windowsill.safe_options import Options

logger = logging.getLogger("windowsill.engine.llama")

LEVELS: Final = {1: logging.DEBUG, 2: logging.DEBUG, 3: logging.INFO, 4: logging.ERROR}
"""ggml's log levels as ours, a step lower: it tells 100 lines of every load, and warns of what is our intention."""

CELL_TYPES: Final = {CellType.F16: llama_cpp.GGML_TYPE_F16, CellType.Q8_0: llama_cpp.GGML_TYPE_Q8_0}
FLASH_ATTENTION: Final = {True: llama_cpp.LLAMA_FLASH_ATTN_TYPE_AUTO, False: llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED}


@llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]
def _log(level: int, text: bytes, _: object) -> None:
    line = text.decode("utf-8", "replace").rstrip()
    if level in LEVELS and line:
        logger.log(LEVELS[level], "%s", line)


class Sampler:
    """One sequence's chain of samplers over the outputs of ``context``."""

    def __init__(self, context: llama_cpp.llama_context_p, steps: tuple[samplers.Step, ...]) -> None:
        self._context = context
        self._chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
        for step in steps:
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
    """A model in memory, as ``plan`` says, with ``gpus`` named in the order of its split. ``threads`` 0: one per core.
    Raises NotSupportedError or OperationError.

    ``unsaved``: bytes that saved conversations may take yet; any thread may read it.
    """

    def __init__(
        self, path: Path, plan: Plan, layout: Layout, *, threads: int, options: Options, gpus: Sequence[str] = ()
    ) -> None:
        llama_cpp.llama_log_set(_log, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        model = self._model = _load(path, plan, options, gpus)
        self.window = min(llama_cpp.llama_model_n_ctx_train(model), bounds.MAX_CONTEXT, plan.cells)
        self.cells = plan.cells
        self.slots = bounds.SLOTS
        self.saved_tokens = plan.saved_tokens
        self.batch_tokens = layout.batch_tokens
        self._recurrent = llama_cpp.llama_model_is_recurrent(model) or llama_cpp.llama_model_is_hybrid(model)
        self.rows = bounds.SLOTS + (0 if self._recurrent else bounds.DRAFT_ROWS)
        # What a sliding window has passed is overwritten, and is missing to whoever would go on from before it.
        self.whole = self._recurrent or 0 < llama_cpp.llama_model_n_swa(model) < self.window
        self.unsaved = 0 if self.whole else plan.saved
        self._gate = self.slots + 1
        self.ids = bounds.STATE_IDS if self._recurrent else bounds.SEQUENCE_IDS
        self.memory = plan.need.host + sum(plan.need.gpus)
        try:
            self._context = self._open_context(layout, threads or processors.usable())
        except OperationError:
            llama_cpp.llama_model_free(self._model)
            raise
        self._memory = llama_cpp.llama_get_memory(self._context)
        vocab = llama_cpp.llama_model_get_vocab(self._model)
        if vocab is None:
            self.close()
            raise OperationError("The model could not be loaded.", detail="the model has no vocabulary")
        self.vocabulary = Vocabulary(vocab)
        self.device = "GPU" if plan.gpu_layers else "CPU"
        self._states: dict[int, ctypes.Array[ctypes.c_uint8]] = {}
        self._rows: dict[int, NDArray[np.float32]] = {}
        """Views of llama.cpp's rows of logits by their addresses, which stay the same: making one takes a while."""
        self._batch = _ReusedBatch(self.batch_tokens, self.ids)

    def edit(self, edits: list[Edit]) -> None:
        """Make all ``edits``, and empty the list. Raises EditError when one failed."""
        failures = [failure for edit in edits if (failure := self._tried(edit))]
        edits.clear()
        if failures:
            raise failures[0]

    def decode(self, batch: Batch) -> None:
        """Make the batch's edits, whatever comes then; read its tokens. Raises NoRoom, DecodeError or EditError."""
        self.edit(batch.edits)
        outcome = llama_cpp.llama_decode(self._context, self._batch.fill(batch))
        if outcome == 1:
            raise NoRoom
        if outcome != 0:
            raise DecodeError(f"llama_decode returned {outcome}")

    def logits(self, row: int) -> NDArray[np.float32]:
        """Logits of that row of the last batch, to be read and changed until the next one."""
        pointer = llama_cpp.llama_get_logits_ith(self._context, row)
        if not pointer:
            raise DecodeError(f"row {row} has no logits")
        address = ctypes.addressof(pointer.contents)
        seen = self._rows.get(address)
        if seen is None:
            memory = (ctypes.c_float * self.vocabulary.size).from_address(address)
            seen = self._rows[address] = np.frombuffer(memory, np.float32)
        return seen

    def _tried(self, edit: Edit) -> EditError | None:
        """Make the edit. A failure must not keep the others from being made: what is removed must be gone."""
        try:
            self._make(edit)
        except EditError as error:
            return error
        return None

    def _make(self, edit: Edit) -> None:
        match edit:
            case Remove(slot):
                llama_cpp.llama_memory_seq_rm(self._memory, self._id(slot), -1, -1)
            case Copy(source, slot, length):
                # A recurrent state is copied as it is; -1 is its end.
                end = -1 if self._recurrent else length
                llama_cpp.llama_memory_seq_cp(self._memory, self._id(source), self._id(slot), -1, end)
            case Save(slot, key):
                self._save(slot, key)
            case Restore(key, slot):
                state = self._states.get(key)
                if state is None or not llama_cpp.llama_state_seq_set_data(self._context, state, len(state), slot):
                    raise EditError(f"sequence {slot} cannot have back what was saved")
            case Forget(key):
                self.unsaved += len(self._states.pop(key, b""))
            case Cut(slot, length):
                if not llama_cpp.llama_memory_seq_rm(self._memory, slot, length, -1):
                    raise EditError(f"sequence {slot} cannot be cut back to {length} tokens")

    def _id(self, slot: int) -> int:
        """llama.cpp's id of ``slot``. It saves only from ids that it decodes, so one of those stays free for that."""
        return slot if slot < self._gate or self._recurrent else slot + 1

    def _save(self, slot: int, key: int) -> None:
        llama_cpp.llama_memory_seq_cp(self._memory, self._id(slot), self._gate, -1, -1)
        size = llama_cpp.llama_state_seq_get_size(self._context, self._gate)
        try:
            state = (ctypes.c_uint8 * size)()
            if llama_cpp.llama_state_seq_get_data(self._context, state, size, self._gate) == size:
                self._states[key] = state
                self.unsaved -= size
        except MemoryError:
            logger.warning("no memory for a conversation of %d bytes; it will be read again", size)
        llama_cpp.llama_memory_seq_rm(self._memory, self._gate, -1, -1)

    def sampler(self, sampling: Sampling) -> Sampler | samplers.Likeliest:
        """A sampler for one sequence; whoever asks closes it."""
        steps = samplers.chain(sampling, lambda: secrets.randbelow(samplers.SEEDS))
        return samplers.Likeliest(self.logits) if steps == (samplers.Greedy(),) else Sampler(self._context, steps)

    def close(self) -> None:
        """Unload the model."""
        self.unsaved = 0
        self._states.clear()
        llama_cpp.llama_free(self._context)
        llama_cpp.llama_model_free(self._model)

    def _open_context(self, layout: Layout, threads: int) -> llama_cpp.llama_context_p:
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = self.cells
        params.n_batch = self.batch_tokens
        params.n_ubatch = self.batch_tokens
        # Ids of sequences that are decoded. Attention copies to and from any of 256, recurrent models only these.
        params.n_seq_max = self.ids if self._recurrent else self.slots + 2
        # A row of logits for each slot and draft, not for each token of a batch: a large vocabulary's take 0.6 MB each.
        # llama.cpp wants one for each sequence, at least.
        params.n_outputs_max = max(self.rows, params.n_seq_max)
        params.n_threads = params.n_threads_batch = threads
        params.kv_unified = True
        params.swa_full = True
        params.type_k = params.type_v = CELL_TYPES[layout.cell_type]
        params.flash_attn_type = FLASH_ATTENTION[layout.flash_attention]
        context: llama_cpp.llama_context_p | None = llama_cpp.llama_init_from_model(self._model, params)
        if context is None:
            raise OperationError("The model could not be loaded.", detail="there is not enough memory for its cache")
        return context


def _load(path: Path, plan: Plan, options: Options, gpus: Sequence[str]) -> llama_cpp.llama_model_p:
    used = {gpu: layers for gpu, layers in zip(gpus, plan.split, strict=True) if layers}
    # Left to itself, llama.cpp wakes every GPU, has them read prompts for models without layers there, and shares
    # layers out by what is free at another moment.
    devices = ggml_devices.only([*used])
    params = llama_cpp.llama_model_default_params()
    params.devices = ctypes.addressof(devices)
    params.tensor_split = (ctypes.c_float * llama_cpp.llama_max_devices())(*used.values())
    params.n_gpu_layers = plan.gpu_layers
    # Compilers miscompile llama.cpp's AMX code (ggml-org/llama.cpp#20824). Our own build has none of it.
    params.use_extra_bufts = options.extra_buffers and b"AMX_INT8 = 1" not in llama_cpp.llama_print_system_info()
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


class _ReusedBatch:
    """llama.cpp's batch over arrays of our own, which live as long as this does."""

    def __init__(self, tokens: int, ids: int) -> None:
        self._slots = [(ctypes.c_int32 * 1)(slot) for slot in range(ids)]
        pointer = ctypes.POINTER(ctypes.c_int32)
        self._slot_pointers = [ctypes.cast(cell, pointer) for cell in self._slots]
        self._token = (ctypes.c_int32 * tokens)()
        self._position = (ctypes.c_int32 * tokens)()
        self._seats = (ctypes.c_int32 * tokens)(*[1] * tokens)
        self._slot = (pointer * tokens)()
        self._wanted = (ctypes.c_int8 * tokens)()
        self._filled: Batch | None = None
        self._struct = llama_cpp.llama_batch(
            0, self._token, None, self._position, self._seats, self._slot, self._wanted
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
            self._slot[row] = self._slot_pointers[sequence.seat]
            self._wanted[row] = 1
            row += 1
        for chunk in batch.chunks:
            drafted = len(chunk.draft)
            end = row + chunk.size
            self._token[row:end] = [*chunk.sequence.tokens[chunk.start : chunk.end], *chunk.draft]
            self._position[row:end] = [*range(chunk.start, chunk.end + drafted)]
            self._slot[row:end] = [self._slot_pointers[chunk.sequence.seat]] * (end - row)
            self._wanted[row:end] = [0] * (end - row)
            if chunk.last:
                self._wanted[end - 1 - drafted : end] = [1] * (drafted + 1)
            row = end
        self._struct.n_tokens = row
        self._filled = batch
