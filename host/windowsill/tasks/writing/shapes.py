"""Grammars of answers whose bullets and words are counted: a model cannot write more of them, whatever it is. Pure."""

from __future__ import annotations

from typing import Final

from windowsill.engine_protocol import Grammar

_SPACELESS: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Scripts that put no spaces between words."""

_WORDS: Final = rf"""
word: WORD | SPACELESS
FIRST: /[^\s#*>|`~+\-{_SPACELESS}][^\s{_SPACELESS}]{{0,39}}/
WORD: /[^\s{_SPACELESS}]{{1,40}}/
SPACELESS: /[{_SPACELESS}]{{1,2}}/
"""
"""Two characters without spaces count as one word, 40 of others at most: longer ones, as addresses, count as several.
With a first one no list, heading, quotation or code begins."""

POINT_CHARACTERS: Final = 600
"""Of one key point at most (count): thrice what two sentences have; models that never end a line stop there."""


def key_points(bullets: int) -> Grammar:
    """One to so many lines (at least 2), each a bullet and a text."""
    text = rf"[^\s#*>|`~+\-][^\n]{{0,{POINT_CHARACTERS - 1}}}"
    return Grammar(lark=f'start: "* " TEXT ("\\n* " TEXT){{0,{bullets - 1}}}\nTEXT: /{text}/\n')


def headline(words: int) -> Grammar:
    """One line of at most so many words (at least 2)."""
    return Grammar(lark=f'start: (FIRST | SPACELESS) (" "? word){{0,{words - 1}}}{_WORDS}')
