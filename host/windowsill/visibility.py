"""Which documents are on screen, and who must know when that changes: the answers that are under way for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Shown(Protocol):
    """Work whose turn depends on whether somebody sees its document."""

    def show(self, *, visible: bool) -> None:
        """The document came on screen, or left it."""


class Visibility:
    """One document's."""

    def __init__(self, *, visible: bool) -> None:
        self.visible = visible
        self._work: set[Shown] = set()

    def change(self, *, visible: bool) -> None:
        """Tell all who follow it."""
        self.visible = visible
        for work in self._work:
            work.show(visible=visible)

    @contextmanager
    def followed(self, work: Shown) -> Iterator[None]:
        """``work`` knows what holds inside the block."""
        self._work.add(work)
        work.show(visible=self.visible)
        try:
            yield
        finally:
            self._work.discard(work)


class Visibilities:
    """Those of the documents that ever asked for something, by client."""

    def __init__(self) -> None:
        self._by_client: dict[int, Visibility] = {}

    def asked(self, client: int, *, visible: bool) -> Visibility:
        """Of the document, which is asking for something."""
        of_client = self._by_client.setdefault(client, Visibility(visible=visible))
        of_client.change(visible=visible)
        return of_client

    def changed(self, client: int, *, visible: bool) -> None:
        """The document came on screen, or left it; nobody cares about one that never asked for anything."""
        if of_client := self._by_client.get(client):
            of_client.change(visible=visible)

    def forget(self, client: int) -> None:
        """The document is gone."""
        self._by_client.pop(client, None)
