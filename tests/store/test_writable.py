"""A database that cannot be written is told with what was expected and what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from helpdesk.errors import Unavailable
from helpdesk.store import migrate, writable
from helpdesk.store.engine import Database
from helpdesk.store.writable import hindrance

if TYPE_CHECKING:
    from pathlib import Path


def said_of(file: Path) -> str:
    database = Database(f"sqlite:///{file}")
    try:
        return hindrance(database)
    finally:
        database.close()


@pytest.mark.parametrize("content", [None, b"", "database"], ids=["not there yet", "empty", "a database"])
def test_a_database_that_can_be_written_is_well_and_looking_makes_nothing(tmp_path, migrated_file, content):
    file = tmp_path / "helpdesk.db"
    if content == "database":
        shutil.copy(migrated_file, file)
    elif content is not None:
        file.write_bytes(content)
    before = sorted(tmp_path.iterdir())
    assert said_of(file) == ""
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_that_is_not_there_is_to_be_made(tmp_path):
    assert f"make {tmp_path / 'data'}" in said_of(tmp_path / "data" / "helpdesk.db")


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path):
    assert said_of(tmp_path).startswith(f"{tmp_path}: expected a file, and it is a folder")


@pytest.mark.parametrize("content", [b"PK\x03\x04" * 9, b"SQLite format 2", b"Dear Sirs, " * 500])
def test_another_file_is_not_taken_for_a_database(tmp_path, content):
    file = tmp_path / "helpdesk.db"
    file.write_bytes(content)
    database = Database(f"sqlite:///{file}")
    with pytest.raises(Unavailable, match="expected an SQLite database, and it is another file"):
        migrate.current(database)
    database.close()
    assert file.read_bytes() == content


def test_looking_takes_no_lock_from_a_database_that_is_in_use(tmp_path, migrated_file):
    """A process that closes the file drops SQLite's locks on it, and another one would take its log away."""
    file = tmp_path / "helpdesk.db"
    shutil.copy(migrated_file, file)
    database = Database(f"sqlite:///{file}")
    add = sa.text("INSERT INTO switch (name, down, since, by) VALUES (:name, :no, '2026-05-18', '')")
    with database.write() as connection:
        connection.execute(add, {"name": "a", "no": False})
    assert hindrance(database) == ""
    look = (
        f"import sqlite3; c = sqlite3.connect({str(file)!r}); print(*c.execute('SELECT name FROM switch')); c.close()"
    )
    for name in ("b", "c"):
        subprocess.run([sys.executable, "-c", look], check=True, capture_output=True)
        with database.write() as connection:
            connection.execute(add, {"name": name, "no": False})
        assert hindrance(database) == ""
    seen = subprocess.run([sys.executable, "-c", look], check=True, capture_output=True, text=True).stdout
    assert sorted(seen.split()) == sorted(["('a',)", "('b',)", "('c',)"])
    database.close()


@pytest.mark.parametrize("closed", ["", "helpdesk.db", "helpdesk.db-wal", "helpdesk.db-shm"])
def test_a_file_or_folder_of_somebody_else_is_told_with_who_we_are(tmp_path, monkeypatch, closed):
    """SQLite writes its log beside the file: a folder that is closed is as bad as a file."""
    for name in ("helpdesk.db", "helpdesk.db-wal", "helpdesk.db-shm"):
        (tmp_path / name).touch()
    place = tmp_path / closed
    monkeypatch.setattr(writable.os, "access", lambda path, _mode: path != place)
    kind = "file" if closed else "folder"
    expected = f"{place}: expected a {kind} that can be written, and user {os.geteuid()} may not"
    assert said_of(tmp_path / "helpdesk.db").startswith(expected)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("closed", ["", "helpdesk.db"])
def test_the_system_is_asked_who_may_write(tmp_path, closed):
    (tmp_path / "helpdesk.db").touch()
    (tmp_path / closed).chmod(0o500)
    try:
        assert "that can be written" in said_of(tmp_path / "helpdesk.db")
    finally:
        (tmp_path / closed).chmod(0o700)


def test_a_file_system_that_is_read_only_is_named_also_for_root(tmp_path, monkeypatch):
    monkeypatch.setattr(writable.os, "access", lambda *_: False)
    monkeypatch.setattr(writable.os, "statvfs", lambda _: os.statvfs_result((0,) * 8 + (os.ST_RDONLY, 255)))
    assert "its file system is read-only; mount it otherwise" in said_of(tmp_path / "helpdesk.db")


def test_a_laboratory_in_memory_needs_no_file():
    assert hindrance(Database("sqlite://")) == ""


def test_a_postgresql_that_takes_no_writes_is_named_and_one_that_is_away_is_left_to_who_connects(cluster):
    name = cluster.create()
    database = Database(cluster.url_of(name))
    assert hindrance(database) == ""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    database.close()
    assert "it takes no writes" in hindrance(database)
    database.close()
    cluster.drop(name)
    assert hindrance(database) == ""
    database.close()
