"""Writes the vocabulary of a GGUF as the file that SentencePiece itself reads (sentencepiece_model.proto).

Only what says how text is split: pieces with score and kind, and that text is taken as it is.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import gguf

BPE: Final = 2


def sentencepiece_file(path: Path) -> bytes:
    """Of the model at ``path``, whose vocabulary is of the "llama" kind: BPE with bytes, without a dummy prefix."""
    header = gguf.GGUFReader(path)
    texts, scores, kinds = (
        header.fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "scores", "token_type")
    )
    pieces = (
        _message(1, [_bytes(1, text.encode()), _float(2, score), _number(3, kind)])
        for text, score, kind in zip(texts, scores, kinds, strict=True)
    )
    trainer = _message(2, [_number(3, BPE), _number(4, len(texts)), _number(35, 1)])
    normalizer = _message(3, [_bytes(1, b"identity"), _number(3, 0), _number(4, 0), _number(5, 1)])
    return b"".join([*pieces, trainer, normalizer])


def _message(field: int, parts: Iterable[bytes]) -> bytes:
    return _bytes(field, b"".join(parts))


def _bytes(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _float(field: int, value: float) -> bytes:
    return _varint(field << 3 | 5) + struct.pack("<f", value)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _varint(value: int) -> bytes:
    low, high = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + _varint(high) if high else bytes([low])
