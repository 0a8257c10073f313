"""Finds the Host processes of one home, and waits for their end."""

from __future__ import annotations

import os
import select
from pathlib import Path


def hosts(home: Path) -> list[int]:
    """The pids of the Hosts whose environment names ``home`` as WINDOWSILL_HOME."""
    named = b"WINDOWSILL_HOME=" + os.fsencode(home)
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue  # it ended, or is somebody else's
        if b"windowsill.native_host" in command.split(b"\0") and named in environment.split(b"\0"):
            found.append(int(folder.name))
    return found


def until_ended(pid: int) -> None:
    """Wait for the end of a process that is not ours, and may have ended already."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        select.select([process], [], [])
    finally:
        os.close(process)
