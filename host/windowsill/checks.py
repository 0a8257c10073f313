"""One check of an installation: what was looked at, what was found, and what to do about it."""

from __future__ import annotations

import shlex
import shutil
import sys
from enum import StrEnum
from pathlib import Path

from msgspec import Struct


class State(StrEnum):
    """``note``: worth knowing, nothing to repair."""

    PASS = "pass"  # noqa: S105 - not a password
    NOTE = "note"
    FAIL = "fail"


class Check(Struct, frozen=True):
    """What was looked at and found. ``remedy``: what to do or run; every failed check has one."""

    name: str
    state: State
    says: str
    remedy: str | None = None


def passed(name: str, says: str) -> Check:
    """Nothing to do."""
    return Check(name, State.PASS, says)


def noted(name: str, says: str, remedy: str | None = None) -> Check:
    """Worth knowing."""
    return Check(name, State.NOTE, says, remedy)


def failed(name: str, says: str, remedy: str) -> Check:
    """Something to repair."""
    return Check(name, State.FAIL, says, remedy)


def command() -> str:
    """What runs this command in the user's shell: its name, or its path where the name is another's or nobody's."""
    name, run = "windowsill", Path(sys.argv[0])
    found = shutil.which(name)
    if run.name != name or (found is not None and run.exists() and Path(found).samefile(run)):
        return name
    return shlex.quote(str(run))


def install_command() -> str:
    """The command that installs anew."""
    return f"{command()} install"
