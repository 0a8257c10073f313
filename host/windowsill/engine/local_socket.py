"""The socket file that Hosts find the Engine by, and who may speak through it.

Rules this file keeps: its folder belongs to this user alone; a file is removed only while it is the one bound here,
or when nobody can be behind it (the caller holds the start-up lock).
"""

from __future__ import annotations

import os
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
LOCAL_PEERCRED: Final = 1


class SocketRefused(Exception):
    """The socket cannot be bound safely; the text says why."""


class LocalSocket:
    """A listening socket at ``path``. Raises SocketRefused or OSError."""

    def __init__(self, path: Path) -> None:
        _own_folder(path.parent)
        path.unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            self.socket.bind(os.fspath(path))
        except OSError:
            self.socket.close()
            raise
        finally:
            os.umask(before)
        self._path = path
        self._identity = _identity(path)
        self.socket.listen()

    def unlink(self) -> None:
        """Remove the file, unless another Engine's is there by now."""
        if _identity(self._path) == self._identity:
            self._path.unlink(missing_ok=True)


def peer_uid(peer: socket.socket) -> int:
    """The user at the other end."""
    if sys.platform == "darwin":
        credentials = peer.getsockopt(0, LOCAL_PEERCRED, 76)
        return int(PEER_DARWIN.unpack_from(credentials)[1])
    credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER_LINUX.size)
    return int(PEER_LINUX.unpack(credentials)[1])


def _own_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    about = folder.stat()
    if about.st_uid != os.getuid():
        raise SocketRefused(f"{folder} belongs to another user")
    if stat.S_IMODE(about.st_mode) & 0o077:
        raise SocketRefused(f"{folder} is open to other users (its mode is {stat.S_IMODE(about.st_mode):o}, not 700)")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        about = path.lstat()
    except FileNotFoundError:
        return None
    return about.st_dev, about.st_ino
