"""Registers the Host with browsers: a launcher, one manifest per browser, and a record of every write.

Rules this file keeps: nothing is written before everything was checked; every file appears whole; the record names
each file and folder before it is there, so ``uninstall`` removes what was written and nothing else.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from windowsill import browsers, whole_file
from windowsill.browsers import Browser
from windowsill.registration import Record, RegistrationError, manifest, manifest_path, record
from windowsill.settings import Paths

EXECUTABLE: Final = 0o755
READABLE: Final = 0o644


class Write(Struct, frozen=True):
    """One file to write. ``mode``: its permission bits."""

    path: Path
    content: bytes
    mode: int


class Plan(Struct, frozen=True):
    """Everything one ``install`` will write, in order, and the folders it has to make first."""

    folders: tuple[Path, ...]
    files: tuple[Write, ...]
    record: Record


def named(name: str) -> Browser:
    """The browser that the user calls ``name``. Raises RegistrationError with the known names."""
    known = browsers.known()
    if name not in known:
        raise RegistrationError(f"unknown browser {name!r}; known: {', '.join(known)}")
    return known[name]


def launcher_script(python: Path, home: Path | None) -> str:
    """A shell script that becomes the Host. ``home``: the WINDOWSILL_HOME it shall use, whatever the browser's is."""
    lines = ["#!/bin/sh"]
    if home is not None:
        lines += [f"WINDOWSILL_HOME={shlex.quote(str(home))}", "export WINDOWSILL_HOME"]
    lines.append(f'exec {shlex.quote(str(python))} -I -m windowsill.native_host "$@"')
    return "\n".join(lines) + "\n"


def plan(where: Paths, user_data: Iterable[Path], *, python: Path, home: Path | None) -> Plan:
    """What registering with the browsers of these user-data folders would write. Raises RegistrationError."""
    if sys.platform == "win32":
        raise RegistrationError("registering with browsers on Windows is not supported yet")
    targets = [manifest_path(folder) for folder in user_data]
    if not targets:
        raise RegistrationError("no browser to register with")
    for path in (python, where.launcher, where.install_record, *targets):
        if not path.is_absolute():
            raise RegistrationError(f"{path} is a relative path; browsers start the Host only by an absolute one")
    if not (python.is_file() and os.access(python, os.X_OK)):
        raise RegistrationError(f"{python} is not a program that can be run")
    body = msgspec.json.format(msgspec.json.encode(manifest(where.launcher)), indent=2) + b"\n"
    script = Write(where.launcher, os.fsencode(launcher_script(python, home)), EXECUTABLE)
    files = (script, *(Write(target, body, READABLE) for target in dict.fromkeys(targets)))
    folders = _missing_folders([where.install_record.parent, *(file.path.parent for file in files)])
    before = record(where)
    after = Record(
        manifests=_joined(before.manifests, [str(target) for target in targets]),
        launcher=str(where.launcher),
        folders=_joined(before.folders, [str(folder) for folder in folders]),
    )
    return Plan(folders, files, after)


def install(where: Paths, planned: Plan) -> None:
    """Carry the plan out. Raises RegistrationError at the first write that fails; what was written stays recorded."""
    try:
        where.install_record.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole_file.write(where.install_record, msgspec.json.encode(planned.record), mode=READABLE)
        for folder in planned.folders:
            folder.mkdir(mode=0o700, exist_ok=True)
        for file in planned.files:
            whole_file.write(file.path, file.content, mode=file.mode)
    except OSError as error:
        raise RegistrationError(f"{error.filename or where.data} cannot be written: {error.strerror}") from error


def removable(where: Paths) -> tuple[Path, ...]:
    """The files that ``uninstall`` would remove: those recorded that are still there, the record last."""
    recorded = record(where)
    launcher = () if recorded.launcher is None else (recorded.launcher,)
    files = (*map(Path, (*recorded.manifests, *launcher)), where.install_record)
    return tuple(path for path in files if path.is_symlink() or path.exists())


def uninstall(where: Paths) -> tuple[Path, ...]:
    """Remove what was recorded; what was removed. Folders stay when others put something in them."""
    recorded = record(where)
    removed: list[Path] = []
    try:
        for path in removable(where):
            path.unlink()
            removed.append(path)
        for folder in map(Path, reversed(recorded.folders)):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
                removed.append(folder)
    except OSError as error:
        raise RegistrationError(f"{error.filename} cannot be removed: {error.strerror}") from error
    return tuple(removed)


def _joined(before: Iterable[str], now: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*before, *now]))


def _missing_folders(wanted: Iterable[Path]) -> tuple[Path, ...]:
    missing: dict[Path, None] = {}
    for folder in wanted:
        chain = [folder, *folder.parents]
        missing |= dict.fromkeys(reversed([step for step in chain if not step.exists()]))
    return tuple(missing)
