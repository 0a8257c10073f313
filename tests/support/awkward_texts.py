"""Texts that are hard to take apart: any at all, and those of characters that belong together."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

JOINING: Final = tuple("\u0301\u200d\ufe0f\u00ad\u0600\ufeff👩👧🏽🇩🇪한하क्षสวั")
PLAIN: Final = tuple("aB9'’.éﬁ中あ\x00")
BLANK: Final = (" ", "\t", "\n", "\r\n", "\u2028")

TEXTS: Final = st.text(max_size=60) | st.lists(st.sampled_from([*JOINING, *PLAIN, *BLANK]), max_size=30).map("".join)
