"""Shuts the Engine in, once it listens: no new connections, no writes, no other programs, reading in named places only.

Rules this file keeps: ``enter`` uses whatever of the kernel's means there is, raises nothing when one is missing, and
says so. Nothing undoes it. It is called in the first thread, before others start: Landlock does not reach threads
that run already.
"""

from __future__ import annotations

import ctypes
import os
import platform
import stat
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

from msgspec import Struct

from windowsill.engine import syscall_filter
from windowsill.engine_protocol import Place

EVERYTHING: Final = Place(path="/")
"""What may be read where nothing confines it."""

SYSTEM_PLACES: Final = (
    *map(Path, ("/usr", "/lib", "/lib64", "/opt", "/etc/ld.so.cache", "/etc/localtime", "/etc/vulkan", "/etc/OpenCL")),
    *map(Path, ("/proc", "/sys", "/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")),
)
"""Where shared libraries, drivers, time zones and the machine's description are; nothing of the user's."""

SET_NO_NEW_PRIVILEGES: Final = 38
SECCOMP: Final = {"x86_64": 317, "aarch64": 277}
SET_FILTER: Final = 1
ALL_THREADS: Final = 1


class Part(StrEnum):
    """What the kernel can do for us."""

    NO_NEW_PRIVILEGES = "no new privileges"
    SYSTEM_CALLS = "system calls"
    FILES = "files"


class Confinement(Struct, frozen=True):
    """``readable``: where models may be read from; ``missing``: in plain words, what this kernel does not keep the
    Engine from, for the log and ``doctor``."""

    in_force: frozenset[Part]
    readable: tuple[Place, ...]
    missing: tuple[str, ...]


def enter(readable: Sequence[Path], devices: Sequence[Path] = ()) -> Confinement:
    """Leave this process reading the files and beneath the folders ``readable``, and use of the files ``devices``.

    Paths that do not exist yet stay shut. What is open stays open, listening sockets go on accepting.
    """
    if sys.platform != "linux":
        return Confinement(frozenset(), (EVERYTHING,), ("this system has no sandbox that the Engine could enter",))
    entry = _Entry()
    entry.give_up_privileges()
    entry.confine_files(readable, devices)
    entry.filter_system_calls(may_open_for_writing=bool(devices))
    return Confinement(frozenset(entry.in_force), entry.readable, tuple(entry.missing))


class _Entry:
    """One way in, noting what worked."""

    def __init__(self) -> None:
        self.in_force: set[Part] = set()
        self.readable: tuple[Place, ...] = (EVERYTHING,)
        self.missing: list[str] = []
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.syscall.restype = ctypes.c_long

    def give_up_privileges(self) -> None:
        zero = ctypes.c_ulong(0)
        if self._libc.prctl(SET_NO_NEW_PRIVILEGES, ctypes.c_ulong(1), zero, zero, zero) == 0:
            self.in_force.add(Part.NO_NEW_PRIVILEGES)
        else:
            self.missing.append(f"the kernel lets it gain privileges ({_reason()})")

    def confine_files(self, readable: Sequence[Path], devices: Sequence[Path]) -> None:
        # Imported here: its library calls exist on Linux alone.
        from windowsill.engine import landlock

        spoken = landlock.version()
        if spoken == 0:
            self.missing.append("the kernel has no Landlock: it may read every file that its user may read")
            if devices:
                self.missing.append("without Landlock, and with a device in use, it may write its user's files")
            return
        others = len([*Path("/proc/self/task").iterdir()]) - 1
        try:
            allowed = landlock.confine(spoken, [*SYSTEM_PLACES, *map(Path, sys.path), *readable], devices)
        except OSError as error:
            self.missing.append(f"Landlock could not be used ({error.strerror})")
            return
        self.in_force.add(Part.FILES)
        self.readable = tuple([_place(path, allowed[path]) for path in readable if path in allowed])
        if others:
            self.missing.append(f"Landlock does not reach threads that ran before ({others} of them)")

    def filter_system_calls(self, *, may_open_for_writing: bool) -> None:
        name = platform.machine()
        machine = syscall_filter.MACHINES.get(name)
        if machine is None:
            self.missing.append(f"there is no list of system calls for {name}: it may connect and start programs")
            return
        code = syscall_filter.program(machine, os.getpid(), may_open_for_writing=may_open_for_writing)
        program = _FilterProgram(len(code) // syscall_filter.INSTRUCTION.size, code)
        outcome = self._libc.syscall(
            ctypes.c_long(SECCOMP[name]),
            ctypes.c_uint(SET_FILTER),
            ctypes.c_uint(ALL_THREADS),
            ctypes.byref(program),
        )
        if outcome == 0:
            self.in_force.add(Part.SYSTEM_CALLS)
        else:
            why = _reason() if outcome < 0 else "a thread has a filter of its own"
            self.missing.append(f"the kernel filters no system calls ({why}): it may connect and start programs")


class _FilterProgram(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]


def _place(path: Path, about: os.stat_result) -> Place:
    return Place(path=str(path), inode=None if stat.S_ISDIR(about.st_mode) else (about.st_dev, about.st_ino))


def _reason() -> str:
    return os.strerror(ctypes.get_errno())
