"""Which tokens may come next in an answer that follows a JSON Schema, a regular expression or a grammar.

The only module that imports llguidance. Rules this file keeps:
* What cannot be served is NotSupportedError: before any decoding, except where llguidance comes to its LIMITS later.
  An answer in a dead end is UnmetConstraintError. In llguidance a constraint that broke looks like one that may end, so
  every call is followed by a look at its error.
* Constraints are untrusted: their text, and the work, memory and stack that llguidance spends on them, are bounded.
* ``compile`` may run in any thread. Matchers of one compiler share their buffers: one thread uses them all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

import numpy as np
from llguidance import LLMatcher, LLParserLimits, LLTokenizer, TokenizerWrapper
from numpy.typing import NDArray

from windowsill.engine.call_grammar import Calls, Marker, Spelled
from windowsill.engine.closing import completion, spellings
from windowsill.engine.compute import Tokenizer
from windowsill.engine.deep_thread import in_deep_thread
from windowsill.engine.fixed_words import fixed_words
from windowsill.engine.javascript_regexp import translate
from windowsill.engine.json_prefix import compact
from windowsill.engine_protocol import Constraint, Grammar, JsonSchema, RegExp
from windowsill.errors import NotSupportedError, OperationError, UnmetConstraintError, WindowsillError

T = TypeVar("T")

LONGEST_SOURCE: Final = 65_536
"""Characters of a constraint: longer ones do not fit a prompt, and ``deep_thread.STACK`` is measured with this many."""

LIMITS: Final = LLParserLimits(
    initial_lexer_fuel=300_000,
    max_lexer_states=50_000,
    verbose_errors=False,
)
"""Below llguidance's own: a hostile pattern stops a step for some 0.15 s instead of 2 s, and takes 80 MB instead of
250 MB. Its other bounds (2,000 items in a row, 50,000 in a step) keep a step under 60 ms."""

SLICES: Final = [*LLTokenizer.general_slices(), translate(".{1,30}", "")]
"""Kinds of tokens that llguidance judges all at once. Its own are for JSON; the last is for ``.{0,200}`` and the like,
whose masks of 150,000 tokens take 1.5 ms without it and 0.1 ms with it."""

DEAD_END: Final = "NoExtensionBias"
"""llguidance's error where an answer is not complete, and no token of the vocabulary may follow."""

LONGEST_REASON: Final = 200
"""Characters of llguidance's words in a message."""


class Compiler:
    """Made once per model: it takes half a second for 150,000 tokens, in which no other Python thread runs."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        words = _Words(tokenizer)
        self._spellings = spellings(words.tokens)
        self._guide = LLTokenizer(TokenizerWrapper(words), eos_token=sorted(tokenizer.ends) or None, slices=SLICES)
        self._masks = _Masks(self._guide.vocab_size, tokenizer.size, tokenizer.ends)

    def compile(self, constraint: Constraint, prefix: str = "") -> Matcher:
        """For an answer that follows ``constraint`` together with the ``prefix`` before it. Raises NotSupportedError
        or OperationError."""
        return in_deep_thread(lambda: self._compile(constraint, prefix))

    def compile_calls(self, calls: Calls, constraint: Constraint | None, *, wordy: bool = False) -> Matcher:
        """For an answer that makes ``calls`` or is text that follows ``constraint``; such text only, if ``wordy``."""
        return in_deep_thread(lambda: self._compile_calls(calls, constraint, wordy))

    def _compile_calls(self, calls: Calls, constraint: Constraint | None, wordy: bool) -> Matcher:
        lark = calls.lark(constrained=constraint is not None, wordy=wordy)
        if len(lark) > LONGEST_SOURCE:
            raise NotSupportedError("The tools' definitions are too long.")
        grammars: list[dict[str, object]] = [{"name": "answer", "lark_grammar": lark}]
        if constraint is not None:
            grammars.append(_grammar(next(_grammars(constraint))) | {"name": "text"})
        guide = LLMatcher(self._guide, json.dumps({"grammars": grammars}), log_level=0, limits=LIMITS)
        if guide.is_error():
            raise NotSupportedError(f"The tools are not supported: {_reason(guide.get_error())}")
        _try(guide)
        return Matcher(guide, self._masks, self._spellings, [] if constraint is None else self._words(constraint))

    def _words(self, constraint: Constraint) -> list[list[int]]:
        words = fixed_words(constraint)
        return [self._tokenizer.tokenize(word, special=False, continues=True) for word in words]

    def _compile(self, constraint: Constraint, prefix: str) -> Matcher:
        if isinstance(constraint, JsonSchema):
            prefix = compact(prefix)
        tokens = self._tokenizer.tokenize(prefix, special=False, continues=True)
        for grammar in _grammars(constraint):
            guide = LLMatcher(self._guide, grammar, log_level=0, limits=LIMITS)
            if guide.is_error():
                raise _unsupported(guide.get_error())
            if guide.try_consume_tokens(tokens) == len(tokens):
                _try(guide)
                return Matcher(guide, self._masks, self._spellings, self._words(constraint))
        raise NotSupportedError("The prefix does not fit the response constraint.")


class Matcher:
    """Where one answer is in its constraint. All methods raise NotSupportedError when llguidance gives up, and
    UnmetConstraintError where the model has no token to go on with."""

    def __init__(
        self, guide: LLMatcher, masks: _Masks, spellings: Sequence[int], words: Sequence[Sequence[int]]
    ) -> None:
        self._guide = guide
        self._masks = masks
        self._spellings = spellings
        self._words = words

    @property
    def stopped(self) -> bool:
        """Whether the answer is complete, and nothing may follow."""
        return self._known(self._guide.is_stopped())

    def forced(self) -> list[int]:
        """Tokens that must come next whatever the model says, as its tokenizer would split them; often none. They may
        be thousands. ``accept`` them like others."""
        return self._known(self._guide.compute_ff_tokens())

    def mask(self, logits: NDArray[np.float32]) -> bool:
        """Set the logits of what may not come next to -inf. False, and nothing is changed: the answer ends here."""
        masks = self._masks
        self._guide.unsafe_compute_mask_ptr(masks.address, masks.allowed.nbytes)
        self._known(None)
        return masks.apply(logits)

    def accept(self, tokens: Sequence[int]) -> None:
        """The answer went on with ``tokens``. Raises OperationError when it may not."""
        taken = self._known(self._guide.try_consume_tokens(list(tokens)))
        if taken < len(tokens):
            raise OperationError("The answer left its response constraint.")

    def acceptable(self, tokens: Sequence[int]) -> int:
        """How many of ``tokens``, from the first on, the answer may go on with. Nothing is accepted yet."""
        if self.stopped:
            return 0
        return self._known(self._guide.validate_tokens(list(tokens)))

    def completion(self, room: int) -> list[int] | None:
        """See ``closing.completion``. Nothing is accepted."""
        return self._known(completion(self._guide, self._spellings, room, self._words))

    def _known(self, value: T) -> T:
        """``value``, unless llguidance is in its error state, in which its answers mean nothing."""
        if self._guide.is_error():
            raise _given_up(_reason(self._guide.get_error()))
        return value


def spell(tokenizer: Tokenizer, text: str) -> Spelled:
    """A template's ``text``, cut at the tokens that constraints know by number only."""
    parts: list[str | Marker] = []
    said = b""
    for token in tokenizer.tokenize(text, special=True, continues=True):
        if _word(tokenizer, token).startswith(b"\xff"):
            parts += [said.decode("utf-8", "replace"), Marker(token, tokenizer.piece(token).decode("utf-8", "replace"))]
            said = b""
        else:
            said += tokenizer.piece(token)
    return [part for part in (*parts, said.decode("utf-8", "replace")) if part]


class _Words:
    """The vocabulary in the form that llguidance asks for: text of tokens as bytes, markers with 0xFF before them."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.eos_token_id = min(tokenizer.ends, default=None)
        self.bos_token_id = tokenizer.bos
        self.tokens = [_word(tokenizer, token) for token in range(tokenizer.size)]

    def __call__(self, text: bytes) -> list[int]:
        return self._tokenizer.tokenize(text.decode("utf-8", "replace"), special=False, continues=True)


def _word(tokenizer: Tokenizer, token: int) -> bytes:
    piece = tokenizer.piece(token)
    marker = tokenizer.is_control(token)
    # Models keep runs of spaces and the like as markers, too; and some end at what reads like text.
    if token in tokenizer.ends or (marker and (not piece or (piece.startswith(b"<") and piece.endswith(b">")))):
        return b"\xff<%d>" % token
    return piece


class _Masks:
    """Buffers between llguidance's bits and llama.cpp's logits. A table of all bytes: no work per token in Python."""

    def __init__(self, words: int, tokens: int, ends: frozenset[int]) -> None:
        self.allowed = np.zeros((words + 31) // 32, dtype=np.int32)
        self.address = self.allowed.ctypes.data
        goes_on = np.zeros(32 * len(self.allowed), dtype=np.uint8)
        goes_on[:tokens] = 1
        goes_on[list(ends)] = 0
        self._goes_on = np.packbits(goes_on, bitorder="little").view(np.int32)
        every_byte = np.unpackbits(np.arange(256, dtype=np.uint8)[:, np.newaxis], axis=1, bitorder="little")
        self._table = np.where(every_byte, np.float32(0), np.float32(-np.inf))
        self._bias = np.empty((4 * len(self.allowed), 8), dtype=np.float32)
        self._tokens = tokens

    def apply(self, logits: NDArray[np.float32]) -> bool:
        """Forbid what is not ``allowed``, if anything but an end is."""
        if not np.bitwise_and(self.allowed, self._goes_on).any():
            return False
        np.take(self._table, self.allowed.view(np.uint8), axis=0, out=self._bias, mode="clip")
        logits += self._bias.reshape(-1)[: self._tokens]
        return True


def _grammars(constraint: Constraint) -> Iterator[str]:
    """As llguidance reads it; the first that fits the prefix is taken. Raises NotSupportedError."""
    match constraint:
        case JsonSchema(schema=schema):
            text = _schema(_bounded(schema))
            yield _json(text, spaced=False)
            # For a prefix that ends with a number and white space. One space here and there does no harm, while more
            # is what weak models never come out of.
            yield _json(text, spaced=True)
        case RegExp(source=pattern, flags=flags):
            yield LLMatcher.grammar_from_regex(translate(pattern, flags))
        case Grammar(lark=lark):
            yield LLMatcher.grammar_from_lark(_bounded(lark))


def _grammar(written: str) -> dict[str, object]:
    """The one grammar in a text of llguidance's, without what it leaves open."""
    if not written.startswith("{"):
        return {"lark_grammar": written}
    (grammar,) = json.loads(written)["grammars"]
    return {key: value for key, value in grammar.items() if value is not None}


def _bounded(source: str) -> str:
    if len(source) > LONGEST_SOURCE:
        raise _unsupported("it is too long")
    return source


def _schema(text: str) -> str:
    """Without the options to llguidance, which are not the page's to choose."""
    try:
        schema = json.loads(text)
        if not isinstance(schema, dict):
            raise NotSupportedError("The response constraint is no JSON Schema.")
        schema.pop("x-guidance", None)
        return json.dumps(schema)
    except (ValueError, RecursionError) as error:
        raise _unsupported(str(error)) from error


def _json(schema: str, *, spaced: bool) -> str:
    try:
        return LLMatcher.grammar_from_json_schema(
            schema, overrides={"whitespace_flexible": spaced, "whitespace_pattern": " " if spaced else None}
        )
    except ValueError as error:
        raise _unsupported(str(error)) from error


def _try(guide: LLMatcher) -> None:
    """Take the first step and go back: it shows what nothing satisfies, what never ends and what is too complex."""
    taken = guide.try_consume_tokens(guide.compute_ff_tokens())
    if not guide.is_stopped():
        guide.compute_bitmask()
    if guide.is_error() or not guide.rollback(taken):
        raise _unsupported(guide.get_error())


def _unsupported(error: str) -> NotSupportedError:
    return NotSupportedError(f"The response constraint is not supported: {_reason(error)}")


def _given_up(reason: str) -> WindowsillError:
    if reason == DEAD_END:
        return UnmetConstraintError("The model cannot write what the response constraint asks for.", detail=reason)
    return NotSupportedError("The response constraint could not be followed.", detail=reason)


def _reason(error: str) -> str:
    return error.partition("\n")[0][:LONGEST_REASON]
