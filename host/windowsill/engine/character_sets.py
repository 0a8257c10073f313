"""Sets of characters as JavaScript's regular expressions compare them. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from functools import cache
from typing import Final

Ranges = list[tuple[int, int]]
"""Code points from first to last, both included."""

SURROGATES: Final = (0xD800, 0xDFFF)
LAST_UNIT: Final = 0xFFFF
LAST_CODE: Final = 0x10FFFF
LAST_CASED: Final = 0x1E943
"""No character beyond it has an upper and a lower case."""


def merged(ranges: Ranges) -> Ranges:
    """The same characters, in order and each once."""
    found: Ranges = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return found


def complement(ranges: Ranges, last: int) -> Ranges:
    """All others up to ``last``."""
    found: Ranges = []
    start = 0
    for low, high in merged(ranges):
        if low > start:
            found.append((start, low - 1))
        start = high + 1
    return [*found, (start, last)] if start <= last else found


def without_surrogates(ranges: Ranges) -> Ranges:
    """Whole characters only: no text in UTF-8 holds a surrogate."""
    before, after = (0, SURROGATES[0] - 1), (SURROGATES[1] + 1, LAST_CODE)
    cut = [(max(low, start), min(high, end)) for low, high in ranges for start, end in (before, after)]
    return [(low, high) for low, high in cut if low <= high]


def folded(ranges: Ranges, *, unicode: bool) -> Ranges:
    """With all that a pattern which ignores case does not tell apart from them; ``unicode``: it has ``u`` or ``v``."""
    table = _case_table(unicode=unicode)
    cased = _cased(unicode=unicode)
    found = list(ranges)
    for low, high in ranges:
        for code in cased[bisect_left(cased, low) : bisect_right(cased, high)]:
            found += [(other, other) for other in table[code]]
    return merged(found)


@cache
def _case_table(*, unicode: bool) -> dict[int, list[int]]:
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for code in range((LAST_CASED if unicode else LAST_UNIT) + 1):
        groups[_canonical(code, unicode=unicode)].append(code)
    return {code: group for group in groups.values() if len(group) > 1 for code in group}


@cache
def _cased(*, unicode: bool) -> list[int]:
    return sorted(_case_table(unicode=unicode))


def _canonical(code: int, *, unicode: bool) -> int:
    """ECMA-262, Canonicalize."""
    character = chr(code)
    if unicode:
        # Simple case folding: where the full one takes several characters, the simple one is the lower case, if any.
        return ord(next((text for text in (character.casefold(), character.lower()) if len(text) == 1), character))
    upper = character.upper()
    if len(upper) != 1 or ord(upper) > LAST_UNIT or code > 127 >= ord(upper):
        return code
    return ord(upper)
