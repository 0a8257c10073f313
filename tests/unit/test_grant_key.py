from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.compat import properties
from keyring.errors import KeyringError

from support.grants import paths_under, paths_with_key, write_key
from windowsill import grant_key
from windowsill.grant_key import GrantKeyError
from windowsill.ownership import NotOurs
from windowsill.settings import Paths

KEY = bytes(range(32))


class Keychain(KeyringBackend):
    """What a desktop's keychain does, in memory."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}

    @properties.classproperty
    def priority(self) -> float:
        return 5

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


class LockedKeychain(Keychain):
    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringError("locked")

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringError("locked")


@pytest.fixture(autouse=True)
def no_keychain() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


@pytest.fixture
def keychain(no_keychain: None) -> Keychain:
    keychain = Keychain()
    keyring.set_keyring(keychain)
    return keychain


@pytest.fixture
def where(tmp_path: Path) -> Paths:
    return paths_under(tmp_path)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_key_is_random_and_stays_the_same(where: Paths, tmp_path: Path) -> None:
    key = grant_key.load(where)
    assert len(key) == 32
    assert grant_key.load(where) == key
    assert grant_key.load(paths_under(tmp_path / "other")) != key


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_key_file_and_folder_are_this_users_alone_whatever_the_umask(where: Paths, umask: int) -> None:
    before = os.umask(umask)
    try:
        grant_key.load(where)
    finally:
        os.umask(before)
    assert mode(where.data) == 0o700
    assert mode(where.grants_key_file) == 0o600
    assert list(where.data.iterdir()) == [where.grants_key_file]


def test_a_folder_that_is_open_to_others_is_closed(where: Paths) -> None:
    where.data.mkdir(parents=True)
    where.data.chmod(0o755)
    grant_key.load(where)
    assert mode(where.data) == 0o700


@pytest.mark.parametrize("wrong", [0o640, 0o604, 0o620, 0o666])
def test_a_key_file_that_others_can_open_is_refused(tmp_path: Path, wrong: int) -> None:
    where = paths_with_key(tmp_path)
    where.grants_key_file.chmod(wrong)
    with pytest.raises(GrantKeyError, match=f"its mode is {wrong:o}, not 600"):
        grant_key.load(where)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_key_file_of_another_user_is_refused(tmp_path: Path) -> None:
    where = paths_with_key(tmp_path)
    os.chown(where.grants_key_file, 12345, -1)
    with pytest.raises(NotOurs, match="belongs to another user"):
        grant_key.load(where)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    where = paths_with_key(tmp_path)
    os.chown(where.data, 12345, -1)
    with pytest.raises(NotOurs, match="belongs to another user"):
        grant_key.load(where)


def test_a_pipe_in_the_key_files_place_is_refused_and_not_waited_for(where: Paths) -> None:
    where.data.mkdir(mode=0o700, parents=True)
    os.mkfifo(where.grants_key_file, 0o600)
    with pytest.raises(GrantKeyError, match="not a plain file"):
        grant_key.load(where)


def test_a_key_file_that_is_a_link_is_refused(tmp_path: Path) -> None:
    where = paths_with_key(tmp_path)
    elsewhere = where.grants_key_file.rename(tmp_path / "elsewhere")
    where.grants_key_file.symlink_to(elsewhere)
    with pytest.raises(OSError, match="symbolic links"):
        grant_key.load(where)


@pytest.mark.parametrize(
    "line", ["", "key \n", f"key {'0' * 62}\n", f"key {'0' * 64}", f"key {'0' * 64}\nmore", f"other {'0' * 64}\n", "é"]
)
def test_a_damaged_key_file_is_refused_and_left_alone(tmp_path: Path, line: str) -> None:
    where = paths_with_key(tmp_path)
    write_key(where, line)
    with pytest.raises(GrantKeyError, match="damaged"):
        grant_key.load(where)
    assert where.grants_key_file.read_text() == line


def test_a_folder_that_cannot_be_made_is_an_error_of_the_system(where: Paths) -> None:
    where.data.parent.mkdir(parents=True, exist_ok=True)
    where.data.write_text("in the way")
    with pytest.raises(FileExistsError):
        grant_key.load(where)


def test_processes_that_start_together_end_up_with_one_key(where: Paths) -> None:
    script = """
import sys
from pathlib import Path
from windowsill import grant_key
from windowsill.settings import Paths
root = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
print(grant_key.load(Paths(root / "config", root / "data", root / "cache", root / "run")).hex())
"""
    command = [sys.executable, "-c", script, str(where.data.parent)]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    racers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(4)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("\n")
        racer.stdin.flush()
    keys = {racer.communicate()[0] for racer in racers}
    assert keys == {f"{grant_key.load(where).hex()}\n"}
    assert list(where.data.iterdir()) == [where.grants_key_file]


def test_a_real_keychain_keeps_the_key_and_the_file_only_names_it(where: Paths, keychain: Keychain) -> None:
    key = grant_key.load(where)
    assert list(keychain.entries.values()) == [key.hex()]
    assert key.hex() not in where.grants_key_file.read_text()
    assert grant_key.load(where) == key


def test_a_keychain_that_refuses_is_replaced_by_the_file(where: Paths, caplog: pytest.LogCaptureFixture) -> None:
    keyring.set_keyring(LockedKeychain())
    key = grant_key.load(where)
    assert key.hex() in where.grants_key_file.read_text()
    assert "kept in a file" in caplog.text


def test_a_keychain_that_does_not_keep_what_it_takes_is_replaced_by_the_file(where: Paths) -> None:
    class Forgetful(Keychain):
        def set_password(self, service: str, username: str, password: str) -> None:
            """Takes it, and that is all."""

    keyring.set_keyring(Forgetful())
    assert grant_key.load(where).hex() in where.grants_key_file.read_text()


def test_a_keychain_that_nobody_recommends_is_not_used(where: Paths) -> None:
    class PlainText(Keychain):
        @properties.classproperty
        def priority(self) -> float:
            return 0.5

    plain = PlainText()
    keyring.set_keyring(plain)
    assert grant_key.load(where).hex() in where.grants_key_file.read_text()
    assert not plain.entries


def test_a_keychain_that_lost_the_key_is_an_error_and_no_new_key(where: Paths, keychain: Keychain) -> None:
    grant_key.load(where)
    keychain.entries.clear()
    with pytest.raises(GrantKeyError, match="has no key"):
        grant_key.load(where)
    assert not keychain.entries


@pytest.mark.parametrize("kept", ["", "00" * 31, "00" * 33, "zz" * 32])
def test_a_keychain_that_has_something_else_than_a_key_is_an_error(where: Paths, keychain: Keychain, kept: str) -> None:
    grant_key.load(where)
    keychain.entries = dict.fromkeys(keychain.entries, kept)
    with pytest.raises(GrantKeyError, match="has no key"):
        grant_key.load(where)


def test_a_keychain_that_is_locked_is_an_error_while_it_has_the_key(where: Paths, keychain: Keychain) -> None:
    grant_key.load(where)
    keyring.set_keyring(LockedKeychain())
    with pytest.raises(GrantKeyError, match="locked"):
        grant_key.load(where)


def test_the_loser_of_a_race_takes_its_entry_out_of_the_keychain(where: Paths) -> None:
    class Slow(Keychain):
        def set_password(self, service: str, username: str, password: str) -> None:
            super().set_password(service, username, password)
            write_key(where, f"key {KEY.hex()}\n")

    slow = Slow()
    keyring.set_keyring(slow)
    assert grant_key.load(where) == KEY
    assert not slow.entries
