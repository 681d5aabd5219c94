"""Attempts: what is tried alone counts, three of them apart from each other, and nothing counts that others did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from helpdesk.core.words.message import Envelope
from helpdesk.store import attempts, spool
from helpdesk.store.owner import Owner
from helpdesk.store.spool import Accepted, Spooled
from tests.claims import end_claims

if TYPE_CHECKING:
    from helpdesk.store.engine import Database

NOW = datetime(2026, 5, 19, 14, 15, tzinfo=UTC)
BOX = "support@logik.example"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def put(database: Database, *numbers: int) -> list[int]:
    mails = [
        Accepted(BOX, f"From: c{n}@acme.example\r\nSubject: {n}\r\n\r\n".encode(), Envelope("", ()), "smtp", NOW)
        for n in numbers
    ]
    with database.write() as connection:
        return spool.put(connection, mails, NOW)


def claim(database: Database, now: datetime = NOW, **how) -> list[Spooled]:
    with database.write() as connection:
        return attempts.claim(connection, database.owner, now=now, limit=8, **how)


def die(database: Database) -> None:
    """Whoever has claimed something is no more."""
    end_claims(database.engine)


def worn_out(database: Database) -> list[int]:
    with database.read() as connection:
        return [mail.id for mail in attempts.worn_out(connection, database.owner)]


def shape(mails: list[Spooled]) -> list[tuple[int, int]]:
    return [(mail.id, mail.attempts) for mail in mails]


def test_a_batch_costs_no_attempt_and_after_its_death_each_is_tried_alone(database):
    put(database, 1, 2, 3, 4)
    assert shape(claim(database)) == [(1, 0), (2, 0), (3, 0), (4, 0)]
    die(database)
    [fifth] = put(database, 5)

    assert [shape(claim(database)) for _ in range(5)] == [[(1, 1)], [(2, 1)], [(3, 1)], [(4, 1)], [(fifth, 0)]]


def test_batches_and_what_is_tried_alone_take_turns(database):
    """Neither has a storm of mails that fail to wait for everything else, nor the other way round."""
    put(database, 1, 2, 3)
    claim(database)
    die(database)
    fresh = put(database, 4, 5)

    assert shape(claim(database, alone_first=False)) == [(number, 0) for number in fresh]
    assert shape(claim(database, alone_first=False)) == [(1, 1)]


def test_three_attempts_alone_are_a_minute_and_ten_minutes_apart(database):
    put(database, 1)
    claim(database)
    die(database)
    at = NOW
    for number, pause in enumerate(attempts.PAUSES, 1):
        assert shape(claim(database, at)) == [(1, number)]
        die(database)
        assert claim(database, at + pause - SECOND) == []
        assert worn_out(database) == []
        at += pause
    assert shape(claim(database, at)) == [(1, 3)]
    assert worn_out(database) == [], "it may still come to a good end"
    die(database)
    assert claim(database, at + timedelta(days=1)) == []
    assert worn_out(database) == [1]


def test_a_failed_attempt_waits_as_one_whose_worker_died(database):
    put(database, 1)
    [mail] = claim(database)
    with database.write() as connection:
        begun = attempts.begin(connection, mail, NOW)
        assert begun
        attempts.release(connection, begun, error="ValueError: no")

    assert claim(database, NOW + MINUTE - SECOND) == []
    assert shape(claim(database, NOW + MINUTE)) == [(1, 2)]


def test_what_was_forgiven_or_given_back_is_as_it_was(database):
    put(database, 1)
    for _ in range(5):
        [mail] = claim(database)
        with database.write() as connection:
            attempts.give_back(connection, mail)
    [mail] = claim(database)
    with database.write() as connection:
        begun = attempts.begin(connection, mail, NOW)
        assert begun
        assert attempts.forgive(connection, begun, NOW) == 1
    for number in range(2, 60):
        [mail] = claim(database, NOW + number * SECOND)
        assert mail.attempts == 0
        with database.write() as connection:
            assert attempts.forgive(connection, mail, NOW + number * SECOND) == number


def test_who_waits_for_a_mail_has_it_tried_without_a_pause(database):
    put(database, 1, 2)
    for number in range(1, 4):
        with database.write() as connection:
            mail = attempts.claim_at_once(connection, database.owner, 1, NOW)
            assert mail
            assert mail.attempts == number
            attempts.release(connection, mail, error="ValueError: no")
    with database.write() as connection:
        assert attempts.claim_at_once(connection, database.owner, 3, NOW) is None
    if not database.embedded:
        with database.write() as connection:
            assert attempts.claim(connection, Owner.of_this_process(), now=NOW, limit=8)
            assert attempts.claim_at_once(connection, database.owner, 2, NOW) is None, "another has it"


def test_a_worker_whose_mail_was_taken_over_can_do_nothing_to_it(database):
    """O06, also where the one that took it over has not tried it alone, and so counts as many attempts."""
    put(database, 1)
    [frozen] = claim(database)
    die(database)
    [newer] = claim(database)
    with database.write() as connection:
        assert attempts.begin(connection, frozen, NOW) is None
        assert attempts.hold(connection, [frozen, newer]) == [newer]
        attempts.give_back(connection, frozen)
        attempts.release(connection, frozen, error="late")
        assert attempts.forgive(connection, frozen, NOW) == 0
        assert not attempts.quarantine(connection, frozen, error="late", now=NOW)
        assert attempts.hold(connection, [newer]) == [newer]
        spool.finish(connection, newer.id, outcome="opened", case=None, now=NOW)
        assert attempts.hold(connection, [newer]) == []
        attempts.release(connection, newer, error="late")
    assert claim(database, NOW + timedelta(days=1)) == []


def test_when_the_next_mail_is_tried_again_is_known(database):
    put(database, 1, 2)
    with database.read() as connection:
        assert attempts.earliest_due(connection) is None
    [mail, _] = claim(database)
    with database.write() as connection:
        attempts.begin(connection, mail, NOW)
        assert attempts.earliest_due(connection) == NOW + MINUTE


def test_a_batch_is_no_larger_than_memory_bears(database, monkeypatch):
    """Eight mails of 25 MB would be in memory at once, and their texts and files once more."""
    put(database, 1, 2, 3, 4, 5)
    [mail] = {len(mail.raw) for mail in claim(database)}
    die(database)
    put(database, 11, 22, 33)  # an octet longer each, twice
    monkeypatch.setattr(attempts, "_HEAVY", 2 * (mail + 2))
    assert [len(claim(database, alone_first=False)) for _ in range(2)] == [2, 1]

    monkeypatch.setattr(attempts, "_HEAVY", 1)
    put(database, 44, 55)
    assert [len(claim(database, alone_first=False)) for _ in range(2)] == [1, 1]
