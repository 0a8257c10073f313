"""Intended deviations from a standard or from Chromium: patterns, each with its reason, in one file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parents[1] / "e2e" / "deviations.toml"


def unexplained(section: str, found: Iterable[str]) -> list[str]:
    """Deviations that no entry of the section explains, and entries that explain none: both are faults."""
    return judged(tomllib.loads(FILE.read_text(encoding="utf-8"))[section], list(found))


def judged(entries: Iterable[dict[str, str]], found: list[str]) -> list[str]:
    """The same for given entries. In ``what``, a ``*`` stands for any text."""
    faults = set(found)
    for entry in entries:
        pattern = re.compile(".*".join(map(re.escape, entry["what"].split("*"))), re.DOTALL)
        explained = {deviation for deviation in found if pattern.fullmatch(deviation)}
        if not explained or not entry["reason"]:
            faults.add(f"no deviation any more, or no reason: {entry['what']}")
        faults -= explained
    return sorted(faults)
