"""What belongs to this user alone: folders, files, and the processes at the other end of local sockets."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import stat
import struct
import sys
from pathlib import Path
from typing import Final

PEER_LINUX: Final = struct.Struct("3i")
"""struct ucred: pid, uid, gid."""

PEER_DARWIN: Final = struct.Struct("2I")
"""Beginning of struct xucred: version, uid."""
PEER_DARWIN_BYTES: Final = 76
LOCAL_PEERCRED: Final = 1
LOCAL_PEERPID: Final = 2


class NotOurs(PermissionError):
    """Another user has, or could have, a hand in it; the text says how."""


def own_folder(folder: Path) -> None:
    """Make ``folder`` if it is missing. Raises NotOurs unless only this user may enter it; OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode):
        raise NotOurs(f"{folder} is a link to another place")
    check_owner(folder, about)
    if open_to_others(about):
        raise NotOurs(f"{folder} is open to other users (its mode is {stat.S_IMODE(about.st_mode):o}, not 700)")


def claim_folder(folder: Path) -> None:
    """Make ``folder`` if it is missing, and close it to others. Raises NotOurs when it is another user's; OSError.

    For what checks its files anyway: they may have been touched before.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    about = folder.stat()
    check_owner(folder, about)
    if open_to_others(about):
        folder.chmod(0o700)


def check_owner(path: Path, about: os.stat_result) -> None:
    """Raises NotOurs when what ``about`` describes is another user's."""
    if sys.platform != "win32" and about.st_uid != os.getuid():
        raise NotOurs(f"{path} belongs to another user")


def open_to_others(about: os.stat_result) -> bool:
    """Whether its mode lets other users in, for anything."""
    return sys.platform != "win32" and bool(stat.S_IMODE(about.st_mode) & 0o077)


def peer_uid(peer: socket.socket) -> int:
    """The user at the other end."""
    if sys.platform == "darwin":
        credentials = peer.getsockopt(0, LOCAL_PEERCRED, PEER_DARWIN_BYTES)
        return int(PEER_DARWIN.unpack_from(credentials)[1])
    credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER_LINUX.size)
    return int(PEER_LINUX.unpack(credentials)[1])


def end_peer(peer: socket.socket) -> None:
    """Kill the process at the other end, if it is one that this process can see, and holds its end still: another may
    have its number otherwise."""
    if sys.platform == "darwin":
        pid = peer.getsockopt(0, LOCAL_PEERPID)
    else:
        credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER_LINUX.size)
        pid = int(PEER_LINUX.unpack(credentials)[0])
    if pid > 0 and not _hung_up(peer):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _hung_up(peer: socket.socket) -> bool:
    poll = select.poll()
    poll.register(peer.fileno(), 0)
    return bool(poll.poll(0))
