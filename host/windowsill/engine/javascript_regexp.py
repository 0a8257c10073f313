"""JavaScript's regular expressions as llguidance reads them, which is in the syntax of Rust's.

Pure. Rules this file keeps:
* A text that the translation matches is matched by the original as a whole. It may match fewer: without ``u`` or ``v``
  JavaScript counts UTF-16 code units, so characters of two are allowed only where their number does not matter.
* What cannot be translated is NotSupportedError.
"""

from __future__ import annotations

from typing import Final

from windowsill.engine.character_sets import LAST_CODE, LAST_UNIT, SURROGATES, without_surrogates
from windowsill.engine.regexp_reader import CharacterSet, Edge, Group, Node, Repeat, read, refuse

LONGEST_SOURCE: Final = 8_192
"""Characters of a pattern: far more than anyone writes, translated in well under a second."""

LONGEST_ANSWER: Final = 32_768
"""Characters that a pattern may insist on: no model writes more, and llguidance walks through them at one go."""


def translate(source: str, flags: str) -> str:
    """The pattern for a whole answer. Raises NotSupportedError."""
    if len(source) > LONGEST_SOURCE:
        refuse("it is too long")
    pattern = read(source, flags)
    if _length(pattern) > LONGEST_ANSWER:
        refuse("it matches only very long texts")
    return _Writer(flags).branches(pattern.branches, first=True, last=True, many=False)


def _length(node: Node) -> int:
    """Characters that the longest way through ``node`` insists on."""
    match node:
        case CharacterSet():
            return 1
        case Edge():
            return 0
        case Group(branches):
            return max(sum(map(_length, branch)) for branch in branches)
        case Repeat(inner, low, _):
            return low * _length(inner)


class _Writer:
    """``many``: the node is all that is repeated, any number of times, so that two code units may be one character."""

    def __init__(self, flags: str) -> None:
        self._counts_units = "u" not in flags and "v" not in flags

    def branches(self, branches: list[list[Node]], *, first: bool, last: bool, many: bool) -> str:
        return "|".join([self._branch(branch, first=first, last=last, many=many) for branch in branches])

    def _branch(self, branch: list[Node], *, first: bool, last: bool, many: bool) -> str:
        inner = [at for at, node in enumerate(branch) if not isinstance(node, Edge)]
        begin, end = (inner[0], inner[-1]) if inner else (len(branch), -1)
        parts = []
        for at, node in enumerate(branch):
            at_start, at_end = first and at <= begin, last and at >= end
            if not isinstance(node, Edge):
                parts.append(self._node(node, first=at_start, last=at_end, many=many and len(inner) == 1))
            elif not (at_start if node.start else at_end):
                refuse("^ and $ stand elsewhere than at its ends")
        return "".join(parts)

    def _node(self, node: Node, *, first: bool, last: bool, many: bool) -> str:
        match node:
            case CharacterSet():
                return self._set(node, many=many)
            case Group(branches):
                return f"(?:{self.branches(branches, first=first, last=last, many=many)})"
            case Repeat(inner, low, None):
                return f"{self._node(inner, first=False, last=False, many=True)}{{{low},}}"
            case Repeat(inner, low, high):
                return f"{self._node(inner, first=False, last=False, many=False)}{{{low},{high}}}"
            case Edge():
                raise ValueError("an edge is no part of the text")

    def _set(self, node: CharacterSet, *, many: bool) -> str:
        ranges = node.ranges
        if many and self._counts_units and any(low <= SURROGATES[0] and SURROGATES[1] <= high for low, high in ranges):
            ranges = [*ranges, (LAST_UNIT + 1, LAST_CODE)]
        ranges = without_surrogates(ranges)
        if not ranges and not node.properties:
            refuse("it asks for what is no character")
        if len(ranges) == 1 and ranges[0][0] == ranges[0][1] and not node.properties:
            return _written(ranges[0][0])
        written = "".join([f"{_written(low)}-{_written(high)}" for low, high in ranges])
        return f"[{'^' if node.negated else ''}{written}{node.properties}]"


def _written(code: int) -> str:
    return chr(code) if code < 128 and chr(code).isalnum() else f"\\x{{{code:x}}}"
