"""Whether a database can be written to at all, and in words what to do where it cannot.

SQLite itself says "unable to open database file" or "attempt to write a readonly database" for ten different reasons.

The file is never opened here: to close it again would drop the locks that SQLite holds on it for this whole process
(sqlite.org/howtocorrupt.html section 2.2), and another process would take away the log of a daemon that lives.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.store.private_file import BESIDE

if TYPE_CHECKING:
    from helpdesk.store.engine import Database


def hindrance(database: Database) -> str:
    """Why nothing can be written there, and what to do; "" where nothing is in the way. Looks, and changes nothing.

    Raises nothing where a PostgreSQL does not answer: connecting raises that.
    """
    if not database.embedded:
        return _of_server(database)
    name = database.url.database
    return "" if name in {None, "", ":memory:"} else _of_file(Path(str(name)))


def in_words(database: Database, problem: sa.exc.DBAPIError) -> str:
    """What the database said to who connected, and what to do where its words do not tell."""
    said = str(problem.orig).strip()
    if database.embedded and "not a database" in said:
        file = database.url.database
        return f"{file}: expected an SQLite database, and it is another file; name another one in [database] url"
    return said


def _of_file(file: Path) -> str:
    folder = file.parent
    if not folder.is_dir():
        return f"{file}: expected a file in a folder that is there; make {folder}, or correct [database] url"
    if file.is_dir():
        return f"{file}: expected a file, and it is a folder; name a file in [database] url"
    # The folder, too: SQLite keeps its log beside the file.
    for place in (folder, file, *(file.with_name(file.name + ending) for ending in BESIDE)):
        if place.exists() and (fault := _closed(place)):
            return fault
    return ""


def _closed(place: Path) -> str:
    """Why this user cannot write there. Asked of the system, which also knows access lists and mounts."""
    needed = os.R_OK | os.W_OK | (os.X_OK if place.is_dir() else 0)
    if os.access(place, needed):
        return ""
    kind = "folder" if place.is_dir() else "file"
    expected = f"{place}: expected a {kind} that can be written"
    if os.statvfs(place).f_flag & os.ST_RDONLY:
        return f"{expected}, and its file system is read-only; mount it otherwise, or correct [database] url"
    return f"{expected}, and user {os.geteuid()} may not; let that user own it (chown), or start as its owner"


def _of_server(database: Database) -> str:
    try:
        with database.read() as connection:
            read_only = connection.execute(sa.text("SHOW transaction_read_only")).scalar_one() == "on"
    except sa.exc.DBAPIError:
        return ""
    return "it takes no writes (a standby, or default_transaction_read_only); name the primary" if read_only else ""
