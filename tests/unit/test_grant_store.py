from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from support.grants import OTHER, SITE, aside, paths_under, paths_with_key, raw, state
from windowsill import grant_key, grant_seal, grant_store
from windowsill.grant_key import GrantKeyError
from windowsill.grant_store import GrantStore, GrantStoreError
from windowsill.settings import Paths


@pytest.fixture
def where(tmp_path: Path) -> Paths:
    return paths_with_key(tmp_path)


@pytest.fixture
def store(where: Paths) -> GrantStore:
    return GrantStore(where)


# ---- answers


def test_nothing_is_opened_or_made_before_the_first_answer(tmp_path: Path) -> None:
    store = GrantStore(paths_under(tmp_path))
    assert store.get("p", SITE) is None
    assert store.list() == ()
    assert store.remove(SITE) == 0
    assert store.notice() is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("answer", ["allow", "block"])
def test_an_answer_is_kept_for_its_profile_and_origin_only(store: GrantStore, answer: str) -> None:
    store.put("p", SITE, "allow" if answer == "allow" else "block")
    assert state(store) == answer
    assert state(store, "q") is None
    assert state(store, origin=OTHER) is None


def test_a_later_answer_replaces_the_one_before(store: GrantStore) -> None:
    store.put("p", SITE, "allow")
    store.put("p", SITE, "block")
    assert [grant.state for grant in store.list()] == ["block"]


def test_an_answer_for_every_profile_holds_where_the_profile_has_none(store: GrantStore) -> None:
    store.put("*", SITE, "allow")
    store.put("q", SITE, "block")
    assert state(store, "p") == "allow"
    assert state(store, "q") == "block"


def test_an_opaque_origin_cannot_be_granted(store: GrantStore) -> None:
    with pytest.raises(ValueError, match="opaque"):
        store.put("p", "null", "allow")
    assert store.list() == ()


def test_removing_names_one_profile_or_all(store: GrantStore) -> None:
    for profile in ("p", "q", "*"):
        store.put(profile, SITE, "allow")
        store.put(profile, OTHER, "allow")
    assert store.remove(SITE, "p") == 1
    assert {grant.profile for grant in store.list() if grant.origin == SITE} == {"q", "*"}
    assert store.remove(SITE) == 2
    assert store.remove(SITE) == 0
    assert {grant.origin for grant in store.list()} == {OTHER}


def test_the_list_is_by_origin_for_one_profile_or_all(store: GrantStore) -> None:
    for profile, origin in [("q", OTHER), ("p", OTHER), ("p", SITE)]:
        store.put(profile, origin, "allow")
    assert [(grant.origin, grant.profile) for grant in store.list()] == [(SITE, "p"), (OTHER, "p"), (OTHER, "q")]
    assert [grant.origin for grant in store.list("p")] == [SITE, OTHER]


def test_another_store_on_the_same_file_sees_an_answer_at_once(where: Paths, store: GrantStore) -> None:
    other = GrantStore(where)
    assert state(other) is None
    store.put("p", SITE, "allow")
    assert state(other) == "allow"
    other.remove(SITE)
    assert state(store) is None


def test_a_closed_store_opens_again_on_use(store: GrantStore) -> None:
    store.put("p", SITE, "allow")
    store.close()
    assert state(store) == "allow"


def test_threads_and_processes_write_together_and_lose_nothing(where: Paths, store: GrantStore) -> None:
    script = """
import sys
from pathlib import Path
from windowsill.grant_store import GrantStore
from windowsill.settings import Paths
root = Path(sys.argv[1])
store = GrantStore(Paths(root / "config", root / "data", root / "cache", root / "run"))
for n in range(5):
    store.put(sys.argv[2], f"https://{n}.example", "allow")
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    root = str(where.data.parent)
    others = [subprocess.Popen([sys.executable, "-c", script, root, f"other{n}"], env=environment) for n in range(2)]

    def write(profile: str) -> None:
        for n in range(5):
            store.put(profile, f"https://{n}.example", "allow")

    threads = [threading.Thread(target=write, args=(f"thread{n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [other.wait() for other in others] == [0, 0]
    assert len(store.list()) == 20
    assert store.notice() is None


# ---- at rest


def test_no_byte_on_disk_tells_origin_profile_answer_or_time(where: Paths, store: GrantStore) -> None:
    profile = "profile-8c1f"
    store.put(profile, SITE, "allow")
    grant = store.get(profile, SITE)
    assert grant is not None
    store.put(profile, OTHER, "block")
    store.remove(OTHER)
    # A transaction under way, so that its journal is looked at as well.
    with closing(sqlite3.connect(where.grants_file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM grants")
        files = {path.name: path.read_bytes() for path in where.data.iterdir() if path != where.grants_key_file}
        writer.execute("ROLLBACK")
    assert {"grants.sqlite3", "grants.sqlite3-journal"} <= files.keys()
    for content in files.values():
        for secret in (profile, "example", "other", "allow", "block", str(int(grant.since))):
            assert secret.encode() not in content


def test_a_forgotten_site_leaves_no_sealed_row(where: Paths, store: GrantStore) -> None:
    store.put("p", SITE, "allow")
    store.put("p", OTHER, "allow")
    with raw(where) as connection:
        rows = connection.execute("SELECT sealed FROM grants").fetchall()
    store.remove(SITE)
    store.remove(OTHER)
    content = where.grants_file.read_bytes()
    assert [sealed for (sealed,) in rows if sealed[100:] in content] == []


def test_every_file_is_this_users_alone_whatever_the_umask(tmp_path: Path) -> None:
    where = paths_with_key(tmp_path)
    before = os.umask(0)
    try:
        GrantStore(where).put("p", SITE, "allow")
    finally:
        os.umask(before)
    assert {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in where.data.iterdir()} == {
        "grants.key": "0o600",
        "grants.sqlite3": "0o600",
        "grants.sqlite3.lock": "0o600",
    }
    assert stat.S_IMODE(where.data.stat().st_mode) == 0o700


def test_a_key_that_is_refused_is_no_reason_to_set_the_store_aside(where: Paths, store: GrantStore) -> None:
    store.put("p", SITE, "allow")
    where.grants_key_file.chmod(0o644)
    with pytest.raises(GrantKeyError, match="open to other users"):
        GrantStore(where).get("p", SITE)
    assert aside(where) == []


def test_a_writer_waits_for_its_turn_and_not_for_ever(
    where: Paths, store: GrantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grant_store, "GRANT_LOCK_SECONDS", 0.05)
    store.put("p", SITE, "allow")
    with closing(sqlite3.connect(where.data / "grants.sqlite3.lock", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(GrantStoreError, match="locked"):
            store.put("p", SITE, "block")
        assert state(store) == "allow"
    store.put("p", SITE, "block")
    assert state(store) == "block"


def test_the_first_answer_makes_its_folder_for_this_user_alone(tmp_path: Path) -> None:
    where = paths_under(tmp_path)
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    try:
        GrantStore(where).put("p", SITE, "allow")
    finally:
        keyring.set_keyring(before)
    assert stat.S_IMODE(where.data.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in where.data.iterdir()} == {0o600}


def test_no_row_tells_when_it_came(where: Paths, store: GrantStore) -> None:
    store.put("p", SITE, "allow")
    with raw(where) as connection, pytest.raises(sqlite3.OperationalError, match="rowid"):
        connection.execute("SELECT rowid FROM grants")


def test_an_answer_that_says_more_than_this_version_knows_grants_nothing_and_stays(
    where: Paths, store: GrantStore
) -> None:
    store.put("p", SITE, "allow")
    seal = grant_seal.Seal(grant_key.load(where))
    place = seal.row_id("p", SITE)
    with raw(where) as connection:
        ((sealed,),) = connection.execute("SELECT sealed FROM grants").fetchall()
        more = seal.open(sealed, place).rstrip().removesuffix(b"}") + b',"until":0}'
        connection.execute("UPDATE grants SET sealed = ?", (seal.close(more, place),))
    with pytest.raises(GrantStoreError, match="this version cannot read"):
        store.get("p", SITE)
    assert aside(where) == []
