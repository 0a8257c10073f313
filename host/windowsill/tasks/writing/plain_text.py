"""Text without markup, out of what a model wrote with some: what CommonMark makes of each line says which. Pure.

Rules this file keeps: words are never lost, code stays as it is; text that has nothing to do with markup goes out
word by word, the rest of a line once it is whole.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from windowsill.tasks.pieces import pieces
from windowsill.tasks.writing.code_fences import CodeFences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

BULLET: Final = "• "
"""Before an item of a list, where nothing else is asked for."""

_BLOCK_BEGINS: Final = " \t>#*+-=_`~|"
"""First characters of lines that may be more than text."""

_INLINE: Final = re.compile(r"[*_`\[\]<&\\!~]")
"""Characters that may begin markup within a line."""

_PREFIX: Final = re.compile(r"[ \t]*(?:> ?)*[ \t]*(?:#{1,6}(?:[ \t]+|$))?")
_ITEM: Final = re.compile(r"[*+-](?:[ \t]+|$)")
_RULE: Final = re.compile(r"[ \t]*(?:([-*_])(?:[ \t]*\1){2,}|=+|--+)[ \t]*")
_CLOSING_HASHES: Final = re.compile(r"(?<![ \t])[ \t]++#++[ \t]*+$")
_STRAY: Final = re.compile(r"(?<!\S)\*{2,3}(?=\S)|(?<=\S)\*{2,3}(?!\S)")
"""Emphasis whose other end is on another line."""

LONGEST_PARSED: Final = 2_048
"""Characters that are parsed together: what most paragraphs have. The parser's time grows with the square of them,
where a model writes bracket after bracket."""

_TAG: Final = re.compile(
    r"</?(?:a|b|blockquote|br|code|del|div|em|h[1-6]|hr|i|img|ins|li|mark|ol|p|pre|s|small|span|strong|sub|sup|table"
    r"|tbody|td|th|thead|tr|u|ul)\b",
    re.IGNORECASE,
)
"""HTML that is markup; what else looks like a tag, as in ``List<String>``, is text."""


class PlainText:
    """Takes Markdown, gives plain text. ``bullet`` stands before each item of a list."""

    def __init__(self, bullet: str = BULLET) -> None:
        self._bullet = bullet
        self._fences = CodeFences()
        self._line = ""
        self._sent = 0

    def push(self, text: str) -> str:
        """See ``Stage``."""
        given = ""
        *lines, last = text.split("\n")
        for line in lines:
            self._line += line
            given += self._end("\n")
        self._line += last
        return given + self._certain()

    def finish(self) -> str:
        """See ``Stage``."""
        return self._end("")

    def _certain(self) -> str:
        """What of the line can be given whatever comes: its whole words before any character of markup."""
        line = self._line
        if not line or self._fences.mark or line[0] in _BLOCK_BEGINS:
            return ""
        markup = _INLINE.search(line, self._sent)
        end = 1 + line.rfind(" ", self._sent, markup.start() if markup else len(line))
        sent, self._sent = self._sent, max(self._sent, end)
        return line[sent : self._sent]

    def _end(self, newline: str) -> str:
        """The rest of the line, which is whole."""
        line, sent = self._line, self._sent
        given = self._given(line)
        self._line, self._sent = "", 0
        return "" if given is None else given[sent:] + newline

    def _given(self, line: str) -> str | None:
        """The line as plain text; None where it was nothing but markup."""
        inside = self._fences.mark is not None
        if self._fences.hear(line):
            return None
        if inside:
            return line
        if _RULE.fullmatch(line):
            return None
        if line[:1] not in _BLOCK_BEGINS:
            return _without_markup(line)
        prefix = _PREFIX.match(line)
        rest = line[prefix.end() :] if prefix else line
        if prefix and "#" in prefix[0]:
            return _without_markup(_CLOSING_HASHES.sub("", rest))
        if item := _ITEM.match(rest):
            return self._bullet + _without_markup(rest[item.end() :])
        return _without_markup(rest)


def _without_markup(line: str) -> str:
    """What is inside of emphasis, code, links and tags."""
    markup = _INLINE.search(line)
    if markup is None:
        return line
    start = 1 + line.rfind(" ", 0, markup.start())
    parsed = [_parser().parseInline(piece)[0].children or [] for piece in pieces(line[start:], LONGEST_PARSED)]
    return line[:start] + "".join(map(_text, parsed))


def _text(tokens: Iterable[Token]) -> str:
    texts: list[str] = []
    links: list[tuple[str, int]] = []
    for token in tokens:
        match token.type:
            case "link_open":
                links.append((str(token.attrs.get("href", "")), len(texts)))
            case "link_close":
                address, begun = links.pop()
                if "".join(texts[begun:]).strip() not in address:
                    texts.append(f" ({address})")
            case "html_inline":
                texts.append("" if _TAG.match(token.content) else token.content)
            case "image":
                texts.append(_text(token.children or []))
            case "softbreak" | "hardbreak":
                texts.append("\n")
            case "code_inline":
                texts.append(token.content)
            case _:
                texts.append(_STRAY.sub("", token.content))
    return "".join(texts)


@cache
def _parser() -> MarkdownIt:
    """Loaded on first use: the idle Host does without."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("strikethrough")
