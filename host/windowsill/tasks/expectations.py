"""Which expected inputs, outputs and languages a model can serve. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from windowsill.protocol import Expected, MessageType
from windowsill.tasks.languages import plausible

TOOLS: Final[frozenset[MessageType]] = frozenset({"tool-call", "tool-response"})
"""Text to every model: calls that were made, and what came of them."""

OUTPUTS: Final[frozenset[MessageType]] = frozenset({"text", "tool-call"})


def supported(inputs: Iterable[Expected], outputs: Iterable[Expected], taken: frozenset[MessageType]) -> bool:
    """True when every entry's kind and each of its languages can be served by a model that takes ``taken``."""
    return _all(inputs, taken | TOOLS) and _all(outputs, OUTPUTS)


def _all(entries: Iterable[Expected], kinds: frozenset[MessageType]) -> bool:
    return all(entry.kind in kinds and all(map(plausible, entry.languages)) for entry in entries)
