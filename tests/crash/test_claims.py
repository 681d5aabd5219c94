"""Claims: whose mail it is while it is worked or sent, and what becomes of it when its worker dies or is frozen."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from helpdesk.core.words.message import Envelope
from helpdesk.store import attempts, outbox, spool
from helpdesk.store.claims import Occupied, WorkLock
from helpdesk.store.engine import Database
from helpdesk.store.owner import Owner
from helpdesk.store.spool import Accepted
from tests.claims import end_claims

if TYPE_CHECKING:
    from pathlib import Path

_NOW = datetime(2026, 5, 22, 16, 40, tzinfo=UTC)


@pytest.fixture
def waiting(database: Database) -> Database:
    """Five mails wait."""
    with database.write() as connection:
        spool.put(connection, [accepted(number) for number in range(1, 6)], _NOW)
    return database


def accepted(number: int) -> Accepted:
    return Accepted("support@desk.example", b"Subject: %d\r\n\r\n" % number, Envelope("", ()), "smtp", _NOW)


def claim(database: Database, now: datetime = _NOW) -> list[spool.Spooled]:
    with database.write() as connection:
        return attempts.claim(connection, database.owner, now=now, limit=50)


def ids(mails: list[spool.Spooled]) -> list[int]:
    return [mail.id for mail in mails]


def test_a_mail_that_kills_its_worker_is_found_out_and_its_neighbours_are_not_blamed(waiting: Database) -> None:
    """I05: five are claimed, the third of them kills. Only the third is ever set aside."""
    claimed = claim(waiting)
    assert len(claimed) == 5
    done: list[int] = []
    for minute in range(20):  # every time the third is among them, the worker dies and its claim runs out
        if 3 not in ids(claimed):
            with waiting.write() as connection:
                for mail in claimed:
                    spool.finish(connection, mail.id, outcome="opened", case=None, now=_NOW)
            done += ids(claimed)
        end_claims(waiting.engine)
        claimed = claim(waiting, _NOW + minute * timedelta(minutes=1))
    assert sorted(done) == [1, 2, 4, 5]
    with waiting.read() as connection:
        assert [(mail.id, mail.attempts) for mail in attempts.worn_out(connection, waiting.owner)] == [
            (3, attempts.MAX_ATTEMPTS)
        ]


def test_what_the_dead_had_claimed_is_free_and_what_the_living_hold_is_not(database: Database) -> None:
    """Starting asks nobody who else is there, and frees nothing that lives."""
    with database.write() as connection:
        outbox.add(connection, [queued(kind, number) for number, kind in enumerate(["ack", "ack", "relay"])], _NOW)
        rows = outbox.claim(connection, database.owner, now=_NOW, limit=50)
        assert outbox.hand_over(connection, database.owner, rows[0], lease=timedelta(minutes=12))
    newcomer = Owner.of_this_process()
    if not database.embedded:  # an SQLite file has no living owner but the newcomer: see `WorkLock`
        assert states_after_settling(database, newcomer) == ["handed_over", "sending", "sending"]
    end_claims(database.engine)
    assert states_after_settling(database, newcomer) == ["uncertain", "queued", "queued"]
    with database.write() as connection:
        again = outbox.claim(connection, newcomer, now=_NOW, limit=50)
    assert [row.kind for row in again] == ["ack", "relay"]


def states_after_settling(database: Database, owner: Owner) -> list[str]:
    with database.write() as connection:
        outbox.settle(connection, owner)
        return [row.state for row in outbox.rows(connection)]


def queued(kind: str, number: int) -> outbox.Queued:
    return outbox.Queued(f"{kind}/{number}", None, kind, "jo@client.example", "", f"<{number}@desk.example>", b"x")


def test_an_sqlite_file_is_worked_by_one_process_and_who_comes_second_is_told_whose_it_is(tmp_path: Path) -> None:
    """Two names of one file are one file."""
    (tmp_path / "other.db").symlink_to(tmp_path / "desk.db")
    names = [f"sqlite:///{tmp_path / name}" for name in ("desk.db", "other.db")]
    databases = [Database(name) for name in names]
    first, second = (WorkLock(database) for database in databases)
    first.take()
    first.take()  # it is ours already
    with pytest.raises(Occupied, match=rf"desk\.db is worked by process {os.getpid()} on \S+, since 2\d\d\d-"):
        second.take()
    first.leave()
    second.take()
    second.leave()
    for database in databases:
        database.close()


def test_a_postgresql_is_worked_by_as_many_as_like(cluster) -> None:
    """And what lives in memory is nobody else's."""
    name = cluster.create()
    for url in (cluster.url_of(name), "sqlite://"):
        database = Database(url)
        locks = [WorkLock(database) for _ in range(3)]
        for lock in locks:
            lock.take()
        for lock in locks:
            lock.leave()
        database.close()
    cluster.drop(name)


def test_no_two_starts_have_the_same_name() -> None:
    """A container's process has the same number, on the same host, after every crash."""
    assert len({Owner.of_this_process().name for _ in range(1000)}) == 1000
