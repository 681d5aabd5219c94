"""Statements that every mail asks for: SQLAlchemy writes them down once for each database, and the driver runs them.

With what SQLAlchemy does for a statement each time, its cache included, one takes several times as long as SQLite takes
to answer it. Values and rows go through the same types, and errors are SQLAlchemy's. For what is not asked for with
every mail, its own `execute` is there.
"""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from helpdesk.store.engine import Instant, first_line_only

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class _Written:
    """A statement in the words of one database."""

    text: str
    by_name: bool  # how it takes its values; else by position
    into: Sequence[tuple[str, Callable[[Any], Any] | None]]  # their names, and how they become what the driver takes
    fixed: Mapping[str, Any]  # values that the statement itself has
    out: Callable[[Sequence[Any]], Any]  # a row of the driver's into one with names

    def values(self, given: Mapping[str, Any]) -> Any:
        """As the driver takes them."""
        if self.fixed:
            given = {**self.fixed, **given}
        if self.by_name:
            return {name: given[name] if process is None else process(given[name]) for name, process in self.into}
        return [given[name] if process is None else process(given[name]) for name, process in self.into]


def one_of(column: sa.Column[str], values: Collection[str]) -> sa.ColumnElement[bool]:
    """Whether it is one of a few that are known beforehand. SQLAlchemy writes an IN of plain values anew each time."""
    return column.in_([sa.bindparam(None, value, type_=column.type) for value in values])


def at_most(number: int) -> sa.ColumnElement[int]:
    """A LIMIT that stands in the statement itself.

    SQLite plans a statement anew each time that it is given one as a value; PostgreSQL's generic plan for one reads the
    whole table.
    """
    return sa.literal_column(str(number), sa.Integer)


class Prepared:
    """One statement. `sets`: the columns that an INSERT or UPDATE is given values for."""

    def __init__(self, statement: Any | Callable[[str], Any], *, sets: Sequence[str] = ()) -> None:
        """`statement` may be a function of the dialect's name, where the two databases are told different things."""
        self._statement = statement
        self._sets = list(sets)
        self._written: dict[str, _Written] = {}

    def rows(self, connection: sa.Connection, **values: Any) -> list[Any]:
        """What it finds, or returns."""
        written = self._in_words_of(connection)
        found = _run(connection, written.text, "execute", written.values(values), lambda cursor: cursor.fetchall())
        return [written.out(row) for row in found]

    def change(self, connection: sa.Connection, **values: Any) -> int:
        """How many rows it changed."""
        written = self._in_words_of(connection)
        return int(_run(connection, written.text, "execute", written.values(values), lambda cursor: cursor.rowcount))

    def each(self, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run the statement once with each of these rows."""
        written = self._in_words_of(connection)
        _run(connection, written.text, "executemany", [written.values(row) for row in rows], lambda _: None)

    def _in_words_of(self, connection: sa.Connection) -> _Written:
        name = connection.dialect.name
        written = self._written.get(name)
        if written is None:
            statement = self._statement(name) if callable(self._statement) else self._statement
            self._written[name] = written = _write(statement, connection.dialect, self._sets)
        return written


class PreparedLists:
    """A statement about as many of something as there are: prepared once for each length of its lists.

    Lengths are rounded up to powers of two, and the last value repeated, so that there are few of them.
    """

    def __init__(self, build: Callable[..., Any], **lists: sa.Column[Any]) -> None:
        """`build` makes what `Prepared` takes of each list; none is empty, its values are of a column's type."""
        self._build = build
        self._types = {name: column.type for name, column in lists.items()}
        self._prepared: dict[tuple[int, ...], Prepared] = {}

    def rows(self, connection: sa.Connection, lists: Mapping[str, Collection[Any]], **values: Any) -> list[Any]:
        """What it finds."""
        padded = {name: _padded([*lists[name]]) for name in self._types}
        lengths = tuple(map(len, padded.values()))
        if lengths not in self._prepared:
            self._prepared[lengths] = self._of_lengths(lengths)
        given = {f"{name}{place}": one for name, those in padded.items() for place, one in enumerate(those)}
        return self._prepared[lengths].rows(connection, **given, **values)

    def _of_lengths(self, lengths: tuple[int, ...]) -> Prepared:
        lists = {
            name: [sa.bindparam(f"{name}{place}", type_=kind) for place in range(length)]
            for (name, kind), length in zip(self._types.items(), lengths, strict=True)
        }
        return Prepared(self._build(**lists))


def _padded(values: list[Any]) -> list[Any]:
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))


def _run(connection: sa.Connection, text: str, how: str, values: Any, result: Callable[[Any], Any]) -> Any:
    if not connection.in_transaction():
        connection.begin()  # as the first `execute` does
    cursor = connection.connection.cursor()
    for noted in connection.dispatch.before_cursor_execute:  # who listens to what the database is asked
        noted(connection, cursor, text, values, None, how == "executemany")
    try:
        getattr(cursor, how)(text, values)
        return result(cursor)
    except connection.dialect.loaded_dbapi.Error as problem:
        raise _in_sqlalchemys_words(connection, text, problem, cursor) from problem
    finally:
        cursor.close()


def _write(statement: Any, dialect: sa.Dialect, sets: list[str]) -> _Written:
    compiled = statement.compile(dialect=dialect, column_keys=sets or None)
    names = compiled.positiontup if compiled.positional else list(compiled.binds)
    into = [(name, _into(compiled.binds[name].type, dialect)) for name in names]
    fixed = {name: bound.effective_value for name, bound in compiled.binds.items() if not bound.required}
    return _Written(str(compiled), not compiled.positional, into, fixed, _out(statement, dialect))


def _into(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    return _once(kind, kind.dialect_impl(dialect).bind_processor(dialect))


def _out(statement: Any, dialect: sa.Dialect) -> Callable[[Sequence[Any]], Any]:
    columns = getattr(statement, "exported_columns", ())
    names = [column.key for column in columns]
    row = namedtuple("row", names)  # type: ignore[misc] # noqa: PYI024 - its fields are those that the statement asks for
    kinds = [column.type for column in columns]
    processes = [_once(kind, kind.dialect_impl(dialect).result_processor(dialect, None)) for kind in kinds]
    if not any(processes):
        return row._make
    return lambda values: row._make(
        [value if process is None else process(value) for value, process in zip(values, processes, strict=True)]
    )


def _once(kind: sa.types.TypeEngine[Any], process: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    """Of instants, what was done with the last ones: the rows of a mail have the same few in common."""
    return lru_cache(maxsize=128)(process) if process is not None and isinstance(kind, Instant) else process


def _in_sqlalchemys_words(connection: sa.Connection, text: str, problem: Any, cursor: Any) -> BaseException:
    """The error that `execute` would have raised; a connection that is gone is given up, as it would be."""
    dialect = connection.dialect
    gone = dialect.is_disconnect(problem, connection.connection.dbapi_connection, cursor)
    base = dialect.loaded_dbapi.Error
    raised: BaseException = sa.exc.DBAPIError.instance(
        text, None, problem, base, hide_parameters=True, connection_invalidated=gone, dialect=dialect
    )
    first_line_only(problem, raised)
    if gone:
        connection.invalidate(problem)
    return raised
