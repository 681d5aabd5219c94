"""The second door: accepted mail is claimed and worked, and what cannot be worked is set aside.

The attempt is counted in a transaction of its own before any byte is read. A batch is worked in one transaction; if
anything in it fails, each mail gets its own, so that one bad mail never takes its neighbours down, and after three
attempts it is set aside with its bytes and the operators are told once. A mail that was tried before is worked alone,
so that one that kills the process is not counted against those that were claimed with it. What another worker or the
database did to an attempt never counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from helpdesk.desk import border
from helpdesk.desk.neighbours import Holding
from helpdesk.desk.work import read_mail, work_mail
from helpdesk.failpoints import failpoint
from helpdesk.store import spool
from helpdesk.store.conflicts import is_blameless, is_conflict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import sqlalchemy as sa

    from helpdesk.desk.record import Recorder
    from helpdesk.desk.work import Worked
    from helpdesk.store.claims import Keeper
    from helpdesk.store.engine import Database
    from helpdesk.store.spool import Spooled

BATCH = 8  # who accepts mail waits meanwhile; more would save hardly any flush a mail (bench/ingest.md)
_log = structlog.get_logger("work")


def work(database: Database, recorder: Recorder, keeper: Keeper, now: datetime) -> list[Worked]:
    """Work a batch of waiting mail; empty when nothing waits."""
    claimed: list[Spooled] = []
    try:
        with database.write() as connection:
            known = keeper.held(spool.TABLE)
            claimed = spool.claim(connection, database.owner, limit=BATCH, known=known)
            keeper.hold(spool.TABLE, [mail.id for mail in claimed])
            for mail in spool.worn_out(connection, database.owner, known=keeper.held(spool.TABLE)):
                _set_aside(connection, recorder, mail, "its worker died three times", now)
        failpoint("work.claimed")
        return _claimed(database, recorder, claimed, now) if claimed else []
    finally:
        keeper.let_go(spool.TABLE, [mail.id for mail in claimed])


def _claimed(database: Database, recorder: Recorder, claimed: Sequence[Spooled], now: datetime) -> list[Worked]:
    claimed = [border.checked(recorder.rules, mail) for mail in claimed]  # may ask name servers: not in a transaction
    try:
        return _together(database, recorder, claimed, now, waits=False)
    except Exception:  # noqa: BLE001 - whatever it was, one by one finds out whose it is
        return [done for mail in claimed if (done := _alone(database, recorder, mail, now))]


def _together(
    database: Database, recorder: Recorder, mails: Sequence[Spooled], now: datetime, *, waits: bool
) -> list[Worked]:
    """All of these mails in one transaction. `waits`: for cases that another worker holds."""
    read = {mail.id: read_mail(recorder, mail) for mail in mails}
    with database.write() as connection:
        mails = spool.hold(connection, database.owner, mails)
        holding = Holding(connection, waits=waits)
        holding.take({number for mail in mails for number in read[mail.id].names})
        worked = [work_mail(connection, recorder, holding, mail, read[mail.id], now) for mail in mails]
        failpoint("work.pre_commit")
    failpoint("work.post_commit")
    for done in worked:
        _log.info("worked", spool_id=done.spool_id, outcome=done.outcome, case=done.case)
    return worked


def _alone(database: Database, recorder: Recorder, mail: Spooled, now: datetime) -> Worked | None:
    """One mail in a transaction of its own; if it fails, it waits for another attempt or is set aside."""
    try:
        return next(iter(_together(database, recorder, [mail], now, waits=True)), None)
    except Exception as problem:  # noqa: BLE001 - unknown is temporary, until it has happened three times (design law 5)
        if is_blameless(problem):
            because = "another worker was faster" if is_conflict(problem) else "the database does not answer"
            _log.warning(because, spool_id=mail.id)
            with database.write() as connection:
                spool.forgive(connection, mail)
            return None
        _log.exception("a mail could not be worked", spool_id=mail.id, attempts=mail.attempts)
        error = f"{type(problem).__name__}: {problem}"
        with database.write() as connection:
            if mail.attempts >= spool.MAX_ATTEMPTS:
                _set_aside(connection, recorder, mail, error, now)
            else:
                spool.release(connection, mail, error=error)
        return None


def _set_aside(connection: sa.Connection, recorder: Recorder, mail: Spooled, error: str, now: datetime) -> None:
    if not spool.quarantine(connection, mail, error=error, now=now):
        return
    facts = {
        "headline": "a mail was set aside",
        "what": f"A mail to {mail.mailbox} could not be worked and was set aside. Its bytes are kept.",
        "details": [("Quarantine", str(mail.id)), ("Mailbox", mail.mailbox), ("Error", error)],
        "todo": f"Look at it with: helpdesk quarantine show {mail.id}",
    }
    recorder.alert(connection, key=f"quarantine/{mail.id}", mailbox=mail.mailbox, facts=facts, now=now)
