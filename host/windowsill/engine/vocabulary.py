"""The tokenizer of a loaded model, by llama.cpp. Any thread may use it while the model is loaded."""

from __future__ import annotations

import ctypes
from typing import Final

from llama_cpp import llama_cpp

from windowsill.errors import OperationError

MARKERS: Final = llama_cpp.LLAMA_TOKEN_ATTR_CONTROL | llama_cpp.LLAMA_TOKEN_ATTR_USER_DEFINED


class Vocabulary:
    """The tokenizer of a loaded model."""

    def __init__(self, vocab: llama_cpp.llama_vocab_p) -> None:
        self._vocab = vocab
        self.size = llama_cpp.llama_vocab_n_tokens(vocab)
        bos = llama_cpp.llama_vocab_bos(vocab)
        self.bos = bos if llama_cpp.llama_vocab_get_add_bos(vocab) and bos >= 0 else None
        self.bos_text = self._text(bos)
        self.eos_text = self._text(llama_cpp.llama_vocab_eos(vocab))
        self.ends = frozenset(token for token in range(self.size) if llama_cpp.llama_vocab_is_eog(vocab, token))
        self._pieces: list[bytes | None] = [None] * self.size
        self._seam = self._tokens("\n", special=False)

    def tokenize(self, text: str, *, special: bool, continues: bool) -> list[int]:
        """Tokens of ``text``; ``special``: control tokens are read; ``continues``: other text stands before it."""
        if not text:
            return []
        if not continues:
            return self._tokens(text, special=special)
        # Some vocabularies put a space before a text's beginning; the middle of a text must not get one.
        tokens = self._tokens("\n" + text, special=special)
        if tokens[: len(self._seam)] == self._seam:
            return tokens[len(self._seam) :]
        return self._tokens(text, special=special)

    def is_control(self, token: int) -> bool:
        """Whether ``token`` is a marker and no text."""
        return bool(llama_cpp.llama_vocab_get_attr(self._vocab, token) & MARKERS)

    def piece(self, token: int) -> bytes:
        """The bytes of ``token``; none for control tokens."""
        piece = self._pieces[token]
        if piece is None:
            piece = self._pieces[token] = self._read_piece(token, 64)
        return piece

    def _tokens(self, text: str, *, special: bool) -> list[int]:
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        tokens = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(self._vocab, data, len(data), tokens, room, False, special)
        if count < 0:
            raise OperationError("The text could not be read.", detail=f"llama_tokenize returned {count}")
        return tokens[:count]

    def _read_piece(self, token: int, room: int) -> bytes:
        buffer = ctypes.create_string_buffer(room)
        length = llama_cpp.llama_token_to_piece(self._vocab, token, buffer, room, 0, False)
        return buffer.raw[:length] if length >= 0 else self._read_piece(token, -length)

    def _text(self, token: int) -> str:
        if token < 0:
            return ""
        text: bytes | None = llama_cpp.llama_vocab_get_text(self._vocab, token)
        return (text or b"").decode("utf-8", "replace")
