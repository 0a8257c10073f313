"""What says nothing at all: no model is asked about it (web-ai-apis 4.1). Pure."""

from __future__ import annotations

import re
from typing import Final

_BLANK: Final = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]*+"
)
"""White space of any script, control characters, and what shows nothing by itself: joiners, marks of direction."""


def is_blank(text: str) -> bool:
    """Whether there is nothing in it to read."""
    return _BLANK.fullmatch(text.strip()) is not None
