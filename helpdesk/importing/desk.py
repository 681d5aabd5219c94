"""A desk in its own shape, as `export --all` writes it, into an empty one: all of it or nothing."""

from __future__ import annotations

import hashlib
import json
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from helpdesk.archive import read_inside
from helpdesk.errors import NotFound, Unavailable
from helpdesk.report.whole import SHAPE
from helpdesk.store import dump
from helpdesk.store.dump import DumpedRow
from helpdesk.store.migrate import head

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import IO

    from helpdesk.store.engine import Database

_AT_A_TIME = 200  # rows in memory, with the bytes of their mails


def is_whole_desk(file: Path) -> bool:
    """Whether a file is one that `export --all` wrote. Raises NotFound for none that can be read."""
    try:
        with file.open(encoding="utf-8") as lines:
            first = json.loads(lines.readline())
    except OSError as problem:
        raise NotFound(f"{file}: expected a readable file: {problem.strerror}") from None
    except (ValueError, RecursionError):  # no JSON, or no UTF-8: who reads it as cases says so
        return False
    return isinstance(first, dict) and "shape" in first


def import_desk(database: Database, file: Path, advance: Callable[[int], None]) -> int:
    """Put everything in; returns how many rows. Raises Unavailable, and NotFound for what is not in its folder."""
    with file.open(encoding="utf-8") as lines:
        _expect(json.loads(lines.readline()))
        with database.write() as connection:
            if not dump.is_empty(connection):
                raise Unavailable("import-cases: a whole desk goes into an empty one; here are mails or cases already")
            dump.clear(connection)
            done = 0
            rows = _rows(file, lines)
            for table, of_table in groupby(rows, key=lambda row: row.table):
                while batch := list(islice(of_table, _AT_A_TIME)):
                    _insert(connection, table, batch, file)
                    done += len(batch)
                    advance(len(batch))
            dump.go_on_counting(connection)
    return done


def _expect(first: dict[str, Any]) -> None:
    if first.get("shape") != SHAPE:
        raise Unavailable(f"import-cases: expected the shape {SHAPE!r}, not {first.get('shape')!r}")
    if first.get("revision") != head():
        raise Unavailable(
            f"import-cases: the export is of database revision {first.get('revision')}, this version has {head()}: "
            "import it with the version that wrote it, then upgrade"
        )


def _rows(file: Path, lines: IO[str]) -> Iterator[DumpedRow]:
    for number, line in enumerate(lines, start=2):
        try:
            shape = json.loads(line)
            table, row, name = shape["table"], dict(shape["row"]), shape.get("file")
        except (ValueError, KeyError, TypeError):
            raise NotFound(f"{file}:{number}: expected a row as `export --all` writes it") from None
        raw = read_inside(file.parent, name) if name is not None else None
        if raw is not None and hashlib.sha256(raw).hexdigest() != shape.get("sha256"):
            raise NotFound(f"{file}:{number}: {name} is not what was exported: its digest differs")
        yield DumpedRow(table, row, raw)


def _insert(connection: Any, table: str, batch: list[DumpedRow], file: Path) -> None:
    try:
        dump.insert(connection, table, batch)
    except KeyError as unknown:
        raise NotFound(f"{file}: this version knows no {unknown.args[0]}") from None
