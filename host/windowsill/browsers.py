"""The browsers that can be registered with, read from ``manifests/browsers.toml``, and which of them are here.

A row's place is the *default* user-data folder; a browser started with another one looks only there.
"""

from __future__ import annotations

import shutil
import sys
import tomllib
from pathlib import Path

import msgspec
from msgspec import Struct

from windowsill import settings, shipped


class _Row(Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    commands: tuple[str, ...]
    linux: str
    macos: str
    windows: str


class Browser(Struct, frozen=True):
    """One row for this machine. ``name``: what the user types; ``user_data``: its default user-data folder."""

    name: str
    title: str
    commands: tuple[str, ...]
    user_data: Path

    @property
    def here(self) -> bool:
        """Whether it is installed, or was ever started, for this user."""
        return self.user_data.is_dir() or any(shutil.which(command) for command in self.commands)


def rows() -> dict[str, _Row]:
    """The whole table, by name."""
    with (shipped.manifests() / "browsers.toml").open("rb") as file:
        return msgspec.convert(tomllib.load(file), dict[str, _Row])


def known() -> dict[str, Browser]:
    """Every browser of the table as it is on Linux or macOS, by name."""
    home = settings.browsers_home()
    return {
        name: Browser(name, row.title, row.commands, home / (row.macos if sys.platform == "darwin" else row.linux))
        for name, row in rows().items()
    }


def found() -> tuple[Browser, ...]:
    """The known browsers that are here."""
    return tuple(browser for browser in known().values() if browser.here)
