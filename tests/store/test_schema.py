"""The schema of the code and the schema of the migrations are one; going up and down again loses nothing but itself."""

from __future__ import annotations

import random
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from helpdesk.core.words.message import Envelope
from helpdesk.core.words.people import Workload
from helpdesk.core.words.placement import WatchedCase
from helpdesk.errors import Unavailable
from helpdesk.shipped import shipped
from helpdesk.store import (
    alerts,
    attempts,
    case_counts,
    cases,
    declarations,
    dump,
    history,
    migrate,
    outages,
    outbox,
    search,
    sign_ins,
    signatures,
    spool,
    traces,
    watched,
    writing,
)
from helpdesk.store import credits as credit_store
from helpdesk.store.alerts import Telling
from helpdesk.store.backlog import backlog
from helpdesk.store.board import Reach
from helpdesk.store.cases import Opened
from helpdesk.store.engine import Database, Instant
from helpdesk.store.open_cases import OpenCases
from helpdesk.store.outbox import Queued
from helpdesk.store.search_tables import INDEX
from helpdesk.store.signatures import Learnt
from helpdesk.store.spool import Accepted
from helpdesk.store.tables import metadata
from helpdesk.store.tables import outbox as mails


@pytest.fixture
def empty(empty_url):
    opened = Database(empty_url)
    yield opened
    opened.close()


def table_names(database):
    names = sa.inspect(database.engine).get_table_names()
    return {name for name in names if not name.startswith(INDEX)}  # see helpdesk.store.search_tables


def test_the_files_of_the_migrations_are_numbered_as_alembic_chains_them():
    chain = [script.revision for script in ScriptDirectory(str(shipped("migrations"))).walk_revisions()]
    assert migrate.head() == chain[0]
    assert sorted(chain) == chain[::-1]
    names = {file.name.partition("_")[0] for file in shipped("migrations").glob("versions/*.py")}
    assert names == set(chain)


def migrate_all(database):
    """By the migrations from the first to the last: an empty database gets the tables of the code instead."""
    migrate.upgrade(database, "0001")
    migrate.upgrade(database)


def test_the_migrations_make_exactly_the_tables_of_the_code(empty):
    assert migrate.current(empty) is None
    migrate_all(empty)

    assert migrate.current(empty) == migrate.head()
    assert migrate.differences(empty) == []
    assert table_names(empty) == {*metadata.tables, "alembic_version"}


def test_the_migrations_make_the_same_indexes_constraints_and_triggers_as_the_code(empty):
    """`compare_metadata` does not look at partial indexes, names of constraints and nullability on every database."""
    migrate_all(empty)
    made, programs = shape(empty), triggers(empty)
    migrate.downgrade(empty, "base")
    with empty.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE alembic_version"))
    migrate.upgrade(empty)  # which creates

    assert made == shape(empty)
    assert programs == triggers(empty)
    assert migrate.current(empty) == migrate.head()


def triggers(database):
    """The statements that make the triggers and the functions that they run, however they are laid out."""
    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    if not database.embedded:
        asked = (
            "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal UNION ALL SELECT proname,"
            " pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
        )
    with database.read() as connection:
        return [(row[0], re.sub(r"\s+", "", row[1])) for row in connection.execute(sa.text(asked))]


def shape(database):
    inspector = sa.inspect(database.engine)
    return {
        table: (
            sorted((c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)),
            sorted((i["name"], tuple(i["column_names"]), bool(i["unique"])) for i in inspector.get_indexes(table)),
            sorted((u["name"], tuple(u["column_names"])) for u in inspector.get_unique_constraints(table)),
            sorted(
                (f["name"], tuple(f["constrained_columns"]), f["referred_table"])
                for f in inspector.get_foreign_keys(table)
            ),
        )
        for table in (*metadata.tables, "alembic_version")
    }


def test_upgrading_twice_is_upgrading_once(empty):
    migrate.upgrade(empty)
    migrate.upgrade(empty)

    assert migrate.current(empty) == migrate.head()


def test_down_to_nothing_and_up_again(empty):
    migrate.upgrade(empty)
    migrate.downgrade(empty, "base")
    assert table_names(empty) <= {"alembic_version"}
    migrate.upgrade(empty)

    assert migrate.differences(empty) == []


def test_daemons_that_start_at_once_on_one_postgresql_migrate_it_once(cluster):
    name = cluster.create(template="template1")
    problems = []

    def start():
        database = Database(cluster.url_of(name))
        try:
            migrate.upgrade(database)
        except Exception as problem:  # noqa: BLE001 - whatever it is, it is the finding
            problems.append(problem)
        finally:
            database.close()

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cluster.drop(name)
    assert problems == []


def test_foreign_keys_are_kept_after_a_migration(empty):
    """D04: they are off while tables are rebuilt."""
    migrate.upgrade(empty)

    at = datetime(2026, 5, 19, tzinfo=UTC)
    row = {"case_id": 99, "seq": 1, "type": "opened", "by": "", "facts": {}, "at": at, "recorded_at": at}
    with empty.write() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(sa.insert(metadata.tables["event"]).values(row))


@pytest.mark.parametrize("url", ["mysql://x", "nonsense", ""])
def test_a_database_that_we_do_not_know_is_refused_in_words(url):
    with pytest.raises(Unavailable, match=r"database\.url: expected"):
        Database(url)


def test_a_postgresql_that_is_not_there_is_unavailable():
    database = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable, match="database"):
        migrate.current(database)
    database.close()


def test_errors_of_the_database_do_not_repeat_what_was_written(database):
    """P04: statements fail with mail in their parameters."""
    with pytest.raises(sa.exc.DBAPIError) as caught, database.write() as connection:
        connection.execute(sa.insert(metadata.tables["policy_version"]).values(version=None, text="SECRET-CANARY"))

    assert "SECRET-CANARY" not in str(caught.value)


def test_claims_of_before_are_nobodys_and_what_may_have_arrived_is_not_sent_twice(empty):
    """Revision 0015: mail that 0014 had in hand is carried across."""
    migrate.upgrade(empty, "0014")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    arrived = {"mailbox": "support@logik.example", "source": "smtp", "mail_from": "", "rcpt_to": "[]", "remote": ""}
    arrived |= {"received_at": at, "accepted_at": at, "raw": b"x", "state": "waiting", "attempts": 1}
    written = {"recipient": "jo@acme.example", "mail_from": "", "message_id": "<1@x>", "raw": b"x", "created_at": at}
    written |= {"attempts": 1, "next_at": at, "lease": 1, "detail": "", "lease_until": at}
    hands = [("relay", "sending"), ("ack", "handed_over"), ("escalation", "sending"), ("progress", "queued")]
    with empty.write() as connection:
        insert(connection, "spool", [arrived | {"claimed_until": at}])
        insert(connection, "outbox", [written | {"key": kind, "kind": kind, "state": state} for kind, state in hands])
    migrate.upgrade(empty)

    with empty.write() as connection:
        assert [mail.id for mail in attempts.claim(connection, empty.owner, now=at, limit=9)] == [1]
        rows = {row.kind: row for row in outbox.rows(connection)}
        assert {kind: row.state for kind, row in rows.items()} == {
            "relay": "queued",
            "ack": "uncertain",
            "escalation": "queued",
            "progress": "queued",
        }
        assert {row.next_at for row in rows.values() if row.kind != "ack"} == {at}
        assert {kind: row.copies for kind, row in rows.items() if row.copies} == {"relay": 1, "escalation": 1}
        assert [row.kind for row in outbox.claim(connection, empty.owner, now=at, limit=9)] == [
            "relay",
            "escalation",
            "progress",
        ]
        lanes = connection.execute(sa.text("SELECT lane FROM outbox WHERE kind <> 'ack' ORDER BY id")).scalars()
        assert list(lanes) == [1, 0, 2]


def test_back_at_a_version_before_owners_what_was_past_its_dot_is_sent_again(empty):
    """Revision 0015: only acknowledgments were said to be past it before, and those are not repeated."""
    migrate.upgrade(empty)
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    written = {"recipient": "jo@acme.example", "mail_from": "", "message_id": "<1@x>", "created_at": at}
    written |= {"attempts": 1, "next_at": at, "lease": 1, "detail": "", "state": "handed_over"}
    with empty.write() as connection:
        insert(connection, "outbox", [written | {"key": kind, "kind": kind} for kind in ("warning", "ack")])
        connection.execute(sa.text("INSERT INTO outbox_raw (outbox_id, raw) SELECT id, '' FROM outbox"))
    migrate.downgrade(empty, "0014")
    migrate.upgrade(empty)

    with empty.write() as connection:
        assert {row.kind: row.state for row in outbox.rows(connection)} == {"warning": "queued", "ack": "uncertain"}


def insert(connection, table, rows):
    """As a version did whose columns the code no longer knows."""
    names = ", ".join(rows[0])
    values = ", ".join(f":{name}" for name in rows[0])
    instants = [sa.bindparam(name, type_=Instant) for name in rows[0] if name.endswith(("_at", "_until"))]
    connection.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({values})").bindparams(*instants), rows)


def test_mail_that_waits_is_carried_across_in_the_order_of_its_receipt_and_with_all_its_attempts(empty):
    """Revision 0017: a batch of 0016 whose worker died had cost each of its mails an attempt."""
    migrate.upgrade(empty, "0016")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    row = {"mailbox": "support@logik.example", "source": "smtp", "mail_from": "", "rcpt_to": "[]", "remote": ""}
    row |= {"accepted_at": at, "raw": b"x"}
    waiting = [
        row | {"received_at": at - timedelta(minutes=number), "state": "waiting", "attempts": number}
        for number in range(3)
    ]
    done = row | {"received_at": at, "state": "done", "attempts": 1, "outcome": "ignored"}
    with empty.write() as connection:
        insert(connection, "spool", waiting)
        insert(connection, "spool", [done])
    migrate.upgrade(empty)

    with empty.write() as connection:
        claimed = attempts.claim(connection, empty.owner, now=at, limit=9)
        assert [(mail.id, mail.attempts) for mail in claimed] == [(3, 0), (2, 0), (1, 0)]
        assert connection.execute(sa.select(metadata.tables["spool"].c.attempts).where(sa.text("id = 4"))).scalar() == 1
    migrate.downgrade(empty, "0016")
    migrate.upgrade(empty)
    with empty.write() as connection:
        assert [mail.id for mail in attempts.claim(connection, empty.owner, now=at, limit=9)] == []


def test_who_has_waited_longest_is_asked_of_an_index_from_now_on(empty):
    """Revision 0010: assignments of 0009 are carried across; what is asked with every mail reads no history."""
    migrate.upgrade(empty, "0009")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    policy = {"version": "v", "policy": "logik", "name": "logik.toml", "text": "", "stored_at": at}
    row = {"mailbox": "support@logik.example", "policy": "logik", "policy_version": "v", "customer": ""}
    row |= {"requester": "jo@acme.example", "subject": "", "severity": "s3", "rank": 3, "opened_at": at}
    row |= {"assignee": "ann@desk.example", "breached": False, "events": 0}
    later = {"status": "closed", "assigned_at": at + timedelta(hours=1)}
    with empty.write() as connection:
        connection.execute(sa.insert(metadata.tables["policy_version"]).values(policy))
        connection.execute(
            sa.insert(metadata.tables["cases"]), [row | {"status": "open", "assigned_at": at}, row | later]
        )
    migrate.upgrade(empty)

    assert "ix_cases_assignee_assigned_at" in {one["name"] for one in sa.inspect(empty.engine).get_indexes("cases")}
    with empty.read() as connection:
        loads = cases.workloads(connection, ["ann@desk.example", "bob@desk.example"])
        assert cases.workloads(connection, []) == {}
    assert loads == {
        "ann@desk.example": Workload(1, at + timedelta(hours=1)),
        "bob@desk.example": Workload(0, None),
    }


def test_how_agents_mails_end_is_remembered_from_now_on(empty):
    """Revision 0014: mail of 0013 is carried across; no signature is learnt yet."""
    migrate.upgrade(empty, "0013")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    row = {"key": "k", "kind": "ack", "recipient": "jo@acme.example", "mail_from": "", "message_id": "<1@desk.example>"}
    row |= {"raw": b"x", "created_at": at, "state": "sent", "attempts": 1, "lease": 0, "detail": ""}
    with empty.write() as connection:
        insert(connection, "outbox", [row])
    migrate.upgrade(empty)

    with empty.write() as connection:
        assert [sent.recipient for sent in outbox.rows(connection)] == ["jo@acme.example"]
        assert signatures.of(connection, "ann@desk.example") == Learnt()
        signatures.keep(connection, "ann@desk.example", Learnt((("a", "b"),), ()))
        signatures.keep(connection, "ann@desk.example", Learnt((("a", "b"), ("a",)), (("a",),)))
        assert signatures.of(connection, "ann@desk.example") == Learnt((("a", "b"), ("a",)), (("a",),))


def test_a_case_of_before_is_known_by_no_name_and_one_of_now_by_its_own(empty):
    """Revision 0009: cases of 0008 are carried across; what monitors watch is remembered from then on."""
    migrate.upgrade(empty, "0008")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    policy = {"version": "v", "policy": "logik", "name": "logik.toml", "text": "", "stored_at": at}
    row = {"mailbox": "support@logik.example", "policy": "logik", "policy_version": "v", "customer": ""}
    row |= {"requester": "nagios@acme.example", "subject": "web1", "severity": "s3", "rank": 3, "status": "open"}
    row |= {"assignee": "", "opened_at": at, "breached": False, "events": 0}
    with empty.write() as connection:
        connection.execute(sa.insert(metadata.tables["policy_version"]).values(policy))
        connection.execute(sa.insert(metadata.tables["cases"]), [row, row])
    migrate.upgrade(empty)

    with empty.write() as connection:
        assert watched.find(connection, ["a", "b"]) is None
        watched.note(connection, 1, ["a", "b"], proven=True)
        watched.note(connection, 1, ["a"], proven=False)
        watched.note(connection, 2, ["b"], proven=False)
        assert watched.find(connection, ["a"]) == WatchedCase(1, proven=True)
        assert watched.find(connection, ["a", "b"]) == WatchedCase(2, proven=False)
        watched.note(connection, 2, ["b"], proven=True)
        assert watched.find(connection, ["b"]) == WatchedCase(2, proven=True)
        watched.forget(connection, 2)
        assert watched.find(connection, ["b"]) == WatchedCase(1, proven=True)


def test_what_had_arrived_is_known_by_its_mailbox_and_time_from_now_on(empty):
    """Revision 0008: mail of 0007 is carried across, and indexed."""
    migrate.upgrade(empty, "0007")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    row = {"mailbox": "support@logik.example", "source": "imap", "mail_from": "", "rcpt_to": "[]", "remote": ""}
    row |= {"received_at": at, "accepted_at": at, "raw": b"x", "state": "done", "attempts": 1, "outcome": "opened"}
    with empty.write() as connection:
        insert(connection, "spool", [row])
    migrate.upgrade(empty)

    assert "ix_spool_mailbox_received_at" in {one["name"] for one in sa.inspect(empty.engine).get_indexes("spool")}
    with empty.read() as connection:
        arrivals = spool.arrivals(connection, "support@logik.example")
        assert spool.raw(connection, 1) == b"x"
    assert (arrivals.first_at, arrivals.last_at, list(arrivals.hourly.values())) == (at, at, [1])


def test_mail_of_before_is_found_by_what_its_case_knows_of_it(empty):
    """Revision 0011: author, subject and Message-ID of mail on cases are carried across."""
    migrate.upgrade(empty, "0010")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    statements = (
        "INSERT INTO policy_version (version, policy, name, text, stored_at) VALUES ('v', 'p', 'n', '', :at)",
        (
            "INSERT INTO cases (id, mailbox, policy, policy_version, customer, requester, subject, severity, rank, status,"
            " assignee, opened_at, breached, events) VALUES"
            " (1, 'support@x.example', 'p', 'v', '', 'jo@acme.example', 's', 'normal', 3, 'open', '', :at, :no, 0)"
        ),
        (
            "INSERT INTO spool (id, mailbox, source, mail_from, rcpt_to, remote, received_at, accepted_at, raw, state,"
            " attempts, outcome, case_id) VALUES"
            " (1, 'support@x.example', 'smtp', '', '[]', '', :at, :at, NULL, 'done', 1, 'opened', 1),"
            " (2, 'support@x.example', 'smtp', 'r@x.example', '[]', '', :at, :at, NULL, 'done', 1, 'robot', NULL)"
        ),
        (
            "INSERT INTO message (id, case_id, spool_id, role, visibility, at, author, author_name, message_id, subject,"
            " text, reply, attachments) VALUES (1, 1, 1, 'customer', 'public', :at, 'jo@acme.example', '', '<m@x>',"
            " 'Old words', '', '', '[]')"
        ),
    )
    with empty.write() as connection:
        for statement in statements:
            connection.execute(sa.text(statement), {"at": at, "no": False})
    migrate.upgrade(empty)

    with empty.read() as connection:
        assert [row.subject for row in traces.received(connection, "old WORDS", limit=9)] == ["Old words"]
        assert [row.id for row in traces.received(connection, "jo@acme.example", limit=9)] == [1]
        assert [row.id for row in traces.received(connection, "r@x.example", limit=9)] == [2]


def test_what_was_told_before_alerts_were_counted_stays_and_a_flood_of_now_is_counted(empty):
    """Revision 0013: alerts of 0012 are carried across, and what asks for those of the last day reads no history."""
    migrate.upgrade(empty, "0012")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    row = {"key": "alert/outbox/7/ops@desk.example", "kind": "alert", "recipient": "ops@desk.example", "mail_from": ""}
    row |= {"message_id": "<1@desk.example>", "state": "failed", "attempts": 9, "lease": 1, "detail": "", "at": at}
    columns = ", ".join(name if name != "at" else "created_at" for name in row)
    with empty.write() as connection:
        connection.execute(
            sa.text(f"INSERT INTO outbox ({columns}) VALUES ({', '.join(f':{name}' for name in row)})"), row
        )
    migrate.upgrade(empty)

    assert "ix_outbox_alert_created_at" in {one["name"] for one in sa.inspect(empty.engine).get_indexes("outbox")}
    with empty.write() as connection:
        assert backlog(connection, at).lost_alerts == 1
        assert backlog(connection, at + timedelta(days=2)).lost_alerts == 0
        for nth in (1, 2, 2):
            alerts.note(connection, kind="outbox", key=f"outbox/{nth}", headline="no", at=at)
        ((run, told),) = alerts.runs(connection)
        assert (run.number, run.began_at, told) == (2, at, None)
        assert alerts.tell(connection, run, None, at)
        assert not alerts.tell(connection, run, None, at), "another daemon has"
        ((run, told),) = alerts.runs(connection)
        assert told == Telling(2, at)
        assert alerts.close(connection, run)
        assert not alerts.close(connection, run)
        assert alerts.runs(connection) == []


def test_what_operators_were_told_of_and_not_of_its_end_is_open_after_the_upgrade(empty):
    """Revision 0021: it was read out of the keys of alerts before; a name and an address may have slashes in them."""
    migrate.upgrade(empty, "0020")
    begun = {
        "disk": "condition/disk/20260519T123000",
        "mailbox/a/b@x.example": "condition/mailbox/a/b@x.example/20260519T123000",
        "edit": "condition/edit/20260519T123000-0123456789abcdef",
    }
    over = ["condition/outbox/20260519T123000", "condition/outbox/20260519T123000/over"]
    again = ["condition/disk/20260518T123000", "condition/disk/20260518T123000/over"]
    with empty.write() as connection:
        for number, key in enumerate([*again, *over, *begun.values()]):
            for reader in ("o/p@desk.example", "ops@desk.example"):
                row = {
                    "key": f"alert/{key}/{reader}",
                    "to": reader,
                    "id": f"<{number}-{reader}>",
                    "at": datetime.now(UTC),
                }
                connection.execute(
                    sa.text(
                        "INSERT INTO outbox (key, kind, recipient, mail_from, message_id, state, attempts, lease, detail,"
                        " created_at) VALUES (:key, 'alert', :to, '', :id, 'sent', 1, 1, '', :at)"
                    ),
                    row,
                )
    migrate.upgrade(empty)

    with empty.write() as connection:
        assert {name: alerts.key_of_open(connection, name) for name in (*begun, "outbox")} == {**begun, "outbox": ""}
        alerts.begin(connection, "disk", "condition/disk/20260520T123000")
        assert alerts.key_of_open(connection, "disk") == "condition/disk/20260520T123000"
        alerts.end(connection, "disk")
        assert not alerts.key_of_open(connection, "disk")


def test_mail_from_before_history_is_no_history_and_a_mailbox_with_mail_has_no_first_reading(empty):
    """Revision 0016: rows are carried across; an old mail that is read after the upgrade is mail."""
    migrate.upgrade(empty, "0015")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    statement = (
        "INSERT INTO spool (id, mailbox, source, mail_from, rcpt_to, remote, received_at, accepted_at, raw, state,"
        " attempts, outcome) VALUES (1, 'a@x.example', 'imap', '', '[]', '', :at, :at, NULL, 'done', 1, 'robot')"
    )
    with empty.write() as connection:
        connection.execute(sa.text(statement), {"at": at})
    migrate.upgrade(empty)

    with empty.write() as connection:
        assert spool.load(connection, 1).received_at == at
        for mailbox in ("a@x.example", "b@x.example"):
            history.begin(connection, mailbox=mailbox, folder="F", uidvalidity=1, uidnext=9, now=at)
        old = [
            Accepted(box, box.encode(), Envelope("", (box,)), "imap", at - timedelta(days=8), "F", 1, 3)
            for box in ("a@x.example", "b@x.example")
        ]
        assert [mail.history for mail in history.marked(connection, old)] == [False, True]


def test_a_mail_of_before_is_found_by_what_answers_it_from_now_on(empty):
    """Revision 0018: Message-IDs are indexed; rows are carried across."""
    migrate.upgrade(empty, "0017")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    statement = (
        "INSERT INTO spool (id, mailbox, source, mail_from, rcpt_to, remote, received_at, accepted_at, raw, state,"
        " attempts, outcome, message_id) VALUES (1, 'a@x.example', 'smtp', '', '[]', '', :at, :at, NULL, 'done', 1,"
        " 'robot', '<1@x.example>')"
    )
    with empty.write() as connection:
        connection.execute(sa.text(statement), {"at": at})
    migrate.upgrade(empty)

    with empty.read() as connection:
        assert {"ix_spool_message_id", "ix_message_message_id"} <= {
            index["name"] for table in ("spool", "message") for index in sa.inspect(connection).get_indexes(table)
        }
        found = connection.execute(sa.text("SELECT id FROM spool WHERE message_id = '<1@x.example>'"))
        assert found.scalar_one() == 1


def test_what_an_agent_was_shown_is_known_of_mail_from_before(empty):
    """Revision 0019: what a mail shows stands in its row, also of those that were written before."""
    migrate.upgrade(empty, "0018")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    kinds = {1: ("3/mail/34/customer-message/ann@x.example", "customer-message"), 2: ("3/mail/34/relay/jo@y", "relay")}
    statement = (
        "INSERT INTO outbox (id, key, kind, recipient, mail_from, message_id, created_at, state, attempts, lease, detail)"
        " VALUES (:id, :key, :kind, 'ann@x.example', '', :id, :at, 'sent', 1, 1, '')"
    )
    with empty.write() as connection:
        rows = [{"id": number, "key": key, "kind": kind, "at": at} for number, (key, kind) in kinds.items()]
        connection.execute(sa.text(statement), rows)
    migrate.upgrade(empty)

    with empty.read() as connection:
        found = connection.execute(sa.select(mails.c.id, mails.c.shows).order_by(mails.c.id))
        assert {row.id: row.shows for row in found} == {1: [34], 2: None}


def test_requests_of_before_stay_and_months_have_room_for_their_names(empty):
    """Revision 0020."""
    migrate.upgrade(empty, "0019")
    at = datetime(2026, 10, 2, tzinfo=UTC)
    statement = sa.text(
        "INSERT INTO credit_request (customer, quarter, requested_at, events, violations, percent, amount)"
        " VALUES ('acme', :period, :at, 5, 2, '30', '3600.00 EUR')"
    )
    with empty.write() as connection:
        connection.execute(statement, {"period": "2026Q3", "at": at})
    migrate.upgrade(empty)
    with empty.write() as connection:
        connection.execute(statement, {"period": "2026-07", "at": at})

    with empty.read() as connection:
        kept = [credit_store.find(connection, "acme", period) for period in ("2026Q3", "2026-07")]
        assert [(one.quarter, one.requested_at) for one in kept if one] == [("2026Q3", at), ("2026-07", at)]


def test_what_is_down_now_has_been_since_its_switch_was_set(empty):
    """Revision 0022: an outage for each switch that is down; what is up had none that is known."""
    migrate.upgrade(empty, "0021")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    statement = sa.text("INSERT INTO switch (name, down, since, \"by\") VALUES (:name, :down, :at, 'ops')")
    with empty.write() as connection:
        connection.execute(statement, [{"name": name, "down": down, "at": at} for name, down in _SWITCHES])
    migrate.upgrade(empty)

    with empty.read() as connection:
        found = outages.between(connection, at, at + timedelta(days=1))
        assert [(one.name, one.began_at, one.ended_at, one.policies) for one in found] == [("website", at, None, ())]


_SWITCHES = (("api", False), ("website", True))


def test_windows_of_before_owe_no_notice(empty):
    """Revision 0023: nothing is known of what they disrupt."""
    migrate.upgrade(empty, "0022")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    statement = sa.text(
        "INSERT INTO maintenance (policy, name, sector, begins_at, ends_at, declared_at, declared_by)"
        " VALUES ('logik', 'Move', '', :at, :at, :at, 'ops')"
    )
    with empty.write() as connection:
        connection.execute(statement, {"at": at})
    migrate.upgrade(empty)

    with empty.read() as connection:
        (plan,) = declarations.planned(connection, since=at - timedelta(days=1))
        assert (plan.window.name, plan.window.impact) == ("Move", "")


def test_cases_of_before_are_counted_and_those_of_now_with_them(empty):
    """Revision 0024: the counts begin with what is there, and go on with every case that changes."""
    migrate.upgrade(empty, "0023")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    policy = {"version": "v", "policy": "logik", "name": "logik.toml", "text": "", "stored_at": at}
    row = {"mailbox": "support@logik.example", "policy": "logik", "policy_version": "v", "customer": ""}
    row |= {"requester": "jo@acme.example", "subject": "", "severity": "s3", "rank": 3, "opened_at": at, "events": 0}
    row |= {"assignee": "ann@desk.example", "status": "open", "breached": False}
    rows = sa.insert(metadata.tables["cases"])
    with empty.write() as connection:
        connection.execute(sa.insert(metadata.tables["policy_version"]).values(policy))
        connection.execute(rows, [row, row, row | {"status": "closed", "breached": True}])
    migrate.upgrade(empty)

    with empty.write() as connection:
        connection.execute(rows, row)
        assert case_counts.by_status(connection) == {("open", False): 3, ("closed", True): 1}
        assert case_counts.wrong(connection) == 0


def test_open_cases_of_before_are_to_be_read_and_ended_ones_are_listed_nowhere(empty):
    """Revision 0025: what only events tell is not made up."""
    migrate.upgrade(empty, "0024")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    policy = {"version": "v", "policy": "logik", "name": "logik.toml", "text": "", "stored_at": at}
    row = {"mailbox": "support@logik.example", "policy": "logik", "policy_version": "v", "customer": ""}
    row |= {"requester": "jo@acme.example", "subject": "", "severity": "s3", "rank": 3, "opened_at": at, "events": 0}
    row |= {"assignee": "ann@desk.example", "breached": False}
    with empty.write() as connection:
        connection.execute(sa.insert(metadata.tables["policy_version"]).values(policy))
        rows = [row | {"status": status} for status in ("open", "closed", "merged", "resolved")]
        connection.execute(sa.insert(metadata.tables["cases"]), rows)
    migrate.upgrade(empty)

    with empty.read() as connection:
        kept = OpenCases(connection, Reach(frozenset({"support@logik.example"}), frozenset()), at)
        assert kept.unread(after=0) == [1, 3]
        assert (kept.kinds(), kept.late_number()) == ([], 0)


def test_what_reports_count_of_cases_of_before_is_read_from_their_events(empty):
    """Revision 0026: nothing is kept of them yet, and they are counted all the same."""
    migrate.upgrade(empty, "0025")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    policy = {"version": "v", "policy": "logik", "name": "logik.toml", "text": "", "stored_at": at}
    row = {"mailbox": "support@logik.example", "policy": "logik", "policy_version": "v", "customer": "acme"}
    row |= {"requester": "jo@acme.example", "subject": "", "severity": "s3", "rank": 3, "opened_at": at, "events": 0}
    row |= {"assignee": "", "breached": False, "status": "open"}
    with empty.write() as connection:
        connection.execute(sa.insert(metadata.tables["policy_version"]).values(policy))
        connection.execute(sa.insert(metadata.tables["cases"]).values(row))
    migrate.upgrade(empty)

    with empty.read() as connection:
        numbers = cases.numbers_of(connection, Opened(since=at, customer="acme"))
        (found,) = cases.reported(connection, numbers)
        assert (found.number, found.opened_at, found.counted) == (1, at, None)


def test_who_is_signed_in_is_so_with_the_new_tables_and_nobody_is_exported(empty):
    """Revision 0034: a link, a session, and neither of them in `export --all`."""
    migrate.upgrade(empty, "0033")
    migrate.upgrade(empty)
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    with empty.write() as connection:
        link = {"link": "secret", "address": "ann@desk.example", "browser": "hers", "path": "/"}
        assert sign_ins.ask(connection, **link, now=at)
        sign_ins.begin(connection, session="kept", address="ann@desk.example", now=at, lasts=timedelta(days=1))
    with empty.read() as connection:
        found = sign_ins.usable(connection, "secret", at)
        assert (found.address, found.belongs_to("hers"), found.belongs_to("others")) == (
            "ann@desk.example",
            True,
            False,
        )
        assert sign_ins.holder(connection, "kept", at + timedelta(hours=23)) == "ann@desk.example"
        assert not {row.table for row in dump.rows(connection)} & {"sign_in", "web_session"}
    migrate.downgrade(empty, "0033")
    assert not table_names(empty) & {"sign_in", "web_session"}


def test_the_bytes_of_mail_are_carried_across_and_back(empty):
    """Revision 0027: they lie in a table of their own; a copy, and what was erased, has no row there."""
    migrate.upgrade(empty, "0026")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    row = {"mailbox": "a@x.example", "source": "smtp", "mail_from": "", "rcpt_to": "[]", "remote": "", "attempts": 0}
    row |= {"received_at": at, "accepted_at": at, "state": "waiting"}
    raws = {1: b"first \x00\xff" * 9000, 2: None, 3: b"", 4: b"last"}
    with empty.write() as connection:
        insert(connection, "spool", [row | {"id": number, "raw": raw} for number, raw in raws.items()])
    migrate.upgrade(empty)
    migrate.downgrade(empty, "0026")
    with empty.read() as connection:
        assert {row.id: row.raw for row in connection.execute(sa.text("SELECT id, raw FROM spool"))} == raws
    migrate.upgrade(empty)

    with empty.read() as connection:
        assert spool.bytes_of(connection, raws) == {number: raw for number, raw in raws.items() if raw is not None}
        assert [mail.raw for mail in spool.find(connection, raws)] == [raw or b"" for raw in raws.values()]
        assert connection.execute(sa.text("SELECT count(*) FROM spool_raw")).scalar() == 3


def test_no_bytes_of_letters_stay_where_they_were(empty):
    """Revision 0035: PostgreSQL only forgets the name of a column, and what is erased later would still be there."""
    if empty.embedded:
        pytest.skip("SQLite writes the table anew")
    migrate.upgrade(empty, "0034")
    row = {"key": "k", "kind": "relay", "recipient": "", "mail_from": "", "message_id": "<1@x>", "state": "sent"}
    row |= {"attempts": 1, "lease": 1, "detail": "", "created_at": datetime(2026, 5, 19, tzinfo=UTC)}
    with empty.write() as connection:
        insert(connection, "outbox", [row | {"id": 1, "raw": random.Random(1).randbytes(1_000_000)}])
    migrate.upgrade(empty)
    with empty.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM outbox"))

        assert connection.execute(sa.text("SELECT pg_table_size('outbox')")).scalar_one() < 500_000


def test_the_bytes_of_letters_are_carried_across_and_back(empty):
    """Revision 0035: they lie in a table of their own; what was erased has no row there, and is not sent again."""
    migrate.upgrade(empty, "0034")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    row = {"kind": "relay", "recipient": "jo@acme.example", "mail_from": "", "message_id": "<1@x>", "created_at": at}
    row |= {"attempts": 1, "lease": 1, "detail": "", "state": "failed"}
    raws = {1: b"first \x00\xff" * 9000, 2: None, 3: b"last"}
    with empty.write() as connection:
        insert(connection, "outbox", [row | {"id": number, "key": number, "raw": raw} for number, raw in raws.items()])
    migrate.upgrade(empty)
    migrate.downgrade(empty, "0034")
    with empty.read() as connection:
        assert {row.id: row.raw for row in connection.execute(sa.text("SELECT id, raw FROM outbox"))} == raws
    migrate.upgrade(empty)

    with empty.write() as connection:
        assert {row.id: row.raw for row in outbox.rows(connection)} == raws
        assert outbox.bytes_of(connection, raws) == {number: raw for number, raw in raws.items() if raw is not None}
        assert outbox.retry_all(connection, at) == 2
        assert [mail.raw for mail in outbox.claim(connection, empty.owner, now=at, limit=9)] == [raws[1], raws[3]]


def test_mails_of_before_are_put_in_line_for_the_search_and_cases_keep_their_team(empty):
    """Revision 0030."""
    migrate.upgrade(empty, "0029")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    policy = {"version": "v", "policy": "logik", "name": "logik.toml", "text": "", "stored_at": at}
    row = {"mailbox": "support@logik.example", "policy": "logik", "policy_version": "v", "customer": "acme"}
    row |= {"requester": "jo@acme.example", "subject": "", "severity": "s3", "rank": 3, "opened_at": at, "events": 0}
    row |= {"assignee": "", "breached": False, "status": "open"}
    mail = {"case_id": 2, "role": "customer", "visibility": "public", "at": at, "author": "jo@acme.example"}
    mail |= {"author_name": "", "message_id": "", "subject": "Hello", "text": "", "reply": "", "attachments": "[]"}
    given = {"case_id": 2, "at": at, "recorded_at": at, "type": "team_set", "by": "ann@desk.example"}
    with empty.write() as connection:
        connection.execute(sa.insert(metadata.tables["policy_version"]).values(policy))
        insert(connection, "cases", [row | {"id": number} for number in (1, 2)])
        insert(connection, "message", [mail | {"id": number} for number in (1, 2, 3)])
        facts = enumerate(('{"team": "first"}', '{"team": "second"}'), 1)
        insert(connection, "event", [given | {"seq": seq, "facts": told} for seq, told in facts])
    migrate.upgrade(empty)

    with empty.read() as connection:
        assert list(connection.execute(sa.text("SELECT team FROM cases ORDER BY id")).scalars()) == ["", "second"]
        assert list(connection.execute(sa.text("SELECT message_id FROM to_index ORDER BY id")).scalars()) == [1, 2, 3]
        assert (search.waiting(connection, most=9), search.wrong(connection)) == (3, 0)


def test_cases_of_before_are_found_by_who_wrote_them_whatever_became_of_them(empty):
    """Revision 0031."""
    migrate.upgrade(empty, "0030")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    policy = {"version": "v", "policy": "logik", "name": "logik.toml", "text": "", "stored_at": at}
    row = {"mailbox": "support@logik.example", "policy": "logik", "policy_version": "v", "customer": "acme", "rank": 3}
    row |= {
        "subject": "",
        "severity": "s3",
        "opened_at": at,
        "events": 0,
        "assignee": "",
        "breached": False,
        "turn": "",
    }
    whose = {1: "jo@acme.example", 2: "kim@acme.example", 3: "jo@acme.example"}
    with empty.write() as connection:
        connection.execute(sa.insert(metadata.tables["policy_version"]).values(policy))
        rows = [row | {"id": number, "requester": one, "status": "closed"} for number, one in whose.items()]
        insert(connection, "cases", rows)
    migrate.upgrade(empty)

    with empty.write() as connection:
        assert [one.number for one in cases.of_requester(connection, "jo@acme.example", besides=3, limit=9)] == [1]
        for _ in range(2):
            writing.note(connection, 1, "ann@desk.example", at)
        assert writing.others(connection, 1, at, besides="bob@desk.example") == ["ann@desk.example"]
        assert writing.others(connection, 1, at + 2 * writing.LASTS, besides="") == []


def test_mails_of_before_are_what_their_kind_says_and_nothing_else(empty):
    """Revision 0032."""
    migrate.upgrade(empty, "0031")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    row = {"key": "1/mail/1/assigned/ann@desk.example", "kind": "assigned", "recipient": "ann@desk.example"}
    row |= {"mail_from": "", "message_id": "<1@desk.example>", "created_at": at, "state": "queued", "attempts": 0}
    with empty.write() as connection:
        insert(connection, "outbox", [row | {"id": 1, "lease": 0, "detail": ""}])
    migrate.upgrade(empty)

    with empty.read() as connection:
        assert [row.kinds for row in outbox.rows(connection)] == [("assigned",)]


def test_calls_beyond_mail_are_found_among_what_waits(empty):
    """Revision 0033: what was queued before is mail, and stays mail."""
    migrate.upgrade(empty, "0032")
    at = datetime(2026, 5, 19, 12, 30, tzinfo=UTC)
    mail = Queued("1", None, "alert", "ops@x.example", "", "<1@x.example>", b"Subject: x\r\n\r\n")
    row = {"key": "1", "kind": "alert", "recipient": "ops@x.example", "mail_from": "", "message_id": "<1@x.example>"}
    row |= {
        "raw": mail.raw,
        "created_at": at,
        "next_at": at,
        "state": "queued",
        "attempts": 0,
        "lease": 0,
        "detail": "",
    }
    with empty.write() as connection:
        insert(connection, "outbox", [row])
    migrate.upgrade(empty)
    with empty.write() as connection:
        assert not outbox.any_beyond_mail(connection)
        outbox.add(connection, [replace(mail, key="2", kind=outbox.NOTIFICATION, recipient="notify:operators/1")], at)

    with empty.write() as connection:
        assert outbox.any_beyond_mail(connection)
        (other,) = outbox.claim(connection, empty.owner, now=at, beyond_mail=True)
        (first,) = outbox.claim(connection, empty.owner, now=at)
        assert (other.key, first.key) == ("2", "1")
        assert not outbox.claim(connection, empty.owner, now=at)
