"""Judges a GGUF file by its header: enough to know what a file is, and that no later reader is led astray.

Rules this file keeps: the file is hostile, so every count is bounded and every tensor lies inside it; tensor data is
never read. Used by the Host (choosing a model, ``doctor``) and by the Engine (before llama.cpp sees the file), so it
imports neither.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from msgspec import Struct

from windowsill import settings
from windowsill.gguf_cursor import ARRAY, SCALARS, STRING, U32, U64, Cursor, GgufError, Problem

MAGIC: Final = b"GGUF"
VERSIONS: Final = frozenset({2, 3})
MAX_DIMENSIONS: Final = 4
"""Of one tensor (count): ggml's own bound."""

MAX_ELEMENTS: Final = 2**63 - 1
"""Of one tensor (count): ggml counts them in a signed number of 64 bits."""

MAX_TAG: Final = 64
"""Of one declared language (bytes): tags of real languages stay under 40."""

DEFAULT_ALIGNMENT: Final = 32
"""Bytes, as the format says."""

ARCHITECTURES: Final = frozenset(
    """
    afmoe apertus arcee arctic arwkv7 baichuan bailingmoe bailingmoe2 bailingmoe3 bitnet bloom chameleon chatglm
    codeshell cogvlm cohere2 cohere2moe command-r dbrx deci deepseek deepseek2 deepseek2-ocr deepseek32 deepseek4
    dots1 dots3note ernie4_5 ernie4_5-moe exaone exaone-moe exaone4 falcon falcon-h1 gemma gemma2 gemma3 gemma3n
    gemma4 glm-dsa glm4 glm4moe glm5-next gpt-oss gpt2 gptj gptneox granite granite_swa granitehybrid granitemoe
    graniteswitch grok grovemoe hrm_text hunyuan-dense hunyuan-moe hunyuan_vl hy_v3 hy_v4 internlm2 jais jais2 jamba
    kimi-k3 kimi-linear laguna lfm2 lfm2moe llama llama4 maincoder mamba mamba2 maple mellum mimo2 minicpm minicpm3
    minimax-01 minimax-m2 minimax-m3 mistral3 mistral4 mpt muse-glimmer nanbeige nemotron nemotron_h nemotron_h_moe
    olmo olmo2 olmoe openelm orion paddleocr pangu-embedded phi2 phi3 phimoe plamo plamo2 plamo3 plm qwen qwen2
    qwen2moe qwen2vl qwen3 qwen35 qwen35moe qwen3moe qwen3next qwen3vl qwen3vlmoe qwen4exp refact rwkv6 rwkv6qwen2
    rwkv7 seed_oss smallthinker smollm3 spark2_5 stablelm starcoder starcoder2 step35 talkie xverse
    """.split()  # noqa: SIM905 - one name a line would take two pages
)
"""Architectures of llama.cpp (as of llama-cpp-python 0.3.36, src/llama-arch.cpp) that write text from left to right."""

WORDLESS_ARCHITECTURES: Final = frozenset(
    """
    bert clip dflash dream eagle3 eurobert gemma-embedding gemma4-assistant jina-bert-v2 jina-bert-v3 llada
    llada-moe llama-embed modern-bert neo-bert nomic-bert nomic-bert-moe pockettts qwen3tts rnd1 t5 t5encoder
    wavtokenizer-dec
    """.split()  # noqa: SIM905 - one name a line would take two pages
)
"""The rest of that list: embedding, speech, diffusion, draft and encoder-decoder models, which cannot hold a chat."""

TENSOR_TYPES: Final[dict[int, tuple[int, int]]] = {
    0: (1, 4),  # F32
    1: (1, 2),  # F16
    2: (32, 18),  # Q4_0
    3: (32, 20),  # Q4_1
    6: (32, 22),  # Q5_0
    7: (32, 24),  # Q5_1
    8: (32, 34),  # Q8_0
    9: (32, 36),  # Q8_1
    10: (256, 84),  # Q2_K
    11: (256, 110),  # Q3_K
    12: (256, 144),  # Q4_K
    13: (256, 176),  # Q5_K
    14: (256, 210),  # Q6_K
    15: (256, 292),  # Q8_K
    16: (256, 66),  # IQ2_XXS
    17: (256, 74),  # IQ2_XS
    18: (256, 98),  # IQ3_XXS
    19: (256, 50),  # IQ1_S
    20: (32, 18),  # IQ4_NL
    21: (256, 110),  # IQ3_S
    22: (256, 82),  # IQ2_S
    23: (256, 136),  # IQ4_XS
    24: (1, 1),  # I8
    25: (1, 2),  # I16
    26: (1, 4),  # I32
    27: (1, 8),  # I64
    28: (1, 8),  # F64
    29: (256, 56),  # IQ1_M
    30: (1, 2),  # BF16
    34: (256, 54),  # TQ1_0
    35: (256, 66),  # TQ2_0
    39: (32, 17),  # MXFP4
    40: (64, 36),  # NVFP4
    41: (128, 18),  # Q1_0
    42: (64, 18),  # Q2_0
}
"""ggml's tensor types: number -> (elements, bytes) of one block."""


class GgufHeader(Struct, frozen=True):
    """What a model file says of itself. ``context_length``: tokens it was trained for; ``size``: bytes of the file;
    ``languages``: those that it declares, as it writes them."""

    architecture: str
    name: str | None
    context_length: int | None
    chat_template: str | None
    tokenizer: str | None
    vocabulary: int
    tensors: int
    size: int
    languages: tuple[str, ...] = ()


def read_header(path: Path) -> GgufHeader:
    """Read and check the header of the model file at ``path``. Raises GgufError, and nothing else."""
    try:
        # Without O_NONBLOCK, opening a FIFO would wait for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(handle, "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor, not a path
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode):
                raise GgufError(Problem.UNREADABLE, "it is not a regular file")
            return _read(Cursor(file, about.st_size))
    except FileNotFoundError as error:
        raise GgufError(Problem.MISSING, "there is no such file") from error
    except (OSError, ValueError) as error:
        raise GgufError(Problem.UNREADABLE, f"it cannot be read ({error.__class__.__name__})") from error


class _Facts:
    """The few key-value pairs that anybody asks for."""

    def __init__(self) -> None:
        self.texts: dict[bytes, str] = {}
        self.context_lengths: dict[bytes, int] = {}
        self.alignment = DEFAULT_ALIGNMENT
        self.vocabulary = 0
        self.languages: tuple[str, ...] = ()

    def text(self, key: bytes) -> str | None:
        return self.texts.get(key)


TEXT_KEYS: Final = frozenset(
    {b"general.architecture", b"general.name", b"tokenizer.chat_template", b"tokenizer.ggml.model"}
)


def _read(cursor: Cursor) -> GgufHeader:
    if cursor.size < len(MAGIC) or cursor.take(len(MAGIC)) != MAGIC:
        raise GgufError(Problem.NOT_GGUF, "it does not begin as a GGUF file does")
    version = cursor.number(U32)
    if version not in VERSIONS:
        raise GgufError(Problem.UNSUPPORTED_VERSION, f"it is GGUF of version {version}; versions 2 and 3 can be read")
    tensors = _bounded(cursor.number(U64), settings.GGUF_MAX_TENSORS, "tensors")
    keys = _bounded(cursor.number(U64), settings.GGUF_MAX_KEYS, "entries")
    facts = _read_entries(cursor, keys)
    architecture = facts.text(b"general.architecture")
    if architecture is None:
        raise GgufError(Problem.MALFORMED, "it does not name its architecture")
    if architecture in WORDLESS_ARCHITECTURES:
        raise GgufError(Problem.UNKNOWN_ARCHITECTURE, f"a model of architecture {architecture!r} does not write text")
    if architecture not in ARCHITECTURES:
        raise GgufError(Problem.UNKNOWN_ARCHITECTURE, f"its architecture {architecture[:64]!r} is not known here")
    _check_tensors(cursor, tensors, facts.alignment)
    return GgufHeader(
        architecture=architecture,
        name=facts.text(b"general.name"),
        context_length=facts.context_lengths.get(f"{architecture}.context_length".encode()),
        chat_template=facts.text(b"tokenizer.chat_template"),
        tokenizer=facts.text(b"tokenizer.ggml.model"),
        vocabulary=facts.vocabulary,
        tensors=tensors,
        size=cursor.size,
        languages=facts.languages,
    )


def _bounded(count: int, limit: int, what: str) -> int:
    if count > limit:
        raise GgufError(Problem.MALFORMED, f"it announces {count} {what}, where {limit} is the most")
    return count


def _read_entries(cursor: Cursor, count: int) -> _Facts:
    facts = _Facts()
    seen: set[bytes] = set()
    for _ in range(count):
        key = cursor.string(settings.GGUF_MAX_KEY)
        if not key or key in seen:
            raise GgufError(Problem.MALFORMED, "one of its entries has no name, or the name of another")
        seen.add(key)
        kind = cursor.number(U32)
        if kind == ARRAY:
            _read_array(facts, key, cursor)
        elif kind == STRING:
            _keep_text(facts, key, cursor)
        elif kind in SCALARS:
            _keep_number(facts, key, kind, cursor)
        else:
            raise GgufError(Problem.MALFORMED, f"one of its entries has the unknown type {kind}")
    return facts


def _read_array(facts: _Facts, key: bytes, cursor: Cursor) -> None:
    kind = cursor.number(U32)
    length = _bounded(cursor.number(U64), settings.GGUF_MAX_ARRAY, "items in one list")
    if key == b"tokenizer.ggml.tokens":
        facts.vocabulary = length
    if key == b"general.languages" and kind == STRING and length <= settings.GGUF_MAX_LANGUAGES:
        tags = [cursor.string(settings.GGUF_MAX_KEY) for _ in range(length)]
        facts.languages = tuple([tag.decode() for tag in tags if tag.isascii() and len(tag) <= MAX_TAG])
    elif kind == STRING:
        cursor.skip_strings(length)
    elif kind in SCALARS:
        cursor.skip(length * SCALARS[kind].size)
    else:
        raise GgufError(Problem.MALFORMED, f"one of its lists holds the unknown type {kind}")


def _keep_text(facts: _Facts, key: bytes, cursor: Cursor) -> None:
    if key not in TEXT_KEYS:
        cursor.skip_strings(1)
        return
    try:
        facts.texts[key] = cursor.string().decode()
    except UnicodeDecodeError as error:
        raise GgufError(Problem.MALFORMED, "one of its texts is not UTF-8") from error


def _keep_number(facts: _Facts, key: bytes, kind: int, cursor: Cursor) -> None:
    if key == b"general.alignment":
        if kind != 4:
            raise GgufError(Problem.MALFORMED, "its alignment is not a 32-bit number")
        facts.alignment = cursor.number(U32)
        if facts.alignment == 0 or facts.alignment & (facts.alignment - 1):
            raise GgufError(Problem.MALFORMED, f"its alignment {facts.alignment} is not a power of two")
    elif key.endswith(b".context_length") and kind in (4, 10):
        facts.context_lengths[key] = cursor.number(SCALARS[kind])
    else:
        cursor.skip(SCALARS[kind].size)


def _check_tensors(cursor: Cursor, count: int, alignment: int) -> None:
    """Every tensor's bytes lie inside the file."""
    if count == 0:
        raise GgufError(Problem.MALFORMED, "it holds a vocabulary but no weights")
    end_of_data = 0
    for _ in range(count):
        cursor.string(settings.GGUF_MAX_KEY)
        size = _tensor_bytes(cursor)
        offset = cursor.number(U64)
        if offset % alignment:
            raise GgufError(Problem.MALFORMED, "a tensor is not aligned")
        end_of_data = max(end_of_data, offset + size)
    start_of_data = -(-cursor.position // alignment) * alignment
    if start_of_data + end_of_data > cursor.size:
        missing = start_of_data + end_of_data - cursor.size
        raise GgufError(Problem.TRUNCATED, f"{missing} bytes of its weights are missing: the file was cut off")


def _tensor_bytes(cursor: Cursor) -> int:
    dimensions = _bounded(cursor.number(U32), MAX_DIMENSIONS, "dimensions of one tensor")
    shape = [cursor.number(U64) for _ in range(dimensions)]
    kind = cursor.number(U32)
    if kind not in TENSOR_TYPES:
        raise GgufError(Problem.MALFORMED, f"a tensor has the unknown type {kind}")
    block, block_bytes = TENSOR_TYPES[kind]
    elements = 1
    for length in shape:
        elements *= length
    if elements > MAX_ELEMENTS or (shape[0] if shape else 1) % block:
        raise GgufError(Problem.MALFORMED, "a tensor has an impossible shape")
    return elements // block * block_bytes
