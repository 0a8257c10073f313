"""What a program sees in a text: words, sentences, bullets, markup, numbers and addresses. Pure.

Rules this file keeps: it knows nothing of the tasks and shares no code with them, as what they make is judged by it; in
doubt it counts less, so that no text is blamed for what is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

CHARACTERS_PER_WORD: Final = 2
"""Of scripts that put no spaces between words: about the length of a Japanese or Chinese one."""

_UNSPACED: Final = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff66-\uff9f"
_UNSPACED_CHARACTER: Final = re.compile(f"[{_UNSPACED}]")
_WORD: Final = re.compile(rf"[^\W_{_UNSPACED}]+(?:['’\-.,][^\W_{_UNSPACED}]+)*")
_LETTER: Final = re.compile(r"[^\W_]")
_PIECE: Final = re.compile(rf"[{_UNSPACED}]|{_WORD.pattern}|[^\w\s]")
_SENTENCE_BREAK: Final = re.compile(r"(?<=[.!?؟…])[\"'”’»)\]]*\s+(?=[^\sa-z])|(?<=[。！？])[」』）]*")
_NO_END: Final = re.compile(r"(?:^|\s)(?:\d{1,2}|[^\W\d_]|Dr|Mr|Mrs|Ms|Prof|Sr|Sra|St|Nr|No|Mme|ca|bzw)\.$")
"""A period that ends no sentence: after the day of a German date, an initial, an abbreviation."""

_BULLET: Final = re.compile(r"[*\-+•][ \t]+\S")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_ADDRESS: Final = re.compile(r"https?://[^\s<>()\[\]\"'”»、。]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_GROUPS: Final = re.compile(r"(?<=\d)[.,' ’٬](?=\d{3}(?!\d))")
_PLACEHOLDER: Final = re.compile(r"\[[^\W\d_][^\[\]\n]{1,40}\](?![(\[:])")

_UNMARKED: Final = frozenset(
    {"paragraph_open", "paragraph_close", "inline", "text", "softbreak", "hardbreak", "code_block"}
)
"""What a parser of CommonMark finds in any text; indented code is only an indented line to who reads it plain."""


def words(text: str) -> int:
    """How many: what stands between spaces and has a letter or digit; of scripts without spaces by their length."""
    others, unspaced = _UNSPACED_CHARACTER.subn(" ", text)
    return sum(1 for word in others.split() if _LETTER.search(word)) + -(-unspaced // CHARACTERS_PER_WORD)


def pieces(text: str) -> list[str]:
    """Words and signs one by one; each character of scripts without spaces."""
    return _PIECE.findall(text)


def sentences(text: str) -> int:
    """How many; a paragraph with words has one at least."""
    count = 0
    for paragraph in re.split(r"\n\s*\n", text):
        parts = [part for part in _SENTENCE_BREAK.split(paragraph) if words(part)]
        count += len(parts) - sum(1 for part in parts[:-1] if _NO_END.search(part))
    return count


def lines(text: str) -> list[str]:
    """Those that say something, without the spaces around them."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def is_bullet(line: str) -> bool:
    """Whether the line is an entry of a list."""
    return _BULLET.match(line) is not None


def markup(text: str) -> frozenset[str]:
    """Names of the kinds of markup in it, as CommonMark has them."""
    return frozenset(token.type.removesuffix("_open") for token in _tokens(text) if not _unmarked(token))


def blocks(text: str) -> list[str]:
    """The outermost parts of a Markdown text by name: ``paragraph``, ``bullet_list``, ``fence``, ``heading``..."""
    tokens = MarkdownIt("commonmark").parse(text)
    return [token.type.removesuffix("_open") for token in tokens if token.level == 0 and token.nesting >= 0]


def broken_emphasis(text: str) -> bool:
    """Whether a pair of Markdown text lacks its other half, and shows as it is."""
    shown = "".join(token.content for token in _tokens(text) if token.type == "text")
    return "**" in shown or "```" in shown


def numbers(text: str) -> frozenset[str]:
    """Those in it, in one way of writing; the numbers of a list's entries are none."""
    entries = re.sub(r"(?m)^\s*\d{1,2}[.)]\s+", "", plain_digits(text))
    return frozenset(_NUMBER.findall(_ADDRESS.sub(" ", entries)))


def addresses(text: str) -> frozenset[str]:
    """Of the web and of mail."""
    return frozenset(found.rstrip(".,;:!?*_") for found in _ADDRESS.findall(text))


def placeholders(text: str) -> list[str]:
    """Places left for somebody to fill, such as ``[Your name]``."""
    return _PLACEHOLDER.findall(text)


def plain_digits(text: str) -> str:
    """The text with the digits of every script as ASCII ones, and without what groups them by thousands."""
    folded = unicodedata.normalize("NFKC", text)
    digits = "".join(str(unicodedata.digit(one)) if one.isdigit() else one for one in folded)
    return _GROUPS.sub("", digits.replace("٫", "."))


def mentions(text: str, fact: str) -> bool:
    """Whether the text holds the fact, or one of its ways of writing (``" | "`` between them), in any case."""
    within = plain_digits(text).casefold()
    return any(_holds(within, plain_digits(way).casefold()) for way in fact.split(" | "))


def says(text: str, word: str) -> bool:
    """Whether the word or phrase stands in the text by itself, in any case."""
    before = r"(?<!\w)" if word[:1].isalnum() else ""
    after = r"(?!\w)" if word[-1:].isalnum() else ""
    return re.search(before + re.escape(word) + after, text, re.IGNORECASE) is not None


def _holds(text: str, way: str) -> bool:
    """A number only as a whole; words wherever they stand, as many languages bend them."""
    before = r"(?<!\d)(?<!\d[.,])" if way[:1].isdigit() else ""
    after = r"(?!\d)(?![.,]\d)" if way[-1:].isdigit() else ""
    return re.search(before + re.escape(way) + after, text) is not None


def _tokens(text: str) -> Iterator[Token]:
    for token in MarkdownIt("commonmark").parse(text):
        yield token
        yield from token.children or ()


def _unmarked(token: Token) -> bool:
    return token.type in _UNMARKED or token.nesting < 0
