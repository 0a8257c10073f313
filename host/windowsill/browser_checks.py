"""Whether browsers know this Host: the native-messaging manifests that are there, and those that are missing."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import msgspec

from windowsill import browsers, registration, settings
from windowsill.checks import Check, State, failed, install_command, passed
from windowsill.settings import Paths


def check(where: Paths) -> Iterator[Check]:
    """One check for each browser that was registered with or is installed."""
    try:
        recorded = [Path(path) for path in registration.record(where).manifests]
    except registration.RegistrationError as error:
        yield failed("install record", str(error), f"remove {where.install_record}, then: {install_command()}")
        return
    found = browsers.found()
    known = {registration.manifest_path(browser.user_data): browser for browser in browsers.known().values()}
    here = [registration.manifest_path(browser.user_data) for browser in found]
    for path in dict.fromkeys([*recorded, *here]):
        folder = path.parents[1]
        title = known[path].title if path in known else str(folder)
        target = f"--browser {known[path].name}" if path in known else f"--user-data-dir {shlex.quote(str(folder))}"
        yield _registered(
            f"registered with {title}", path, f"{install_command()} {target}", wanted=path in recorded or not recorded
        )
    if not found and not recorded:
        names = ", ".join(browsers.known())
        yield failed("browsers", f"none was found (looked for {names})", f"{install_command()} --user-data-dir DIR")


def _registered(name: str, path: Path, command: str, *, wanted: bool) -> Check:
    """``wanted``: without a manifest something is broken; else it is the user's choice."""
    if not path.exists():
        state = State.FAIL if wanted else State.NOTE
        return Check(name, state, f"no: there is no {path}", command)
    fault = _manifest_fault(path)
    return failed(name, f"{path}: {fault}", command) if fault else passed(name, str(path))


def _manifest_fault(path: Path) -> str | None:
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=registration.Manifest)
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    except msgspec.DecodeError as error:
        return f"browsers will refuse it: {error}"
    if manifest.name != settings.NATIVE_HOST_NAME:
        return f"it names {manifest.name!r}, not {settings.NATIVE_HOST_NAME!r}"
    if registration.ORIGIN not in manifest.allowed_origins:
        return "it does not let the Windowsill extension in"
    program = Path(manifest.path)
    if not program.is_absolute():
        return f"it starts {program}, which is not an absolute path"
    if not (program.is_file() and os.access(program, os.X_OK)):
        return f"it starts {program}, which is not there or cannot be run"
    return None
