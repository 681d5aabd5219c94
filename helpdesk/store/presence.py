"""Who else works on this database: nobody, when a daemon starts again after a crash.

Every daemon holds a shared lock for as long as its process lives; the system drops it however that ends. Whoever
could have it exclusively is alone, so no claim in the database belongs to anybody alive and none need run out. Among
several daemons, the claims of one that died run out by themselves.
"""

from __future__ import annotations

import fcntl
from typing import IO, TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.store.engine import Database

_LOCK = 7_211_309_005  # any number that is ours; the migrations have the one below


class Presence:
    """One daemon's lock."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file: IO[bytes] | None = None  # beside an embedded database
        self._connection: sa.Connection | None = None  # to PostgreSQL: the lock lives as long as it

    def arrive(self, recover: Callable[[], None]) -> None:
        """Be here until `leave`. Where nobody else is, `recover` is called before anybody else can come."""
        if not self._database.embedded:
            self._lock_postgresql(recover)
        elif self._database.url.database not in {None, "", ":memory:"}:
            self._lock_file(f"{self._database.url.database}-daemons", recover)

    def leave(self) -> None:
        """Be gone."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._connection is not None:
            self._connection.invalidate()  # not into the pool: the lock belongs to it
            self._connection.close()
            self._connection = None

    def _lock_file(self, path: str, recover: Callable[[], None]) -> None:
        # Not the database file itself: closing it would drop the locks that SQLite holds on it.
        self._file = file = open(path, "ab")  # noqa: SIM115, PTH123 - open until `leave`
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            recover()
        fcntl.flock(file, fcntl.LOCK_SH)

    def _lock_postgresql(self, recover: Callable[[], None]) -> None:
        self._connection = connection = self._database.engine.connect()
        alone = connection.execute(sa.select(sa.func.pg_try_advisory_lock(_LOCK))).scalar_one()
        if alone:
            recover()
        connection.execute(sa.select(sa.func.pg_advisory_lock_shared(_LOCK)))
        if alone:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK)))
        connection.commit()  # the locks are the session's, not the transaction's
