"""Prints parts of requirements.lock: ``locked.py only NAME`` or ``locked.py without NAME``. Standard library only."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

LOCK: Final = Path(__file__).resolve().parents[1] / "requirements.lock"
ENTRY: Final = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?:.*\\\n)*.*\n", re.MULTILINE)


def main() -> None:
    """Read the lock and print what was asked for."""
    which, name = sys.argv[1:]
    entries = list(ENTRY.finditer(LOCK.read_text(encoding="utf-8")))
    if name not in {entry["name"] for entry in entries}:
        sys.exit(f"{LOCK.name} does not pin {name}")
    sys.stdout.writelines(entry[0] for entry in entries if (entry["name"] == name) == (which == "only"))


if __name__ == "__main__":
    main()
