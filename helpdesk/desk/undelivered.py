"""A mail that will not be sent any more: its case hears of it, in the transaction in which its row says so.

What follows is decided in one place, also for what comes back later (`core.undelivered`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.core import decide
from helpdesk.core.decision import Returned
from helpdesk.store import cases as case_store
from helpdesk.store import outbox, undeliverable
from helpdesk.wires.courier import Failed

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import sqlalchemy as sa

    from helpdesk.core.case import Case
    from helpdesk.core.decision import Decision, ReturnReason
    from helpdesk.core.people import Terms
    from helpdesk.desk.record import Recorder
    from helpdesk.store.outbox import Row
    from helpdesk.wires.courier import Retry

_TO_THE_CUSTOMER = ("relay", "closed")  # kinds of mail that pass on an answer
_OVER = ("failed", "bounced", "dropped")  # states of a row that reaches nobody
_STATUS = re.compile(r"\b([45]\.\d{1,3}\.\d{1,3})\b")  # RFC 3463


def settle(connection: sa.Connection, recorder: Recorder, row: Row, outcome: Failed | Retry, now: datetime) -> None:
    """Let its case know that a mail was given up; its row is marked already."""
    if row.case is None:
        return
    case_store.hold(connection, [row.case])
    refused = isinstance(outcome, Failed)  # else it is not known whose fault it is
    found = _STATUS.search(outcome.reason)
    back = returned(
        connection,
        recorder,
        row,
        reason="permanent" if refused else "temporary",
        status=found[1] if found else "",
        server=outcome.reason,
        for_good=True,
        left=False,
    )
    if refused and not back.staff:
        undeliverable.mark(connection, row.recipient, since=now, status=back.status, outbox_id=row.id)
    _write_down(connection, recorder, row.case, lambda case, terms: decide.did_not_arrive(case, back, terms, now), now)


def arrived(connection: sa.Connection, recorder: Recorder, row: Row, now: datetime) -> None:
    """Let its case know that an answer was sent which had been lost."""
    answer = _answer(row)
    if row.case is None or not answer or not case_store.has_event(connection, row.case, "answer_lost"):
        return
    case_store.hold(connection, [row.case])
    to = row.recipient
    _write_down(
        connection, recorder, row.case, lambda case, terms: decide.arrived_after_all(case, answer, to, terms, now), now
    )


def _write_down(
    connection: sa.Connection,
    recorder: Recorder,
    number: int,
    decided: Callable[[Case, Terms], Decision],
    now: datetime,
) -> None:
    case = case_store.load(connection, number)
    mailbox = recorder.rules.configuration.mailbox(case.mailbox)
    if mailbox is None:
        return  # it left the configuration: nobody is there to be told
    terms = recorder.terms(connection, mailbox, case=case, now=now)
    decision = decided(case, terms)
    after = recorder.store(connection, decision, terms)
    recorder.write(connection, after, decision.drafts, terms, now)


def returned(
    connection: sa.Connection,
    recorder: Recorder,
    row: Row,
    *,
    reason: ReturnReason,
    status: str,
    for_good: bool,
    left: bool,
    server: str = "",
) -> Returned:
    """What is known of a mail about a case that did not arrive; its row is marked already."""
    number = row.case or 0
    answer = _answer(row)
    prefixes = tuple(f"{number}/{answer}/{kind}/" for kind in _TO_THE_CUSTOMER)
    alike = [one for one in outbox.rows(connection, case=number) if one.key.startswith(prefixes)] if answer else []
    return Returned(
        number,
        row.recipient,
        row.kind,
        reason,
        status,
        staff=row.recipient in recorder.rules.configuration.staff,
        row=row.id,
        server=server,
        for_good=for_good,
        left=left,
        answer=answer,
        lost=bool(alike) and for_good and all(one.state in _OVER for one in alike),
    )


def _answer(row: Row) -> str:
    """The key of the agent's mail that a row passes on to a customer, "" for any other."""
    found = re.match(rf"\d+/(mail/\d+)/(?:{'|'.join(_TO_THE_CUSTOMER)})/", row.key)
    return found[1] if found else ""
