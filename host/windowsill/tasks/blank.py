"""What says nothing at all: no model is asked about it (web-ai-apis 4.1). Pure."""

from __future__ import annotations

import re
from typing import Final

_BLANK: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b\ufeff]*+")
"""White space of any script, what is no wider than nothing, and control characters."""


def is_blank(text: str) -> bool:
    """Whether there is nothing in it to read."""
    return _BLANK.fullmatch(text) is not None
