"""An answer's length: it ends at the last sentence that is within its limits. Pure."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from windowsill.tasks import sentences

ELLIPSIS: Final = "…"
"""After a sentence that was so long that it had to be cut."""


class Limits(Struct, frozen=True):
    """Of a whole answer (counts). ``sentences`` None: any number."""

    words: int
    sentences: int | None = None


class Limited:
    """Ends an answer where ``limits`` say, at the end of a sentence or line; within one that began in the first half
    and is too long by itself. ``full``: no more text is wanted."""

    def __init__(self, limits: Limits) -> None:
        self.full = False
        self._limits = limits
        self._text = ""
        self._sent = 0
        self._border = 0
        self._seen = 0
        self._words = 0
        self._seen_words = 0
        self._sentences = 0

    def push(self, text: str) -> str:
        """See ``Stage``."""
        self._text += text
        return "" if self.full else self._give(whole=False)

    def finish(self) -> str:
        """See ``Stage``."""
        return "" if self.full else self._give(whole=True)

    def _give(self, *, whole: bool) -> str:
        for end in sentences.ends(self._text, self._seen, whole=whole):
            if not self._admit(end):
                return self._end(self._cut())
            if self._sentences == self._limits.sentences:
                return self._end(self._up_to(self._border))
        more = self._seen_words + sentences.words(self._text[self._seen :])
        if self._words + more > self._limits.words:
            return self._end(self._cut())
        self._see_words()
        if whole:
            return self._up_to(len(self._text))
        return self._up_to(len(self._text.rstrip()) if self._streams else self._border)

    @property
    def _streams(self) -> bool:
        """Whether the sentence goes out while it is written."""
        return 2 * self._words < self._limits.words

    def _admit(self, end: int) -> bool:
        """Whether the sentence that ends there is within the limits; it counts then."""
        more = self._seen_words + sentences.words(self._text[self._seen : end])
        if self._words + more > self._limits.words:
            return False
        self._words += more
        self._sentences += bool(more)
        self._border = self._seen = end
        self._seen_words = 0
        return True

    def _see_words(self) -> None:
        """All but the last word of a sentence that goes on: nothing in them ends it, whatever comes."""
        whole = len(self._text.rstrip())
        last = max(self._text.rfind(" ", self._seen, whole), self._text.rfind("\n", self._seen, whole))
        if last >= 0:
            self._seen_words += sentences.words(self._text[self._seen : last])
            self._seen = last

    def _cut(self) -> str:
        """The end of what is given of a sentence that is too long."""
        if not self._streams:
            return self._up_to(self._border)
        left = self._limits.words - self._words
        sentence = self._text[self._border :]
        whole = sentence[: sentences.after_words(sentence, left)].rstrip()
        return self._up_to(self._border + len(whole)) + ELLIPSIS

    def _end(self, last: str) -> str:
        self.full = True
        return last

    def _up_to(self, end: int) -> str:
        sent, self._sent = self._sent, max(self._sent, end)
        return self._text[sent : self._sent]
