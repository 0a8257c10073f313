"""Makes small llama-architecture GGUF files with random weights, and quantizes them.

The files are real models: llama.cpp loads and decodes them. Their text is noise, but the same noise every time.
``python tiny_gguf.py SOURCE TARGET FTYPE`` quantizes; ``quantize`` runs that in a child, as llama.cpp prints a lot.
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from gguf import GGUFWriter, TokenType
from msgspec import Struct

CHATML: Final = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
FTYPES: Final = {"F32": 0, "F16": 1, "Q4_0": 2, "Q8_0": 7, "Q4_K_M": 15}
"""llama.cpp's numbers of file types."""

WORDS: Final = (
    "the", "and", "you", "that", "was", "for", "are", "with", "his", "they", "one", "have", "this", "from", "had",
    "hot", "but", "some", "what", "there", "can", "out", "other", "were", "all", "your", "when", "use", "word", "how",
)  # fmt: skip


class Shape(Struct, frozen=True, kw_only=True):
    """Sizes of a model. Rows of 256 take every quantization; ``context`` is what it says it was trained for."""

    embedding: int = 256
    layers: int = 2
    heads: int = 4
    kv_heads: int = 2
    feed_forward: int = 512
    context: int = 512
    extra_tokens: int = 0


class Vocabulary(Struct, frozen=True):
    """Parallel lists, as GGUF keeps them."""

    tokens: list[bytes]
    scores: list[float]
    kinds: list[int]


def vocabulary(extra_tokens: int = 0) -> Vocabulary:
    """SentencePiece-like: control tokens, all bytes, printable ASCII, words with and without a space before them."""
    tokens: list[bytes] = [b"<unk>", b"<s>", b"</s>", b"<|im_start|>", b"<|im_end|>"]
    kinds = [TokenType.UNKNOWN, *[TokenType.CONTROL] * 4]
    tokens += [f"<0x{byte:02X}>".encode() for byte in range(256)]
    kinds += [TokenType.BYTE] * 256
    pieces = ["▁", *(chr(code) for code in range(33, 127))]
    for word in WORDS:
        pieces += [word[:end] for end in range(2, len(word) + 1)]
        pieces += ["▁" + word[:end] for end in range(1, len(word) + 1)]
    pieces += [f"▁w{number}" for number in range(extra_tokens)]
    unique = list(dict.fromkeys(pieces))
    tokens += [piece.encode() for piece in unique]
    kinds += [TokenType.NORMAL] * len(unique)
    scores = [0.0] * (5 + 256) + [-float(rank) for rank in range(len(unique))]
    return Vocabulary(tokens, scores, [int(kind) for kind in kinds])


def make_tiny_gguf(
    path: Path,
    shape: Shape | None = None,
    *,
    architecture: str = "llama",
    chat_template: str | None = CHATML,
    name: str = "Tiny test model",
    add_bos: bool = True,
    add_space_prefix: bool = False,
    ends: bool = True,
    seed: int = 7,
    words: Vocabulary | None = None,
    languages: Sequence[str] = (),
    add_weights: Callable[[GGUFWriter, Shape, Vocabulary], None] | None = None,
) -> Path:
    """Write a model with random weights to ``path``, or with those that ``add_weights`` adds.

    Not ``ends``: end-of-text is never the likeliest token. ``words``: instead of ``vocabulary()``.
    """
    shape = shape or Shape()
    words = words or vocabulary(shape.extra_tokens)
    writer = GGUFWriter(path, architecture)
    writer.add_name(name)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.embedding)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.embedding // shape.heads)
    writer.add_vocab_size(len(words.tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(words.tokens)
    writer.add_token_scores(words.scores)
    writer.add_token_types(words.kinds)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_eot_token_id(4)
    writer.add_add_bos_token(add_bos)
    writer.add_add_space_prefix(add_space_prefix)
    if languages:
        writer.add_languages(list(languages))
    if chat_template is not None:
        writer.add_chat_template(chat_template)
    if add_weights:
        add_weights(writer, shape, words)
    else:
        _add_weights(writer, shape, len(words.tokens), ends=ends, seed=seed)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_weights(writer: GGUFWriter, shape: Shape, tokens: int, *, ends: bool, seed: int) -> None:
    random = np.random.default_rng(seed)

    def add(name: str, rows: int, columns: int, scale: float) -> None:
        weights = random.standard_normal((rows, columns), dtype=np.float32) * scale
        writer.add_tensor(name, weights)

    def add_ones(name: str) -> None:
        writer.add_tensor(name, np.ones(shape.embedding, dtype=np.float32))

    kv_rows = shape.embedding // shape.heads * shape.kv_heads
    inner = shape.embedding**-0.5
    add("token_embd.weight", tokens, shape.embedding, 1.0)
    for layer in range(shape.layers):
        block = f"blk.{layer}."
        add_ones(block + "attn_norm.weight")
        add(block + "attn_q.weight", shape.embedding, shape.embedding, 2 * inner)
        add(block + "attn_k.weight", kv_rows, shape.embedding, 2 * inner)
        add(block + "attn_v.weight", kv_rows, shape.embedding, 2 * inner)
        add(block + "attn_output.weight", shape.embedding, shape.embedding, 2 * inner)
        add_ones(block + "ffn_norm.weight")
        add(block + "ffn_gate.weight", shape.feed_forward, shape.embedding, inner)
        add(block + "ffn_up.weight", shape.feed_forward, shape.embedding, inner)
        add(block + "ffn_down.weight", shape.embedding, shape.feed_forward, shape.feed_forward**-0.5)
    add_ones("output_norm.weight")
    output = random.standard_normal((tokens, shape.embedding), dtype=np.float32) * (4 * inner)
    # Noise would write mostly control and byte tokens; greedy decoding shall write words.
    output[: 5 + 256] *= 0.2
    if not ends:
        output[[2, 4]] = 0.0
    writer.add_tensor("output.weight", output)


def quantize(source: Path, target: Path, ftype: str) -> Path:
    """Write ``source`` to ``target`` as one of FTYPES, in a child process. To F32: what the quants stand for."""
    command = [sys.executable, str(Path(__file__).resolve()), str(source), str(target), ftype]
    subprocess.run(command, check=True, capture_output=True)
    return target


def _quantize_here(source: str, target: str, ftype: str) -> None:
    from llama_cpp import llama_cpp  # the child's import, not the tests'

    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = FTYPES[ftype]
    params.nthread = 1
    params.allow_requantize = True
    if llama_cpp.llama_model_quantize(source.encode(), target.encode(), ctypes.byref(params)) != 0:
        raise SystemExit("llama.cpp could not quantize the model")


if __name__ == "__main__":
    _quantize_here(*sys.argv[1:4])
