"""The fourth door: composed mail goes to the courier, one recipient at a time, at least once.

The Message-ID was fixed when the mail was written, so a second copy after a crash can be folded by its receiver. An
acknowledgment alone is sent at most once: before its final dot the row says `handed_over`, and a row found in that
state after a crash is left as `uncertain`. One mail that fails never delays another.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import structlog

from helpdesk.failpoints import failpoint
from helpdesk.mail.enclose import cut, enclose
from helpdesk.store import outbox, spool
from helpdesk.wires.courier import UNREACHED, Failed, Outgoing, Retry, Sent, no_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from helpdesk.desk.record import Recorder
    from helpdesk.mail.enclose import File
    from helpdesk.mail.signing import Signing
    from helpdesk.store.engine import Database
    from helpdesk.store.outbox import Row
    from helpdesk.wires.courier import Courier, Outcome

LEASE = timedelta(minutes=20)  # longer than the courier's own deadlines for one mail
BATCH = 50
GIVE_UP_AFTER = timedelta(days=3)
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)
_log = structlog.get_logger("deliver")


class _TakenOverError(RuntimeError):
    """Another worker holds the row now: this one was frozen past its lease and must not send."""


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 1, 2, 4, ... 60 minutes."""
    doubled: int = 2 ** (min(max(attempts, 1), 10) - 1)
    return min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)


def never() -> bool:
    """Nobody asks us to stop."""
    return False


def deliver(
    database: Database,
    recorder: Recorder,
    courier: Courier,
    clock: Callable[[], datetime],
    *,
    stopping: Callable[[], bool] = never,
) -> int:
    """Try a batch of mails whose time has come; returns how many.

    Once `stopping` says so, the mail on its way is the last, and the others are given back.
    """
    now = clock()
    with database.write() as connection:
        outbox.settle_uncertain(connection, now)
        rows = outbox.claim(connection, now=now, lease=LEASE, limit=BATCH)
    failpoint("out.claimed")
    reached = False
    for position, row in enumerate(rows):
        if stopping():
            _give_back(database, rows[position:])
            return position
        try:
            mail = _outgoing(database, row, recorder.rules.signing)
            outcome = courier.deliver(mail, before_dot=_marker(database, row))
        except _TakenOverError:
            continue
        failpoint("out.pre_mark")
        _mark(database, recorder, row, outcome, clock())
        if isinstance(outcome, Sent):
            reached = True
    if reached:
        # What waits because the smarthost was away waits no longer: an escalation may be among it.
        with database.write() as connection:
            outbox.hasten(connection, clock(), UNREACHED)
    return len(rows)


def _give_back(database: Database, rows: Sequence[Row]) -> None:
    with database.write() as connection:
        for row in rows:
            outbox.give_back(connection, row)


def _outgoing(database: Database, row: Row, signing: Signing | None) -> Outgoing:
    raw = enclose(row.raw or b"", _files(database, row))
    return Outgoing(row.mail_from, row.recipient, signing.signed(raw) if signing else raw, row.message_id)


def _files(database: Database, row: Row) -> list[File]:
    """What goes along, cut out of the mails that it came in; what was erased meanwhile does not."""
    if not row.enclosed:
        return []
    with database.read() as connection:
        raws = spool.bytes_of(connection, [number for number, _ in row.enclosed])
    places = groupby(row.enclosed, key=itemgetter(0))
    return [file for number, parts in places if number in raws for file in cut(raws[number], [p for _, p in parts])]


def _marker(database: Database, row: Row) -> Callable[[], None]:
    """What happens before the final dot: an acknowledgment is marked, so that it never goes twice."""
    if row.kind not in outbox.AT_MOST_ONCE:
        return no_mark

    def mark() -> None:
        with database.write() as connection:
            if not outbox.hand_over(connection, row):
                raise _TakenOverError(row.key)

    return mark


def _mark(database: Database, recorder: Recorder, row: Row, outcome: Outcome, now: datetime) -> None:
    with database.write() as connection:
        match outcome:
            case Sent(detail):
                outbox.sent(connection, row, now=now, detail=detail)
                _log.info("sent", outbox_id=row.id, kind=row.kind, case=row.case)
            case Retry(reason, uncertain=True) if row.kind in outbox.AT_MOST_ONCE:
                outbox.leave_uncertain(connection, row, detail=reason)
                _log.warning("uncertain", outbox_id=row.id, kind=row.kind, reason=reason)
            case Retry(reason) if now - row.created_at < GIVE_UP_AFTER:
                outbox.retry(connection, row, at=now + pause(row.attempts), detail=reason)
                _log.warning("deferred", outbox_id=row.id, kind=row.kind, attempts=row.attempts, reason=reason)
            case Failed(reason) if row.enclosed:
                # A server that takes no such file, or none so large, may well take the words.
                outbox.without_files(connection, row, now=now, detail=reason)
                key, facts = f"outbox/{row.id}/files", _without_files(row, reason)
                recorder.alert(connection, kind="files", key=key, facts=facts, now=now)
                _log.warning("refused with its files", outbox_id=row.id, kind=row.kind, reason=reason)
            case Retry(reason) | Failed(reason):
                outbox.fail(connection, row, detail=reason)
                _log.error("failed", outbox_id=row.id, kind=row.kind, reason=reason)
                if row.kind != "alert":  # nobody is told by mail that an alert by mail cannot be delivered
                    recorder.alert(connection, key=f"outbox/{row.id}", facts=_failure(row, reason), now=now)


def _without_files(row: Row, reason: str) -> dict[str, object]:
    return {
        "headline": "a mail was refused with its attachments",
        "what": "It is sent again without them; they are kept on the case.",
        "details": _details(row, reason),
        "todo": f"Somebody should see to it that {row.recipient} gets them another way.",
    }


def _failure(row: Row, reason: str) -> dict[str, object]:
    return {
        "headline": "a mail could not be sent",
        "what": "A mail was refused for good or could not be sent for three days.",
        "details": _details(row, reason),
        "todo": f"Once the reason is gone, send it with: helpdesk outbox retry {row.id}",
    }


def _details(row: Row, reason: str) -> list[tuple[str, str]]:
    return [
        ("Outbox", str(row.id)),
        ("Kind", row.kind),
        ("Case", f"HD-{row.case}" if row.case else "none"),
        ("To", row.recipient),
        ("Reason", reason),
    ]
