"""The GGUF file: llama architecture, SentencePiece vocabulary, chat template, matrices as Q8_0 and norms as F32.

Rules: the file is a function of weights and tokenizer alone (no dates, no paths), so the same training gives the
same bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import gguf

from recipe.network import Shape, Tensors
from recipe.template import CHAT_TEMPLATE
from recipe.tokenizer import BYTES, START, TURN_ENDS, TURN_STARTS, UNKNOWN, Tokenizer

NAME: Final = "Windowsill tiny"


def _token_types(vocabulary: int) -> list[int]:
    types = [int(gguf.TokenType.NORMAL)] * vocabulary
    types[UNKNOWN] = int(gguf.TokenType.UNKNOWN)
    for token in (START, TURN_STARTS, TURN_ENDS):
        types[token] = int(gguf.TokenType.CONTROL)
    for token in BYTES:
        types[token] = int(gguf.TokenType.BYTE)
    return types


def write(path: Path, tensors: Tensors, shape: Shape, tokenizer: Tokenizer) -> None:
    """Write the file. ``path``'s folder exists; an older file is replaced."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(NAME)
    writer.add_description("A demonstration model of simple English chat, trained from scratch by Windowsill's recipe.")
    writer.add_license("apache-2.0")
    writer.add_languages(["en"])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)

    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_rope_dimension_count(shape.head_width)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_vocab_size(shape.vocabulary)

    pieces = tokenizer.pieces()
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([text for text, _ in pieces])
    writer.add_token_scores([score for _, score in pieces])
    writer.add_token_types(_token_types(len(pieces)))
    writer.add_bos_token_id(START)
    writer.add_eos_token_id(TURN_ENDS)
    writer.add_eot_token_id(TURN_ENDS)
    writer.add_unk_token_id(UNKNOWN)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(CHAT_TEMPLATE)

    for name, tensor in tensors.items():
        values = tensor.float().numpy()
        if values.ndim == 1:
            writer.add_tensor(name, values)
        else:
            q8 = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quants.quantize(values, q8), raw_dtype=q8)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
