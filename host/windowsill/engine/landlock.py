"""Landlock: which folders and files this process may still read, as the Linux kernel enforces it. Only the calls.

Rules this file keeps: every right that the running kernel knows is taken away, and given back beneath the named paths
alone, less those that cannot be opened; a kernel that knows fewer rights is asked for no more. It binds the calling
thread and the threads that it starts later.
"""

from __future__ import annotations

import ctypes
import logging
import os
import stat
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final

CREATE_RULESET: Final = 444
ADD_RULE: Final = 445
RESTRICT_SELF: Final = 446
"""System calls; their numbers are the same on every machine."""

VERSION_FLAG: Final = 1
BENEATH_PATH: Final = 1

WRITE_FILE: Final = 1 << 1
READ_FILE: Final = 1 << 2
READ_FOLDER: Final = 1 << 3
DEVICE_CONTROL: Final = 1 << 15

FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 5: 16}
"""Version -> how many rights on files it knows, lowest bits first."""

NETWORK_RIGHTS: Final = {4: 2}
"""Version -> how many rights on TCP ports."""

SCOPES: Final = {6: 2}
"""Version -> how many bounds on processes outside: abstract sockets, signals."""

RULESET: Final = struct.Struct("=QQQ")
RULE: Final = struct.Struct("=Qi")

logger = logging.getLogger(__name__)

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def version() -> int:
    """What the kernel speaks of it; 0 when it has none or it is switched off."""
    nothing, flags = ctypes.c_size_t(0), ctypes.c_uint32(VERSION_FLAG)
    spoken: int = _libc.syscall(ctypes.c_long(CREATE_RULESET), None, nothing, flags)
    return max(0, spoken)


def confine(spoken: int, readable: Iterable[Path], devices: Iterable[Path]) -> dict[Path, os.stat_result]:
    """Leave reading beneath ``readable``, and all use of ``devices``, where they exist and can be opened.

    What it left: the kernel knows each by its inode, so that a file of the same name made later is not among them.
    Raises OSError when the kernel does not confine.
    """
    known = _bits(FILE_RIGHTS, spoken)
    attributes = RULESET.pack(known, _bits(NETWORK_RIGHTS, spoken), _bits(SCOPES, spoken))
    # An older kernel takes a longer structure too, as long as what it does not know is zero.
    rules = _call(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))
    wanted = dict.fromkeys(readable, READ_FILE | READ_FOLDER)
    wanted |= dict.fromkeys(devices, (READ_FILE | WRITE_FILE | READ_FOLDER | DEVICE_CONTROL) & known)
    allowed: dict[Path, os.stat_result] = {}
    try:
        for path, rights in wanted.items():
            place = _opened(path)
            if place is not None:
                allowed[path] = _allow(rules, place, rights)
        _call(RESTRICT_SELF, ctypes.c_int(rules), ctypes.c_uint32(0))
    finally:
        os.close(rules)
    return allowed


def _opened(path: Path) -> int | None:
    """Its descriptor; None for what is not there, or in a folder that we may not enter: no reason to leave all open."""
    try:
        return os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        logger.warning("%s stays shut: %s", path, error.strerror)
        return None


def _allow(rules: int, place: int, rights: int) -> os.stat_result:
    """Allow ``rights`` beneath the open ``place``, which gets closed."""
    try:
        about = os.fstat(place)
        if not stat.S_ISDIR(about.st_mode):
            rights &= ~READ_FOLDER
        _call(ADD_RULE, ctypes.c_int(rules), ctypes.c_int(BENEATH_PATH), RULE.pack(rights, place), ctypes.c_uint32(0))
        return about
    finally:
        os.close(place)


def _bits(by_version: dict[int, int], spoken: int) -> int:
    counts = [count for first, count in by_version.items() if first <= spoken]
    return (1 << max(counts, default=0)) - 1


def _call(number: int, *arguments: object) -> int:
    result: int = _libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
