"""Which expected inputs, outputs and languages a model can serve. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from windowsill.protocol import Expected, MessageType

TOOLS: Final[frozenset[MessageType]] = frozenset({"tool-call", "tool-response"})
"""Text to every model: calls that were made, and what came of them."""

OUTPUTS: Final[frozenset[MessageType]] = frozenset({"text", "tool-call"})

LONGER_LANGUAGES: Final = frozenset({"ast", "ceb", "ckb", "fil", "haw", "hmn", "kmr", "mai", "nso", "yue"})
"""Languages written by three letters that published models name. ``unk`` and ``und`` name none."""


def supported(inputs: Iterable[Expected], outputs: Iterable[Expected], taken: frozenset[MessageType]) -> bool:
    """True when every entry's kind and each of its languages can be served by a model that takes ``taken``."""
    return _all(inputs, taken | TOOLS) and _all(outputs, OUTPUTS)


def _all(entries: Iterable[Expected], kinds: frozenset[MessageType]) -> bool:
    return all(entry.kind in kinds and all(map(_language, entry.languages)) for entry in entries)


def _language(tag: str) -> bool:
    """Any two-letter language: which ones a chosen model speaks well is the user's choice, and no page's to learn."""
    primary = tag.split("-", 1)[0].lower()
    return (len(primary) == 2 and primary.isascii() and primary.isalpha()) or primary in LONGER_LANGUAGES
