"""Mail that was refused at the door: never ours, so all that is kept is who, to whom, when and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.store.tables import refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

KEPT = timedelta(days=30)
MOST = 10_000  # rows; a flood pushes out the oldest


@dataclass(frozen=True, slots=True)
class RefusedMail:
    """One refusal. `remote` is the peer's address, `reply` what it was told."""

    at: datetime
    remote: str
    mail_from: str
    rcpt_to: tuple[str, ...]
    reply: str


def note(connection: sa.Connection, refused: Sequence[RefusedMail]) -> None:
    """Write down the mails that were refused."""
    if refused:
        rows = [
            {
                "at": each.at,
                "remote": each.remote,
                "mail_from": each.mail_from,
                "rcpt_to": list(each.rcpt_to),
                "reply": each.reply,
            }
            for each in refused
        ]
        connection.execute(sa.insert(refusal), rows)


def forget(connection: sa.Connection, *, before: datetime) -> int:
    """Erase those from before then, and all but the newest `MOST`; returns how many."""
    number = sa.select(refusal.c.id).order_by(refusal.c.id.desc()).offset(MOST).limit(1).scalar_subquery()
    old = sa.or_(refusal.c.at < before, refusal.c.id <= number)
    return connection.execute(sa.delete(refusal).where(old)).rowcount
