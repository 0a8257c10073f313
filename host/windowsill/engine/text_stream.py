"""From the bytes of tokens to text: whole code points only, and nothing that may yet turn out to be a stop string.

Pure. Rules this file keeps: what ``push`` and ``finish`` return, joined, is the whole text decoded at once (broken
bytes become U+FFFD), cut where the first stop string to be completed begins.
"""

from __future__ import annotations

from codecs import utf_8_decode


class TextStream:
    """Text of one sequence. ``stop``: strings that end it and are not part of it."""

    def __init__(self, stop: tuple[str, ...] = ()) -> None:
        self.stopped = False
        self._stop = tuple(text for text in stop if text)
        self._longest = max((len(text) for text in self._stop), default=0)
        self._bytes = b""
        self._held = ""

    def push(self, piece: bytes) -> str:
        """Take the bytes of one token; the text that is certain now, often none."""
        return self._advance(piece, final=False)

    def finish(self) -> str:
        """No more tokens come: what was still held back."""
        text = self._advance(b"", final=True)
        held, self._held = self._held, ""
        return text + held

    def _advance(self, piece: bytes, *, final: bool) -> str:
        if self.stopped:
            return ""
        data = self._bytes + piece if self._bytes else piece
        text, used = utf_8_decode(data, "replace", final)
        self._bytes = data[used:]
        if not self._stop:
            return text
        return self._withhold(self._held + text)

    def _withhold(self, text: str) -> str:
        found = [(at + len(stop), at) for stop in self._stop if (at := text.find(stop)) >= 0]
        if found:
            self.stopped = True
            self._held = ""
            return text[: min(found)[1]]
        for at in range(max(0, len(text) - self._longest + 1), len(text)):
            if any(stop.startswith(text[at:]) for stop in self._stop):
                self._held = text[at:]
                return text[:at]
        self._held = ""
        return text
