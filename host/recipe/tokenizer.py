"""The tokenizer: SentencePiece BPE with byte fallback, in the form that llama.cpp reads as its "llama" vocabulary.

Rules: no dummy prefix and no normalization, so that text and tokens are one to one; markers are control tokens and
never come from text that a user typed.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Final

import sentencepiece

from recipe.exchange import Turn
from recipe.template import CLOSING, TURN_END, TURN_START, opening

UNKNOWN, START, TURN_STARTS, TURN_ENDS = range(4)
"""Token ids of ``<unk>``, ``<s>`` and the two markers of the chat template."""

BYTES: Final = range(4, 260)
"""Token ids of the 256 bytes."""


def train(texts: Iterable[str], vocabulary: int) -> bytes:
    """A SentencePiece model of ``vocabulary`` tokens, as the bytes of its file. Deterministic.

    Learned from ASCII lines: line ends and other scripts stay bytes.
    """
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=(line for text in texts if text.isascii() for line in text.splitlines()),
        model_writer=model,
        model_type="bpe",
        vocab_size=vocabulary,
        byte_fallback=True,
        character_coverage=1.0,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        add_dummy_prefix=False,
        split_digits=True,
        allow_whitespace_only_pieces=False,
        required_chars="".join(map(chr, range(33, 127))),
        unk_id=UNKNOWN,
        bos_id=START,
        eos_id=-1,
        pad_id=-1,
        control_symbols=[TURN_START, TURN_END],
        num_threads=1,
        minloglevel=2,
    )
    return model.getvalue()


class Tokenizer:
    """Text to tokens and back; conversations to tokens with the markers of the chat template."""

    def __init__(self, model: bytes) -> None:
        self._processor = sentencepiece.SentencePieceProcessor(model_proto=model)

    @property
    def vocabulary(self) -> int:
        """Tokens (count)."""
        return int(self._processor.get_piece_size())

    def pieces(self) -> list[tuple[str, float]]:
        """Text and score of every token, by id."""
        return [
            (self._processor.id_to_piece(token), self._processor.get_score(token)) for token in range(self.vocabulary)
        ]

    def encode(self, text: str) -> list[int]:
        """Tokens of plain text; markers in it are plain text too."""
        return list(self._processor.encode(text))

    def decode(self, tokens: Sequence[int]) -> str:
        """Text of tokens, markers left out."""
        return str(self._processor.decode(list(tokens)))

    def conversation(self, turns: Sequence[Turn]) -> tuple[list[int], list[bool]]:
        """Tokens of a rendered conversation, and which of them the assistant says (its end marker included)."""
        tokens, said = [START], [False]
        for turn in turns:
            before = [TURN_STARTS, *self.encode(opening(turn).removeprefix(TURN_START))]
            content = [*self.encode(turn.content), TURN_ENDS]
            after = self.encode(CLOSING.removeprefix(TURN_END))
            tokens += before + content + after
            said += [False] * len(before) + [turn.role == "assistant"] * len(content) + [False] * len(after)
        return tokens, said
