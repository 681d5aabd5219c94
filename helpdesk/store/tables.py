"""The tables. `migrations/` makes them; a test proves that both say the same.

`spool`, `event` and `outbox` are the truth. `cases` and `message` are an index of it for finding and showing.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from helpdesk.store.case_triggers import CASE_TRIGGERS
from helpdesk.store.engine import Instant
from helpdesk.store.search_tables import search_statements

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite numbers rows only in INTEGER keys


def _where(condition: str) -> dict[str, Any]:
    """A partial index on both databases: the cost of looking follows what waits, not what there is."""
    return {"sqlite_where": sa.text(condition)}


@sa.event.listens_for(metadata, "before_create")
def _tell_postgresql(_metadata: sa.MetaData, connection: sa.Connection, **_: Any) -> None:
    """Which indexes are partial. Only where it is used: SQLAlchemy loads a dialect to look at words of its own."""
    if connection.dialect.name == "postgresql":
        for index in (index for table in metadata.tables.values() for index in table.indexes):
            index.dialect_options["postgresql"]["where"] = index.dialect_options["sqlite"]["where"]


UNREAD = "?"  # the turn on a case of before turns were kept
LISTED = "turn <> ''"
BROKEN = f"breached AND {LISTED}"
HANDED_OVER = f"team <> '' AND {LISTED}"
OTHERS_TURN = "turn IN ('customer', 'vendor')"
_IN_ORDER = ("due_at", "opened_at", "id")  # of the board
CALLS = "type IN ('step_taken', 'suspected', 'call_not_needed', 'severity_set')"

policy_version = sa.Table(
    "policy_version",
    metadata,
    sa.Column("version", sa.String(64), primary_key=True),
    sa.Column("policy", sa.String(100), nullable=False),
    sa.Column("name", sa.Text, nullable=False),  # the file it was read from
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("stored_at", Instant, nullable=False),
    sa.Column(
        "days", sa.JSON(none_as_null=True)
    ),  # its public holidays; NULL on a version stored before they were kept
)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("mailbox", sa.String(320), nullable=False),
    sa.Column("policy", sa.String(100), nullable=False),
    sa.Column("policy_version", sa.String(64), sa.ForeignKey("policy_version.version"), nullable=False),
    sa.Column("customer", sa.String(200), nullable=False),
    sa.Column("requester", sa.String(320), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("severity", sa.String(100), nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("assignee", sa.String(320), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("assigned_at", Instant),
    sa.Column("team", sa.String(200), nullable=False, server_default=""),  # whose it is, where not its mailbox's
    sa.Column("breached", sa.Boolean, nullable=False),
    sa.Column("next_at", Instant),  # the earliest instant at which time alone changes something
    sa.Column("events", sa.Integer, nullable=False),  # how many: the guard against two writers
    # By what an open case is listed: see helpdesk.core.clocks.milestones, and helpdesk.store.open_cases.
    sa.Column("turn", sa.String(20), nullable=False, server_default=UNREAD),
    sa.Column("turn_since", Instant),
    sa.Column("due_at", Instant),
    sa.Column("late_at", Instant),
    sa.Column("waiting_since", Instant),
    sa.Column("measured", sa.JSON(none_as_null=True)),  # see helpdesk.core.clocks.measured; NULL: not read yet
    sa.Index("ix_cases_next_at", "next_at", **_where("next_at IS NOT NULL")),
    sa.Index("ix_cases_assignee_status", "assignee", "status"),
    sa.Index("ix_cases_assignee_assigned_at", "assignee", "assigned_at"),  # whom the next case goes to
    sa.Index("ix_cases_customer_opened_at", "customer", "opened_at"),
    sa.Index("ix_cases_requester", "requester", "id", **_where(LISTED)),  # what is open of somebody
    sa.Index("ix_cases_open_of_customer", "customer", "id", **_where(LISTED)),
    sa.Index("ix_cases_all_of_requester", "requester", "id"),  # what they wrote before, too
    sa.Index("ix_cases_opened_at", "opened_at", "id"),
    # The queue, page by page: see helpdesk.store.queue.
    sa.Index("ix_cases_queue", "status", "breached", "rank", "next_at", "id"),
    sa.Index("ix_cases_counted", "mailbox", "policy", "policy_version", "severity", "rank", "turn", **_where(LISTED)),
    sa.Index("ix_cases_in_order", "mailbox", "rank", "due_at", "opened_at", **_where(LISTED)),
    sa.Index("ix_cases_due_at", "due_at", "late_at", "mailbox", **_where("due_at IS NOT NULL")),
    sa.Index("ix_cases_late_at", "late_at", "mailbox", **_where("late_at IS NOT NULL")),
    sa.Index("ix_cases_waiting_since", "waiting_since", **_where("waiting_since IS NOT NULL")),
    sa.Index("ix_cases_unread", "id", **_where(f"turn = '{UNREAD}'")),
    sa.Index("ix_cases_turn_since", "turn_since", **_where(OTHERS_TURN)),
    sa.Index("ix_cases_customer_queue", "customer", "status", "breached", "rank", "next_at", "id"),
    # The board, page by page: see helpdesk.store.board.
    sa.Index("ix_cases_board", "mailbox", "turn", "rank", *_IN_ORDER, **_where(LISTED)),
    sa.Index("ix_cases_board_assignee", "mailbox", "assignee", *_IN_ORDER, **_where(LISTED)),
    sa.Index("ix_cases_board_customer", "customer", *_IN_ORDER, **_where(LISTED)),
    sa.Index("ix_cases_board_broken", "mailbox", *_IN_ORDER, **_where(BROKEN)),
    sa.Index("ix_cases_board_team", "team", *_IN_ORDER, **_where(HANDED_OVER)),
)

# How many cases there are, kept by triggers: see helpdesk.store.case_triggers and helpdesk.store.case_counts.
case_count = sa.Table(
    "case_count",
    metadata,
    sa.Column("assignee", sa.String(320), primary_key=True),
    sa.Column("status", sa.String(20), primary_key=True),
    sa.Column("breached", sa.Boolean, primary_key=True),
    sa.Column("shard", sa.Integer, primary_key=True, autoincrement=False),  # who counted: a connection, or 0
    sa.Column("number", sa.BigInteger, nullable=False),  # a part of the count; of one connection it may be negative
)

for _dialect, _statements in CASE_TRIGGERS.items():
    for _statement in _statements:
        _trigger = sa.DDL(_statement)  # type: ignore[no-untyped-call]
        sa.event.listen(cases, "after_create", _trigger.execute_if(dialect=_dialect))

event = sa.Table(
    "event",
    metadata,
    sa.Column("case_id", _Id, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("type", sa.String(40), nullable=False),
    sa.Column("by", sa.String(320), nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    # Whom people were called for, and what agents said of it: see helpdesk.store.calls.
    sa.Index("ix_event_calls", "type", "at", "case_id", **_where(CALLS)),
)

spool = sa.Table(
    "spool",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("mailbox", sa.String(320), nullable=False),
    sa.Column("content_key", sa.String(64), unique=True),  # NULL on a copy
    sa.Column("copy_of", _Id, sa.ForeignKey("spool.id")),
    sa.Column("source", sa.String(20), nullable=False),  # smtp | imap | import | simulate
    sa.Column("mail_from", sa.Text, nullable=False),
    sa.Column("rcpt_to", sa.JSON, nullable=False),
    sa.Column("remote", sa.String(100), nullable=False),
    sa.Column("received_at", Instant, nullable=False),  # when our side's first server took it
    sa.Column("accepted_at", Instant, nullable=False),  # when this row was written
    sa.Column("folder", sa.String(200)),
    sa.Column("uidvalidity", sa.BigInteger),
    sa.Column("uid", sa.BigInteger),
    sa.Column("state", sa.String(20), nullable=False),  # waiting | done | quarantined
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("claimed_by", sa.String(100)),  # see helpdesk.store.claims
    sa.Column("claimed_until", Instant),
    sa.Column("outcome", sa.String(20)),
    sa.Column("case_id", _Id, sa.ForeignKey("cases.id")),
    sa.Column("error", sa.Text),
    sa.Column("done_at", Instant),
    sa.Column("author_key", sa.String(32)),  # while it waits: see helpdesk.store.conversation
    sa.Column("thread_key", sa.String(32)),
    sa.Column("next_at", Instant),  # when it may be tried again; NULL: at once
    # Attempts that failed for no fault of its own.
    sa.Column("forgiven", sa.Integer, nullable=False, server_default="0"),
    sa.Column("released_by", sa.String(320)),  # who said that a person wrote it; NULL where nobody had to
    sa.Column("history", sa.Boolean),  # it lay there before the desk began; NULL where not
    sa.Column("counts_from", Instant),  # when its clocks begin, where that is not its receipt
    # What the mail says of itself, so that it is found: written when it is worked, NULL until then.
    sa.Column("author", sa.Text),
    sa.Column("subject", sa.Text),
    sa.Column("message_id", sa.Text),
    sa.UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),
    sa.Index("ix_spool_waiting", "received_at", "id", **_where("state = 'waiting'")),
    sa.Index("ix_spool_author", "author_key", "received_at", "id", **_where("state = 'waiting'")),
    sa.Index("ix_spool_thread", "thread_key", "received_at", "id", **_where("state = 'waiting'")),
    sa.Index("ix_spool_tried", "attempts", **_where("state = 'waiting' AND attempts > 0")),
    sa.Index("ix_spool_claimed", "claimed_by", **_where("state = 'waiting' AND claimed_by IS NOT NULL")),
    sa.Index("ix_spool_quarantined", "id", **_where("state = 'quarantined'")),
    sa.Index("ix_spool_kept", "done_at", **_where("outcome IN ('robot', 'bounce', 'held') AND case_id IS NULL")),
    sa.Index("ix_spool_case_id", "case_id"),
    sa.Index("ix_spool_mailbox_received_at", "mailbox", "received_at"),  # what is usual for a mailbox
    sa.Index("ix_spool_message_id", "message_id"),  # of which mail another is a copy
    sa.Index("ix_spool_history_message_id", "message_id", **_where("outcome = 'history'")),  # what a mail answers
)

# The bytes of a mail as they were received; none of a copy, and none once they are erased. They have a table of their
# own because SQLite writes a row anew, with all that is in it, whenever one of its columns changes.
spool_raw = sa.Table(
    "spool_raw",
    metadata,
    sa.Column("spool_id", _Id, sa.ForeignKey("spool.id"), primary_key=True),
    sa.Column("raw", sa.LargeBinary, nullable=False),
)

# Where the desk began to read a mailbox of which it had no mail: what lay there then and was old is history.
first_reading = sa.Table(
    "first_reading",
    metadata,
    sa.Column("mailbox", sa.String(320), primary_key=True),
    sa.Column("folder", sa.String(200), nullable=False),
    sa.Column("uidvalidity", sa.BigInteger, nullable=False),
    sa.Column("uidnext", sa.BigInteger, nullable=False),
    sa.Column("began_at", Instant, nullable=False),
)

message = sa.Table(
    "message",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("case_id", _Id, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("spool_id", _Id, sa.ForeignKey("spool.id"), unique=True),  # NULL for what we wrote
    sa.Column("role", sa.String(20), nullable=False),  # customer | agent | outsider
    sa.Column("visibility", sa.String(20), nullable=False),  # public | internal | unverified | robot
    sa.Column("at", Instant, nullable=False),
    sa.Column("author", sa.String(320), nullable=False),
    sa.Column("author_name", sa.Text, nullable=False),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("reply", sa.Text, nullable=False),
    sa.Column("attachments", sa.JSON, nullable=False),
    sa.Index("ix_message_case_id", "case_id"),
    sa.Index("ix_message_message_id", "message_id"),  # what a mail answers
)

# Mails that the index of `search_tables` does not have as they are now; the newest are read first. A mail may be there
# several times: who writes never waits for who reads.
to_index = sa.Table(
    "to_index",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("message_id", _Id, nullable=False),
)

for _dialect in ("sqlite", "postgresql"):
    for _statement in search_statements(_dialect):
        _index = sa.DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
        sa.event.listen(metadata, "after_create", _index.execute_if(dialect=_dialect))

writing = sa.Table(
    "writing",  # who is writing on a case in the console, so that others see it
    metadata,
    sa.Column("case_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("agent", sa.String(320), primary_key=True),
    sa.Column("until", Instant, nullable=False),
)
outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("key", sa.String(600), nullable=False, unique=True),  # a mail is written once, ever
    sa.Column("case_id", _Id, sa.ForeignKey("cases.id")),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("recipient", sa.String(320), nullable=False),
    sa.Column("mail_from", sa.String(320), nullable=False),
    sa.Column("message_id", sa.String(320), nullable=False),
    sa.Column("subject", sa.Text),  # NULL on mail from before it was kept
    sa.Column("enclosed", sa.JSON(none_as_null=True)),  # files that go along: [spool row, part of its MIME tree]
    # The mails of the case whose words stand in it, as rows of the spool; NULL for none.
    sa.Column("shows", sa.JSON(none_as_null=True)),
    sa.Column("also", sa.JSON(none_as_null=True)),  # kinds of the less urgent mails that it stands for; NULL for none
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),  # see helpdesk.store.outbox
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", Instant),  # when to try; NULL once it is over
    sa.Column("claimed_by", sa.String(100)),  # see helpdesk.store.claims
    sa.Column("claimed_until", Instant),
    sa.Column("lease", sa.Integer, nullable=False),  # counts the claims: only the newest may finish
    sa.Column("lane", sa.Integer, nullable=False, server_default="2"),  # what goes first: a lower one
    # How many of its last tries in a row did not get as far as the far side.
    sa.Column("unreached", sa.Integer, nullable=False, server_default="0"),
    # How often it was sent again though it may have arrived.
    sa.Column("copies", sa.Integer, nullable=False, server_default="0"),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("sent_at", Instant),
    sa.Index("ix_outbox_next_at", "next_at", **_where("next_at IS NOT NULL")),
    sa.Index("ix_outbox_fresh", "lane", "id", **_where("next_at IS NOT NULL AND attempts = 0")),
    sa.Index("ix_outbox_tried", "next_at", "id", **_where("next_at IS NOT NULL AND attempts > 0")),
    sa.Index("ix_outbox_unreached", "id", **_where("unreached > 0")),
    sa.Index("ix_outbox_copies", "copies", **_where("copies > 0")),
    sa.Index("ix_outbox_claimed", "id", **_where("claimed_by IS NOT NULL")),
    # The mails of one case to one recipient go in their order.
    sa.Index("ix_outbox_in_order", "case_id", "recipient", "id", **_where("next_at IS NOT NULL")),
    sa.Index("ix_outbox_left", "id", **_where("state IN ('failed', 'uncertain')")),
    sa.Index("ix_outbox_digests", "id", **_where("kind = 'digest'")),
    sa.Index("ix_outbox_announced", "id", **_where("kind = 'maintenance'")),
    sa.Index("ix_outbox_beyond_mail", "id", **_where("kind = 'notification' AND next_at IS NOT NULL")),
    sa.Index("ix_outbox_case_id", "case_id"),
    sa.Index("ix_outbox_recipient_created_at", "recipient", "created_at"),
    # What a first mail is answered with by itself: counted over all addresses before another one goes out.
    sa.Index("ix_outbox_acknowledged_at", "created_at", **_where("kind IN ('ack', 'out-of-scope')")),
    sa.Index("ix_outbox_alert_created_at", "created_at", **_where("kind = 'alert'")),
)

# The bytes of a mail as it was written; none once they are erased. See `spool_raw`.
outbox_raw = sa.Table(
    "outbox_raw",
    metadata,
    sa.Column("outbox_id", _Id, sa.ForeignKey("outbox.id"), primary_key=True),
    sa.Column("raw", sa.LargeBinary, nullable=False),
)

refusal = sa.Table(
    "refusal",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("remote", sa.String(100), nullable=False),
    sa.Column("mail_from", sa.Text, nullable=False),
    sa.Column("rcpt_to", sa.JSON, nullable=False),
    sa.Column("reply", sa.Text, nullable=False),  # what the listener answered
    sa.Index("ix_refusal_at", "at"),
)

alert = sa.Table(
    "alert",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("kind", sa.String(400), nullable=False),
    sa.Column("key", sa.String(600), nullable=False, unique=True),
    sa.Column("headline", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_alert_kind_at", "kind", "at"),
)

alert_told = sa.Table(
    "alert_told",
    metadata,
    sa.Column("kind", sa.String(400), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),  # how many the operators were told of last
    sa.Column("at", Instant, nullable=False),  # and when
)

open_alert = sa.Table(
    "open_alert",
    metadata,
    sa.Column("name", sa.String(400), primary_key=True),  # of what is wrong
    sa.Column("key", sa.String(600), nullable=False),  # of the alert that told its beginning
)

watched = sa.Table(
    "watched",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),  # digest of mailbox, sender and a name of what is watched
    sa.Column("case_id", _Id, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("proven", sa.Boolean, nullable=False),  # whether a mail that said so was authenticated
    sa.Index("ix_watched_case_id", "case_id"),
)

undeliverable = sa.Table(
    "undeliverable",
    metadata,
    sa.Column("address", sa.String(320), primary_key=True),
    sa.Column("since", Instant, nullable=False),  # when its first permanent delivery report was received
    sa.Column("status", sa.String(20), nullable=False),  # RFC 3463, "" where the report gives none
    sa.Column("outbox_id", _Id, sa.ForeignKey("outbox.id"), nullable=False),  # the mail that came back
)

credit_request = sa.Table(
    "credit_request",
    metadata,
    sa.Column("customer", sa.String(200), primary_key=True),
    sa.Column("quarter", sa.String(10), primary_key=True),  # 2026Q3, 2026-07, 2026: one request each, never changed
    sa.Column("requested_at", Instant, nullable=False),
    sa.Column("events", sa.Integer, nullable=False),  # what the statement said at that moment
    sa.Column("violations", sa.Integer, nullable=False),
    sa.Column("percent", sa.String(20), nullable=False),
    sa.Column("amount", sa.String(40), nullable=False),  # "2400.00 EUR", "" where no fee is on record
)

switch = sa.Table(
    "switch",
    metadata,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("down", sa.Boolean, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("by", sa.String(320), nullable=False),
)

incident = sa.Table(
    "incident",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("key", sa.String(100), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("words", sa.JSON, nullable=False),
    sa.Column("policies", sa.JSON, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("opened_by", sa.String(320), nullable=False),
    sa.Column("closed_at", Instant),
    sa.Index("ix_incident_key", "key"),
)

outage = sa.Table(
    "outage",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("name", sa.String(100), nullable=False),  # of what was down
    sa.Column("policies", sa.JSON, nullable=False),  # of which offerings; none: of all
    sa.Column("incident", sa.String(100), nullable=False),  # by which it was declared, "" where by a switch
    sa.Column("began_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),  # NULL: it is down
    sa.Column("declared_at", Instant, nullable=False),
    sa.Column("declared_by", sa.String(320), nullable=False),
    sa.Column("withdrawn_at", Instant),  # it was never down
)

maintenance = sa.Table(
    "maintenance",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("policy", sa.String(100), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sector", sa.Text, nullable=False),
    sa.Column("begins_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("declared_at", Instant, nullable=False),
    sa.Column("declared_by", sa.String(320), nullable=False),
    sa.Column("announced_at", Instant),
    sa.Column("impact", sa.String(100), nullable=False, server_default=""),  # by which its notice is owed
)

classifier_model = sa.Table(
    "classifier_model",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("trained_at", Instant, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),  # active | retired | refused | withdrawn
    sa.Column("examples", sa.Integer, nullable=False),  # how many labels it was taught
    sa.Column("facts", sa.JSON, nullable=False),  # how it did on the kept cases, and the model before it
    sa.Column("model", sa.JSON, nullable=False),  # `Model.state()`
)

signature = sa.Table(
    "signature",
    metadata,
    sa.Column("agent", sa.String(320), primary_key=True),
    sa.Column("recent", sa.JSON, nullable=False),  # digests of the last lines of their last mails
    sa.Column("learnt", sa.JSON, nullable=False),  # of these, what three of them had in common
)

# Links that were asked for to sign in to the console, and who is signed in: see helpdesk.store.sign_ins.
sign_in = sa.Table(
    "sign_in",
    metadata,
    sa.Column("link", sa.String(64), primary_key=True),  # a digest, as are `browser` and `session`
    sa.Column("address", sa.String(320), nullable=False),
    sa.Column("browser", sa.String(64), nullable=False),
    sa.Column("path", sa.Text, nullable=False),  # where they wanted to go
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
    sa.Index("ix_sign_in_address", "address"),
)
web_session = sa.Table(
    "web_session",
    metadata,
    sa.Column("session", sa.String(64), primary_key=True),
    sa.Column("address", sa.String(320), nullable=False),
    sa.Column("began_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
)
