"""A database that cannot be written is told with what was expected and what to do."""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from helpdesk.store import writable
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


@pytest.mark.parametrize("content", [b"x", b"PK\x03\x04" * 9, b"SQLite format 2"])
def test_another_file_is_not_taken_for_a_database(tmp_path, content):
    file = tmp_path / "helpdesk.db"
    file.write_bytes(content)
    assert "expected an SQLite database, and it is another file" in said_of(file)


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


def test_what_cannot_even_be_looked_at_is_left_to_sqlite(tmp_path, monkeypatch):
    file = tmp_path / "helpdesk.db"
    file.touch()

    def refuses(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("pathlib.Path.open", refuses)
    assert said_of(file) == ""


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
