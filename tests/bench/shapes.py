"""Models of real sizes with a real tokenizer and random weights: as slow as their namesakes, and free to make anywhere.

Rules this file keeps: the same seed makes the same weights. The likeliest token is always a plain word with a space
before it, so text goes on for ever, never ends a turn, and is split into the very tokens that wrote it.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, Keys, TokenType
from msgspec import Struct

from support.tiny_gguf import CHATML, quantize

SEED: Final = 7

LLAMA_TEMPLATE: Final = (
    "{% for message in messages %}<|start_header_id|>{{ message.role }}<|end_header_id|>\n\n"
    "{{ message.content }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)

WORD: Final = re.compile("Ġ[a-z]{2,}")
"""As the tokenizers spell it: a space, then letters."""

OTHER_SCALE: Final = 0.2
"""Of rows that are no plain words: no noise lifts them above those that are."""

EMBEDDING_SCALE: Final = 0.03
"""Small beside what the layers add, or a model that reads and writes with the same rows would repeat its last word."""

DOUBLED: Final = ("attn_q", "attn_k", "ffn_down")
"""So attention looks at few words and not at the mean of all, and the newest word outweighs it: or a handful of words
would come over and over, and speculation would gain what it does not gain with a trained model."""

Weights = np.ndarray[Any, np.dtype[np.float32]]


class RealShape(Struct, frozen=True, kw_only=True):
    """Sizes as published. ``vocabulary``: the tokenizer-only file of llama.cpp; ``biased``: query, key, value.

    Input and output share one matrix, as in the originals.
    """

    name: str
    vocabulary: str
    chat_template: str
    architecture: str
    embedding: int
    layers: int
    heads: int
    kv_heads: int
    feed_forward: int
    context: int
    rope_base: float
    norm_epsilon: float
    biased: bool


SHAPES: Final = {
    "qwen2.5-0.5b": RealShape(
        name="Qwen2.5-0.5B shape",
        vocabulary="ggml-vocab-qwen2.gguf",
        chat_template=CHATML,
        architecture="qwen2",
        embedding=896,
        layers=24,
        heads=14,
        kv_heads=2,
        feed_forward=4864,
        context=32_768,
        rope_base=1_000_000.0,
        norm_epsilon=1e-6,
        biased=True,
    ),
    "llama-3.2-1b": RealShape(
        name="Llama-3.2-1B shape",
        vocabulary="ggml-vocab-llama-bpe.gguf",
        chat_template=LLAMA_TEMPLATE,
        architecture="llama",
        embedding=2048,
        layers=16,
        heads=32,
        kv_heads=8,
        feed_forward=8192,
        context=131_072,
        rope_base=500_000.0,
        norm_epsilon=1e-5,
        biased=False,
    ),
}


def shaped_model(cache: Path, source: Path, shape: str, file_type: str) -> Path:
    """The model of one of SHAPES, quantized to one of ``tiny_gguf.FTYPES``, made when ``cache`` has none (a minute).

    ``source``: llama.cpp's sources. Takes two bytes a weight on the disk while it is made.
    """
    kept = cache / f"{shape}-{file_type.lower()}.gguf"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            plain = Path(folder) / "plain.gguf"
            write_model(plain, source / "models" / SHAPES[shape].vocabulary, SHAPES[shape])
            quantize(plain, Path(folder) / "quantized.gguf", file_type).replace(kept)
    return kept


def write_model(path: Path, vocabulary: Path, shape: RealShape) -> None:
    """Write ``shape`` in half precision, with the tokenizer of the file at ``vocabulary``."""
    known = GGUFReader(vocabulary)
    tokens: list[str] = known.fields[Keys.Tokenizer.LIST].contents()
    kinds: list[int] = known.fields[Keys.Tokenizer.TOKEN_TYPE].contents()
    writer = GGUFWriter(path, shape.architecture)
    writer.add_name(f"{shape.name}, random weights")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.embedding)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(shape.norm_epsilon)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_rope_dimension_count(shape.embedding // shape.heads)
    writer.add_vocab_size(len(tokens))
    _copy_tokenizer(known, writer)
    writer.add_chat_template(shape.chat_template)
    sizes = dict(_tensors(shape, len(tokens)))
    for name, size in sizes.items():
        kind = GGMLQuantizationType.F32 if len(size) == 1 else GGMLQuantizationType.F16
        width = np.dtype(np.float32 if len(size) == 1 else np.float16)
        writer.add_tensor_info(name, size, width, int(np.prod(size)) * width.itemsize, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    random = np.random.default_rng(SEED)
    for name, size in sizes.items():
        weights = _weights(random, name, size)
        if name == "token_embd.weight":
            weights *= row_scales(tokens, kinds)[:, None]
        writer.write_tensor_data(weights if len(size) == 1 else weights.astype(np.float16))
    writer.close()


def row_scales(tokens: list[str], kinds: list[int]) -> Weights:
    """For each token what its random row is multiplied by: 1 for plain words, little for other text, 0 for markers."""
    words = np.fromiter((WORD.fullmatch(token) is not None for token in tokens), dtype=bool, count=len(tokens))
    text = np.array(kinds) == TokenType.NORMAL
    scales: Weights = np.where(words & text, 1.0, np.where(text, OTHER_SCALE, 0.0)).astype(np.float32)
    return scales


def _copy_tokenizer(known: GGUFReader, writer: GGUFWriter) -> None:
    """Everything that the file says of its tokenizer, but for the chat template."""
    for field in known.fields.values():
        if field.name.startswith("tokenizer.") and field.name != Keys.Tokenizer.CHAT_TEMPLATE:
            kind, *inner = field.types
            writer.add_key_value(
                field.name, field.contents(), kind, sub_type=inner[-1] if kind is GGUFValueType.ARRAY else None
            )


def _tensors(shape: RealShape, tokens: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Names and sizes, in the order of the file."""
    embedding, keys = shape.embedding, shape.embedding // shape.heads * shape.kv_heads
    yield "token_embd.weight", (tokens, embedding)
    for layer in range(shape.layers):
        block = f"blk.{layer}."
        yield block + "attn_norm.weight", (embedding,)
        for name, rows in (("attn_q", embedding), ("attn_k", keys), ("attn_v", keys)):
            yield f"{block}{name}.weight", (rows, embedding)
            if shape.biased:
                yield f"{block}{name}.bias", (rows,)
        yield block + "attn_output.weight", (embedding, embedding)
        yield block + "ffn_norm.weight", (embedding,)
        yield block + "ffn_gate.weight", (shape.feed_forward, embedding)
        yield block + "ffn_up.weight", (shape.feed_forward, embedding)
        yield block + "ffn_down.weight", (embedding, shape.feed_forward)
    yield "output_norm.weight", (embedding,)


def _weights(random: np.random.Generator, name: str, size: tuple[int, ...]) -> Weights:
    """Noise that keeps what it multiplies at the same size, but for DOUBLED; norms that change nothing."""
    if "norm" in name:
        return np.ones(size, dtype=np.float32)
    noise = random.standard_normal(size, dtype=np.float32)
    noise *= EMBEDDING_SCALE if len(size) == 1 or name == "token_embd.weight" else size[1] ** -0.5
    if any(part in name for part in DOUBLED):
        noise *= 2
    return noise
