"""Places for grants that never touch the keychain of whoever runs the tests."""

from __future__ import annotations

import os
from pathlib import Path

from windowsill.settings import Paths


def paths_under(root: Path) -> Paths:
    """Paths of which nothing exists yet."""
    return Paths(root / "config", root / "data", root / "cache", root / "run")


def paths_with_key(root: Path, key: bytes = bytes(range(32))) -> Paths:
    """Paths in which a key file is already in use."""
    where = paths_under(root)
    where.data.mkdir(mode=0o700, parents=True)
    write_key(where, f"key {key.hex()}\n")
    return where


def write_key(where: Paths, line: str) -> None:
    """Make ``line`` the key file, in place of the one before."""
    where.grants_key_file.unlink(missing_ok=True)
    with os.fdopen(os.open(where.grants_key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(line)
