"""Erasing what a case holds: the mails as they came, their texts, the copies of what we sent, quotes in the ledger.

The ledger itself stays: what happened, when and by whom is no one's secret. This is the only place where events are
changed, and only words of mails in them are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from helpdesk.store.tables import cases, event, message, outbox, spool

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_UNSENT = ("queued", "sending", "failed")


def erase(connection: sa.Connection, case: int, *, also: Collection[int], instead: str) -> dict[str, int]:
    """Erase a case's content; `also` are spool rows not on the case yet, `instead` stands for its subject.

    Returns how many of what: mails, texts, sent, unsent, facts.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(sa.text("PRAGMA secure_delete = ON"))  # the freed pages are overwritten, not only forgotten
    erased = {
        "mails": _mails(connection, case, also),
        "texts": _texts(connection, case, instead),
        "unsent": _unsent(connection, case),
        "sent": _sent(connection, case),
        "facts": _facts(connection, case, instead),
    }
    connection.execute(sa.update(cases).where(cases.c.id == case).values(subject=instead))
    return erased


def _mails(connection: sa.Connection, case: int, also: Collection[int]) -> int:
    theirs = sa.and_(sa.or_(spool.c.case_id == case, spool.c.id.in_(list(also))), spool.c.raw.is_not(None))
    return connection.execute(sa.update(spool).where(theirs).values(raw=None)).rowcount


def _texts(connection: sa.Connection, case: int, instead: str) -> int:
    values = {"subject": instead, "text": "", "reply": "", "attachments": []}
    return connection.execute(sa.update(message).where(message.c.case_id == case).values(values)).rowcount


def _unsent(connection: sa.Connection, case: int) -> int:
    waiting = sa.and_(outbox.c.case_id == case, outbox.c.state.in_(_UNSENT))
    # A further claim, so that a worker which has one of them in hand cannot queue it again.
    values = {"state": "dropped", "raw": None, "next_at": None, "lease_until": None, "lease": outbox.c.lease + 1}
    values["detail"] = "erased before it was sent"
    return connection.execute(sa.update(outbox).where(waiting).values(values)).rowcount


def _sent(connection: sa.Connection, case: int) -> int:
    rest = sa.and_(outbox.c.case_id == case, outbox.c.raw.is_not(None))
    return connection.execute(sa.update(outbox).where(rest).values(raw=None)).rowcount


def _facts(connection: sa.Connection, case: int, instead: str) -> int:
    changed = 0
    for row in connection.execute(sa.select(event.c.seq, event.c.facts).where(event.c.case_id == case)).all():
        facts = _without_quotes(row.facts, instead)
        if facts != row.facts:
            mine = sa.and_(event.c.case_id == case, event.c.seq == row.seq)
            changed += connection.execute(sa.update(event).where(mine).values(facts=facts)).rowcount
    return changed


def _without_quotes(facts: Mapping[str, Any], instead: str) -> dict[str, Any]:
    """The facts without words of mails: subject, intake fields, evidence of a severity, an agent's mistaken lines."""
    kept = dict(facts)
    if "subject" in kept:
        kept["subject"] = instead
    if kept.get("intake"):
        kept["intake"] = {}
    if kept.get("mistakes"):
        kept["mistakes"] = []
    if kept.get("reasons"):
        kept["reasons"] = [{**reason, "evidence": ""} for reason in kept["reasons"]]
    return kept
