"""Looks at every part of an installation and says in plain words what is wrong and what to do about it.

Rules this file keeps: a failed check has a remedy; one check's failure never hides another's.
"""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import Final, TypeVar

import anyio
import anyio.to_thread

from windowsill import browser_checks, crash_memory, device_report, settings, shipped
from windowsill.checks import Check, State, command, failed, install_command, noted, passed
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


def _choose() -> str:
    return f"{command()} models use PATH, or: {command()} models use builtin"


async def examine(where: Paths) -> tuple[Check, ...]:
    """Every check, in the order of the road from the browser to the model."""
    checks = [*browser_checks.check(where), await _host(where), _extension(), await _engine(where)]
    checks += await _model(where)
    checks += [await _sandbox(where), await anyio.to_thread.run_sync(_crashes, where)]
    checks += [_grants(where), _grants_key(where), _disk(where)]
    return tuple(checks)


def any_failed(found: Iterable[Check]) -> bool:
    """Whether something has to be repaired."""
    return any(check.state is State.FAIL for check in found)


# ---- browser side


async def _host(where: Paths) -> Check:
    name = "Host starts and answers"
    if not where.launcher.is_file():
        return failed(name, f"there is no {where.launcher}", install_command())
    try:
        welcome = await handshake(where.launcher)
    except HandshakeError as error:
        return failed(name, str(error), f"{install_command()} (its log: {where.host_log})")
    return passed(name, f"version {welcome.version}")


def _extension() -> Check:
    name = "extension"
    folder = shipped.extension()
    if folder is None:
        return noted(name, "not part of this package; look for Windowsill on the browser's extensions page")
    if not (folder / "manifest.json").is_file():
        return failed(name, f"not built: {folder} is empty", f"npm ci && npm run build (in {folder.parent})")
    return passed(name, f"built in {folder}")


# ---- model side


async def _engine(where: Paths) -> Check:
    """What runs now; no Engine is no fault, the next request starts one."""
    name = "Engine"
    stats = await _asked(EngineLink.stats, name, f"see its log: {where.engine_log}", where)
    if isinstance(stats, Check):
        return stats
    if stats is None:
        return noted(name, "not running; the next request starts it")
    return passed(name, f"running as process {stats.pid}, {stats.decoded_tokens} tokens written so far")


async def _model(where: Paths) -> list[Check]:
    try:
        current = settings.load(where)
    except SettingsError as error:
        return [failed("settings", str(error), f"correct or remove {where.config_file}")]
    try:
        choice = chosen(current)
    except WindowsillError as error:
        return [failed("model file", error.detail, _choose())]
    file = passed("model file", f"{choice.name} ({choice.ref.path})")
    return [file, await _load(where, current, choice.ref)]


async def _load(where: Paths, current: Settings, model: ModelRef) -> Check:
    name = "model loads"
    remedy = f"{_choose()} (the Engine's log: {where.engine_log})"
    described = await _asked(lambda link: link.describe(model), name, remedy, where, current)
    if isinstance(described, Check):
        return described
    return passed(name, f"{described.context_window} tokens of context on {described.device}")


async def _sandbox(where: Paths) -> Check:
    """What an Engine that runs says of its confinement."""
    name = "Engine's sandbox"
    welcome = await _asked(EngineLink.welcome, name, f"see its log: {where.engine_log}", where)
    if isinstance(welcome, Check):
        return welcome
    if welcome is None:
        return noted(name, "not known while no Engine runs")
    if welcome.unconfined:
        return noted(name, "; ".join(welcome.unconfined))
    places = ", ".join([place.path for place in welcome.readable])
    return passed(name, f"no new connections, no writes, no programs; models it may read: {places}")


async def _asked(
    ask: Callable[[EngineLink], Awaitable[Told]], name: str, remedy: str, where: Paths, current: Settings | None = None
) -> Told | Check:
    """What the Engine told, over a connection of its own; the failed check ``name`` when it could not be asked."""
    try:
        async with aclosing(EngineLink(where, current or Settings())) as link:
            return await ask(link)
    except WindowsillError as error:
        return failed(name, error.detail, remedy)


def _crashes(where: Paths) -> Check:
    """Whether Engines compute more carefully than they could. Blocks while devices are asked for."""
    name = "ways of computing"
    memory = CrashMemory(where.crash_record)
    crashes = memory.crashes()
    if not crashes:
        return passed(name, "none has crashed")
    try:
        wanted = crash_memory.wanted(settings.load(where))
    except SettingsError:
        wanted = Options()
    last = crashes[-1]
    how = signal.strsignal(last.signal) or f"signal {last.signal}"
    on = "" if last.device is None else f" on {last.device}"
    careful = device_report.words(memory.options(wanted), wanted)
    return noted(
        name,
        f"{len(crashes)} crashed, the last with {how}{on}; Engines compute more carefully: {careful}",
        f"after an update of drivers, to try them anew: remove {where.crash_record}",
    )


# ---- this machine


def _grants(where: Paths) -> Check:
    name = "grants"
    store = GrantStore(where)
    try:
        count, notice = len(store.list()), store.notice()
    except OSError as error:
        return failed(name, str(error), f"if that does not help: remove {where.grants_file}, and sites will ask again")
    finally:
        store.close()
    if notice is not None:
        return failed(name, notice, "remove what was set aside")
    return passed(name, f"{count} remembered")


def _grants_key(where: Paths) -> Check:
    name = "key of the grants"
    path = where.grants_key_file
    anew = f"remove {path} to begin anew: every site will ask again"
    try:
        line = path.read_text(encoding="ascii", errors="replace")
        others = sys.platform != "win32" and path.stat().st_mode & 0o077
    except FileNotFoundError:
        return noted(name, "not made yet: nothing was remembered so far")
    except OSError as error:
        return failed(name, f"{path} cannot be read: {error.strerror}", anew)
    found = KEY_LINE.fullmatch(line)
    if found is None:
        return failed(name, f"{path} is damaged", anew)
    if others:
        return failed(name, f"others can read {path}", f"chmod 600 {path}")
    in_keychain = found["where"] == "keychain"
    return passed(name, "in the system's keychain" if in_keychain else f"in {path}, as no keychain was found")


def _disk(where: Paths) -> Check:
    place = next(folder for folder in (where.data, *where.data.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    says = f"{free / 2**30:.1f} GiB free for {where.data}"
    if free < FREE_BYTES:
        return failed("disk space", says, "free some space there, or move everything with WINDOWSILL_HOME")
    return passed("disk space", says)
