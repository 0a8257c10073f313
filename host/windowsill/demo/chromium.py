"""Which Chromium to start, and with which switches.

Rules this file keeps: no profile of the user's is touched, so callers always name one; the sandbox is off only for
root, for whom Chromium will not start with it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

NAMES: Final = ("chromium", "chromium-browser")
"""Branded Chrome is not among them: it ignores ``--load-extension``."""

QUIET: Final = (
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoChromium(Exception):
    """There is no Chromium to start; the text says what to do."""


def find() -> Path:
    """What ``CHROMIUM`` names, else the first one on the search path. Raises NoChromium."""
    named = os.environ.get("CHROMIUM")
    for name in (named,) if named else NAMES:
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    if named:
        raise NoChromium(f"CHROMIUM names {named}, which cannot be run.")
    raise NoChromium("There is no Chromium. On Debian: sudo apt-get install chromium")


def switches(extension: Path) -> list[str]:
    """Switches for the unpacked extension in ``extension`` and no other."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return [*QUIET, *root, f"--disable-extensions-except={extension}", f"--load-extension={extension}"]
