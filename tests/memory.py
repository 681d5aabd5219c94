"""Databases in memory that are handed out again and again: a new engine would compile every statement anew."""

from __future__ import annotations

from helpdesk.store.engine import Database
from helpdesk.store.tables import metadata

_EMPTIES = "".join(f'DELETE FROM "{table.name}";' for table in reversed(metadata.sorted_tables))
_free: list[Database] = []
_lent: list[Database] = []


def in_memory() -> Database:
    """An empty database, until the test ends. Nobody may close it."""
    database = _free.pop() if _free else _made()
    _lent.append(database)
    return database


def take_back() -> None:
    """Empty all that were handed out."""
    while _lent:
        database = _lent.pop()
        empty(database)
        _free.append(database)


def empty(database: Database) -> None:
    """SQLite numbers an empty table from one again."""
    connection = database.engine.raw_connection()
    connection.driver_connection.executescript(_EMPTIES)
    connection.close()


def _made() -> Database:
    database = Database("sqlite://")
    metadata.create_all(database.engine)
    return database
