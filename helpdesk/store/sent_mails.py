"""What the desk wrote about a case, as people look at it: whom, what, when, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from helpdesk.errors import NotFound
from helpdesk.store.tables import outbox

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail of ours to one person, without its bytes."""

    number: int
    key: str
    kind: str
    recipient: str
    subject: str
    state: str
    created_at: datetime
    sent_at: datetime | None
    detail: str
    copies: int


_SHOWN = [column for column in outbox.c if column.key in {*SentMail.__slots__, "id"}]


def between(
    connection: sa.Connection, case: int, *, since: datetime | None, until: datetime | None, limit: int
) -> list[SentMail]:
    """The newest mails about a case that were written in [since, until), oldest first."""
    conditions = [outbox.c.case_id == case]
    if since is not None:
        conditions.append(outbox.c.created_at >= since)
    if until is not None:
        conditions.append(outbox.c.created_at < until)
    query = sa.select(*_SHOWN).where(*conditions).order_by(outbox.c.id.desc()).limit(limit)
    return [_mail(row) for row in reversed(connection.execute(query).all())]


def load(connection: sa.Connection, case: int, number: int) -> SentMail:
    """One mail about a case. Raises NotFound."""
    query = sa.select(*_SHOWN).where(outbox.c.case_id == case, outbox.c.id == number)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(f"there is no mail {number} about HD-{case}")
    return _mail(row)


def _mail(row: Any) -> SentMail:
    return SentMail(
        number=row.id,
        key=row.key,
        kind=row.kind,
        recipient=row.recipient,
        subject=row.subject or "",
        state=row.state,
        created_at=row.created_at,
        sent_at=row.sent_at,
        detail=row.detail,
        copies=row.copies,
    )
