"""The board: due soonest first whatever is kept of it, its pages one behind the other, each read from an index."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
import sqlalchemy as sa

from helpdesk.store.board import BoardPlace, Kept, Reach, ended, page
from helpdesk.store.tables import cases, policy_version

AT = datetime(2026, 5, 19, 12, tzinfo=UTC)
BOXES, TEAMS = ("billing@desk.example", "support@desk.example"), ("", "second", "third", "gone")
_REACHES = (
    None,
    Reach(frozenset(BOXES[:1]), frozenset()),
    Reach(frozenset(), frozenset({"second"})),
    Reach(frozenset(BOXES), frozenset({"second", "third"})),
    Reach(frozenset(BOXES[:1]), frozenset({"second"}), others=frozenset({"third"})),
)
_ALL = [
    Kept(reach=reach, assignee=assignee, customer=customer, rank=rank, turn=turn, broken=broken)
    for reach, assignee, customer, rank, (turn, broken) in product(
        _REACHES, (None, "", "ann@desk.example"), ("", "acme"), (0, 2), (("", False), ("desk", False), ("others", True))
    )
]
_WHICH = [*map(Kept, _REACHES), *random.Random(2).sample(_ALL, 25)]


@pytest.fixture
def desk(database):
    chance = random.Random(5)
    with database.write() as connection:
        row = {"version": "v", "policy": "p", "name": "p.toml", "text": "", "stored_at": AT}
        connection.execute(sa.insert(policy_version).values(row))
        connection.execute(sa.insert(cases), [a_case(chance) for _ in range(150)])
    return database


def a_case(chance):
    turn = chance.choice(("desk", "desk", "customer", "vendor", "nobody", "?", ""))
    return {
        "mailbox": chance.choice(BOXES),
        "policy": "p",
        "policy_version": "v",
        "customer": chance.choice(("", "acme", "orion")),
        "requester": "kim@acme.example",
        "subject": "",
        "severity": "low",
        "rank": chance.choice((1, 2, 3, 4)),
        "status": "open" if turn else "closed",
        "assignee": chance.choice(("", "ann@desk.example", "bob@desk.example")),
        "opened_at": AT - timedelta(hours=chance.randrange(5)),
        "team": chance.choice(TEAMS),
        "breached": chance.random() < 0.4,
        "turn": turn,
        "due_at": AT + timedelta(hours=chance.randrange(6)) if turn and chance.random() < 0.7 else None,
        "events": 1,
    }


def expected(rows, kept, *, over=False):
    def fits(row):
        reach = kept.reach
        here = reach and row.mailbox in reach.mailboxes and row.team not in reach.others
        return (
            (row.turn == "") == over
            and (reach is None or here or row.team in reach.teams)
            and kept.assignee in {None, row.assignee}
            and kept.customer in {"", row.customer}
            and kept.rank in {0, row.rank}
            and (not kept.turn or row.turn in kept.turns())
            and (not kept.broken or row.breached)
        )

    kept_rows = [BoardPlace(row.due_at, row.opened_at, row.id) for row in rows if fits(row)]
    return sorted(kept_rows, key=lambda row: (row.due_at is None, row.due_at or AT, row.opened_at, row.number))


@pytest.mark.parametrize("size", [7, 200])
def test_pages_one_behind_the_other_are_the_whole_board_in_its_order(desk, size):
    with desk.read() as connection:
        rows = connection.execute(sa.select(cases)).all()
        for kept in _WHICH:
            pages, found = [], page(connection, kept, size=size)
            while found:
                pages += found
                found = page(connection, kept, size=size, after=found[-1])
            assert pages == expected(rows, kept), kept


def test_what_ended_last_comes_first(desk):
    with desk.read() as connection:
        rows = connection.execute(sa.select(cases)).all()
        for kept in _WHICH:
            pages, before = [], None
            while before != 0:
                found, before = ended(connection, kept, size=7, before=before)
                pages += found
            assert pages == sorted((row.number for row in expected(rows, kept, over=True)), reverse=True), kept


def test_no_page_is_found_by_looking_through_all_cases(desk):
    """Each part comes from an index in its order: nothing is sorted, and nothing scanned."""
    asked = []

    def noted(_connection, _cursor, statement, values, *_):
        asked.append((statement, values))

    sa.event.listen(desk.engine, "before_cursor_execute", noted)
    with desk.read() as connection:
        for kept, after in product(_WHICH, (None, BoardPlace(AT, AT, 3), BoardPlace(None, AT, 3))):
            page(connection, kept, size=50, after=after)
    sa.event.remove(desk.engine, "before_cursor_execute", noted)
    if not desk.embedded:
        pytest.skip("PostgreSQL reads a table as small as this one as a whole")
    unlike = {}
    with desk.read() as connection:
        for statement, values in {statement: values for statement, values in asked if values}.items():
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(values))]
            if len(plan) != 1 or "USING" not in plan[0] or "ix_cases_" not in plan[0]:
                unlike[statement] = plan
    assert unlike == {}
