"""Whether an answer is the text that was given, corrected. Pure.

Rule: in doubt it is not. A piece that is kept as it was costs a correction; one that the model wrote anew, answered or
obeyed would put words into somebody's mouth.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

import regex
from rapidfuzz.distance import Levenshtein

from windowsill.tasks.proofread_tokens import tokens
from windowsill.tasks.unfenced import Unfenced

CHANGED_SHARE: Final = 0.35
"""Of a text's characters, how many corrections may touch: a third in the worst of learners' texts; an answer, a
translation and another wording change more than half."""

CHANGED_CHARACTERS: Final = 8
"""Characters that may change besides, so that two words of a short text can."""

ALIKE_SHARE: Final = 0.5
"""Of a word's characters, how many a correction of its spelling may touch; with more it is another word."""

SHORT_WORD: Final = 3
"""Characters of the longest capitalized word that no name has to be: with those, sentences begin."""

URL_END: Final = r"[^\s<>]*[^\s<>.,;:!?'\")\]]"
"""Marks at the end are the sentence's."""

FIXED: Final = regex.compile(
    rf"```[^`]*+```|`[^`\n]*+`|\b[a-z][a-z0-9+.-]{{0,30}}+://{URL_END}|\bwww\.{URL_END}"
    r"|(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+|</?\w[^<>\n]*+>",
    regex.IGNORECASE,
)
"""Code, URLs, e-mail addresses, tags: nothing in them is prose."""

NUMBER: Final = regex.compile(r"(?<![\p{L}\p{N}])\p{Nd}+")
"""Digits, but those of a word such as ``gr8``."""

WRAPPERS: Final = (('"', '"'), ("'", "'"), ("“", "”"), ("‘", "’"), ("«", "»"), ("„", "“"))
"""Quotation marks that models put around what they were asked for."""

WRAPPING_CHARACTERS: Final = 24
"""Characters of a fence and of quotation marks around an answer."""

WRAPPING_LINES: Final = 2
"""Lines of a fence."""

EAST_ASIAN: Final = frozenset({"CJK", "HIRAGANA", "KATAKANA"})
"""Scripts that one language writes side by side."""


def unwrapped(text: str, answer: str, data: str) -> str:
    """The answer without what models like to put around it: the fence of ``data``, blanks, quotation marks."""
    unfenced = Unfenced(data)
    answer = unfenced.push(answer) + unfenced.finish()
    for first, last in WRAPPERS:
        quoted = answer.startswith(first) and answer.endswith(last) and len(answer) > 1
        if quoted and not (text.startswith(first) or text.endswith(last)):
            return answer[1:-1].strip()
    return answer


def is_correction(text: str, answer: str) -> bool:
    """Whether ``answer`` is ``text`` with its errors corrected."""
    return (
        bool(answer)
        and Levenshtein.distance(text, answer, score_cutoff=_bound(text)) <= _bound(text)
        and _lines(answer) <= _lines(text)
        and FIXED.findall(answer) == FIXED.findall(text)
        and NUMBER.findall(answer) == NUMBER.findall(text)
        and _scripts(answer) <= _scripts(text)
        and not _is_introduced(text, answer)
        and _same_names(text, answer)
    )


def may_become_correction(text: str, begun: str) -> bool:
    """Whether an answer that began so can still pass. If so, some beginning of ``text`` is within the bound of it, and
    that one is longer or shorter than what was written by no more than the bound."""
    bound = 2 * _bound(text) + WRAPPING_CHARACTERS
    lines = _lines(text) + WRAPPING_LINES
    return (
        _lines(begun.strip()) <= lines and Levenshtein.distance(text[: len(begun)], begun, score_cutoff=bound) <= bound
    )


def _bound(text: str) -> int:
    return CHANGED_CHARACTERS + int(CHANGED_SHARE * len(text))


def _lines(text: str) -> int:
    return len(text.splitlines())


def _scripts(text: str) -> frozenset[str]:
    """First words of its letters' names, which are those of scripts."""
    names = {unicodedata.name(letter, "").split(" ")[0].split("-")[0] for letter in set(text) if letter.isalpha()}
    return frozenset({"CJK" if name in EAST_ASIAN else name for name in names})


def _is_introduced(text: str, answer: str) -> bool:
    """Whether the answer says what comes before it comes: "Corrected text: ..."."""
    head = regex.match(r"[^:：\n]*[:：]", answer)
    if head is None or head[0] in text:
        return False
    return not _is_alike(text[: len(head[0])], head[0])


def _same_names(text: str, answer: str) -> bool:
    """Whether every capitalized word of either is in the other, if spelt or capitalized otherwise."""
    return _has(_words(answer), _names(text)) and _has(_words(text), _names(answer))


def _names(text: str) -> list[str]:
    return [word for word in tokens(text) if word[0].isupper() and len(word) > SHORT_WORD]


def _words(text: str) -> set[str]:
    return {word.casefold() for word in tokens(text) if word[0].isalpha()}


def _has(words: set[str], names: Iterable[str]) -> bool:
    missing = {name.casefold() for name in names} - words
    return all(any(_is_alike(word, name) for word in words) for name in missing)


def _is_alike(one: str, other: str) -> bool:
    bound = int(ALIKE_SHARE * max(len(one), len(other)))
    return Levenshtein.distance(one, other, score_cutoff=bound) <= bound
