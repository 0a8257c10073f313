"""Makes a model file that is larger than any memory and takes no room: all of its weights are holes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import numpy as np
from gguf import GGUFWriter

LAYERS: Final = 80
ROWS: Final = 600_000
EMBEDDING: Final = 8192


def make_huge_gguf(path: Path) -> Path:
    """Write the header of a model of 786 GB."""
    writer = GGUFWriter(path, "llama")
    writer.add_context_length(8192)
    writer.add_embedding_length(EMBEDDING)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(ROWS)
    writer.add_head_count(64)
    writer.add_head_count_kv(8)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([b"<s>", b"a"])
    size = ROWS * EMBEDDING * 2
    for layer in range(LAYERS):
        writer.add_tensor_info(f"blk.{layer}.ffn_up.weight", (ROWS, EMBEDDING), np.dtype(np.float16), size)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    os.truncate(path, path.stat().st_size + LAYERS * size + 4096)
    return path
