"""What is asked of a desk of millions of rows goes by an index, and what is saved touches no index that it need not."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from helpdesk.store import attempts, cases, desk_mails, tables
from tests.desk import TestDesk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helpdesk.core.words.case import Case
    from helpdesk.store.owner import Owner

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
ASKED: dict[str, tuple[str, Callable[[sa.Connection, Case, Owner], object]]] = {
    "other open cases of a customer": (
        "ix_cases_open_of_customer (customer=?)",
        lambda connection, case, _: cases.open_beside(connection, case),
    ),
    "the newest announcement of a window": (
        "ix_outbox_announced",
        lambda connection, *_: desk_mails.newest_announcement(connection, "maintenance/7/"),
    ),
    "the newest digest": (
        "ix_outbox_digests",
        lambda connection, *_: desk_mails.newest_digest(connection, "digest/"),
    ),
    "mails that were tried": (
        "ix_spool_tried (attempts>? AND attempts<?)",
        lambda connection, _, owner: attempts.claim(connection, owner, now=NOW, limit=8),
    ),
}


@pytest.fixture
def desk(request, rules, story_databases) -> TestDesk:
    made = TestDesk(rules, story_databases.of("memory", request))
    made.mail("Jo Park <jo@acme.example>", "The shop is empty", "Since ten no product is shown.")
    return made


@contextmanager
def statements(desk: TestDesk, begin: str) -> Iterator[list[tuple[str, Any]]]:
    """What the database is asked meanwhile, as far as it begins so."""
    noted: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith(begin):
            noted.append((statement, tuple(parameters)))

    sa.event.listen(desk.database.engine, "before_cursor_execute", note)
    yield noted
    sa.event.remove(desk.database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(("index", "ask"), ASKED.values(), ids=ASKED)
def test_it_goes_by_its_index(desk, index, ask):
    case = desk.case()
    with desk.database.write() as connection:
        with statements(desk, "SELECT") as noted:
            ask(connection, case, desk.database.owner)
        plans = [str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given).all()) for text, given in noted]
    assert any(index in plan for plan in plans), plans


def test_who_has_few_cases_is_not_looked_for_among_all(request, rules, story_databases):
    """Though PostgreSQL takes each customer for a usual one: of these half of the cases are theirs."""
    desk = TestDesk(rules, story_databases.of("postgresql", request))
    desk.mail("Jo Park <jo@acme.example>", "The shop is empty", "Since ten no product is shown.")
    names = ", ".join(column.name for column in tables.cases.c if column.name not in {"id", "customer"})
    with desk.database.write() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO cases (customer, {names}) SELECT 'usual', {names} FROM cases, generate_series(1, 20000)"
        )
        connection.exec_driver_sql("ANALYZE cases")
        with statements(desk, "SELECT") as noted:
            cases.open_beside(connection, desk.case())
        text, places = next(text for text, _ in noted if "LIMIT" in text), count(1)
        generic = re.sub(r"%\(\w+\)s", lambda _: f"${next(places)}", text)
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN (GENERIC_PLAN) {generic}").scalars())
    assert "Index Scan Backward using ix_cases_open_of_customer" in plan, generic


def test_a_tick_writes_no_column_that_it_leaves_as_it_was(desk):
    before = desk.case()
    with statements(desk, "UPDATE cases") as noted:
        desk.at("2026-05-21 12:00")
    assert len(desk.case().events) > len(before.events)
    for text, _ in noted:
        written = text.partition(" WHERE ")[0]
        assert {"next_at=?", "events=?"} <= set(written.replace(",", "").split())
        assert not any(f"{name}=" in written for name in ("mailbox", "customer", "requester", "opened_at", "subject"))
    assert noted
