"""Looks at every part of an installation and says in plain words what is wrong and what to do about it.

Rules this file keeps: a failed check has a remedy; one check's failure never hides another's.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import aclosing
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

import anyio
import anyio.to_thread
import msgspec
from msgspec import Struct

from windowsill import browsers, crash_memory, device_report, registration, settings, shipped
from windowsill.crash_memory import CrashMemory
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import ModelRef
from windowsill.errors import WindowsillError
from windowsill.grant_key import KEY_LINE
from windowsill.grant_store import GrantStore
from windowsill.handshake import HandshakeError, handshake
from windowsill.models.chosen import chosen
from windowsill.safe_options import Options
from windowsill.settings import Paths, Settings, SettingsError

Told = TypeVar("Told")

FREE_BYTES: Final = 64 * 2**20
"""Bytes. With less free space logs, grants and settings may soon fail to be written."""


def command() -> str:
    """What runs this command in the user's shell: its name, or its path where the name is another's or nobody's."""
    name, run = "windowsill", Path(sys.argv[0])
    found = shutil.which(name)
    if run.name != name or (found is not None and run.exists() and Path(found).samefile(run)):
        return name
    return shlex.quote(str(run))


def _install() -> str:
    return f"{command()} install"


def _choose() -> str:
    return f"{command()} models use PATH, or: {command()} models use builtin"


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


async def examine(where: Paths) -> tuple[Check, ...]:
    """Every check, in the order of the road from the browser to the model."""
    checks = [*_browsers(where), await _host(where), _extension(), await _engine(where)]
    checks += await _model(where)
    checks += [await _sandbox(where), await anyio.to_thread.run_sync(_crashes, where)]
    checks += [_grants(where), _grants_key(where), _disk(where)]
    return tuple(checks)


def failed(checks: Iterable[Check]) -> bool:
    """Whether something has to be repaired."""
    return any(check.state is State.FAIL for check in checks)


def _passed(name: str, says: str) -> Check:
    return Check(name, State.PASS, says)


def _noted(name: str, says: str, remedy: str | None = None) -> Check:
    return Check(name, State.NOTE, says, remedy)


def _failed(name: str, says: str, remedy: str) -> Check:
    return Check(name, State.FAIL, says, remedy)


# ---- browser side


def _browsers(where: Paths) -> Iterator[Check]:
    try:
        recorded = [Path(path) for path in registration.record(where).manifests]
    except registration.RegistrationError as error:
        yield _failed("install record", str(error), f"remove {where.install_record}, then: {_install()}")
        return
    found = browsers.found()
    known = {registration.manifest_path(browser.user_data): browser for browser in browsers.known().values()}
    here = [registration.manifest_path(browser.user_data) for browser in found]
    for path in dict.fromkeys([*recorded, *here]):
        folder = path.parents[1]
        title = known[path].title if path in known else str(folder)
        target = f"--browser {known[path].name}" if path in known else f"--user-data-dir {shlex.quote(str(folder))}"
        yield _registered(
            f"registered with {title}", path, f"{_install()} {target}", wanted=path in recorded or not recorded
        )
    if not found and not recorded:
        names = ", ".join(browsers.known())
        yield _failed("browsers", f"none was found (looked for {names})", f"{_install()} --user-data-dir DIR")


def _registered(name: str, path: Path, command: str, *, wanted: bool) -> Check:
    """``wanted``: without a manifest something is broken; else it is the user's choice."""
    if not path.exists():
        state = State.FAIL if wanted else State.NOTE
        return Check(name, state, f"no: there is no {path}", command)
    fault = _manifest_fault(path)
    return _failed(name, f"{path}: {fault}", command) if fault else _passed(name, str(path))


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


async def _host(where: Paths) -> Check:
    name = "Host starts and answers"
    if not where.launcher.is_file():
        return _failed(name, f"there is no {where.launcher}", _install())
    try:
        welcome = await handshake(where.launcher)
    except HandshakeError as error:
        return _failed(name, str(error), f"{_install()} (its log: {where.host_log})")
    return _passed(name, f"version {welcome.version}")


def _extension() -> Check:
    name = "extension"
    folder = shipped.extension()
    if folder is None:
        return _noted(name, "not part of this package; look for Windowsill on the browser's extensions page")
    if not (folder / "manifest.json").is_file():
        return _failed(name, f"not built: {folder} is empty", f"npm ci && npm run build (in {folder.parent})")
    return _passed(name, f"built in {folder}")


# ---- model side


async def _engine(where: Paths) -> Check:
    """What runs now; no Engine is no fault, the next request starts one."""
    name = "Engine"
    stats = await _asked(EngineLink.stats, name, f"see its log: {where.engine_log}", where)
    if isinstance(stats, Check):
        return stats
    if stats is None:
        return _noted(name, "not running; the next request starts it")
    return _passed(name, f"running as process {stats.pid}, {stats.decoded_tokens} tokens written so far")


async def _model(where: Paths) -> list[Check]:
    try:
        current = settings.load(where)
    except SettingsError as error:
        return [_failed("settings", str(error), f"correct or remove {where.config_file}")]
    try:
        choice = chosen(current)
    except WindowsillError as error:
        return [_failed("model file", error.detail, _choose())]
    file = _passed("model file", f"{choice.name} ({choice.ref.path})")
    return [file, await _load(where, current, choice.ref)]


async def _load(where: Paths, current: Settings, model: ModelRef) -> Check:
    name = "model loads"
    remedy = f"{_choose()} (the Engine's log: {where.engine_log})"
    described = await _asked(lambda link: link.describe(model), name, remedy, where, current)
    if isinstance(described, Check):
        return described
    return _passed(name, f"{described.context_window} tokens of context on {described.device}")


async def _sandbox(where: Paths) -> Check:
    """What an Engine that runs says of its confinement."""
    name = "Engine's sandbox"
    welcome = await _asked(EngineLink.welcome, name, f"see its log: {where.engine_log}", where)
    if isinstance(welcome, Check):
        return welcome
    if welcome is None:
        return _noted(name, "not known while no Engine runs")
    if welcome.unconfined:
        return _noted(name, "; ".join(welcome.unconfined))
    places = ", ".join([place.path for place in welcome.readable])
    return _passed(name, f"no new connections, no writes, no programs; models it may read: {places}")


async def _asked(
    ask: Callable[[EngineLink], Awaitable[Told]], name: str, remedy: str, where: Paths, current: Settings | None = None
) -> Told | Check:
    """What the Engine told, over a connection of its own; the failed check ``name`` when it could not be asked."""
    try:
        async with aclosing(EngineLink(where, current or Settings())) as link:
            return await ask(link)
    except WindowsillError as error:
        return _failed(name, error.detail, remedy)


def _crashes(where: Paths) -> Check:
    """Whether Engines compute more carefully than they could. Blocks while devices are asked for."""
    name = "ways of computing"
    memory = CrashMemory(where.crash_record)
    crashes = memory.crashes()
    if not crashes:
        return _passed(name, "none has crashed")
    try:
        wanted = crash_memory.wanted(settings.load(where))
    except SettingsError:
        wanted = Options()
    last = crashes[-1]
    how = signal.strsignal(last.signal) or f"signal {last.signal}"
    on = "" if last.device is None else f" on {last.device}"
    careful = device_report.words(memory.options(wanted))
    return _noted(
        name,
        f"{len(crashes)} crashed, the last with {how}{on}; Engines do with {careful}",
        f"after an update of drivers, to try them anew: remove {where.crash_record}",
    )


# ---- this machine


def _grants(where: Paths) -> Check:
    name = "grants"
    store = GrantStore(where)
    try:
        count, notice = len(store.list()), store.notice()
    except OSError as error:
        return _failed(name, str(error), f"if that does not help: remove {where.grants_file}, and sites will ask again")
    finally:
        store.close()
    if notice is not None:
        return _failed(name, notice, "remove what was set aside")
    return _passed(name, f"{count} remembered")


def _grants_key(where: Paths) -> Check:
    name = "key of the grants"
    path = where.grants_key_file
    anew = f"remove {path} to begin anew: every site will ask again"
    try:
        line = path.read_text(encoding="ascii", errors="replace")
        others = sys.platform != "win32" and path.stat().st_mode & 0o077
    except FileNotFoundError:
        return _noted(name, "not made yet: nothing was remembered so far")
    except OSError as error:
        return _failed(name, f"{path} cannot be read: {error.strerror}", anew)
    found = KEY_LINE.fullmatch(line)
    if found is None:
        return _failed(name, f"{path} is damaged", anew)
    if others:
        return _failed(name, f"others can read {path}", f"chmod 600 {path}")
    in_keychain = found["where"] == "keychain"
    return _passed(name, "in the system's keychain" if in_keychain else f"in {path}, as no keychain was found")


def _disk(where: Paths) -> Check:
    place = next(folder for folder in (where.data, *where.data.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    says = f"{free / 2**30:.1f} GiB free for {where.data}"
    if free < FREE_BYTES:
        return _failed("disk space", says, "free some space there, or move everything with WINDOWSILL_HOME")
    return _passed("disk space", says)
