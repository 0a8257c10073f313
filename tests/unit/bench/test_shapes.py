from __future__ import annotations

from pathlib import Path

import numpy as np
from gguf import GGUFReader, GGUFWriter, TokenType

from bench.shapes import OTHER_SCALE, SHAPES, RealShape, row_scales, write_model
from windowsill.gguf_header import read_header

TOKENS = ["!", "Ġa", "Ġin", "Ġindeed", "ĠIn", "indeed", "Ġ12", "<|im_end|>", "Ġreserved"]
KINDS = [*[TokenType.NORMAL] * 7, TokenType.CONTROL, TokenType.UNUSED]
SMALL = RealShape(
    name="Small shape",
    vocabulary="",
    chat_template="{{ messages }}",
    architecture="qwen2",
    embedding=64,
    layers=2,
    heads=4,
    kv_heads=2,
    feed_forward=96,
    context=512,
    rope_base=10_000.0,
    norm_epsilon=1e-6,
    biased=True,
)


def vocabulary(folder: Path) -> Path:
    path = folder / "vocabulary.gguf"
    writer = GGUFWriter(path, "qwen2")
    writer.add_context_length(4)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(TOKENS)
    writer.add_token_types(KINDS)
    writer.add_token_merges(["Ġ a", "Ġ in"])
    writer.add_eos_token_id(7)
    writer.add_chat_template("another one")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path


def test_only_plain_words_with_a_space_before_them_can_be_likeliest() -> None:
    scales = row_scales(TOKENS, [int(kind) for kind in KINDS])
    assert [TOKENS[row] for row in np.flatnonzero(scales == 1)] == ["Ġin", "Ġindeed"]
    assert [TOKENS[row] for row in np.flatnonzero(scales == 0)] == ["<|im_end|>", "Ġreserved"]
    assert np.isclose(scales, OTHER_SCALE).sum() == 5


def test_model_has_the_sizes_of_its_shape_and_the_tokenizer_of_the_file(tmp_path: Path) -> None:
    write_model(tmp_path / "model.gguf", vocabulary(tmp_path), SMALL)
    header = read_header(tmp_path / "model.gguf")
    assert (header.name, header.chat_template) == ("Small shape, random weights", "{{ messages }}")
    written = GGUFReader(tmp_path / "model.gguf")
    assert written.fields["tokenizer.ggml.tokens"].contents() == TOKENS
    assert written.fields["tokenizer.ggml.merges"].contents() == ["Ġ a", "Ġ in"]
    assert written.fields["tokenizer.ggml.eos_token_id"].contents() == 7
    assert written.fields["qwen2.context_length"].contents() == 512
    sizes = {tensor.name: tuple(reversed(tensor.shape.tolist())) for tensor in written.tensors}
    assert len(sizes) == 2 + 2 * 12
    assert sizes["token_embd.weight"] == (len(TOKENS), 64)
    assert sizes["blk.1.attn_k.weight"] == (32, 64)
    assert sizes["blk.1.attn_v.bias"] == (32,)
    assert sizes["blk.1.ffn_down.weight"] == (64, 96)


def test_same_model_is_written_every_time(tmp_path: Path) -> None:
    known = vocabulary(tmp_path)
    for name in ("one", "other"):
        write_model(tmp_path / name, known, SMALL)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_markers_have_rows_of_nothing(tmp_path: Path) -> None:
    write_model(tmp_path / "model.gguf", vocabulary(tmp_path), SMALL)
    (embedding,) = [tensor for tensor in GGUFReader(tmp_path / "model.gguf").tensors if "token_embd" in tensor.name]
    assert not embedding.data[TOKENS.index("<|im_end|>")].any()
    assert embedding.data[TOKENS.index("Ġin")].all()


def test_shapes_have_the_number_of_weights_of_their_namesakes() -> None:
    billions = {"qwen2.5-0.5b": (151_936, 0.494), "llama-3.2-1b": (128_256, 1.236)}
    for name, (tokens, published) in billions.items():
        shape = SHAPES[name]
        attention = 2 * shape.embedding**2 * (1 + shape.kv_heads / shape.heads)
        layer = attention + 3 * shape.embedding * shape.feed_forward
        assert round((tokens * shape.embedding + shape.layers * layer) / 1e9, 3) == published
