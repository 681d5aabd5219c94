"""The counts of cases are those of the cases, whoever wrote them, and a page of the queue is a part of all of it."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from helpdesk.errors import NotFound
from helpdesk.store import case_counts, queue
from helpdesk.store.cases import workloads
from helpdesk.store.queue import Wanted
from helpdesk.store.tables import case_count, cases, policy_version

AT = datetime(2026, 5, 19, 12, tzinfo=UTC)
_STATUSES = ("open", "waiting", "merged", "resolved", "closed")
_AGENTS = ("", "ann@desk.example", "bob@desk.example")


@pytest.fixture
def desk(database):
    with database.write() as connection:
        row = {"version": "v", "policy": "p", "name": "p.toml", "text": "", "stored_at": AT}
        connection.execute(sa.insert(policy_version).values(row))
    return database


def row(chance):
    return {
        "mailbox": "support@desk.example",
        "policy": "p",
        "policy_version": "v",
        "customer": chance.choice(("", "acme", "orion")),
        "requester": "kim@acme.example",
        "subject": "",
        "severity": "low",
        "rank": chance.choice((1, 2, 3, 4)),
        "status": chance.choice(_STATUSES),
        "assignee": chance.choice(_AGENTS),
        "opened_at": AT,
        "breached": chance.random() < 0.3,
        "next_at": chance.choice((None, *(AT + timedelta(hours=hours) for hours in range(4)))),
        "events": 1,
    }


def write_at_random(database, chance, *, steps):
    """Cases are opened, changed and taken away; some of it is taken back."""
    for _ in range(steps):
        with database.write() as connection, connection.begin_nested() as part:
            for _ in range(chance.randrange(1, 4)):
                change(connection, chance)
            if chance.random() < 0.2:
                part.rollback()


def change(connection, chance):
    numbers = list(connection.execute(sa.select(cases.c.id)).scalars())
    which = cases.c.id == chance.choice(numbers) if numbers else None
    action = chance.random()
    if which is None or action < 0.5:
        connection.execute(sa.insert(cases).values(row(chance)))
    elif action < 0.95:
        connection.execute(sa.update(cases).where(which).values(row(chance)))
    else:
        connection.execute(sa.delete(cases).where(which))


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happened_the_counts_are_those_of_the_cases(desk, seed):
    write_at_random(desk, random.Random(seed), steps=40)

    with desk.write() as connection:
        assert case_counts.wrong(connection) == 0
        assert case_counts.by_status(connection) == counted(connection)
        case_counts.fold(connection)
        assert case_counts.by_status(connection) == counted(connection)
        theirs = sa.select(sa.func.count()).where(
            cases.c.assignee == "ann@desk.example", cases.c.status.in_(("open", "waiting"))
        )
        loads = workloads(connection, _AGENTS[1:])
        assert loads["ann@desk.example"].open_cases == connection.execute(theirs).scalar_one()


def counted(connection):
    query = sa.select(cases.c.status, cases.c.breached, sa.func.count()).group_by(cases.c.status, cases.c.breached)
    return {(status, breached): number for status, breached, number in connection.execute(query)}


def test_writers_at_once_do_not_wait_for_each_others_counts_and_all_is_counted(desk):
    """Two workers that give cases to the same agents, each in a transaction that takes its time."""
    if desk.embedded:
        pytest.skip("an embedded database has one writer")
    chance = random.Random(7)
    with desk.engine.connect() as one, desk.engine.connect() as other:
        for connection in (one, other, one, other):
            connection.execute(sa.text("SET LOCAL lock_timeout = '1s'"))
            connection.execute(sa.insert(cases).values({**row(chance), "assignee": "ann@desk.example"}))
        case_counts_kept(desk)  # folds what is committed, and waits for none of the two
        one.commit()
        other.commit()
    threads = [threading.Thread(target=open_some, args=(desk, seed)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        case_counts_kept(desk)
    for thread in threads:
        thread.join()

    with desk.write() as connection:
        assert case_counts.wrong(connection) == 0
        assert sum(case_counts.by_status(connection).values()) == 4 + 4 * 30
        case_counts.fold(connection)
        assert set(connection.execute(sa.select(case_count.c.shard)).scalars()) == {0}


def open_some(database, seed):
    chance = random.Random(seed)
    for _ in range(30):
        with database.write() as connection:
            connection.execute(sa.insert(cases).values(row(chance)))


def case_counts_kept(database):
    with database.write() as connection:
        case_counts.fold(connection)


def test_what_is_wrong_is_noticed_and_counted_anew(desk):
    write_at_random(desk, random.Random(1), steps=10)
    with desk.write() as connection:
        connection.execute(sa.update(case_count).values(number=case_count.c.number + 1))
        assert case_counts.wrong(connection) > 0
        case_counts.rebuild(connection)
        assert case_counts.wrong(connection) == 0


_WANTED = [
    Wanted(only_open=only_open, only_breached=only_breached, customer=customer)
    for only_open in (False, True)
    for only_breached in (False, True)
    for customer in (None, "acme", "nobody")
]


@pytest.mark.parametrize("size", [1, 3, 200])
def test_pages_one_behind_the_other_are_the_whole_queue_in_its_order(desk, size):
    chance = random.Random(3)
    with desk.write() as connection:
        connection.execute(sa.insert(cases), [row(chance) for _ in range(60)])
    with desk.read() as connection:
        for wanted in _WANTED:
            expected = in_order(connection, wanted)
            pages, found = [], queue.page(connection, wanted, size=size)
            while found:
                pages += found
                found = queue.page(connection, wanted, size=size, after=queue.place_of(connection, found[-1]))
            assert pages == expected
            if wanted.customer is None:
                assert queue.size(connection, wanted) == len(expected)


def test_a_case_that_ends_between_two_pages_takes_nothing_from_the_second(desk):
    wanted = Wanted(only_open=True)
    with desk.write() as connection:
        kinds = {"status": "open", "breached": False, "rank": 3, "next_at": None}
        connection.execute(sa.insert(cases), [row(random.Random(3)) | kinds for _ in range(4)])
    with desk.write() as connection:
        first = queue.page(connection, wanted, size=2)
        place = queue.place_of(connection, first[-1])
        connection.execute(sa.update(cases).where(cases.c.id == first[-1]).values(status="closed"))
    with desk.read() as connection:
        assert first + queue.page(connection, wanted, size=2, after=place) == [4, 3, 2, 1]


def in_order(connection, wanted):
    """The same from every row."""
    kept = [
        one
        for one in connection.execute(sa.select(cases)).all()
        if (not wanted.only_open or one.status in {"open", "waiting"} or (one.status == "merged" and one.next_at))
        and (not wanted.only_breached or one.breached)
        and (wanted.customer in {None, one.customer})
    ]
    key = [
        ((one.status not in {"open", "waiting"}, one.rank, one.next_at is None, one.next_at or AT, -one.id), one.id)
        for one in kept
    ]
    return [number for _, number in sorted(key)]


def test_behind_a_case_that_is_not_there_is_no_page(desk):
    with desk.read() as connection, pytest.raises(NotFound, match="HD-7"):
        queue.place_of(connection, 7)
