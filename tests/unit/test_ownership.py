"""Whose a folder is, and who is at the other end of a socket."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from windowsill import ownership
from windowsill.ownership import NotOurs, claim_folder, own_folder

EITHER = pytest.mark.parametrize("take", [own_folder, claim_folder])

LISTENS = """
import socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
print("listens", flush=True)
peer, _ = server.accept()
if sys.argv[2] == "hangs up":
    peer.close()
    print("hung up", flush=True)
sys.stdin.read()
"""
"""A process that listens at a path, and hangs up on who connects or not."""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@EITHER
def test_a_missing_folder_is_made_for_this_user_alone(take: Callable[[Path], None], tmp_path: Path) -> None:
    take(tmp_path / "some" / "where")
    assert mode(tmp_path / "some" / "where") == 0o700
    take(tmp_path / "some" / "where")


@EITHER
def test_a_folder_of_another_user_is_refused(
    take: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(os, "getuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(NotOurs, match="belongs to another user"):
        take(tmp_path)


@EITHER
def test_a_file_in_the_folders_place_is_an_error(take: Callable[[Path], None], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError):
        take(tmp_path / "file")


@pytest.mark.parametrize("opened", [0o710, 0o701, 0o720, 0o755])
def test_a_folder_that_is_open_to_others_is_not_owned_but_can_be_claimed(tmp_path: Path, opened: int) -> None:
    tmp_path.chmod(opened)
    with pytest.raises(NotOurs, match=f"its mode is {opened:o}, not 700"):
        own_folder(tmp_path)
    assert mode(tmp_path) == opened
    claim_folder(tmp_path)
    assert mode(tmp_path) == 0o700
    own_folder(tmp_path)


def test_a_link_to_a_folder_is_not_owned(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    with pytest.raises(NotOurs, match="link"):
        own_folder(tmp_path / "link")


def test_the_user_at_the_other_end_of_a_socket_is_known() -> None:
    here, there = socket.socketpair(socket.AF_UNIX)
    with here, there:
        assert ownership.peer_uid(here) == os.getuid()


@pytest.mark.parametrize(("manner", "status"), [("holds on", -signal.SIGKILL), ("hangs up", 0)])
def test_the_process_at_the_other_end_is_ended_while_it_is_there(tmp_path: Path, manner: str, status: int) -> None:
    path = str(tmp_path / "socket")
    with (
        subprocess.Popen(
            [sys.executable, "-c", LISTENS, path, manner], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as child,
        socket.socket(socket.AF_UNIX) as peer,
    ):
        assert child.stdout is not None
        child.stdout.readline()
        peer.connect(path)
        if manner == "hangs up":
            child.stdout.readline()
        ownership.end_peer(peer)
        child.communicate()
        assert child.returncode == status
