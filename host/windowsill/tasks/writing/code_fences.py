"""Code fences of Markdown: which lines are inside one, and that none is left open. Pure."""

from __future__ import annotations

import re
from typing import Final

_FENCE: Final = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})[ \t]*(.*)")


class CodeFences:
    """Hears a text's lines in order. ``mark``: the fence that is open, if one is."""

    def __init__(self) -> None:
        self.mark: str | None = None

    def hear(self, line: str) -> bool:
        """Whether ``line`` (without its end) is a fence itself."""
        fence = _FENCE.fullmatch(line.rstrip())
        if fence is None:
            return False
        if self.mark is None:
            self.mark = fence[1]
            return True
        if fence[1].startswith(self.mark) and not fence[2]:
            self.mark = None
            return True
        return False


class ClosedFences:
    """Lets Markdown pass, and closes a code fence that is open when it ends."""

    def __init__(self) -> None:
        self._fences = CodeFences()
        self._line = ""

    def push(self, text: str) -> str:
        """See ``Stage``."""
        *lines, last = (self._line + text).split("\n")
        for line in lines:
            self._fences.hear(line)
        self._line = last
        return text

    def finish(self) -> str:
        """See ``Stage``."""
        self._fences.hear(self._line)
        if self._fences.mark is None:
            return ""
        return f"\n{self._fences.mark}" if self._line else self._fences.mark
