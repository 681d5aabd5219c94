"""Which SQLite the embedded database runs on.

Versions before 3.51.3 can write a damaged file when two connections reset the write-ahead log at once
(sqlite.org/wal.html, "the WAL-reset bug"; fault D01), and long-lived distributions ship them. `pysqlite3` brings a
newer library along; where there is none for the platform, Python's own is used and the daemon says so if it is old.
Python's own is not even loaded where the other is free of the bug: that takes 2 MiB.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

_BROKEN_SINCE = (3, 7, 0)
_MENDED = (3, 51, 3)
_MENDED_EARLIER = {(3, 50): (3, 50, 7), (3, 44): (3, 44, 6)}  # back-ports


def library() -> ModuleType:
    """The DB-API module to use: `pysqlite3` where it is installed and free of the bug or newer, else Python's own."""
    try:
        other = import_module("pysqlite3.dbapi2")
    except ImportError:
        return import_module("sqlite3")
    if resets_safely(other.sqlite_version_info):
        return other
    own = import_module("sqlite3")
    return other if other.sqlite_version_info > own.sqlite_version_info else own


def resets_safely(version: tuple[int, int, int]) -> bool:
    """Whether a version of SQLite is free of the WAL-reset bug."""
    if version < _BROKEN_SINCE or version >= _MENDED:
        return True
    mended = _MENDED_EARLIER.get(version[:2])
    return mended is not None and version >= mended
