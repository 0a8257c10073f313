"""Texts that several parts write at once, put in the order of the parts. Pure."""

from __future__ import annotations

from collections.abc import Callable


class InOrder:
    """The first part that has not ended is written at once, later ones when it is their turn."""

    def __init__(self, write: Callable[[str], None], parts: int) -> None:
        self._write = write
        self._waiting: list[list[str]] = [[] for _ in range(parts)]
        self._ended = [False] * parts
        self._first = 0

    def push(self, part: int, text: str) -> None:
        """Text of the part with this number, counted from 0. None is written where there is none."""
        if not text:
            return
        if part == self._first:
            self._write(text)
        else:
            self._waiting[part].append(text)

    def end(self, part: int) -> None:
        """The part has no more text."""
        self._ended[part] = True
        while self._first < len(self._ended) and self._ended[self._first]:
            self._first += 1
            if self._first < len(self._ended):
                for text in self._waiting[self._first]:
                    self._write(text)
                self._waiting[self._first] = []
