"""A consistent copy of the embedded database while it is in use."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from helpdesk.core.errors import Unavailable

if TYPE_CHECKING:
    from pathlib import Path

    from helpdesk.store.engine import Database


def copy_to(database: Database, file: Path) -> None:
    """Copy an embedded database. Raises Unavailable for PostgreSQL, which has its own tool, and for a taken name."""
    if not database.embedded or not database.url.database:
        raise Unavailable("backup: expected an embedded database; PostgreSQL is copied with pg_dump")
    if file.exists():
        raise Unavailable(f"backup: expected no file at {file} yet")
    source, target = sqlite3.connect(database.url.database), sqlite3.connect(file)
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()
