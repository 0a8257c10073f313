"""GGUF headers, most of them hostile."""

from __future__ import annotations

import os
import struct
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from support.tiny_gguf import Shape, make_tiny_gguf, vocabulary
from windowsill import gguf_header, settings
from windowsill.gguf_cursor import GgufError, Problem
from windowsill.gguf_header import ARCHITECTURES, WORDLESS_ARCHITECTURES, GgufHeader, read_header

U32, F32, STRING, ARRAY, U64 = 4, 6, 8, 9, 10


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


def entry(key: bytes, kind: int, payload: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + payload


def array(kind: int, count: int, payload: bytes) -> bytes:
    return struct.pack("<IQ", kind, count) + payload


def tensor(name: bytes = b"w", shape: tuple[int, ...] = (32,), kind: int = 0, offset: int = 0) -> bytes:
    return text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


ARCHITECTURE = entry(b"general.architecture", STRING, text(b"llama"))
USUAL = (
    ARCHITECTURE,
    entry(b"general.name", STRING, text(b"Small")),
    entry(b"llama.context_length", U32, struct.pack("<I", 2048)),
    entry(b"tokenizer.ggml.model", STRING, text(b"gpt2")),
    entry(b"tokenizer.ggml.tokens", ARRAY, array(STRING, 3, text(b"a") + text(b"bc") + text(b""))),
    entry(b"tokenizer.ggml.scores", ARRAY, array(F32, 3, bytes(12))),
    entry(b"tokenizer.chat_template", STRING, text("{{ 'é' }}".encode())),
    entry(b"llama.rope.freq_base", F32, struct.pack("<f", 1e4)),
    entry(b"general.license", STRING, text(b"something")),
    entry(b"general.languages", ARRAY, array(STRING, 2, text(b"en") + text(b"zh-Hant"))),
)


def gguf(
    entries: tuple[bytes, ...] = USUAL,
    tensors: tuple[bytes, ...] = (tensor(),),
    *,
    magic: bytes = b"GGUF",
    version: int = 3,
    entry_count: int | None = None,
    tensor_count: int | None = None,
    data: bytes = bytes(128),
    alignment: int = 32,
) -> bytes:
    header = magic + struct.pack(
        "<IQQ",
        version,
        len(tensors) if tensor_count is None else tensor_count,
        len(entries) if entry_count is None else entry_count,
    )
    header += b"".join(entries) + b"".join(tensors)
    return header + bytes(-len(header) % alignment) + data


def problem_of(path: Path) -> GgufError:
    with pytest.raises(GgufError) as caught:
        read_header(path)
    return caught.value


def test_header_tells_what_the_file_is(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(gguf())
    assert read_header(path) == GgufHeader(
        architecture="llama",
        name="Small",
        context_length=2048,
        chat_template="{{ 'é' }}",
        tokenizer="gpt2",
        vocabulary=3,
        tensors=1,
        size=path.stat().st_size,
        languages=("en", "zh-Hant"),
    )


def test_header_of_a_file_that_the_usual_writer_wrote(tmp_path: Path) -> None:
    path = make_tiny_gguf(tmp_path / "tiny.gguf", Shape(context=777, extra_tokens=60_000), chat_template=None)
    header = read_header(path)
    assert (header.architecture, header.context_length, header.chat_template) == ("llama", 777, None)
    assert header.vocabulary == len(vocabulary(60_000).tokens)


def test_missing_facts_are_none(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(gguf((ARCHITECTURE,)))
    header = read_header(path)
    assert (header.name, header.context_length, header.chat_template, header.tokenizer) == (None, None, None, None)


@pytest.mark.parametrize(
    "value",
    [
        entry(b"general.languages", STRING, text(b"en")),
        entry(b"general.languages", U32, bytes(4)),
        entry(b"general.languages", ARRAY, array(U32, 1, bytes(4))),
        entry(b"general.languages", ARRAY, array(STRING, 0, b"")),
        entry(b"general.languages", ARRAY, array(STRING, 513, text(b"en") * 513)),
        entry(b"general.languages", ARRAY, array(STRING, 2, text(b"e" * 65) + text(b"\xff"))),
    ],
)
def test_languages_that_are_no_short_list_of_tags_are_stepped_over(tmp_path: Path, value: bytes) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(gguf((value, *USUAL[:-1])))
    header = read_header(path)
    assert (header.languages, header.name) == ((), "Small")


@pytest.mark.parametrize(
    ("data", "problem", "word"),
    [
        (b"", Problem.NOT_GGUF, "begin"),
        (b"GGU", Problem.NOT_GGUF, "begin"),
        (b"#!/bin/sh\n" * 10, Problem.NOT_GGUF, "begin"),
        (gguf(magic=b"GGJT"), Problem.NOT_GGUF, "begin"),
        (gguf(version=1), Problem.UNSUPPORTED_VERSION, "version 1"),
        (gguf(version=4), Problem.UNSUPPORTED_VERSION, "version 4"),
        (gguf(version=0x03000000), Problem.UNSUPPORTED_VERSION, "version"),
        (gguf()[:40], Problem.TRUNCATED, "middle"),
        (gguf(data=bytes(127)), Problem.TRUNCATED, "1 bytes of its weights"),
        (gguf(tensors=(tensor(shape=(2**20, 2**20)),)), Problem.TRUNCATED, "weights"),
        (gguf(entry_count=2**63), Problem.MALFORMED, f"where {settings.GGUF_MAX_KEYS} is the most"),
        (gguf(tensor_count=2**63), Problem.MALFORMED, f"where {settings.GGUF_MAX_TENSORS} is the most"),
        (gguf(tensors=()), Problem.MALFORMED, "no weights"),
        (gguf(()), Problem.MALFORMED, "architecture"),
        (gguf((entry(b"general.architecture", U32, bytes(4)),)), Problem.MALFORMED, "architecture"),
        (gguf((*USUAL, ARCHITECTURE)), Problem.MALFORMED, "name of another"),
        (gguf((entry(b"", U32, bytes(4)),)), Problem.MALFORMED, "no name"),
        (gguf((entry(b"x", 13, b""),)), Problem.MALFORMED, "type 13"),
        (gguf((entry(b"x", ARRAY, array(ARRAY, 1, bytes(20))),)), Problem.MALFORMED, "type 9"),
        (gguf((entry(b"x", ARRAY, array(F32, 2**62, b"")),)), Problem.MALFORMED, "items"),
        (gguf((entry(b"x", ARRAY, array(STRING, 2**22 + 1, b"")),)), Problem.MALFORMED, "items"),
        (gguf((entry(b"x", ARRAY, array(F32, 2**20, b"")),)), Problem.TRUNCATED, "middle"),
        (gguf((entry(b"x", STRING, struct.pack("<Q", 2**62)),)), Problem.MALFORMED, "text"),
        (
            gguf((entry(b"general.languages", ARRAY, array(STRING, 1, struct.pack("<Q", 65_536))),)),
            Problem.MALFORMED,
            "65535 is the most",
        ),
        (
            gguf((entry(b"general.languages", ARRAY, struct.pack("<IQ", STRING, 512)),), (), data=b"")[:-20],
            Problem.TRUNCATED,
            "middle",
        ),
        (gguf((entry(b"general.name", STRING, struct.pack("<Q", 2**62)),)), Problem.MALFORMED, "text"),
        (gguf((entry(b"general.name", STRING, text(b"\xff")),)), Problem.MALFORMED, "UTF-8"),
        (gguf((entry(b"k" * 65_536, U32, bytes(4)),)), Problem.MALFORMED, "text"),
        (gguf((ARCHITECTURE, entry(b"general.alignment", U32, bytes(4)))), Problem.MALFORMED, "power of two"),
        (gguf((ARCHITECTURE, entry(b"general.alignment", U32, b"\x30\0\0\0"))), Problem.MALFORMED, "power of two"),
        (gguf((ARCHITECTURE, entry(b"general.alignment", U64, bytes(8)))), Problem.MALFORMED, "32-bit"),
        (gguf(tensors=(tensor(name=b"w" * 65_536),)), Problem.MALFORMED, "65535 is the most"),
        (gguf(tensors=(tensor(offset=4),)), Problem.MALFORMED, "aligned"),
        (gguf(tensors=(tensor(kind=4),)), Problem.MALFORMED, "type 4"),
        (gguf(tensors=(tensor(shape=(1,) * 5),)), Problem.MALFORMED, "dimensions"),
        (gguf(tensors=(tensor(shape=(2**63 - 1, 2)),)), Problem.MALFORMED, "shape"),
        (gguf(tensors=(tensor(kind=12, shape=(32,)),)), Problem.MALFORMED, "shape"),
        (gguf((entry(b"general.architecture", STRING, text(b"new")),)), Problem.UNKNOWN_ARCHITECTURE, "'new'"),
        (gguf((entry(b"general.architecture", STRING, text(b"bert")),)), Problem.UNKNOWN_ARCHITECTURE, "write text"),
    ],
)
def test_bad_file_is_refused_with_its_problem(tmp_path: Path, data: bytes, problem: Problem, word: str) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(data)
    error = problem_of(path)
    assert error.problem is problem
    assert word in str(error)


def test_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    assert problem_of(tmp_path / "none.gguf").problem is Problem.MISSING


@pytest.mark.parametrize("name", ["folder", "fifo", "nul\0name"])
def test_what_is_no_regular_file_is_unreadable(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
    elif name == "fifo":
        os.mkfifo(path)
    assert problem_of(path).problem is Problem.UNREADABLE


def test_every_problem_is_met_by_a_test() -> None:
    cases = test_bad_file_is_refused_with_its_problem.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {case[1] for case in cases} | {Problem.MISSING, Problem.UNREADABLE} == set(Problem)


def test_endless_lists_are_cut_off_by_the_bound_of_the_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "GGUF_MAX_HEADER", 2**16)
    many = 2**17
    path = tmp_path / "model.gguf"
    path.write_bytes(gguf((ARCHITECTURE, entry(b"x", ARRAY, array(STRING, many, bytes(8 * many))))))
    error = problem_of(path)
    assert error.problem is Problem.MALFORMED
    assert "past" in str(error)


def test_hostile_lengths_take_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(gguf((entry(b"general.name", STRING, struct.pack("<Q", settings.GGUF_MAX_STRING)),)))
    os.truncate(path, 2**33)
    tracemalloc.start()
    try:
        problem_of(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * settings.GGUF_MAX_STRING


def test_architectures_are_those_of_the_llama_library() -> None:
    import llama_cpp

    library = next((Path(llama_cpp.__file__).parent / "lib").glob("libllama.*")).read_bytes()
    missing = {name for name in ARCHITECTURES | WORDLESS_ARCHITECTURES if name.encode() + b"\0" not in library}
    assert not missing
    assert not ARCHITECTURES & WORDLESS_ARCHITECTURES


def test_block_sizes_agree_with_the_gguf_package() -> None:
    from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

    theirs = {int(kind): tuple(sizes) for kind, sizes in GGML_QUANT_SIZES.items()}
    del theirs[GGMLQuantizationType.Q8_1]  # the package counts two 32-bit scales; ggml-common.h has two of 16 bits
    ours = {kind: sizes for kind, sizes in gguf_header.TENSOR_TYPES.items() if kind in theirs}
    assert ours == theirs


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("headers") / "model.gguf"


WHOLE = gguf()


@given(st.integers(0, len(WHOLE) - 1))
@hypothesis_settings(deadline=None)
def test_truncated_file_is_refused_wherever_it_ends(scratch: Path, end: int) -> None:
    scratch.write_bytes(WHOLE[:end])
    assert problem_of(scratch).problem in {Problem.NOT_GGUF, Problem.TRUNCATED}


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=8))
@hypothesis_settings(max_examples=500, deadline=None)
def test_flipped_bytes_raise_nothing_but_the_one_error(scratch: Path, flips: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for at, value in flips:
        data[at] = value
    scratch.write_bytes(data)
    try:
        read_header(scratch)
    except GgufError as error:
        problem = error.problem
    else:
        return
    assert problem not in {Problem.MISSING, Problem.UNREADABLE}
