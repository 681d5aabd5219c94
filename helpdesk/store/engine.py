"""One database, embedded SQLite or a PostgreSQL that several processes share, behind the same two doors.

`write()` is a transaction that commits durably or not at all: on SQLite `BEGIN IMMEDIATE` in WAL with
`synchronous=FULL`, because a deferred transaction that reads first and then writes fails at once with "database is
locked" (fault D02), and WAL with NORMAL does not flush before it answers (fault S01). `read()` never blocks a
writer. Statement parameters never show in errors (fault P04).
"""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from helpdesk.errors import Unavailable
from helpdesk.store.fair_lock import FairLock
from helpdesk.store.owner import Owner
from helpdesk.store.private_file import make_private
from helpdesk.store.sqlite import library, resets_safely

if TYPE_CHECKING:
    from collections.abc import Iterator

_BUSY = 30_000  # milliseconds to wait for another process's write on SQLite
_TURN = 0.01  # seconds that one who has much to write keeps others waiting: a commit costs a fifth of a mail
_SHORTLY = 2_000  # and for those who read the log, until it can be emptied
# That a connection keeps prepared. The library makes room by giving up the newest, not the oldest: where there are
# more, each mail's would be prepared anew each time, which takes as long as to run them.
_STATEMENTS = 500
_PG_OPTIONS = "-c statement_timeout=30000 -c idle_in_transaction_session_timeout=120000 -c synchronous_commit=on"
_READ_ONLY = "helpdesk_read_only"

# The database is away, locked, full or read-only: no fault of what was to be written, which is to be tried again.
NOT_NOW = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.InternalError, sa.exc.TimeoutError)

Connection = sa.Connection  # what is handed through above `store`, where nobody knows the library


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware UTC instant. Naive datetimes are refused; SQLite keeps them as text in UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Into the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an aware datetime was expected, not {value!r}")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Out of the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """A pool of connections to one database."""

    def __init__(self, url: str) -> None:
        """Open the pool; nothing is connected yet. Raises Unavailable for a URL that names no database we know."""
        self.url = read_url(url)
        self.embedded = self.url.get_backend_name() == "sqlite"
        self.owner = Owner.of_this_process()  # of whatever is claimed through this pool
        self.engine = _sqlite(self.url) if self.embedded else _postgresql(self.url)
        # One writer at a time in this process: SQLite has one anyway, and waiting here is fair and cheap.
        self._writer = FairLock() if self.embedded else None

    def doubt(self) -> str:
        """What is wrong with the database's library itself, in words; `""` where nothing is."""
        version = library().sqlite_version_info
        if not self.embedded or resets_safely(version):
            return ""
        return (
            f"SQLite {'.'.join(map(str, version))} can damage its file when two processes write: "
            "install pysqlite3, or use PostgreSQL"
        )

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that is on disk when the block ends, or never was."""
        if self._writer is None:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._writer, self.engine.begin() as connection:
            yield connection

    @property
    def awaited(self) -> bool:
        """Whether another thread waits for the one writer."""
        return self._writer is not None and self._writer.awaited

    def is_due(self, began: float) -> bool:
        """Whether another thread's turn at the one writer has come, which ours has had since `began` (monotonic)."""
        return self.awaited and time.monotonic() - began >= _TURN

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A read-only snapshot, which blocks no writer."""
        with self.engine.connect() as connection:
            options = {} if self.embedded else {"isolation_level": "REPEATABLE READ"}
            yield connection.execution_options(**{_READ_ONLY: True}, **options)

    def forget_log(self) -> None:
        """Bring the embedded database's log into its file and empty it, so that it holds nothing that was erased.

        What others are reading just now stays until the next time: mail waits for this.
        """
        if self.embedded:
            with self.engine.connect() as connection:
                cursor = connection.connection.cursor()
                cursor.execute(f"PRAGMA busy_timeout={_SHORTLY}")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                cursor.execute(f"PRAGMA busy_timeout={_BUSY}")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def read_url(text: str) -> sa.URL:
    """A database's URL. Raises Unavailable that says what was expected."""
    try:
        url = sa.make_url(text)
    except sa.exc.ArgumentError:
        raise Unavailable("database.url: expected sqlite:///FILE or postgresql+psycopg://...") from None
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise Unavailable(f"database.url: expected sqlite or postgresql, not {url.get_backend_name()}")
    return url.set(drivername="postgresql+psycopg") if url.get_backend_name() == "postgresql" else url


def _sqlite(url: sa.URL) -> sa.Engine:
    # Without a file name the database lives in memory, and only as long as its one connection (the laboratory).
    in_memory = url.database in {None, "", ":memory:"}
    # The connection that was used last knows best what is there: any other reads all pages anew once it has written.
    pool: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {"pool_use_lifo": True}
    arguments = {"check_same_thread": False, "cached_statements": _STATEMENTS}
    engine = sa.create_engine(url, module=library(), hide_parameters=True, connect_args=arguments, **pool)
    if url.database and not in_memory and not url.database.startswith("file:"):
        sa.event.listen(engine, "do_connect", partial(_make_file, Path(url.database)))
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_file(file: Path, *_: Any) -> None:
    with suppress(OSError):  # which SQLite will say, too
        make_private(file)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see `_begin_sqlite`
    # What is erased is overwritten. From the beginning on: a page that is split or moved leaves copies of mail behind.
    erasing = "secure_delete=ON"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", erasing, f"busy_timeout={_BUSY}"):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("casefold", 1, str.lower, deterministic=True)  # see `dialect.folded`


def _begin_sqlite(connection: sa.Connection) -> None:
    read_only = connection.get_execution_options().get(_READ_ONLY)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _postgresql(url: sa.URL) -> sa.Engine:
    arguments = {"options": _PG_OPTIONS, "connect_timeout": 10}
    engine = sa.create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=arguments)
    sa.event.listen(engine, "handle_error", _only_first_line)
    return engine


def _only_first_line(context: sa.engine.ExceptionContext) -> None:
    first_line_only(context.original_exception, context.sqlalchemy_exception)


def first_line_only(*errors: BaseException | None) -> None:
    """PostgreSQL's DETAIL repeats the row that it refuses, mail and all, and would go into the log and into alerts."""
    for error in errors:
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\n")[0], *error.args[1:])
