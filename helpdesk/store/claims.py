"""Claims: whose a row of the spool or the outbox is while it is worked or sent, and when it is anybody's again.

A claim names its owner, which is one start of one process. Nobody asks who else is there, because no answer stays true
(a connection is dropped, PostgreSQL restarts, a pooler stands between):

* On PostgreSQL a claim runs out by the database's own clock, whatever the clocks of its daemons say. Its owner renews
  what it holds (`Keeper`); what nobody renews is free after `LEASE`.
* An SQLite file is worked by one process at a time (`WorkLock`), so a claim of another owner is a dead one's, and time
  is not asked at all.

Starting frees nothing that lives. Who was frozen may find that a row is another's now: so it is checked, in the
statement that changes it, that it is still held, right before what cannot be undone.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from helpdesk.errors import Unavailable
from helpdesk.store.dialect import skip_locked
from helpdesk.store.private_file import private

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from io import FileIO

    from helpdesk.store.engine import Database
    from helpdesk.store.owner import Owner

LEASE = timedelta(seconds=30)  # how long a claim lasts that nobody renews
RENEWAL = LEASE / 3  # how often its owner does
_BETWEEN_LOOKS = 0.05  # seconds
FREED: Mapping[str, Any] = {"claimed_by": None, "claimed_until": None}


def taken(dialect_name: str) -> dict[str, Any]:
    """The values that make a row somebody's for a while: whose, the statement is told as `owner`."""
    return {"claimed_by": sa.bindparam("owner"), "claimed_until": until(dialect_name, LEASE)}


def until(dialect_name: str, lease: timedelta) -> sa.ColumnElement[Any]:
    """The end of a claim that begins now, by the database's clock. SQLite's claims have none."""
    if dialect_name == "sqlite":
        return sa.null()
    # Not now(), which is when the transaction began and may have waited for a lock since.
    return _now() + sa.literal(lease, sa.Interval())


def _now() -> sa.ColumnElement[Any]:
    return sa.func.clock_timestamp(type_=sa.DateTime(timezone=True))


def run_out(table: sa.Table, dialect_name: str, *, known: Collection[int] | None = None) -> sa.ColumnElement[bool]:
    """Somebody held the row and holds it no longer, without having let go of it; who asks is told as `owner`.

    `known`: all that the owner knows to hold. Where no time ends a claim, one of its own that it has forgotten is over.
    """
    claimed = table.c.claimed_by.is_not(None)
    if dialect_name == "sqlite":
        others = table.c.claimed_by != sa.bindparam("owner", type_=table.c.claimed_by.type)
        return sa.and_(claimed, others if known is None else sa.or_(others, table.c.id.not_in(known)))
    return sa.and_(claimed, sa.or_(table.c.claimed_until.is_(None), table.c.claimed_until < _now()))


def held_by(table: sa.Table, owner: Owner) -> sa.ColumnElement[bool]:
    """The row is this owner's, even past its time as long as nobody else took it."""
    return table.c.claimed_by == owner.name


def renew(connection: sa.Connection, table: sa.Table, owner: Owner, ids: Collection[int]) -> None:
    """Let claims last another while, those that are still this owner's. A longer one is not made shorter."""
    if connection.dialect.name == "sqlite" or not ids:
        return
    # What is being changed this very moment is left out: waiting for it could end in a deadlock.
    ours = skip_locked(sa.select(table.c.id).where(table.c.id.in_(list(ids)), held_by(table, owner)))
    later = sa.func.greatest(table.c.claimed_until, until(connection.dialect.name, LEASE))
    statement = sa.update(table).where(table.c.id.in_(ours.scalar_subquery())).values(claimed_until=later)
    connection.execute(statement)


class Keeper:
    """What this process holds just now, so that it can be renewed. Safe to use from every thread.

    It is told before the claim is committed. A claim that it does not know is not renewed and so comes to its end.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._held: dict[sa.Table, set[int]] = {}

    def hold(self, table: sa.Table, ids: Collection[int]) -> None:
        """Renew the claims on these rows from now on."""
        with self._lock:
            self._held.setdefault(table, set()).update(ids)

    def let_go(self, table: sa.Table, ids: Collection[int]) -> None:
        """Renew these claims no more: the rows are done, or another's."""
        with self._lock:
            self._held.get(table, set()).difference_update(ids)

    def held(self, table: sa.Table) -> set[int]:
        """Those of this table that are held."""
        with self._lock:
            return set(self._held.get(table, ()))

    def renew(self) -> None:
        """Renew all of them once; to be called every `RENEWAL`."""
        with self._lock:
            held = {table: set(ids) for table, ids in self._held.items() if ids}
        if held and not self._database.embedded:
            with self._database.write() as connection:
                for table, ids in held.items():
                    renew(connection, table, self._database.owner, ids)


class Occupied(Unavailable):
    """Another process works this SQLite file."""


class WorkLock:
    """The right to work an embedded database: one process has it, until it ends in whatever way.

    PostgreSQL is worked by as many as like; there, and in memory, it is always given.
    """

    def __init__(self, database: Database) -> None:
        self._path = _lock_file(database)
        self._file: FileIO | None = None

    def take(self, *, patience: timedelta = timedelta()) -> None:
        """Have it until `leave`, and ask again for so long.

        Raises Occupied that names who has it, Unavailable where it cannot be asked for.
        """
        if not self._path or self._file is not None:
            return
        try:
            # Its owner's alone: who could open it could hold it.
            file = open(self._path, "a+b", buffering=0, opener=private)  # noqa: SIM115 - open until `leave`
        except OSError as failed:
            raise Unavailable(f"database: cannot write {self._path}: {failed.strerror}") from None
        if not _locked(file, patience):
            with file:
                raise Occupied(_occupied(self._path, file))
        self._file = file
        with contextlib.suppress(OSError):  # on a full disk the lock holds all the same, only without a name
            file.truncate(0)
            file.write(f"process {os.getpid()} on {socket.gethostname()}, since {_wall_clock()}\n".encode())

    def is_taken(self) -> bool | None:
        """Whether another process has it; None where nobody here knows: of PostgreSQL, of a file that is others'."""
        if not self._path:
            return None
        try:
            with open(self._path, "rb", buffering=0) as file:  # noqa: PTH123 - as above
                return not _locked(file, timedelta())
        except FileNotFoundError:
            return False
        except OSError:
            return None

    def holder(self) -> int | None:
        """The number of the process on this host that had it last; None where that is not known."""
        with contextlib.suppress(OSError, ValueError):
            # As `take` wrote it.
            words = Path(self._path).read_text(encoding="utf-8").split()
            if words[3:4] == [f"{socket.gethostname()},"]:
                return int(words[1])
        return None

    def leave(self) -> None:
        """Give the lock back: another may have it."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _lock_file(database: Database) -> str:
    """Beside the database, not the file itself: closing that would drop the locks that SQLite holds on it."""
    file = database.url.database
    if not database.embedded or file in {None, "", ":memory:"}:
        return ""
    return f"{os.path.realpath(str(file))}-daemons"


def _locked(file: FileIO, patience: timedelta) -> bool:
    ends = time.monotonic() + patience.total_seconds()
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= ends:
                return False
            time.sleep(_BETWEEN_LOOKS)
        else:
            return True


def _occupied(path: str, file: FileIO) -> str:
    file.seek(0)
    who = file.read(300).decode("utf-8", "replace").strip() or "another daemon"
    database = path.removesuffix("-daemons")
    return f"database: {database} is worked by {who}; an SQLite file is one process's, several share a PostgreSQL"


def _wall_clock() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"  # for people to read, nothing is reckoned by it
