"""Prepared statements say the same as SQLAlchemy's own `execute`, in values, in rows and in errors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from helpdesk.store.engine import NOT_NOW
from helpdesk.store.prepared import Prepared, PreparedLists, one_of
from helpdesk.store.tables import credit_request, maintenance, policy_version, switch

AT = datetime(2026, 5, 19, 12, 30, 0, 123456, tzinfo=UTC)
ROW = {
    "version": "v1",
    "policy": "p",
    "name": "n.toml",
    "text": "Grüße",
    "stored_at": AT,
    "days": {"de": ["2026-01-01"]},
}
INSERT = Prepared(sa.insert(policy_version), sets=list(ROW))
SELECT = sa.select(policy_version).where(policy_version.c.version == sa.bindparam("which"))


@pytest.mark.parametrize("days", [None, {}, {"de": ["2026-01-01"], "at": []}])
@pytest.mark.parametrize("at", [AT, AT.astimezone(timezone(timedelta(hours=5, minutes=30)))])
def test_what_is_written_and_read_is_what_execute_writes_and_reads(database, days, at):
    row = ROW | {"days": days, "stored_at": at}
    with database.write() as connection:
        assert INSERT.change(connection, **row) == 1
        connection.execute(sa.insert(policy_version), row | {"version": "v2"})
    with database.read() as connection:
        for version in ("v1", "v2"):
            (found,) = Prepared(SELECT).rows(connection, which=version)
            assert found._asdict() == dict(connection.execute(SELECT, {"which": version}).one()._mapping)
            assert found.stored_at == AT
            assert (found.days, found.text) == (days, "Grüße")
        assert Prepared(SELECT).rows(connection, which="v3") == []


def test_rows_that_are_changed_are_counted_and_many_are_written_at_once(database):
    insert = Prepared(sa.insert(switch), sets=switch.c.keys())
    set_down = sa.update(switch).where(one_of(switch.c.name, ("api", "shop"))).values(by="somebody else")
    with database.write() as connection:
        insert.each(
            connection, [{"name": n, "down": n == "api", "since": AT, "by": "ops"} for n in ("api", "shop", "x")]
        )
        assert Prepared(set_down, sets=["down"]).change(connection, down=True) == 2
        found = Prepared(sa.select(switch.c.name, switch.c.down, switch.c.by)).rows(connection)
    assert sorted(found) == [("api", True, "somebody else"), ("shop", True, "somebody else"), ("x", False, "ops")]


def test_a_list_of_any_length_finds_what_is_in_it_once(database):
    named = PreparedLists(
        lambda names, who: (
            sa.select(switch.c.name)
            .where(switch.c.name.in_(names), switch.c.by.in_(who), switch.c.down == sa.bindparam("down"))
            .order_by(switch.c.name)
        ),
        names=switch.c.name,
        who=switch.c.by,
    )
    names = [f"{number:02}" for number in range(20)]
    with database.write() as connection:
        rows = [{"name": name, "down": name != "03", "since": AT, "by": f"b{int(name) % 3}"} for name in names]
        connection.execute(sa.insert(switch), rows)
        for length in (1, 2, 3, 5, 9, 20):
            found = named.rows(connection, {"names": set(names[:length]), "who": ("b0", "b2", "")}, down=True)
            assert [row.name for row in found] == [n for n in names[:length] if int(n) % 3 != 1 and n != "03"]


def test_a_number_that_the_database_gives_is_returned(database):
    given = ("policy", "name", "sector", "begins_at", "ends_at", "declared_at", "declared_by")
    insert = Prepared(sa.insert(maintenance).returning(maintenance.c.id, maintenance.c.begins_at), sets=given)
    row = {name: AT if name.endswith("_at") else name for name in given}
    with database.write() as connection:
        assert [tuple(insert.rows(connection, **row)[0]) for _ in range(2)] == [(1, AT), (2, AT)]


def test_an_error_is_sqlalchemys_and_repeats_nothing_of_what_was_written(database):
    """P04."""
    with database.write() as connection:
        INSERT.change(connection, **ROW)
    with pytest.raises(sa.exc.IntegrityError) as caught, database.write() as connection:
        INSERT.change(connection, **ROW | {"text": "SECRET-CANARY"})
    assert "SECRET-CANARY" not in f"{caught.value} {caught.value.orig} {caught.value.params}"
    with database.read() as connection:
        assert [row.text for row in Prepared(SELECT).rows(connection, which="v1")] == ["Grüße"]


def test_who_listens_to_what_the_database_is_asked_hears_of_it(database):
    heard = []

    @sa.event.listens_for(database.engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, _values, _context, many):
        heard.append((statement.split()[0], many))

    with database.write() as connection:
        heard.clear()
        INSERT.each(connection, [ROW])
        Prepared(SELECT).rows(connection, which="v1")
    assert heard == [("INSERT", True), ("SELECT", False)]


def test_an_instant_without_an_offset_is_refused(database):
    with pytest.raises(ValueError, match="aware"), database.write() as connection:
        INSERT.change(connection, **ROW | {"stored_at": AT.replace(tzinfo=None)})


def test_a_look_is_one_snapshot(database):
    if database.url.database in {None, "", ":memory:"} or not database.embedded:
        pytest.skip("PostgreSQL shows each statement what is committed by then")
    with database.read() as look:
        assert Prepared(SELECT).rows(look, which="v1") == []
        with database.write() as connection:
            INSERT.change(connection, **ROW)
        assert Prepared(SELECT).rows(look, which="v1") == []


def test_a_connection_that_is_gone_is_the_databases_fault_and_the_next_one_works(database):
    if database.embedded:
        pytest.skip("there is no connection to lose")
    with pytest.raises(NOT_NOW) as caught:
        _asked_after_its_end(database)
    assert caught.value.connection_invalidated
    with database.write() as connection:
        assert Prepared(sa.select(credit_request)).rows(connection) == []


def _asked_after_its_end(database):
    with database.write() as connection:
        own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with database.engine.connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({own}, 5000)")
        Prepared(sa.select(credit_request)).rows(connection)
