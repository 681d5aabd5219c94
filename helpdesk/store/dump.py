"""Every row of the database as values that JSON holds, out and in, the bytes of mails beside them.

What triggers keep is left out, for they make it anew, and so is who works a row just now, or is signed in. Unsent mail
comes out held back: the desk it came from may send it, and another one must not by itself (fault D08).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from helpdesk.store.claims import FREED
from helpdesk.store.engine import Instant
from helpdesk.store.tables import case_count, cases, metadata, outbox, sign_in, spool, to_index, web_session

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_AT_A_TIME = 200  # rows in memory
_LEFT_OUT = (case_count, to_index, sign_in, web_session)
_TABLES = {table.name: table for table in metadata.sorted_tables if table not in _LEFT_OUT}
_HELD_BACK = {"state": "held", "next_at": None}


class DumpedRow(NamedTuple):
    """A row of a table; `raw` are the bytes of its mail, where it has some."""

    table: str
    values: dict[str, Any]
    raw: bytes | None


def rows(connection: sa.Connection) -> Iterator[DumpedRow]:
    """All of them, those first that others refer to, in the order of their keys."""
    for table in _TABLES.values():
        # A copy may have come before the mail that it was folded into.
        later = [spool.c.copy_of.is_not(None)] if table is spool else []
        query = sa.select(table).order_by(*later, *table.primary_key.columns)
        for row in connection.execute(query.execution_options(yield_per=_AT_A_TIME)).mappings():
            yield _dumped(table, dict(row))


def count(connection: sa.Connection) -> int:
    """How many rows there are to dump."""
    return sum(connection.execute(sa.select(sa.func.count()).select_from(one)).scalar_one() for one in _TABLES.values())


def _dumped(table: sa.Table, row: dict[str, Any]) -> DumpedRow:
    values = {key: _plain(value) for key, value in row.items()}
    raw = values.pop("raw", None)
    values |= {key: value for key, value in FREED.items() if key in values}
    if table is outbox and values["next_at"] is not None:
        values |= _HELD_BACK
    return DumpedRow(table.name, values, bytes(raw) if raw is not None else None)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def is_empty(connection: sa.Connection) -> bool:
    """Whether no mail has come and none was written, and there is no case."""
    return not any(connection.execute(sa.select(one.c.id).limit(1)).first() for one in (cases, spool, outbox))


def clear(connection: sa.Connection) -> None:
    """Take away what a desk writes down at its first start, before any mail."""
    for table in reversed(_TABLES.values()):
        connection.execute(sa.delete(table))


def insert(connection: sa.Connection, table: str, dumped: Sequence[DumpedRow]) -> None:
    """Put rows of one table in. Raises KeyError for a table or a column that is not known here."""
    into = _TABLES[table]
    instants = {column.key for column in into.c if isinstance(column.type, Instant)}
    values = [
        {key: _held(value, instant=key in instants) for key, value in row.values.items()}
        | ({"raw": row.raw} if "raw" in into.c else {})
        for row in dumped
    ]
    if unknown := {key for row in values for key in row} - set(into.c.keys()):
        raise KeyError(f"{table}.{min(unknown)}")
    connection.execute(sa.insert(into), values)


def _held(value: Any, *, instant: bool) -> Any:
    return datetime.fromisoformat(value) if instant and value is not None else value


def go_on_counting(connection: sa.Connection) -> None:
    """The next row of each table gets the number behind the last one; SQLite does so by itself."""
    if connection.dialect.name == "sqlite":
        return
    for table in _TABLES.values():
        if "id" in table.c:
            last = sa.select(sa.func.coalesce(sa.func.max(table.c.id), 1)).scalar_subquery()
            used = sa.select(sa.func.count(table.c.id) > 0).scalar_subquery()
            connection.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, "id"), last, used)))
