"""The beginning of a JSON text without the white space that says nothing, so that the answer goes on without any.

Pure. Rule this file keeps: what follows the result makes JSON exactly where it makes JSON after the original.
"""

from __future__ import annotations

import re
from typing import Final

STRING_OR_SPACE: Final = re.compile(r'"(?:[^"\\]|\\.)*"?|[ \t\n\r]+', re.DOTALL)
"""A string, perhaps one without its end, or white space outside of strings."""

WORD: Final = frozenset("+-.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""Of what numbers and literals are made."""


def compact(text: str) -> str:
    """``text`` with one space where white space ends a word that would go on without it, and else none."""

    def shortened(found: re.Match[str]) -> str:
        if found[0][0] == '"':
            return found[0]
        begin, end = found.span()
        ends_word = begin > 0 and text[begin - 1] in WORD
        return " " if ends_word and (end == len(text) or text[end] in WORD) else ""

    return STRING_OR_SPACE.sub(shortened, text)
