"""What of a model's sizes decides how much memory it takes, read from its GGUF header.

Rules this file keeps: sizes come from the tensors themselves where they can, as those are what is loaded; what a header
leaves open counts as the larger. The file was judged by gguf_header before; whatever is wrong is still a GgufError.
"""

from __future__ import annotations

import math
import os
import re
import struct
from pathlib import Path
from typing import Final

from msgspec import Struct

from windowsill import settings
from windowsill.gguf_cursor import ARRAY, SCALARS, STRING, U32, U64, Cursor, GgufError, Problem
from windowsill.gguf_header import MAGIC, TENSOR_TYPES

MAX_LAYERS: Final = 1024
MAX_NUMBERS: Final = 4096
"""Items of a list of numbers that is kept; no list by layer is longer."""

LAYER: Final = re.compile(rb"blk\.([0-9]{1,4})\.(.+)")
RECURRENT: Final = (b"ssm_", b"shortconv", b"time_mix", b"channel_mix")
"""How tensors of a layer with a state of its own begin."""

TOKEN_SHIFTS: Final = 2
"""States that an RWKV layer keeps of its input, unless the header says otherwise."""


class Layer(Struct, frozen=True, kw_only=True):
    """Bytes of its weights; numbers that it keeps for a cell (``keys``, ``values``) and for a sequence (``state``)."""

    weights: int
    keys: int = 0
    values: int = 0
    state: int = 0


class ModelShape(Struct, frozen=True, kw_only=True):
    """``input`` and ``output``: bytes of the weights around the layers."""

    layers: tuple[Layer, ...]
    input: int
    output: int
    embedding: int
    feed_forward: int
    heads: int
    vocabulary: int


Numbers = dict[str, int | tuple[int, ...]]


def read_shape(path: Path) -> ModelShape:
    """Read the sizes of the model at ``path``. Raises GgufError."""
    try:
        with path.open("rb", buffering=0) as file:
            return _read(Cursor(file, os.fstat(file.fileno()).st_size))
    except (OSError, ValueError) as error:
        raise GgufError(Problem.UNREADABLE, f"it cannot be read ({error.__class__.__name__})") from error


class _Tensor(Struct, frozen=True):
    rows: int
    bytes: int


def _read(cursor: Cursor) -> ModelShape:
    if cursor.size < len(MAGIC) or cursor.take(len(MAGIC)) != MAGIC:
        raise GgufError(Problem.NOT_GGUF, "it does not begin as a GGUF file does")
    cursor.number(U32)
    tensors = _at_most(cursor.number(U64), settings.GGUF_MAX_TENSORS)
    entries = _at_most(cursor.number(U64), settings.GGUF_MAX_KEYS)
    architecture, numbers = _read_entries(cursor, entries)
    found = dict([_read_tensor(cursor) for _ in range(tensors)])
    return _shape(_Facts(architecture, numbers), found)


def _read_entries(cursor: Cursor, count: int) -> tuple[str, Numbers]:
    architecture = ""
    numbers: Numbers = {}
    for _ in range(count):
        key = cursor.string(settings.GGUF_MAX_KEY).decode("utf-8", "replace")
        kind = cursor.number(U32)
        if key == "general.architecture" and kind == STRING:
            architecture = cursor.string().decode("utf-8", "replace")
        elif kind == STRING:
            cursor.skip_strings(1)
        elif kind == ARRAY:
            _read_list(cursor, key, numbers)
        else:
            numbers[key] = _number(cursor, kind)
    return architecture, numbers


def _read_list(cursor: Cursor, key: str, numbers: Numbers) -> None:
    kind = cursor.number(U32)
    length = _at_most(cursor.number(U64), settings.GGUF_MAX_ARRAY)
    if kind == STRING:
        cursor.skip_strings(length)
        if key == "tokenizer.ggml.tokens":
            numbers[key] = length
    elif length <= MAX_NUMBERS:
        numbers[key] = tuple([_number(cursor, kind) for _ in range(length)])
    else:
        cursor.skip(length * _layout(kind).size)


def _number(cursor: Cursor, kind: int) -> int:
    (value,) = _layout(kind).unpack(cursor.take(_layout(kind).size))
    return int(value) if math.isfinite(value) else 0


def _layout(kind: int) -> struct.Struct:
    if kind not in SCALARS:
        raise GgufError(Problem.MALFORMED, f"it holds the unknown type {kind}")
    return SCALARS[kind]


def _read_tensor(cursor: Cursor) -> tuple[bytes, _Tensor]:
    name = cursor.string(settings.GGUF_MAX_KEY)
    lengths = [cursor.number(U64) for _ in range(_at_most(cursor.number(U32), 4))]
    kind = cursor.number(U32)
    cursor.number(U64)
    if kind not in TENSOR_TYPES:
        raise GgufError(Problem.MALFORMED, f"a tensor has the unknown type {kind}")
    block, block_bytes = TENSOR_TYPES[kind]
    size = math.prod(lengths) // block * block_bytes
    return name, _Tensor(rows=lengths[1] if len(lengths) > 1 else 1, bytes=_at_most(size, cursor.size))


def _at_most(count: int, limit: int) -> int:
    if count > limit:
        raise GgufError(Problem.MALFORMED, f"it announces {count}, where {limit} is the most")
    return count


class _Facts:
    """The header's numbers, by their names within the architecture."""

    def __init__(self, architecture: str, numbers: Numbers) -> None:
        self.architecture = architecture
        self._numbers = numbers

    def one(self, name: str, otherwise: int = 0) -> int:
        """A number; the largest of a list."""
        value = self._numbers.get(f"{self.architecture}.{name}", otherwise)
        return max(0, max(value, default=0) if isinstance(value, tuple) else value)

    def of_layer(self, name: str, layer: int, otherwise: int) -> int:
        """A number that a list may tell for each layer."""
        value = self._numbers.get(f"{self.architecture}.{name}", otherwise)
        if isinstance(value, tuple):
            return max(0, value[layer]) if layer < len(value) else otherwise
        return max(0, value)

    @property
    def vocabulary(self) -> int:
        """Tokens (count)."""
        count = self._numbers.get("tokenizer.ggml.tokens", 0)
        return count if isinstance(count, int) else 0


def _shape(facts: _Facts, tensors: dict[bytes, _Tensor]) -> ModelShape:
    layers: dict[int, dict[bytes, _Tensor]] = {}
    around = {b"input": 0, b"output": 0}
    for name, tensor in tensors.items():
        layer = LAYER.fullmatch(name)
        if layer:
            layers.setdefault(int(layer[1]), {})[layer[2]] = tensor
        else:
            around[b"input" if name.startswith(b"token_embd") else b"output"] += tensor.bytes
    count = _at_most(max(layers, default=-1) + 1, MAX_LAYERS)
    if b"output.weight" not in tensors:
        # The embedding is used a second time, and copied to where the output is computed.
        around[b"output"] += around[b"input"]
    experts = max(1, facts.one("expert_used_count"))
    return ModelShape(
        layers=tuple([_layer(facts, number, layers.get(number, {})) for number in range(count)]),
        input=around[b"input"],
        output=around[b"output"],
        embedding=facts.one("embedding_length"),
        feed_forward=max(facts.one("feed_forward_length"), experts * facts.one("expert_feed_forward_length")),
        heads=max(1, facts.one("attention.head_count", 1)),
        vocabulary=facts.vocabulary,
    )


def _layer(facts: _Facts, number: int, tensors: dict[bytes, _Tensor]) -> Layer:
    recurrent = any(name.startswith(RECURRENT) for name in tensors)
    keys, values = _kept_for_a_cell(facts, number, tensors, recurrent=recurrent)
    return Layer(
        weights=sum(tensor.bytes for tensor in tensors.values()),
        keys=keys,
        values=values,
        state=_state(facts) if recurrent else 0,
    )


def _kept_for_a_cell(facts: _Facts, number: int, tensors: dict[bytes, _Tensor], *, recurrent: bool) -> tuple[int, int]:
    if b"attn_kv_a_mqa.weight" in tensors:
        latent = tensors[b"attn_kv_a_mqa.weight"].rows
        return latent, latent
    if b"attn_k.weight" in tensors:
        keys = tensors[b"attn_k.weight"].rows
        return keys, tensors[b"attn_v.weight"].rows if b"attn_v.weight" in tensors else keys
    if b"attn_qkv.weight" in tensors and not recurrent:
        heads = facts.of_layer("attention.head_count", number, 1)
        kept = facts.of_layer("attention.head_count_kv", number, heads)
        each = facts.one("embedding_length") // max(1, heads)
        return kept * facts.one("attention.key_length", each), kept * facts.one("attention.value_length", each)
    return 0, 0


def _state(facts: _Facts) -> int:
    """Numbers that a recurrent layer keeps for one sequence."""
    embedding = facts.one("embedding_length")
    head = facts.one("wkv.head_size")
    if head:
        return facts.one("token_shift_count", TOKEN_SHIFTS) * embedding + embedding * head
    short = facts.one("shortconv.l_cache")
    if short:
        return embedding * (short - 1)
    inner, state = facts.one("ssm.inner_size"), facts.one("ssm.state_size")
    kernel = max(1, facts.one("ssm.conv_kernel"))
    return (kernel - 1) * (inner + 2 * facts.one("ssm.group_count") * state) + state * inner
