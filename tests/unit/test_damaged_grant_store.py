"""A store of grants that was damaged, and a system that refuses to keep one."""

from __future__ import annotations

import os
import resource
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from support.grants import OTHER, SITE, aside, paths_with_key, raw, state, write_key
from windowsill import grant_seal, grant_store
from windowsill.grant_store import DamagedStore, GrantStore, GrantStoreError
from windowsill.settings import Paths


@pytest.fixture
def where(tmp_path: Path) -> Paths:
    return paths_with_key(tmp_path)


@pytest.fixture
def store(where: Paths) -> GrantStore:
    return GrantStore(where)


# ---- damage


def change_a_byte_of_a_row(where: Paths) -> None:
    with raw(where) as connection:
        ((name, sealed),) = connection.execute("SELECT id, sealed FROM grants LIMIT 1").fetchall()
        connection.execute("UPDATE grants SET sealed = ? WHERE id = ?", (bytes([sealed[0] ^ 1]) + sealed[1:], name))


def swap_two_rows(where: Paths) -> None:
    with raw(where) as connection:
        (one, first), (two, second) = connection.execute("SELECT id, sealed FROM grants").fetchall()
        connection.execute("UPDATE grants SET sealed = ? WHERE id = ?", (second, one))
        connection.execute("UPDATE grants SET sealed = ? WHERE id = ?", (first, two))


def put_text_in_a_row(where: Paths) -> None:
    with raw(where) as connection:
        connection.execute("UPDATE grants SET sealed = CAST(x'ff' AS TEXT)")


def put_a_number_in_a_row(where: Paths) -> None:
    with raw(where) as connection:
        connection.execute("UPDATE grants SET sealed = 7")


def put_a_second_seal(where: Paths) -> None:
    with raw(where) as connection:
        connection.execute("INSERT INTO seal SELECT sealed FROM seal")


def take_the_seal(where: Paths) -> None:
    with raw(where) as connection:
        connection.execute("DELETE FROM seal")


def take_a_table(where: Paths) -> None:
    with raw(where) as connection:
        connection.execute("DROP TABLE grants")


def write_over_the_header(where: Paths) -> None:
    with where.grants_file.open("r+b") as file:
        file.write(b"not a database at all")


def cut_the_file_short(where: Paths) -> None:
    os.truncate(where.grants_file, 5000)


def change_the_key(where: Paths) -> None:
    write_key(where, f"key {'ab' * 32}\n")


DAMAGE: list[Callable[[Paths], None]] = [
    change_a_byte_of_a_row,
    swap_two_rows,
    put_text_in_a_row,
    put_a_number_in_a_row,
    put_a_second_seal,
    take_the_seal,
    take_a_table,
    write_over_the_header,
    cut_the_file_short,
    change_the_key,
]


def two_answers(where: Paths) -> None:
    store = GrantStore(where)
    store.put("p", SITE, "allow")
    store.put("p", OTHER, "block")


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_store_is_set_aside_and_said_so(
    damage: Callable[[Paths], None], where: Paths, caplog: pytest.LogCaptureFixture
) -> None:
    two_answers(where)
    damage(where)
    content = where.grants_file.read_bytes()
    store = GrantStore(where)
    assert store.list() == ()
    assert state(store) is None
    assert state(store, origin=OTHER) is None
    assert aside(where) == ["grants.sqlite3.damaged-1"]
    assert (where.data / "grants.sqlite3.damaged-1").read_bytes() == content
    assert "grants.sqlite3.damaged-1" in (GrantStore(where).notice() or "")
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_no_site_gets_the_answer_of_another_when_rows_are_swapped(where: Paths) -> None:
    two_answers(where)
    swap_two_rows(where)
    assert state(GrantStore(where), origin=OTHER) is None


def test_writing_to_a_damaged_store_begins_a_new_one(where: Paths) -> None:
    two_answers(where)
    change_the_key(where)
    store = GrantStore(where)
    store.put("p", OTHER, "allow")
    assert [grant.origin for grant in store.list()] == [OTHER]
    assert aside(where) == ["grants.sqlite3.damaged-1"]


def test_each_damaged_store_is_kept_under_a_name_of_its_own(where: Paths) -> None:
    for _ in range(2):
        two_answers(where)
        write_over_the_header(where)
        assert GrantStore(where).list() == ()
    assert aside(where) == ["grants.sqlite3.damaged-1", "grants.sqlite3.damaged-2"]


def test_the_journal_of_a_damaged_store_is_not_played_into_the_next(where: Paths) -> None:
    two_answers(where)
    journal = where.data / "grants.sqlite3-journal"
    with closing(sqlite3.connect(where.grants_file, isolation_level=None)) as writer:
        writer.execute("PRAGMA cache_size = 1")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("CREATE TABLE big AS SELECT zeroblob(100000)")
        left_by_a_kill = journal.read_bytes()
        writer.execute("ROLLBACK")
    assert left_by_a_kill
    where.grants_file.replace(where.data / "grants.sqlite3.damaged-1")
    journal.write_bytes(left_by_a_kill)
    store = GrantStore(where)
    store.put("p", SITE, "block")
    assert [(grant.origin, grant.state) for grant in store.list()] == [(SITE, "block")]
    assert not journal.exists()


def test_a_store_whose_key_was_replaced_meanwhile_is_not_damaged(where: Paths, store: GrantStore) -> None:
    store.put("p", SITE, "allow")
    change_the_key(where)
    GrantStore(where).put("p", SITE, "block")
    before = aside(where)
    assert state(store) == "block"
    assert aside(where) == before


def test_an_emptied_store_is_an_empty_store(where: Paths, store: GrantStore) -> None:
    store.put("p", SITE, "allow")
    os.truncate(where.grants_file, 0)
    assert state(store) is None
    store.put("p", SITE, "block")
    assert state(store) == "block"


def test_a_store_of_a_later_version_is_left_alone(where: Paths, store: GrantStore) -> None:
    store.put("p", SITE, "allow")
    with raw(where) as connection:
        connection.execute("PRAGMA user_version = 2")
    with pytest.raises(GrantStoreError, match="later version"):
        store.get("p", SITE)
    assert aside(where) == []


# Shown by taking a defence away: what the tests above refuse would be believed.


def test_a_seal_that_forgets_its_place_would_let_rows_be_swapped(where: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    close, open_ = grant_seal.Seal.close, grant_seal.Seal.open
    monkeypatch.setattr(grant_seal.Seal, "close", lambda self, content, place: close(self, content, b""))
    monkeypatch.setattr(grant_seal.Seal, "open", lambda self, sealed, place: open_(self, sealed, b""))
    two_answers(where)
    swap_two_rows(where)
    wrong = GrantStore(where).get("p", OTHER)
    assert wrong is not None
    assert wrong.state == "allow"


# ---- a system that refuses


def test_a_full_disk_is_an_error_and_loses_nothing(where: Paths, store: GrantStore) -> None:
    store.put("p", SITE, "allow")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(GrantStoreError, match=r"grants\.sqlite3") as caught:
            store.put("p", OTHER, "allow")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not isinstance(caught.value, DamagedStore)
    assert [grant.origin for grant in store.list()] == [SITE]
    assert aside(where) == []


def test_a_writer_that_never_ends_is_an_error_and_no_damage(
    where: Paths, store: GrantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grant_store, "GRANT_LOCK_SECONDS", 0.05)
    store.put("p", SITE, "allow")
    with closing(sqlite3.connect(where.grants_file, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(GrantStoreError, match="locked"):
            store.get("p", SITE)
        with pytest.raises(GrantStoreError, match="locked"):
            store.put("p", SITE, "block")
    assert state(store) == "allow"
    assert aside(where) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_an_error_of_the_system(where: Paths, store: GrantStore) -> None:
    where.data.chmod(0o500)
    with pytest.raises(PermissionError):
        store.put("p", SITE, "allow")
    where.data.chmod(0o700)
