"""Where sentences end, and how many words a text has, in any script. Pure.

Rules this file keeps: in doubt a sentence goes on; time is linear in the text, whatever it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_FULL: Final = "。！？｡．"
"""End a sentence whatever follows."""

_STOPS: Final = ".!?…؟۔।॥።" + _FULL
_CLOSERS: Final = "\"'”’»›)\\]}）】」』〉》*_`"

_END: Final = re.compile(rf"\n|(?<![{_STOPS}])([{_STOPS}]++)([{_CLOSERS}]*+)(\s*+)")

_HAN: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_WORD: Final = re.compile(rf"[{_HAN}]{{1,2}}|[{_UNSPACED}]{{1,5}}|[^\s{_HAN}{_UNSPACED}]++")
"""Chinese and Japanese words have about two characters, those of Thai, Lao, Burmese and Khmer about five."""

_LETTER: Final = re.compile(r"[^\W_]")

ABBREVIATIONS: Final = frozenset(
    {
        *(
            "abs",
            "approx",
            "aug",
            "bspw",
            "bzw",
            "ca",
            "cf",
            "co",
            "corp",
            "dept",
            "dr",
            "ed",
            "eds",
            "est",
            "etc",
            "evtl",
        ),
        *(
            "feb",
            "fig",
            "ggf",
            "gov",
            "hon",
            "inc",
            "jr",
            "lt",
            "ltd",
            "mr",
            "mrs",
            "ms",
            "mt",
            "nov",
            "nr",
            "núm",
            "oct",
        ),
        *("pp", "prof", "ref", "rep", "rev", "sen", "sept", "sgt", "sr", "sra", "st", "tel", "ud", "uds", "usw", "vgl"),
        *("vol", "vs"),
    }
)
"""Words that have a full stop in the middle of a sentence, in lower case."""

LONGEST_WORD: Final = 16
"""Characters before a full stop that are looked at: abbreviations are shorter."""

LONGEST_ORDINAL: Final = 2
"""Digits before a full stop that is taken for that of a date or a list, as in ``3. Oktober``."""


def ends(text: str, start: int = 0, *, whole: bool = True) -> Iterator[int]:
    """Offsets at which sentences or lines end, behind ``start``, white space not included. Not ``whole``: more text is
    to come, and only what stands whatever it is."""
    for match in _END.finditer(text, start):
        if match[0] == "\n":
            yield match.start()
            continue
        end, rest = match.end(2), match.end()
        if rest == len(text) and not whole:
            return
        if "\n" in match[3] or _is_end(text, match, following=text[rest : rest + 1]):
            yield end


def _is_end(text: str, match: re.Match[str], following: str) -> bool:
    stops, space = match[1], match[3]
    if stops[-1] in _FULL or not following:
        return True
    if not space or following.islower():
        return False
    if stops != ".":
        return True
    before = text[max(0, match.start() - LONGEST_WORD) : match.start()].split()
    word = before[-1].lstrip("(\"'“‘«*_").lower() if before else ""
    is_ordinal = word.isdigit() and len(word) <= LONGEST_ORDINAL
    return not (is_ordinal or word in ABBREVIATIONS or _is_initials(word))


def _is_initials(word: str) -> bool:
    """As in J. S. Bach, and in U.S., e.g., z.B."""
    return all(len(letter) == 1 and letter.isalpha() for letter in word.split("."))


def words(text: str) -> int:
    """How many it has; about, where no spaces part them."""
    return sum(1 for _ in _words(text))


def after_words(text: str, count: int) -> int:
    """The offset at which the letters of one word too many begin, or the text's end."""
    return next((begin for number, begin in enumerate(_words(text)) if number == count), len(text))


def _words(text: str) -> Iterator[int]:
    """Where the letters of each begin."""
    letters = (_LETTER.search(text, match.start(), match.end()) for match in _WORD.finditer(text))
    return (letter.start() for letter in letters if letter)
