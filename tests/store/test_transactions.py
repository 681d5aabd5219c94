"""Two doors to one database: a write is all or nothing, readers wait for nobody, and eight writers never collide."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from helpdesk.core.words.message import Envelope
from helpdesk.store import engine, spool
from helpdesk.store.engine import Database
from helpdesk.store.spool import Accepted
from helpdesk.store.tables import policy_version
from tests.soak import amount

AT = datetime(2026, 5, 19, 14, 15, tzinfo=UTC)


def mail(text, mailbox="support@logik.example"):
    return Accepted(mailbox, text.encode(), Envelope("", (mailbox,)), "smtp", AT)


def written(database):
    with database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(spool.spool)).scalar_one()


def test_a_block_that_fails_leaves_nothing_behind(database):
    def fails():
        with database.write() as connection:
            spool.put(connection, [mail("Subject: x\n\nhello")], AT)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()

    assert written(database) == 0


def test_a_reader_sees_what_was_committed_and_waits_for_no_writer(database):
    with database.write() as connection:
        spool.put(connection, [mail("Subject: x\n\nhello")], AT)
        assert written(database) == 0
    assert written(database) == 1


def test_naive_times_are_refused_and_aware_ones_come_back_in_utc(database):
    row = {"version": "v", "policy": "p", "name": "n", "text": "t"}
    zoned = AT.astimezone(__import__("zoneinfo").ZoneInfo("Asia/Kolkata"))
    with database.write() as connection:
        connection.execute(sa.insert(policy_version).values(**row, stored_at=zoned))
        back = connection.execute(sa.select(policy_version.c.stored_at)).scalar_one()
    assert (back, back.utcoffset()) == (AT, timedelta())

    with pytest.raises(sa.exc.StatementError, match="aware datetime"), database.write() as connection:
        connection.execute(sa.insert(policy_version).values(**row, stored_at=AT.replace(tzinfo=None)))


def test_a_database_flushes_before_it_answers(database_url, monkeypatch):
    """S01: WAL alone does not."""
    monkeypatch.setattr(engine, "_prepare_sqlite", engine._prepare_sqlite.__wrapped__)
    database = Database(database_url)
    asked = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    with database.read() as connection:
        if database.embedded:
            said = {name: connection.execute(sa.text(f"PRAGMA {name}")).scalar() for name in asked}
            assert said == asked
        else:
            assert connection.execute(sa.text("SHOW synchronous_commit")).scalar() == "on"
    database.close()


def collide(url, *, writers, each):
    """Writers with connections of their own, as processes have, that read before they write; returns what went wrong."""
    problems = []

    def write(number):
        database = Database(url)
        try:
            for turn in range(each):
                with database.write() as connection:
                    connection.execute(sa.select(sa.func.count()).select_from(spool.spool)).scalar_one()
                    spool.put(connection, [mail(f"Message-ID: <{number}.{turn}@x>\n\nhello")], AT)
        except sa.exc.DBAPIError as problem:
            problems.append(problem)
        finally:
            database.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def test_four_writers_that_read_before_they_write_never_collide(database_url, database):
    """D02, in small"""
    assert collide(database_url, writers=4, each=25) == []
    assert written(database) == 100


@pytest.mark.slow
@pytest.mark.soak
def test_eight_writers_with_many_transactions_each_never_collide(database_url, database):
    """D02: a thousand each in `make soak`."""
    each = amount(150, 1_000)
    assert collide(database_url, writers=8, each=each) == []
    assert written(database) == 8 * each
