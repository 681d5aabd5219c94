"""Poison: a mail that cannot be worked is tried alone, three times in eleven minutes, and takes nobody with it."""

from __future__ import annotations

import sys
from datetime import timedelta

import pytest
import sqlalchemy as sa

from helpdesk.core.words.message import Envelope
from helpdesk.desk import worker
from helpdesk.errors import StaleCase
from helpdesk.store import attempts, outbox, spool
from helpdesk.store.spool import Accepted
from tests.claims import end_claims
from tests.desk import JO, LOGIK, OPS

MINUTE = timedelta(minutes=1)


def accept(desk, *words: str) -> list[int]:
    mails = [
        Accepted(
            LOGIK,
            f"From: {n}.{JO}\r\nTo: {LOGIK}\r\nSubject: {word}\r\n\r\nHelp.\r\n".encode(),
            Envelope("", (LOGIK,)),
            "smtp",
            desk.now,
        )
        for n, word in enumerate(words)
    ]
    return desk.laboratory.desk.accept(mails)


def became(desk, ids) -> list[str]:
    return [one.outcome for one in desk.laboratory.desk.outcomes(ids).values()]


@pytest.fixture
def poison(monkeypatch):
    """Whatever says so in its subject raises when it is worked; returns how often each subject was tried."""
    tried: list[str] = []
    work_mail = worker.work_mail

    def working(unit, read):
        tried.append(read.message.subject)
        if read.message.subject == "poison":
            raise ValueError("it cannot be worked")
        if read.message.subject == "stale":
            raise StaleCase("another was faster")
        if read.message.subject == "away":
            raise sa.exc.OperationalError("SELECT", {}, Exception("no connection"))
        return work_mail(unit, read)

    monkeypatch.setattr(sys.modules["helpdesk.desk.worker"], "work_mail", working)
    return tried


def alerts(desk) -> list[str]:
    return [mail.subject for mail in desk.sent_to(OPS, "alert")]


def test_a_mail_that_cannot_be_worked_takes_none_of_its_batch_with_it(desk, poison):
    ids = accept(desk, "a", "b", "poison", "c", "d")
    desk.work()

    assert became(desk, ids) == ["opened", "opened", "waiting", "opened", "opened"]


def test_it_is_set_aside_after_three_attempts_at_nought_one_and_eleven_minutes(desk, poison):
    [number] = accept(desk, "poison")
    begun = desk.now
    seen = []
    for second in range(0, 12 * 60, 20):
        desk.laboratory.now = begun + timedelta(seconds=second)
        before = poison.count("poison")
        desk.work()
        if poison.count("poison") > before:
            seen.append(second)
    assert seen == [0, 60, 660]
    assert became(desk, [number]) == ["quarantined"]
    with desk.database.read() as connection:
        assert spool.raw(connection, number)
    assert len(alerts(desk)) == 1


def test_in_the_laboratory_time_comes_to_the_next_attempt_by_itself(desk, poison):
    [number] = accept(desk, "poison")
    desk.work()
    desk.laboratory.advance(desk.now + timedelta(minutes=12), inclusive=True)

    assert became(desk, [number]) == ["quarantined"]


def test_a_storm_of_mails_that_fail_does_not_keep_the_others_waiting(desk, poison):
    accept(desk, *["poison"] * 30)
    desk.work()
    desk.laboratory.now += MINUTE  # all of them are to be tried again
    [urgent] = accept(desk, "all is down")
    desk.laboratory.desk.work()

    assert became(desk, [urgent]) == ["opened"]
    assert poison[-1] == "all is down"


def test_after_a_death_the_batch_is_tried_one_by_one_and_all_is_well(desk, poison):
    """Whoever kills the worker at random blames nobody."""
    ids = accept(desk, *"abcdefgh")
    with desk.database.write() as connection:
        attempts.claim(connection, desk.database.owner, now=desk.now, limit=8)
    end_claims(desk.database.engine)
    poison.clear()
    desk.work()

    assert became(desk, ids) == ["opened"] * 8


@pytest.mark.parametrize("why", ["stale", "away"])
def test_what_others_do_to_a_mail_never_sets_it_aside_and_after_fifty_times_the_operators_hear_once(desk, poison, why):
    [number] = accept(desk, why)
    for _ in range(worker.TOO_OFTEN + 30):
        desk.work()
        desk.laboratory.now += timedelta(seconds=1)

    assert became(desk, [number]) == ["waiting"]
    assert len(alerts(desk)) == 1


def test_who_waits_for_a_mail_sees_its_three_attempts_at_once(desk, poison):
    """What is imported by hand: it leaves what else is waiting alone."""
    waiting, number, well = accept(desk, "a", "poison", "b")
    desk.laboratory.desk.work_at_once([number, well])

    assert became(desk, [waiting, number, well]) == ["waiting", "quarantined", "opened"]
    assert poison.count("poison") == 3


def test_what_was_claimed_when_the_database_went_away_is_worked_when_it_is_back(desk, monkeypatch):
    """On an SQLite file no time frees a claim."""
    ids = accept(desk, *"abc")
    gone = sa.exc.OperationalError("SELECT", {}, Exception("no connection"))

    def away(*_args, **_how):
        raise gone

    with monkeypatch.context() as patch:
        for name in ("hold", "begin"):
            patch.setattr(worker.attempts, name, away)
        with pytest.raises(sa.exc.OperationalError):
            desk.laboratory.desk.work()
    desk.work()

    assert became(desk, ids) == ["opened"] * 3
    with desk.database.read() as connection:
        assert not [row for row in outbox.rows(connection) if row.kind == "alert"]
