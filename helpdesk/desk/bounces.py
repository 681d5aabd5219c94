"""Delivery reports about our own mail: which row of the outbox came back, and who is to know.

A report counts only with something in it that we signed: the envelope sender of the mail it is about, to which it
comes, or the Message-ID of the mail that it returns. Anything else is somebody's claim and changes nothing (threat
L06). What came back from a customer is told to the agent of the case; what came back from one of us is told to the
operators alone, so that it never escalates a second time (threat L08). Nobody is answered.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.words.alert import AlertText, OperatorAlert
from helpdesk.core.words.message import base_address
from helpdesk.desk import undelivered
from helpdesk.mail.proof.address import read_token
from helpdesk.mail.read.bounces import Bounce, bounce, complaint
from helpdesk.operators import raise_alert
from helpdesk.store import outbox, undeliverable

if TYPE_CHECKING:
    from helpdesk.core.words.decision import Returned, ReturnReason
    from helpdesk.core.words.message import Message
    from helpdesk.core.words.people import Mailbox
    from helpdesk.mail.proof.address import Signer
    from helpdesk.store.outbox import Row
    from helpdesk.store.spool import Spooled
    from helpdesk.unit import Unit


def settle(unit: Unit, mail: Spooled, message: Message, mailbox: Mailbox) -> Returned | None:
    """Mark what a report brings back, and tell the operators what is theirs; None where it is about no mail of ours."""
    report = _report(mail.raw)
    row = report and _row(unit, unit.rules.signer, mail, message, mailbox, report)
    if not report or not row or row.case is None:
        return None
    reason = _reason(report)
    for_good = report.permanent or report.given_up
    outbox.came_back(unit.connection, row, permanent=for_good, detail=f"{reason} {report.status}".strip())
    back = undelivered.returned(unit, row, reason=reason, status=report.status, for_good=for_good, left=True)
    some = _only_some(report, row)
    back = replace(back, named=report.recipients, lost=back.lost and not some)
    if reason != "temporary" and not some:
        status = undeliverable.COMPLAINT if report.complaint else report.status
        undeliverable.mark(unit.connection, row.recipient, since=mail.received_at, status=status, outbox_id=row.id)
    if back.staff or report.complaint:
        key = f"bounce/{reason}/{row.recipient}/{unit.now:%Y-%m-%d}"
        text = _text(row, back)
        raise_alert(unit, OperatorAlert(kind=f"bounce/{reason}", key=key, mailbox=mailbox.address, text=text))
    return back


def _only_some(report: Bounce, row: Row) -> bool:
    """Whether it names several readers and not the address that we wrote to: a list's, whose others have the mail."""
    return len(report.recipients) > 1 and row.recipient not in report.recipients


def _report(raw: bytes) -> Bounce | None:
    return bounce(raw) or complaint(raw)


def _reason(report: Bounce) -> ReturnReason:
    if report.complaint:
        return "complaint"
    return "permanent" if report.permanent else "temporary"


def _row(unit: Unit, signer: Signer, mail: Spooled, message: Message, mailbox: Mailbox, report: Bounce) -> Row | None:
    """The mail that came back: the returned Message-ID names it; else the newest one with that envelope sender."""
    case = signer.case_of(report.message_id)
    if case:
        return next(
            (row for row in outbox.rows(unit.connection, case=case) if row.message_id == report.message_id), None
        )
    addresses = (*mail.envelope.rcpt_to, *message.delivered_to, *(person.address for person in message.to))
    for address in dict.fromkeys(addresses):
        token = read_token(address) if base_address(address) == mailbox.address else None
        if token and token.purpose == "bounce":
            rows = reversed(outbox.rows(unit.connection, case=token.case))
            return next((row for row in rows if row.sent_at and signer.verifies(token, person=row.recipient)), None)
    return None


def _text(row: Row, back: Returned) -> AlertText:
    what = {
        "permanent": "It could not be delivered and did not arrive.",
        "temporary": "It is delayed, or was given up after a while.",
        "complaint": "Its reader called it spam: no acknowledgment goes there until its owner answers a mail.",
    }
    return AlertText(
        headline=f"mail to {row.recipient} {'is unwanted' if back.reason == 'complaint' else 'comes back'}",
        what=f"A mail of the desk to {row.recipient} came back. {what[back.reason]}",
        details=(
            ("To", row.recipient),
            ("Kind", row.kind),
            ("Case", f"HD-{row.case}"),
            ("Outbox", str(row.id)),
            ("Status", back.status or "none given"),
        ),
        todo="See to it that this address takes mail, or remove it from the configuration.",
    )
