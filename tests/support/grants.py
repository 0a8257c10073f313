"""Places for grants that never touch the keychain of whoever runs the tests, and looks at what is kept there."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from windowsill.grant_store import GrantStore
from windowsill.settings import Paths

SITE: Final = "https://example.com"
OTHER: Final = "https://other.example"


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


def state(store: GrantStore, profile: str = "p", origin: str = SITE) -> str | None:
    """The answer that is kept; None: none."""
    grant = store.get(profile, origin)
    return None if grant is None else grant.state


@contextmanager
def raw(where: Paths) -> Iterator[sqlite3.Connection]:
    """The file as someone without the key sees it."""
    with closing(sqlite3.connect(where.grants_file)) as connection, connection:
        yield connection


def aside(where: Paths) -> list[str]:
    """The names of the stores that were set aside."""
    return sorted(path.name for path in where.data.iterdir() if "damaged" in path.name)
