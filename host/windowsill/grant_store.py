"""The remembered answers on disk: SQLite, every row sealed, shared by all Hosts and the command line.

Rules this file keeps:
* Every call opens the file anew, so it sees at once what another process wrote, or that the file was replaced.
* Writers take turns through a lock beside the store. What was not sealed by us, for its row, is damage.
* A damaged store is never trusted and never deleted: it is set aside, an empty one begins, and ``notice`` says so.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeVar

import msgspec
from msgspec import Struct

from windowsill import grant_key
from windowsill.grant_seal import Seal, SealBroken
from windowsill.ownership import claim_folder
from windowsill.protocol import Grant
from windowsill.settings import Paths

if TYPE_CHECKING:
    import sqlite3

log = logging.getLogger(__name__)

GRANT_LOCK_SECONDS: Final = 2.0
"""Seconds to wait for another process that is writing grants: it takes milliseconds, and the Host waits with it."""

EVERY_PROFILE: Final = "*"
OPAQUE_ORIGIN: Final = "null"

SCHEMA: Final = 1
"""In ``user_version``; a store of a later version is left alone."""

CREATE: Final = (
    "CREATE TABLE seal (sealed BLOB NOT NULL)",
    # Without rowids no row tells when it came.
    "CREATE TABLE grants (id BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID",
    f"PRAGMA user_version = {SCHEMA}",
)
SEAL_PLACE: Final = b"the store's own seal"
"""Where the row is sealed that tells another key's store from an empty one."""

T = TypeVar("T")


class GrantStoreError(OSError):
    """The store cannot be read or written now; what it holds is as it was."""


class DamagedStore(GrantStoreError):
    """The store holds what we did not seal."""


class GrantStore:
    """Opens nothing until first use. For any thread. Every method may raise OSError and wait GRANT_LOCK_SECONDS."""

    def __init__(self, where: Paths) -> None:
        self._where = where
        self._file = where.grants_file
        self._seal: Seal | None = None
        self._writing = threading.Lock()

    def get(self, profile: str, origin: str) -> Grant | None:
        """The answer for this profile, else the one for every profile; None: the origin has to ask."""
        return self._read(lambda table: table.find(profile, origin) or table.find(EVERY_PROFILE, origin), nothing=None)

    def put(self, profile: str, origin: str, state: Literal["allow", "block"]) -> None:
        """Remember an answer in place of the one before. Raises ValueError for an opaque origin: it names nobody."""
        if origin == OPAQUE_ORIGIN:
            raise ValueError("an opaque origin cannot be granted anything")
        grant = Grant(profile=profile, origin=origin, state=state, since=time.time())
        self._write(lambda table: table.put(grant))

    def remove(self, origin: str, profile: str | None = None) -> int:
        """Forget the answers for an origin in one profile, or in all (None). Returns how many there were."""

        def remove(table: _Table) -> int:
            gone = [grant for grant in table.all() if grant.origin == origin and profile in (None, grant.profile)]
            for grant in gone:
                table.remove(grant)
            return len(gone)

        return self._write(remove) if self._file.exists() else 0

    def list(self, profile: str | None = None) -> tuple[Grant, ...]:
        """The answers kept for one profile (not those for every profile), or all (None), by origin."""
        none: tuple[Grant, ...] = ()
        grants = self._read(lambda table: table.all(), nothing=none)
        chosen = (grant for grant in grants if profile in (None, grant.profile))
        return tuple(sorted(chosen, key=lambda grant: (grant.origin, grant.profile)))

    def notice(self) -> str | None:
        """What the user has to know about the store: damaged ones that were set aside and are still there."""
        aside = sorted(self._file.parent.glob(f"{self._file.name}.damaged-*[0-9]"))
        if not aside:
            return None
        names = ", ".join(str(path) for path in aside)
        return f"Remembered answers could not be trusted, so sites ask again. They are set aside; remove them: {names}"

    def close(self) -> None:
        """Forget the key."""
        self._seal = None

    def _read(self, look: Callable[[_Table], T], *, nothing: T) -> T:
        def read() -> T:
            if not self._file.exists():
                return nothing
            with self._table("BEGIN") as table:
                return look(table) if table.begun() else nothing

        return self._mending(read)

    def _write(self, change: Callable[[_Table], T]) -> T:
        def write() -> T:
            with self._turn():
                _create_private(self._file)
                with self._table("BEGIN IMMEDIATE") as table:
                    if not table.begun():
                        table.begin()
                    return change(table)

        return self._mending(write)

    def _mending(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except DamagedStore:
            self._set_aside_if_damaged()
            return work()

    def _set_aside_if_damaged(self) -> None:
        """Look again, with a fresh key, once nobody else is at it: another process may have mended the store."""
        with self._turn():
            self._seal = None
            if not self._file.exists():
                return
            try:
                with self._table("BEGIN") as table:
                    if table.begun():
                        table.all()
            except DamagedStore as damage:
                log.error("%s; it is kept as %s, and every site has to ask again", damage, self._move_aside())

    def _move_aside(self) -> Path:
        """A journal may stay behind: SQLite never plays one into an empty file, which is what comes next."""
        name = self._file.name
        aside = next(path for n in count(1) if not (path := self._file.with_name(f"{name}.damaged-{n}")).exists())
        self._file.replace(aside)
        return aside

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One writer at a time, here and elsewhere. SQLite's lock on an empty file ends with its process."""
        claim_folder(self._where.data)
        path = self._file.with_name(f"{self._file.name}.lock")
        with self._writing:
            _create_private(path)
            with _connected(path) as connection:
                connection.execute("BEGIN EXCLUSIVE")
                yield

    @contextmanager
    def _table(self, begin: Literal["BEGIN", "BEGIN IMMEDIATE"]) -> Iterator[_Table]:
        """One transaction: all of it, or nothing."""
        seal = self._seal or Seal(grant_key.load(self._where))
        self._seal = seal
        with _connected(self._file) as connection:
            connection.execute("PRAGMA secure_delete = ON")  # a site that was forgotten leaves no sealed row
            connection.execute(begin)
            yield _Table(self._file, connection, seal)
            connection.execute("COMMIT")


class _Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a row seals."""

    profile: str
    origin: str
    state: Literal["allow", "block"]
    since: float


class _Table:
    """The rows, opened, inside one transaction. Everything raises DamagedStore for what we did not seal, and
    GrantStoreError for what another version of us did."""

    def __init__(self, file: Path, connection: sqlite3.Connection, seal: Seal) -> None:
        self._file = file
        self._connection = connection
        self._seal = seal

    def begun(self) -> bool:
        """Whether the store was ever written, and if so, under this key."""
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA:
            raise GrantStoreError(f"{self._file} was written by a later version of Windowsill; update this one")
        if not version and not self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return False
        seals = self._connection.execute("SELECT sealed FROM seal").fetchall()
        if len(seals) != 1:
            raise DamagedStore(f"{self._file} has lost its seal")
        self._open(seals[0][0], SEAL_PLACE)
        return True

    def begin(self) -> None:
        for statement in CREATE:
            self._connection.execute(statement)
        self._connection.execute("INSERT INTO seal VALUES (?)", (self._seal.close(b"", SEAL_PLACE),))

    def find(self, profile: str, origin: str) -> Grant | None:
        place = self._seal.row_id(profile, origin)
        row = self._connection.execute("SELECT sealed FROM grants WHERE id = ?", (place,)).fetchone()
        return self._grant(row[0], place) if row else None

    def all(self) -> tuple[Grant, ...]:
        rows = self._connection.execute("SELECT sealed, id FROM grants")
        return tuple(self._grant(sealed, place) for sealed, place in rows)

    def put(self, grant: Grant) -> None:
        place = self._seal.row_id(grant.profile, grant.origin)
        sealed = self._seal.close(msgspec.json.encode(msgspec.structs.asdict(grant)), place)
        self._connection.execute("INSERT OR REPLACE INTO grants VALUES (?, ?)", (place, sealed))

    def remove(self, grant: Grant) -> None:
        self._connection.execute("DELETE FROM grants WHERE id = ?", (self._seal.row_id(grant.profile, grant.origin),))

    def _grant(self, sealed: object, place: object) -> Grant:
        content = self._open(sealed, place)
        try:
            record = msgspec.json.decode(content, type=_Record)
        except msgspec.DecodeError as error:
            raise GrantStoreError(f"{self._file} holds an answer that this version cannot read: {error}") from error
        return Grant(profile=record.profile, origin=record.origin, state=record.state, since=record.since)

    def _open(self, sealed: object, place: object) -> bytes:
        if not isinstance(sealed, bytes) or not isinstance(place, bytes):
            raise DamagedStore(f"{self._file} holds what is no row of ours")
        try:
            return self._seal.open(sealed, place)
        except SealBroken as error:
            raise DamagedStore(f"{self._file} was changed, or sealed with another key") from error


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a file that exists, in which what SQLite raises is one of our errors."""
    # Costs 20 ms: a Host that never meets a grant does without.
    import sqlite3

    try:
        connection = sqlite3.connect(
            f"{path.as_uri()}?mode=rw", uri=True, timeout=GRANT_LOCK_SECONDS, isolation_level=None
        )
        connection.text_factory = bytes
        with closing(connection):
            yield connection
    except sqlite3.DatabaseError as error:
        # Our statements are fixed, so SQLITE_ERROR means that a table is not as we made it.
        damage = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
        kind = DamagedStore if error.sqlite_errorcode & 0xFF in damage else GrantStoreError
        raise kind(f"{path}: {error}") from error


def _create_private(path: Path) -> None:
    """Make an empty file that only this user can open, unless there is one."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
