"""D01: the embedded database runs on an SQLite that cannot damage its file, and many processes at once prove it."""

from __future__ import annotations

import multiprocessing
import sqlite3
from datetime import UTC, datetime
from importlib.util import find_spec

import pytest
import sqlalchemy as sa

from helpdesk.store import engine, migrate
from helpdesk.store.engine import Database
from helpdesk.store.sqlite import library, resets_safely
from helpdesk.store.tables import policy_version
from tests.soak import amount

AT = datetime(2026, 5, 19, tzinfo=UTC)
PROCESSES, ROUNDS = 8, amount(15, 60)


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 6, 23), True),
        ((3, 7, 0), False),
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
    ],
)
def test_versions_with_the_wal_reset_bug_are_known(version, safe):
    assert resets_safely(version) is safe


def test_the_newer_library_is_used_where_it_is_installed(tmp_path):
    if find_spec("pysqlite3") is None:
        pytest.skip("there is no pysqlite3 for this platform")
    assert library().sqlite_version_info >= sqlite3.sqlite_version_info
    database = Database(f"sqlite:///{tmp_path}/x.db")
    with database.read() as connection:
        version = connection.execute(sa.text("SELECT sqlite_version()")).scalar_one()
    database.close()

    assert version == library().sqlite_version
    assert database.doubt() == ""


def test_an_old_library_is_said_aloud(monkeypatch):
    class Old:
        sqlite_version_info = (3, 40, 1)

    monkeypatch.setattr(engine, "library", lambda: Old)
    embedded, shared = Database.__new__(Database), Database.__new__(Database)
    embedded.embedded, shared.embedded = True, False

    assert "SQLite 3.40.1 can damage its file" in embedded.doubt()
    assert shared.doubt() == "", "PostgreSQL is none of its business"


def write_and_checkpoint(url: str, name: int) -> None:
    database = Database(url)
    for turn in range(ROUNDS):
        row = {"version": f"{name}-{turn}", "policy": "p", "name": "n", "text": "x" * 4_000, "stored_at": AT}
        with database.write() as connection:
            connection.execute(sa.insert(policy_version).values(row))
        with database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(RESTART)")
            connection.exec_driver_sql("BEGIN")
    database.close()


@pytest.mark.slow
@pytest.mark.soak
def test_processes_that_write_and_reset_the_log_at_once_damage_nothing(tmp_path):
    """D02 too: nobody is told that the database is locked."""
    url = f"sqlite:///{tmp_path}/helpdesk.db"
    database = Database(url)
    migrate.upgrade(database)
    start = multiprocessing.get_context("spawn")
    workers = [start.Process(target=write_and_checkpoint, args=(url, name)) for name in range(PROCESSES)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)

    assert [worker.exitcode for worker in workers] == [0] * PROCESSES
    with database.read() as connection:
        assert connection.execute(sa.text("PRAGMA integrity_check")).scalar_one() == "ok"
        rows = connection.execute(sa.select(sa.func.count()).select_from(policy_version)).scalar_one()
    database.close()
    assert rows == PROCESSES * ROUNDS
