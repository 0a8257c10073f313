"""The socket file that Hosts find the Engine by, and who may speak through it.

Rules this file keeps: its folder belongs to this user alone; a file is removed only while it is the one bound here,
or when nobody can be behind it (the caller holds the start-up lock).
"""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

from windowsill.ownership import own_folder


class LocalSocket:
    """A listening socket at ``path``. Raises OSError, NotOurs among them."""

    def __init__(self, path: Path) -> None:
        own_folder(path.parent)
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
        """Remove the file, unless another Engine's is there by now, or this process may write nothing any more.

        A file that stays harms nobody: connecting to it is refused, and the next Engine removes it.
        """
        if _identity(self._path) == self._identity:
            with contextlib.suppress(PermissionError):
                self._path.unlink(missing_ok=True)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        about = path.lstat()
    except FileNotFoundError:
        return None
    return about.st_dev, about.st_ino
