"""Plans of memory: always within what is free, never worse with more of it, and near to what llama.cpp takes."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from gguf import GGUFWriter
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from support.plain_runner import plain_runner
from support.tiny_gguf import Shape, Vocabulary, make_tiny_gguf
from windowsill.engine import bounds
from windowsill.engine.memory_plan import SAVED_TOKEN_BYTES, CellType, Layout, Plan, Refusal, need, plan, readable
from windowsill.engine.model_shape import Layer, ModelShape, read_shape
from windowsill.gguf_cursor import GgufError, Problem

LAYOUT: Final = Layout(slots=bounds.SLOTS, batch_tokens=bounds.BATCH_TOKENS)

sizes = st.integers(0, 2**34)
layers = st.builds(
    Layer,
    weights=st.integers(0, 2**30),
    keys=st.integers(0, 4096),
    values=st.integers(0, 4096),
    state=st.integers(0, 2**20),
)
shapes = st.builds(
    ModelShape,
    layers=st.lists(layers, max_size=12).map(tuple),
    input=st.integers(0, 2**30),
    output=st.integers(0, 2**30),
    embedding=st.integers(1, 8192),
    feed_forward=st.integers(1, 32768),
    heads=st.integers(1, 128),
    vocabulary=st.integers(0, 300_000),
)
layouts = st.builds(
    Layout,
    slots=st.integers(1, 16),
    batch_tokens=st.integers(1, 512),
    cell_type=st.sampled_from(CellType),
    flash_attention=st.booleans(),
)
gpus = st.lists(sizes, max_size=3)


@given(
    shape=shapes,
    layout=layouts,
    host=sizes,
    gpus=gpus,
    wanted=st.integers(256, 32_768),
    saved=sizes,
    shared=st.booleans(),
)
def test_plan_never_takes_more_than_is_free(
    shape: ModelShape, layout: Layout, host: int, gpus: list[int], wanted: int, saved: int, shared: bool
) -> None:
    made = plan(shape, layout, host_free=host, gpus_free=gpus, wanted=wanted, least=256, saved=saved, shared=shared)
    if isinstance(made, Plan):
        assert made.need == need(shape, layout, cells=made.cells, split=made.split)
        assert made.need.host + (sum(made.need.gpus) if shared else 0) + made.saved <= host
        assert made.saved <= saved
        assert made.saved_tokens * sum(layer.keys + layer.values for layer in shape.layers) <= made.saved
        assert (made.saved > 0) == (made.saved_tokens > 0)
        assert made.saved_tokens == 0 or made.saved_tokens >= 256
        assert all(needed <= free for needed, free in zip(made.need.gpus, gpus, strict=True))
        assert 256 <= made.cells <= wanted + 255
        assert made.gpu_layers <= (len(shape.layers) + 1 if gpus else 0)


@given(
    shape=shapes,
    layout=layouts,
    host=sizes,
    gpus=st.lists(st.tuples(sizes, sizes), max_size=3),
    more=sizes,
    shared=st.booleans(),
)
def test_more_free_memory_makes_no_worse_plan(
    shape: ModelShape, layout: Layout, host: int, gpus: list[tuple[int, int]], more: int, shared: bool
) -> None:
    tight, roomy = [free for free, _ in gpus], [free + extra for free, extra in gpus]
    less = plan(shape, layout, host_free=host, gpus_free=tight, wanted=16_384, least=512, saved=0, shared=shared)
    host += more
    better = plan(shape, layout, host_free=host, gpus_free=roomy, wanted=16_384, least=512, saved=0, shared=shared)
    if isinstance(less, Plan):
        assert isinstance(better, Plan)
        assert (better.cells, better.gpu_layers) >= (less.cells, less.gpu_layers)


@given(shape=shapes, layout=layouts, cells=st.integers(1, 64), gpu_layers=st.integers(0, 12))
def test_more_cells_need_no_less_and_layers_on_a_gpu_leave_the_host(
    shape: ModelShape, layout: Layout, cells: int, gpu_layers: int
) -> None:
    on_gpu = min(gpu_layers, len(shape.layers))
    few = need(shape, layout, cells=cells * 256, split=[on_gpu])
    many = need(shape, layout, cells=cells * 512, split=[on_gpu])
    moved = need(shape, layout, cells=cells * 256, split=[on_gpu + 1])
    assert (many.host >= few.host, many.gpus >= few.gpus) == (True, True)
    assert (moved.host <= few.host, moved.gpus >= few.gpus) == (True, True)


BLOCK: Final = Layer(weights=10**9, keys=1024, values=1024)
BIG: Final = ModelShape(
    layers=(BLOCK,) * 4, input=0, output=10**8, embedding=4096, feed_forward=8192, heads=32, vocabulary=0
)


def test_refusal_says_what_is_missing_in_plain_words() -> None:
    refused = plan(BIG, LAYOUT, host_free=3_100_000_000, gpus_free=[], wanted=8192, least=1024, saved=0)
    assert refused == Refusal("needs 4.2 GB of memory, 3.1 GB are free")
    refused = plan(BIG, LAYOUT, host_free=700_000_000, gpus_free=[2**30], wanted=8192, least=1024, saved=0)
    assert refused == Refusal("needs 4.2 GB of memory, 700 MB are free, and a GPU cannot take enough of it")


def test_plan_gives_up_layers_on_the_gpu_before_cells_and_cells_before_the_model() -> None:
    roomy = plan(BIG, LAYOUT, host_free=10**10, gpus_free=[10**10], wanted=8192, least=1024, saved=0)
    assert isinstance(roomy, Plan)
    assert (roomy.gpu_layers, roomy.cells) == (5, 8192)
    small_gpu = plan(BIG, LAYOUT, host_free=10**10, gpus_free=[25 * 10**8], wanted=8192, least=1024, saved=0)
    assert isinstance(small_gpu, Plan)
    assert (small_gpu.gpu_layers, small_gpu.cells) == (3, 8192)
    small_host = plan(BIG, LAYOUT, host_free=42 * 10**8, gpus_free=[], wanted=8192, least=1024, saved=0)
    assert isinstance(small_host, Plan)
    assert (small_host.gpu_layers, small_host.cells) == (0, 2048)


@pytest.mark.parametrize(
    ("gpus_free", "split"),
    [
        ([10**10, 10**10], (5, 0)),
        ([35 * 10**8, 20 * 10**8], (3, 2)),
        ([15 * 10**8, 15 * 10**8], (1, 2)),
        ([10**8, 10**10], (0, 5)),
    ],
    ids=["the first takes all", "unequal ones", "not all of it", "a full one"],
)
def test_gpus_are_filled_one_after_the_other(gpus_free: list[int], split: tuple[int, ...]) -> None:
    made = plan(BIG, LAYOUT, host_free=10**10, gpus_free=gpus_free, wanted=8192, least=1024, saved=0)
    assert isinstance(made, Plan)
    assert made.split == split


def test_large_output_is_counted_on_the_gpu_that_takes_it() -> None:
    shape = structs.replace(BIG, output=3 * 10**9)
    made = plan(shape, LAYOUT, host_free=10**10, gpus_free=[4 * 10**9] * 2, wanted=8192, least=1024, saved=0)
    assert isinstance(made, Plan)
    assert made.split == (3, 1), "half of everything would be four tenths too much for the one with the output"


def test_memory_that_a_gpu_shares_with_the_machine_is_counted_once() -> None:
    def planned(*, shared: bool) -> Plan | Refusal:
        free = 3 * 10**9
        return plan(BIG, LAYOUT, host_free=free, gpus_free=[free], wanted=8192, least=1024, saved=0, shared=shared)

    assert isinstance(planned(shared=False), Plan)
    assert isinstance(planned(shared=True), Refusal)


def test_conversations_outside_of_the_cache_get_what_cells_leave_or_nothing() -> None:
    taken = need(BIG, LAYOUT, cells=8192).host
    token = 4 * 2048 * 2 + SAVED_TOKEN_BYTES
    for free, tokens in ((10**9, 5000), (3000 * token, 3000), (1000 * token, 0)):
        made = plan(BIG, LAYOUT, host_free=taken + free, gpus_free=[], wanted=8192, least=1024, saved=5000 * token)
        assert isinstance(made, Plan)
        assert (made.cells, made.saved_tokens, made.saved) == (8192, tokens, tokens * token)


def test_cells_of_eight_bits_take_less() -> None:
    full = need(BIG, LAYOUT, cells=16_384).host
    eight = Layout(slots=8, batch_tokens=256, cell_type=CellType.Q8_0)
    assert full - need(BIG, eight, cells=16_384).host == 4 * 2048 * 16_384 * 15 // 16


@pytest.mark.parametrize(("size", "words"), [(5_230_000_000, "5.2 GB"), (999_000_000, "999 MB"), (0, "0 MB")])
def test_sizes_are_said_as_people_do(size: int, words: str) -> None:
    assert readable(size) == words


# ---- against llama.cpp

REAL: Final = {
    "small": Shape(context=512),
    "few key heads": Shape(embedding=512, layers=4, heads=8, kv_heads=2, feed_forward=1536, context=4096),
    "all key heads": Shape(embedding=512, layers=4, heads=8, kv_heads=8, feed_forward=1536, context=4096),
    "large vocabulary": Shape(kv_heads=1, context=4096, extra_tokens=20_000),
    "wide": Shape(embedding=1024, layers=2, heads=16, kv_heads=4, feed_forward=4096, context=1024),
}
BUFFER: Final = re.compile(r"(?:model|output|KV|compute) buffer size = +([0-9.]+) MiB")


@pytest.mark.parametrize("name", REAL)
def test_estimate_is_near_what_llama_takes_and_not_below(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = make_tiny_gguf(tmp_path / "tiny.gguf", REAL[name])
    with caplog.at_level(logging.DEBUG, logger="windowsill.engine.llama"):
        runner = plain_runner(path, cells=4096)
    runner.close()
    taken = sum(float(size) for size in BUFFER.findall(caplog.text)) * 2**20
    shape = read_shape(path)
    estimate = need(shape, LAYOUT, cells=runner.cells).host
    # What only the process's memory shows: llama.cpp does not log its vocabulary.
    estimate -= shape.vocabulary * 256
    assert taken <= estimate <= 1.15 * taken + 2**20


# ---- the shape of a file


def test_shape_is_read_from_the_tensors(tmp_path: Path) -> None:
    path = make_tiny_gguf(tmp_path / "tiny.gguf", Shape())
    shape = read_shape(path)
    block = 4 * (3 * 256 * 512 + 2 * 256 * 256 + 2 * 256 * 128 + 2 * 256)
    layer = Layer(weights=block, keys=128, values=128)
    assert shape.layers == (layer, layer)
    assert (shape.embedding, shape.feed_forward, shape.heads) == (256, 512, 4)
    assert shape.input == 4 * 256 * shape.vocabulary
    assert shape.output == shape.input + 4 * 256
    assert abs(path.stat().st_size - 2 * block - shape.input - shape.output) < 2**16


def unusual(writer: GGUFWriter, shape: Shape, words: Vocabulary) -> None:
    """A layer of each kind, and an embedding that is used twice."""

    def add(name: str, rows: int) -> None:
        writer.add_tensor(name, np.zeros((rows, shape.embedding), dtype=np.float32))

    writer.add_ssm_conv_kernel(4)
    writer.add_ssm_inner_size(128)
    writer.add_ssm_state_size(16)
    writer.add_ssm_group_count(1)
    add("token_embd.weight", 8)
    add("blk.0.attn_qkv.weight", 128)
    add("blk.1.ssm_in.weight", 8)
    add("blk.2.attn_kv_a_mqa.weight", 24)
    add("blk.3.attn_k.weight", 16)
    add("blk.3.ssm_in.weight", 8)


def test_layers_of_all_kinds_are_told_apart(tmp_path: Path) -> None:
    shape = Shape(embedding=64, heads=4, kv_heads=2)
    found = read_shape(make_tiny_gguf(tmp_path / "odd.gguf", shape, add_weights=unusual))
    state = 3 * (128 + 2 * 16) + 16 * 128
    assert [(layer.keys, layer.values, layer.state) for layer in found.layers] == [
        (32, 32, 0),
        (0, 0, state),
        (24, 24, 0),
        (16, 16, state),
    ]
    assert (found.input, found.output) == (8 * 64 * 4, 8 * 64 * 4)


@given(cut=st.integers(0, 9000))
def test_shape_of_a_cut_file_is_a_gguf_error(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp()
    whole = folder / "whole.gguf"
    if not whole.exists():
        make_tiny_gguf(whole, Shape(embedding=32, feed_forward=32, layers=1, heads=2, kv_heads=1))
    part = folder / "part.gguf"
    part.write_bytes(whole.read_bytes()[:cut])
    with pytest.raises(GgufError):
        read_shape(part)


def test_shape_of_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(GgufError) as caught:
        read_shape(tmp_path / "none.gguf")
    assert caught.value.problem is Problem.UNREADABLE
