"""Landlock: which folders this process may still read, as the Linux kernel enforces it. Only the calls; no choices.

Rules this file keeps: every right that the running kernel knows is taken away, and given back beneath the named paths
alone; a kernel that knows fewer of them is asked for no more. It binds the calling thread and the threads that it
starts later.
"""

from __future__ import annotations

import ctypes
import os
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

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def version() -> int:
    """What the kernel speaks of it; 0 when it has none or it is switched off."""
    nothing, flags = ctypes.c_size_t(0), ctypes.c_uint32(VERSION_FLAG)
    spoken: int = _libc.syscall(ctypes.c_long(CREATE_RULESET), None, nothing, flags)
    return max(0, spoken)


def confine(spoken: int, readable: Iterable[Path], devices: Iterable[Path]) -> None:
    """Leave reading beneath ``readable``, and all use of ``devices``, where they exist. Raises OSError."""
    known = _bits(FILE_RIGHTS, spoken)
    attributes = RULESET.pack(known, _bits(NETWORK_RIGHTS, spoken), _bits(SCOPES, spoken))
    # An older kernel takes a longer structure too, as long as what it does not know is zero.
    rules = _call(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))
    try:
        for path in readable:
            _allow(rules, path, READ_FILE | READ_FOLDER)
        for path in devices:
            _allow(rules, path, (READ_FILE | WRITE_FILE | DEVICE_CONTROL) & known)
        _call(RESTRICT_SELF, ctypes.c_int(rules), ctypes.c_uint32(0))
    finally:
        os.close(rules)


def _allow(rules: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return
    try:
        if not path.is_dir():
            rights &= ~READ_FOLDER
        _call(ADD_RULE, ctypes.c_int(rules), ctypes.c_int(BENEATH_PATH), RULE.pack(rights, place), ctypes.c_uint32(0))
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
