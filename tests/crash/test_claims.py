"""Claims: whose mail it is while it is worked or sent, and what becomes of it when its worker dies or is frozen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from helpdesk.core.message import Envelope
from helpdesk.store import outbox, spool
from helpdesk.store.presence import Presence
from helpdesk.store.spool import MAX_ATTEMPTS, Accepted

if TYPE_CHECKING:
    from helpdesk.store.engine import Database

_NOW = datetime(2026, 5, 22, 16, 40, tzinfo=UTC)
_LEASE = timedelta(minutes=1)


@pytest.fixture
def waiting(database: Database) -> Database:
    """Five mails wait."""
    with database.write() as connection:
        spool.put(connection, [accepted(number) for number in range(1, 6)], _NOW)
    return database


def accepted(number: int) -> Accepted:
    return Accepted("support@desk.example", b"Subject: %d\r\n\r\n" % number, Envelope("", ()), "smtp", _NOW)


def claim(database: Database, *, after: timedelta = timedelta()) -> list[spool.Spooled]:
    with database.write() as connection:
        return spool.claim(connection, now=_NOW + after, lease=_LEASE, limit=50)


def ids(mails: list[spool.Spooled]) -> list[int]:
    return [mail.id for mail in mails]


def test_a_mail_that_kills_its_worker_is_found_out_and_its_neighbours_are_not_blamed(waiting: Database) -> None:
    """I05: five are claimed, the third of them kills. Only the third is ever set aside."""
    later = timedelta()
    claimed = claim(waiting)
    assert len(claimed) == 5
    done: list[int] = []
    for _ in range(20):  # every time the third is among them, the worker dies and its claim runs out
        if 3 not in ids(claimed):
            with waiting.write() as connection:
                for mail in claimed:
                    spool.finish(connection, mail.id, outcome="opened", case=None, now=_NOW)
            done += ids(claimed)
        later += 2 * _LEASE
        claimed = claim(waiting, after=later)
    assert sorted(done) == [1, 2, 4, 5]
    with waiting.read() as connection:
        assert [(mail.id, mail.attempts) for mail in spool.worn_out(connection, _NOW + later)] == [(3, MAX_ATTEMPTS)]


def test_a_worker_that_was_frozen_past_its_lease_can_neither_finish_nor_fail_the_mail(waiting: Database) -> None:
    """O06: another has taken it over."""
    frozen = claim(waiting)[0]
    [taken_over] = claim(waiting, after=2 * _LEASE)
    assert taken_over.id == frozen.id
    with waiting.write() as connection:
        assert spool.hold(connection, [frozen, taken_over]) == [taken_over]
        spool.release(connection, frozen, error="late")
        spool.forgive(connection, frozen)
        assert not spool.quarantine(connection, frozen, error="late", now=_NOW)
        assert spool.hold(connection, [taken_over]) == [taken_over]
        spool.finish(connection, taken_over.id, outcome="opened", case=None, now=_NOW)
        assert spool.hold(connection, [taken_over]) == []


def test_whoever_comes_first_frees_what_the_dead_had_claimed(waiting: Database) -> None:
    """After a restart nobody waits for a lease to run out: an acknowledgment must not be twenty minutes late."""
    mails = claim(waiting)
    with waiting.write() as connection:
        outbox.add(connection, [queued(kind, number) for number, kind in enumerate(["ack", "ack", "relay"])], _NOW)
        rows = outbox.claim(connection, now=_NOW, lease=_LEASE, limit=50)
        assert outbox.hand_over(connection, rows[0])
        spool.free_all(connection)
        outbox.free_all(connection)
        states = [row.state for row in outbox.rows(connection)]
        again = outbox.claim(connection, now=_NOW, lease=_LEASE, limit=50)
    assert states == ["uncertain", "queued", "queued"]
    assert [row.kind for row in again] == ["ack", "relay"]
    assert ids(claim(waiting)) == [mails[0].id], "one by one: any of them may have been the killer"


def queued(kind: str, number: int) -> outbox.Queued:
    return outbox.Queued(f"{kind}/{number}", None, kind, "jo@client.example", "", f"<{number}@desk.example>", b"x")


def test_only_who_is_alone_recovers(database: Database) -> None:
    """Two daemons on one database: the second must not free what the first is working on."""
    recovered: list[str] = []
    first, second, third = (Presence(database) for _ in range(3))
    first.arrive(lambda: recovered.append("first"))
    second.arrive(lambda: recovered.append("second"))
    assert recovered == ["first"]
    first.leave()
    third.arrive(lambda: recovered.append("third"))
    second.leave()
    third.leave()
    assert recovered == ["first"]
    first.arrive(lambda: recovered.append("first again"))
    first.leave()
    assert recovered == ["first", "first again"]


def test_what_a_stopping_desk_did_not_try_is_given_back_untouched(database: Database) -> None:
    """V01."""
    with database.write() as connection:
        outbox.add(connection, [queued("relay", 1)], _NOW)
        [row] = outbox.claim(connection, now=_NOW, lease=_LEASE, limit=50)
        assert outbox.give_back(connection, row)
        [again] = outbox.claim(connection, now=_NOW, lease=_LEASE, limit=50)
    assert (again.attempts, again.state) == (1, "sending")
