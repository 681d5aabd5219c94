"""Bring the database to the schema of this version, or say what is missing.

A revision is the number that the file of its migration begins with, each after the one before: what a database is at
needs no more than a look. An empty one is given the tables of the code, which are those that all migrations make;
Alembic is loaded where there is something to migrate.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.errors import Unavailable
from helpdesk.plural import plural
from helpdesk.shipped import shipped
from helpdesk.store import search_remains
from helpdesk.store.tables import metadata
from helpdesk.store.writable import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.config import Config

    from helpdesk.store.engine import Database

# Alembic's own table, as it would make it.
_VERSION = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
_LOCK = 7_211_309_004  # any number that is ours: two daemons must not migrate one PostgreSQL at once


def upgrade(database: Database, revision: str = "head") -> None:
    """Run every migration up to `revision`, and fit the index of words to the SQLite of now.

    Raises Unavailable when the database cannot be reached, or is at a revision that this version does not know.
    """
    there = current(database)
    if there is not None and there not in _revisions():
        raise Unavailable(f"database: {doubt(database)}")
    if revision == "head" and there is None:
        _create(database)
        there = current(database)
    if there != head() or revision not in {"head", there}:
        _migrate(database, revision)
    if revision == "head":
        search_remains.fit_to_library(database)


def _create(database: Database) -> None:
    """All tables of this version at once, where there are none: to load Alembic takes six times as long, and 8 MiB."""
    with _connected(database) as connection, _unhurried(connection):
        _alone(connection)
        if not sa.inspect(connection).get_table_names():
            metadata.create_all(connection)
            _VERSION.create(connection)
            connection.execute(_VERSION.insert().values(version_num=head()))
        connection.commit()
        _check_references(connection)


def _migrate(database: Database, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - see the module's promise

    with _connected(database) as connection, _unhurried(connection):
        _alone(connection)
        _unguarded(connection)
        command.upgrade(_config(connection), revision)
        connection.commit()
        _check_references(connection)


def downgrade(database: Database, revision: str) -> None:
    """Run migrations backwards to `revision`; for tests and for people who know why."""
    from alembic import command  # noqa: PLC0415 - see the module's promise

    with _connected(database) as connection, _unhurried(connection):
        _unguarded(connection)
        command.downgrade(_config(connection), revision)
        connection.commit()


def current(database: Database) -> str | None:
    """The revision the database is at; None for an empty one."""
    with _connected(database) as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.select(_VERSION.c.version_num)).scalar()


def doubt(database: Database) -> str:
    """Why the database cannot be used as it is, and what to do; "" where it has this version's schema."""
    revision, needed = current(database), head()
    if revision == needed:
        return ""
    if revision is None:
        others = _tables(database)
        if not others:
            return EMPTY
        return f"it has no tables of the desk's, and others ({_some(others)}); is it the right one? {_PUT_BESIDE}"
    if revision not in _revisions():
        return (
            f"it is at revision {revision}, which this version does not know (it needs {needed}): "
            "another program wrote it, or a newer helpdesk; start that one, or name another database in [database] url"
        )
    return f"it is at revision {revision}, this version needs {needed}; run: helpdesk db upgrade"


EMPTY = "empty yet; helpdesk serve makes the tables, or run: helpdesk db upgrade"
_PUT_BESIDE = "helpdesk db upgrade puts the desk's beside them"


def _revisions() -> list[str]:
    """Every revision that this version knows, in order."""
    return sorted(file.name.partition("_")[0] for file in shipped("migrations").glob("versions/[0-9]*.py"))


def _tables(database: Database) -> list[str]:
    with _connected(database) as connection:
        return sorted(set(sa.inspect(connection).get_table_names()) - {"alembic_version"})


def _some(names: list[str]) -> str:
    return ", ".join((*names[:3], *(["..."] if len(names) > 3 else [])))


def head() -> str:
    """The newest revision that this version knows."""
    if not (known := _revisions()):
        raise Unavailable("the shipped migrations are missing: the installation is broken")
    return known[-1]


def differences(database: Database) -> list[str]:
    """What the tables of the code and of the database disagree on; empty when they are the same."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - only tests and `check` ask
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    from helpdesk.store.search_tables import INDEX  # noqa: PLC0415

    def known(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or not str(name).startswith(INDEX)  # no tables of SQLAlchemy's

    with _connected(database) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": known})
        return [str(difference) for difference in compare_metadata(context, metadata)]


def _connected(database: Database) -> sa.Connection:
    try:
        return database.engine.connect()
    except sa.exc.DatabaseError as problem:  # also: it is no database
        raise Unavailable(f"database: {in_words(database, problem)}") from None


def _config(connection: sa.Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415 - see the module's promise

    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _unhurried(connection: sa.Connection) -> Iterator[None]:
    """Without the end that statements have at work: a migration may copy all mail, and wait for another daemon's."""
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.execute(sa.text("SET statement_timeout = 0"))
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(sa.text("RESET statement_timeout"))
        connection.commit()


def _alone(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        connection.commit()


def _unguarded(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        _pragma(connection, "foreign_keys=OFF")


def _pragma(connection: sa.Connection, pragma: str) -> None:
    # Foreign keys cannot be switched inside a transaction, and SQLAlchemy begins one with the first statement.
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _check_references(connection: sa.Connection) -> None:
    if connection.dialect.name != "sqlite":
        connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
        connection.commit()
        return
    _pragma(connection, "foreign_keys=ON")
    broken = connection.execute(sa.text("PRAGMA foreign_key_check")).all()
    connection.rollback()
    if broken:
        rows = plural(len(broken), "row that points", "rows that point")
        raise Unavailable(f"the migration left {rows} nowhere; restore the backup")
