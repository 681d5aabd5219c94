"""The few places where the two databases speak differently."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from datetime import datetime


@lru_cache
def insert_ignoring(dialect_name: str, table: sa.Table) -> Any:
    """An INSERT that skips rows which a unique key refuses; with RETURNING it returns only the new ones."""
    return _insert(dialect_name, table).on_conflict_do_nothing()


@lru_cache
def insert_replacing(dialect_name: str, table: sa.Table) -> Any:
    """An INSERT that writes over a row with the same primary key."""
    insert = _insert(dialect_name, table)
    others = {column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key}
    return insert.on_conflict_do_update(index_elements=table.primary_key, set_=others)


def _insert(dialect_name: str, table: sa.Table) -> Any:
    return import_module(f"sqlalchemy.dialects.{dialect_name}").insert(table)  # what the other speaks is never loaded


def skip_locked(query: sa.Select[Any]) -> sa.Select[Any]:
    """Rows that another process holds are left to it. SQLite has one writer, and is asked without these words."""
    return query.with_for_update(skip_locked=True)


def locked(query: sa.Select[Any], *, referable: bool = False) -> sa.Select[Any]:
    """Rows that nobody else changes until the commit; a row that another holds is waited for. Of SQLite as above.

    `referable`: as firmly as an UPDATE holds them, so that rows which refer to them may be written.
    """
    return query.with_for_update(key_share=referable)


def write_alone(connection: sa.Connection, table: sa.Table) -> None:
    """Nobody else writes into that table until the commit. SQLite has one writer, and needs no such words."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE")


def wait_at_most(connection: sa.Connection, seconds: int) -> None:
    """How long this transaction waits for a row that another holds. On SQLite a writer waits for no row."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{seconds}s'")


def unhurried(connection: sa.Connection) -> None:
    """Let this transaction's statements take as long as they need, such as one that reads all mail."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def hour_of(connection: sa.Connection, column: sa.Column[datetime]) -> sa.ColumnElement[str]:
    """The UTC hour that an instant lies in, as ISO 8601 without an offset."""
    if connection.dialect.name == "sqlite":
        return sa.func.strftime("%Y-%m-%dT%H:00:00", column)
    return sa.func.to_char(sa.func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24":00:00"')


def folded(connection: sa.Connection, text: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """A text without the difference of capitals, in every script."""
    # SQLite's own `lower` knows ASCII alone; `helpdesk.store.engine` gives it Python's.
    return sa.func.casefold(text) if connection.dialect.name == "sqlite" else sa.func.lower(text)
