"""An answer without what it is wrapped in: white space, and the fence of its data where a model repeats it. Pure."""

from __future__ import annotations


class Unfenced:
    """One answer to ``data``, as ``fence.fenced`` makes it of one section. Text goes out as soon as it stays."""

    def __init__(self, data: str) -> None:
        lines = data.split("\n")
        self._opening, self._closing = lines[0], lines[-1]
        self._held = ""
        self._begun = False

    def push(self, text: str) -> str:
        """More of the answer; what goes out of it now."""
        self._held += text
        if not self._begun:
            self._held = self._held.lstrip()
            if self._opening.startswith(self._held):
                return ""
            self._held = self._held.removeprefix(self._opening).lstrip()
            self._opening = ""
            self._begun = self._held != ""
        stays = len(self._without_closing(self._held, whole=False))
        out, self._held = self._held[:stays], self._held[stays:]
        return out

    def finish(self) -> str:
        """What goes out at the end."""
        return self._without_closing(self._held, whole=True)

    def _without_closing(self, text: str, *, whole: bool) -> str:
        """Without white space at the end and the closing line before that; not ``whole``: or a beginning of it."""
        text = text.rstrip()
        shortest = len(self._closing) if whole else 1
        for length in range(len(self._closing), shortest - 1, -1):
            if text.endswith(self._closing[:length]):
                return text[:-length].rstrip()
        return text
