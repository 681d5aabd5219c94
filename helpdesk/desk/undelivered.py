"""A mail that will not be sent any more: its case is told, in the transaction in which its row says so.

What follows is decided in one place, also for what comes back later (`core.receive.undelivered`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.core.receive.undelivered import arrived_after_all, did_not_arrive
from helpdesk.core.words.decision import Returned
from helpdesk.core.words.events import AgentAnswered, AnswerLost
from helpdesk.store import cases as case_store
from helpdesk.store import outbox, undeliverable
from helpdesk.wires.courier import Failed

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Decision, ReturnReason
    from helpdesk.core.words.terms import Terms
    from helpdesk.store.outbox import Row
    from helpdesk.unit import Unit
    from helpdesk.wires.courier import Retry

_TO_THE_CUSTOMER = ("relay", "closed")  # kinds of mail that pass on an answer
_OVER = ("failed", "bounced", "dropped")  # states of a row that reaches nobody
_STATUS = re.compile(r"\b([45]\.\d{1,3}\.\d{1,3})\b")  # RFC 3463


def settle(unit: Unit, row: Row, outcome: Failed | Retry) -> None:
    """Let its case know that a mail was given up; its row is marked already."""
    if row.case is None:
        return
    case_store.hold(unit.connection, [row.case])
    refused = isinstance(outcome, Failed)  # else it is not known whose fault it is
    found = _STATUS.search(outcome.reason)
    back = returned(
        unit,
        row,
        reason="permanent" if refused else "temporary",
        status=found[1] if found else "",
        server=outcome.reason,
        for_good=True,
        left=False,
    )
    if refused and not back.staff:
        undeliverable.mark(unit.connection, row.recipient, since=unit.now, status=back.status, outbox_id=row.id)
    _write_down(unit, row.case, lambda case, terms: did_not_arrive(case, back, terms, unit.now))


def arrived(unit: Unit, row: Row) -> None:
    """Let its case know that an answer was sent which had been lost."""
    if row.case is None or not case_store.has_event(unit.connection, row.case, AnswerLost):
        return
    answer = _answer(unit, row)
    if not answer:
        return
    case_store.hold(unit.connection, [row.case])
    to = row.recipient
    _write_down(unit, row.case, lambda case, terms: arrived_after_all(case, answer, to, terms, unit.now))


def _write_down(unit: Unit, number: int, decided: Callable[[Case, Terms], Decision]) -> None:
    case = case_store.load(unit.connection, number)
    mailbox = unit.rules.configuration.mailbox(case.mailbox)
    if mailbox is None:
        return  # it left the configuration: nobody is there to be told
    terms = unit.terms(mailbox, case=case)
    unit.record(decided(case, terms), terms)


def returned(
    unit: Unit, row: Row, *, reason: ReturnReason, status: str, for_good: bool, left: bool, server: str = ""
) -> Returned:
    """What is known of a mail about a case that did not arrive; its row is marked already."""
    number = row.case or 0
    answer = _answer(unit, row)
    rows = outbox.rows(unit.connection, case=number) if answer else []
    alike = [one for one in rows if one.key.startswith(_passing_on(number, answer))]
    return Returned(
        number,
        row.recipient,
        row.kind,
        reason,
        status,
        staff=row.recipient in unit.rules.configuration.staff,
        row=row.id,
        server=server,
        for_good=for_good,
        left=left,
        gives="assigned" in row.kinds,
        answer=answer,
        lost=bool(alike) and for_good and all(one.state in _OVER for one in alike),
    )


def _answer(unit: Unit, row: Row) -> str:
    """The key of the agent's answer that a row passes on to a customer, "" for any other."""
    if row.case is None:
        return ""
    answers = {event.key for event in case_store.load(unit.connection, row.case).of_type(AgentAnswered)}
    return next((key for key in answers if row.key.startswith(_passing_on(row.case, key))), "")


def _passing_on(number: int, answer: str) -> tuple[str, ...]:
    """How the keys of the rows begin that pass on an answer: see `letters`."""
    return tuple(f"{number}/{answer}/{kind}/" for kind in _TO_THE_CUSTOMER)
