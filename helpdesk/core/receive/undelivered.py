"""A mail of ours does not arrive: the smarthost refuses it, it is given up, or a delivery report brings it back.

It is on the record of its case, and who keeps the case hears. An answer that reaches nobody is no answer: the case is
open, and it is the desk's turn again. Where it never left us its clock runs on as if it had not been written; where it
went and came back, that clock stays what it was and a follow-up runs, if the policy promises one (design law 14). An
`assigned` that its agent does not get is given to somebody else of the team. Nobody is answered, and what came back
from one of us is told to the operators, so that it never escalates a second time (threat L08).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.record import on_the_record
from helpdesk.core.staffing import assignment, relief
from helpdesk.core.words.case import DESK
from helpdesk.core.words.decision import Decision, Draft
from helpdesk.core.words.drafts import AssignedMail, BouncedMail, EchoMail, ReturnedMail
from helpdesk.core.words.events import (
    AgentAnswered,
    AnswerArrived,
    AnswerLost,
    CaseAssigned,
    CaseFlagged,
    CaseReopened,
    Event,
    MailBounced,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import CaseEffects, Returned
    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.terms import Terms


_TO_THE_HOLDER = ("assigned", "escalation")  # kinds of mail that may tell somebody that a case is theirs


def came_back(case: Case, back: Returned, terms: Terms, *, at: datetime, now: datetime) -> CaseEffects:
    """What is a fact of the case from `at` on, and who hears of it."""
    events = tuple(_events(case, back, terms, at, now))
    return events, tuple(_mails(events, case.after(*events), back, terms))


def _events(case: Case, back: Returned, terms: Terms, at: datetime, now: datetime) -> Iterator[Event]:
    yield MailBounced(
        at,
        now,
        DESK,
        recipient=back.recipient,
        kind=back.kind,
        reason=back.reason,
        status=back.status,
        server=back.server,
        named=back.named,
    )
    if back.reason == "permanent" and not back.staff:
        yield CaseFlagged(at, now, DESK, tag=f"undeliverable: {back.recipient}")
    if _is_lost(case, back):
        why = back.server or back.status
        yield AnswerLost(at, now, DESK, key=back.answer, left=back.left, because=why)
        if case.status != "open":
            opened_at, because = case.not_before(CaseReopened, at), "the answer reached nobody"
            yield CaseReopened(opened_at, now, DESK, because=because)
    holder = terms.team.agent(case.assignee)
    another = _another(case, back, holder, terms, now)
    if holder and another:
        because = f"the mail that gives it to {holder.name_or_address} does not arrive"
        yield CaseAssigned(at, now, DESK, agent=another.address, because=because)


def _mails(events: tuple[Event, ...], case: Case, back: Returned, terms: Terms) -> Iterator[Draft]:
    """To whom the case is given, or to who keeps it; `case` is as the events leave it."""
    lost = any(isinstance(event, AnswerLost) for event in events)
    if any(isinstance(event, CaseAssigned) for event in events):
        another = terms.team.agent(case.assignee)
        if another:
            key = f"undelivered/{back.row}"
            yield Draft(AssignedMail(handed_over=True), another.person, key)
    again = not lost and back.answer in {event.key for event in case.of_type(AnswerLost)}
    if back.staff or back.reason == "complaint" or again:
        return
    returned = ReturnedMail(
        recipient=back.recipient,
        reason=back.reason,
        status=back.status,
        kind=back.kind,
        named=back.named,
        server=back.server,
        for_good=back.for_good,
        lost=lost,
        reopened=any(isinstance(event, CaseReopened) for event in events),
    )
    key = f"lost/{back.answer}/{back.row}" if lost else f"bounce/{back.reason}/{back.recipient}"
    for person in terms.keepers(case.assignee):
        yield Draft(BouncedMail(bounced=returned), person, key)


def _is_lost(case: Case, back: Returned) -> bool:
    """Whether the last word of an agent's has reached nobody. What was said since counts for itself."""
    answers = case.of_type(AgentAnswered)
    lost = {event.key for event in case.of_type(AnswerLost)}
    newest = answers[-1].key if answers else ""
    return back.lost and back.answer not in lost and bool(newest) and newest == back.answer


def _another(case: Case, back: Returned, holder: Agent | None, terms: Terms, now: datetime) -> Agent | None:
    """Somebody else for a case whose agent does not hear that it is theirs; nobody to whom that has happened."""
    if not back.gives or not back.for_good or holder is None or back.recipient not in holder.addresses:
        return None
    tried = {event.recipient for event in case.of_type(MailBounced) if event.kind in _TO_THE_HOLDER}
    tried |= {back.recipient}
    return assignment.another(terms, now, besides=tried)


# --- by no mail


def did_not_arrive(case: Case, back: Returned, terms: Terms, now: datetime) -> Decision:
    """Decide what follows from a mail of a case that was refused, or given up."""
    events, drafts = came_back(case, back, terms, at=now, now=now)
    decision = Decision(case.after(*events), events, drafts)
    decision = relief.relieve(decision, terms, now, because="a mail of ours did not arrive")
    return on_the_record(decision, terms, now)


def arrived_after_all(case: Case, answer: str, recipient: str, terms: Terms, now: datetime) -> Decision:
    """Decide what follows where an answer that was lost is sent after all: on an operator's order, say."""
    lost = [event.key for event in case.of_type(AnswerLost)]
    there = {event.key for event in case.of_type(AnswerArrived)}
    if not answer or answer not in lost or answer in there:
        return on_the_record(Decision(case), terms, now)
    event = AnswerArrived(now, now, DESK, key=answer, recipient=recipient)
    agent = terms.team.agent(case.assignee)
    echo = EchoMail(done=(f"your answer has gone to {recipient} after all: it counts from now on",))
    drafts = (Draft(echo, agent.person, f"arrived/{answer}"),) if agent else ()
    return on_the_record(Decision(case.after(event), (event,), drafts), terms, now)
