"""Time that jumps, several daemons that all keep time, a database that restarts: every step once, every mail once."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from helpdesk.core.words.events import StepTaken, to_facts
from helpdesk.core.words.message import Envelope
from helpdesk.desk import Desk
from helpdesk.store import cases, migrate, outbox, queue, spool
from helpdesk.store.engine import Database
from helpdesk.store.spool import Accepted
from tests.claims import end_claims
from tests.crash.postgres import Restartable
from tests.desk import LOGIK

START = datetime(2026, 5, 19, 14, 15, tzinfo=UTC)  # Tuesday morning in Chicago
STEPS = {"warning", "breach", "escalation"}


def mail(number: int) -> Accepted:
    raw = (
        f"From: c{number}@acme.example\r\nTo: {LOGIK}\r\nMessage-ID: <{number}@acme.example>\r\n"
        f"Subject: Rules {number}\r\n\r\nPriority: Medium\r\n\r\nFor one product the second rule fires late.\r\n"
    )
    return Accepted(LOGIK, raw.encode(), Envelope("", (LOGIK,)), "smtp", START)


class Wall:
    """A clock that goes where it is put."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def wall() -> Wall:
    return Wall()


def opened(database: Database, rules, wall: Wall, number: int) -> Desk:
    desk = Desk(database=database, rules=rules, now=wall)
    desk.begin()
    desk.accept([mail(one) for one in range(number)])
    while desk.work():
        pass
    return desk


def steps_of(database: Database) -> Counter[str]:
    """How often each step of each case's ladder stands on the record."""
    with database.read() as connection:
        found = cases.find(connection, [*queue.numbers(connection)])
    taken = [(case.ref, to_facts(event)) for case in found.values() for event in case.of_type(StepTaken)]
    return Counter(f"{ref} {facts['key']} {facts['kind']}" for ref, facts in taken)


def told(database: Database) -> list[tuple[int | None, str, str]]:
    with database.read() as connection:
        return [(row.case, row.kind, row.recipient) for row in outbox.rows(connection) if row.kind in STEPS]


@pytest.mark.parametrize("jump", [timedelta(hours=2), -timedelta(hours=2), timedelta(days=3)])
def test_a_clock_that_jumps_takes_no_step_twice_and_forgets_none(database, rules, wall, jump):
    """D06: time that was set forth or back, and a host that slept for days."""
    desk = opened(database, rules, wall, 20)
    wall.now = START + timedelta(hours=7)  # three quarters of eight business hours are used
    desk.tick()
    before = steps_of(database)
    wall.now += jump
    for _ in range(5):
        desk.tick()
        wall.now += timedelta(minutes=1)
    wall.now = START + timedelta(days=4)
    desk.tick()

    after = steps_of(database)
    assert before
    assert set(after.values()) == {1}
    assert before <= after
    assert sum(key.endswith("breach") for key in after) == 20, "every case came to its breach"


def test_after_days_of_sleep_each_person_gets_one_mail_a_case(database, rules, wall):
    """D06: what was missed collapses; 200 overdue cases are 200 mails to their agent, not a thousand."""
    desk = opened(database, rules, wall, 200)
    wall.now = START + timedelta(days=3)
    desk.tick()

    mails = Counter((case, to) for case, _, to in told(database))
    assert {who: count for who, count in mails.items() if count > 1} == {}


def test_daemons_that_keep_time_together_take_each_step_once(database_url, rules, wall):
    """D07: there is no leader to lose; whoever comes first takes the step, and the others find it taken."""
    database = Database(database_url)
    opened(database, rules, wall, 40)
    wall.now = START + timedelta(days=2)
    problems: list[BaseException] = []

    def ticks() -> None:
        own = Database(database_url)
        try:
            another = Desk(database=own, rules=rules, now=wall)
            for _ in range(4):
                another.tick()
        except BaseException as problem:  # noqa: BLE001 - whatever it is, it is the finding
            problems.append(problem)
        finally:
            own.close()

    threads = [threading.Thread(target=ticks) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert set(steps_of(database).values()) == {1}
    assert set(Counter(told(database)).values()) == {1}
    database.close()


def test_a_daemon_that_froze_in_the_middle_of_a_tick_holds_nobody_up(cluster, rules, wall):
    """D07: the cases that it holds come later, all others now; when it wakes up it does nothing twice."""
    name = cluster.create()
    database, frozen = Database(cluster.url_of(name)), Database(cluster.url_of(name))
    desk = opened(database, rules, wall, 10)
    wall.now = START + timedelta(days=2)
    with frozen.write() as connection:
        held = cases.hold_due(connection, [1, 2], now=wall.now)
        desk.tick()
        first = {key.split()[0] for key in steps_of(database)}
    desk.tick()

    assert sorted(held) == [1, 2]
    assert first == {f"HD-{number}" for number in range(3, 11)}
    assert {key.split()[0] for key in steps_of(database)} == {f"HD-{number}" for number in range(1, 11)}
    assert set(steps_of(database).values()) == {1}
    frozen.close()
    database.close()


def test_a_mail_that_was_written_earlier_and_committed_later_is_sent(cluster):
    """O07: whoever reads on from the last number he saw would never see it."""
    name = cluster.create()
    slow, fast = Database(cluster.url_of(name)), Database(cluster.url_of(name))

    def queued(number: int) -> outbox.Queued:
        return outbox.Queued(f"k/{number}", None, "relay", "jo@acme.example", "", f"<{number}@x>", b"raw")

    with slow.write() as earlier:
        outbox.add(earlier, [queued(1)], START)
        with fast.write() as later:
            outbox.add(later, [queued(2)], START)
        with fast.write() as connection:
            seen = [row.key for row in outbox.claim(connection, fast.owner, now=START, limit=50)]
    with fast.write() as connection:
        seen += [row.key for row in outbox.claim(connection, fast.owner, now=START, limit=50)]

    assert seen == ["k/2", "k/1"]
    slow.close()
    fast.close()


# --- a PostgreSQL that goes away


@pytest.fixture
def postgres():
    with Restartable() as started:
        yield started


class Stream:
    """Mail that keeps coming, and a worker; each tries again what the database did not take."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stop = threading.Event()
        self.accepted = 0
        self.failures = 0
        self.progress = threading.Semaphore(0)
        self._threads = [threading.Thread(target=self._sends), threading.Thread(target=self._works)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(120)

    def _sends(self) -> None:
        while not self._stop.is_set():
            if self._done(lambda: self._desk.accept([mail(self.accepted)])):
                self.accepted += 1
                self.progress.release()

    def _works(self) -> None:
        while not self._stop.is_set():
            self._done(self._desk.work)

    def _done(self, door) -> bool:
        try:
            door()
        except sa.exc.SQLAlchemyError:
            self.failures += 1
            return False
        return True


def test_a_postgresql_that_loses_its_power_again_and_again_loses_no_mail(postgres, rules, wall):
    """D05: who was told "accepted" finds one case; who was not tries again, as mail servers do, and finds one too."""
    database = Database(postgres.url)
    migrate.upgrade(database)
    desk = Desk(database=database, rules=rules, now=wall)
    desk.begin()
    stream = Stream(desk)
    stream.start()
    for _ in range(6):
        for _ in range(8):
            assert stream.progress.acquire(timeout=120), "mail is taken again after the restart"
        postgres.lose_power()
    stream.stop()
    end_claims(database.engine)  # of what was claimed when the lights went out
    while desk.work():
        pass

    assert stream.failures, "the restarts were felt"
    with database.read() as connection:
        numbers = [*queue.numbers(connection)]
        outcomes = Counter(connection.execute(sa.select(spool.spool.c.outcome)).scalars())
    database.close()
    assert len(numbers) == stream.accepted == outcomes["opened"]
    assert set(outcomes) <= {"opened", "duplicate"}
