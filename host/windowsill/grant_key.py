"""Where the key of the grant store is kept: in the system's keychain, or in a file where there is none.

Rules this file keeps: ``grants.key`` holds the key or names the keychain's entry, so its presence remembers the choice
and only the first use has to look for a keychain. It appears whole or not at all, and the first process to make it
wins. A key that others could have read or written is refused, never used.
"""

from __future__ import annotations

import logging
import os
import re
import stat
from pathlib import Path
from typing import Final

from windowsill.grant_seal import KEY_BYTES
from windowsill.ownership import check_owner, claim_folder, open_to_others
from windowsill.settings import Paths

log = logging.getLogger(__name__)

SERVICE: Final = "windowsill grants"
"""Under this name the key's entry appears in the system's keychain."""

REAL_KEYCHAIN: Final = 1
"""``keyring`` gives back ends that it does not recommend (plain text, none at all) a lower priority."""

KEY_LINE: Final = re.compile(rf"(?P<where>key|keychain) (?P<value>[0-9a-f]{{{2 * KEY_BYTES}}})\n")

LINE_BYTES: Final = 4096
"""Bytes of the file that are read: several times what it may hold, so that more of it is damage."""


class GrantKeyError(OSError):
    """The key cannot be used; the text says why and what to do."""


def load(where: Paths) -> bytes:
    """The key, made on first use. Raises OSError. May wait while the system asks the user to unlock the keychain."""
    claim_folder(where.data)
    path = where.grants_key_file
    line = _read(path)
    if line is None:
        key = os.urandom(KEY_BYTES)
        entry = _put_in_keychain(key)
        if _publish(path, f"key {key.hex()}\n" if entry is None else f"keychain {entry}\n"):
            return key
        if entry is not None:
            _take_from_keychain(entry)
        line = _read(path)
    found = KEY_LINE.fullmatch(line or "")
    if found is None:
        raise GrantKeyError(f"{path} is damaged. Remove it to begin anew: every site will ask again.")
    if found["where"] == "key":
        return bytes.fromhex(found["value"])
    return _get_from_keychain(path, found["value"])


def _read(path: Path) -> str | None:
    try:
        # Without O_NONBLOCK, opening a FIFO would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        _check_private(path, os.fstat(descriptor))
        return file.read(LINE_BYTES).decode("ascii", "replace")


def _check_private(path: Path, about: os.stat_result) -> None:
    if not stat.S_ISREG(about.st_mode):
        raise GrantKeyError(f"{path} is not a plain file")
    check_owner(path, about)
    if open_to_others(about):
        raise GrantKeyError(
            f"{path} is open to other users (its mode is {stat.S_IMODE(about.st_mode):o}, not 600). "
            "If nobody else can have read it, run chmod 600 on it; else remove it: every site will ask again."
        )


def _publish(path: Path, line: str) -> bool:
    """Make the file with all its content in one step; False when another process was first."""
    draft = path.with_name(f"{path.name}.{os.urandom(8).hex()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii", newline="\n") as file:
            file.write(line)
            file.flush()
            os.fsync(descriptor)
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def _put_in_keychain(key: bytes) -> str | None:
    """The name of the new entry; None where there is no keychain that keeps what it is given."""
    import keyring

    entry = os.urandom(KEY_BYTES).hex()
    try:
        keychain = keyring.get_keyring()
        if keychain.priority < REAL_KEYCHAIN:
            return None
        keychain.set_password(SERVICE, entry, key.hex())
        kept = keychain.get_password(SERVICE, entry)
    except Exception:
        # Back ends are plug-ins and raise what they like; a file serves as well.
        log.warning("the system's keychain does not work; the key is kept in a file", exc_info=True)
        return None
    return entry if kept == key.hex() else None


def _get_from_keychain(path: Path, entry: str) -> bytes:
    import keyring

    try:
        kept = keyring.get_password(SERVICE, entry)
    except Exception as error:
        raise GrantKeyError(f"the system's keychain did not give the key of the grants: {error}") from error
    if kept is None or not re.fullmatch(rf"[0-9a-f]{{{2 * KEY_BYTES}}}", kept):
        raise GrantKeyError(
            f"the system's keychain has no key of the grants any more ({SERVICE}, {entry}). "
            f"Remove {path} to begin anew: every site will ask again."
        )
    return bytes.fromhex(kept)


def _take_from_keychain(entry: str) -> None:
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.delete_password(SERVICE, entry)
    except KeyringError:
        log.warning("an unused entry stays in the system's keychain (%s, %s)", SERVICE, entry, exc_info=True)
