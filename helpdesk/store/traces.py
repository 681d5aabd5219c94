"""Everything that came in or went out, found by what people remember of it (law 22)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from helpdesk.store.dialect import folded
from helpdesk.store.tables import outbox, refusal, spool, spool_raw

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_first = spool.alias("first")  # of the mail that a copy repeats
_AUTHOR = sa.func.coalesce(_first.c.author, spool.c.author)
_SUBJECT = sa.func.coalesce(_first.c.subject, spool.c.subject)
_MESSAGE_ID = sa.func.coalesce(_first.c.message_id, spool.c.message_id)
_RECEIVED = sa.select(
    spool.c.id,
    spool.c.received_at,
    spool.c.mailbox,
    spool.c.mail_from,
    spool.c.rcpt_to,
    _AUTHOR.label("author"),
    _SUBJECT.label("subject"),
    _MESSAGE_ID.label("message_id"),
    sa.func.coalesce(spool.c.outcome, spool.c.state).label("outcome"),
    sa.func.coalesce(_first.c.case_id, spool.c.case_id).label("case_id"),
    spool.c.copy_of,
    spool.c.error,
).select_from(spool.outerjoin(_first, spool.c.copy_of == _first.c.id))


def received(connection: sa.Connection, text: str, *, limit: int) -> Sequence[Any]:
    """Mail that came in, the newest first: by address, by words of its subject, by Message-ID."""
    told = (_AUTHOR, _SUBJECT, _MESSAGE_ID, spool.c.mail_from, spool.c.mailbox, sa.cast(spool.c.rcpt_to, sa.Text))
    query = _RECEIVED.where(_contains(connection, told, text)).order_by(spool.c.received_at.desc(), spool.c.id.desc())
    return connection.execute(query.limit(limit)).all()


def newest(connection: sa.Connection, *, mailboxes: Collection[str] | None, limit: int) -> Sequence[Any]:
    """The last that came in, the newest first, at these mailboxes or, for None, at all."""
    if mailboxes is None:
        return connection.execute(_RECEIVED.order_by(spool.c.id.desc()).limit(limit)).all()
    # Of each mailbox by itself, as the index has them.
    query = _RECEIVED.order_by(spool.c.received_at.desc()).limit(limit)
    rows = [row for box in mailboxes for row in connection.execute(query.where(spool.c.mailbox == box))]
    return sorted(rows, key=lambda row: (row.received_at, row.id), reverse=True)[:limit]


def unread(connection: sa.Connection, *, limit: int) -> Sequence[Any]:
    """Mail that was not worked yet, or could not be, so that only its bytes say what it is; the newest first."""
    raw = sa.select(spool_raw.c.raw).where(spool_raw.c.spool_id == spool.c.id).scalar_subquery()
    query = _RECEIVED.add_columns(raw.label("raw")).where(spool.c.state != "done", spool.c.subject.is_(None))
    return connection.execute(query.order_by(spool.c.id.desc()).limit(limit)).all()


def sent(connection: sa.Connection, text: str, *, limit: int) -> Sequence[Any]:
    """Mail of ours, sent or not, the newest first."""
    told = (outbox.c.recipient, outbox.c.subject, outbox.c.message_id)
    columns = (
        outbox.c.id,
        outbox.c.created_at,
        outbox.c.sent_at,
        outbox.c.kind,
        outbox.c.mail_from,
        outbox.c.recipient,
        outbox.c.subject,
        outbox.c.message_id,
        outbox.c.state,
        outbox.c.case_id,
        outbox.c.detail,
    )
    query = sa.select(*columns).where(_contains(connection, told, text)).order_by(outbox.c.id.desc())
    return connection.execute(query.limit(limit)).all()


def refused(connection: sa.Connection, text: str, *, limit: int) -> Sequence[Any]:
    """Mail that was refused at the door, the newest first."""
    told = (refusal.c.mail_from, refusal.c.remote, sa.cast(refusal.c.rcpt_to, sa.Text))
    query = sa.select(refusal).where(_contains(connection, told, text)).order_by(refusal.c.id.desc())
    return connection.execute(query.limit(limit)).all()


def _contains(connection: sa.Connection, columns: Sequence[sa.ColumnElement[Any]], text: str) -> sa.ColumnElement[bool]:
    """Whether any of these holds the text, whatever its capitals. One call a row: a function a column costs."""
    whole: sa.ColumnElement[str] = sa.func.coalesce(columns[0], "")
    for column in columns[1:]:
        whole = whole.concat("\n").concat(sa.func.coalesce(column, ""))
    return folded(connection, whole).contains(text.lower(), autoescape=True)
