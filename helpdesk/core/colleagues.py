"""What the others hear of an agent's mail, and a second answer that was written without having seen the first.

The keepers of a case get copies of what others send to the customer, and hear of what others do to it: its assignee,
those who wrote on it lately, and of an answer or an end also who was warned that it is owed. A reply to a copy stays in
the team, and nobody gets a copy of that. It is one mail for each of them, and none for who is away, who did it, or who
is written to about it anyway.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.core.decision import Draft
from helpdesk.core.drafts import CopyMail
from helpdesk.core.events import (
    AgentAnswered,
    AgentMailReturned,
    AgentNoted,
    AnswerLost,
    CaseAssigned,
    CaseClosed,
    CaseReopened,
    CaseResolved,
    MergedInto,
    SeveritySet,
    StepTaken,
    WaitingSet,
)
from helpdesk.core.message import Person
from helpdesk.core.timeline import waited_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helpdesk.core.case import Case
    from helpdesk.core.command import Orders
    from helpdesk.core.events import Event
    from helpdesk.core.people import Agent
    from helpdesk.core.scribe import Scribe
    from helpdesk.core.unseen import CaseMail

LATELY = timedelta(days=7)
_BECOMES: Mapping[type[Event], str] = {
    CaseResolved: "resolved",
    CaseClosed: "closed",
    CaseReopened: "open again",
}
_SETTLES = (AgentAnswered, CaseResolved, CaseClosed)


def answered_meanwhile(scribe: Scribe) -> CaseMail | None:
    """Somebody else's answer of the last minutes that the agent had not seen, and has not been shown since."""
    within = scribe.terms.second_answer_within
    case, agent, at = scribe.was, scribe.agent.address, scribe.arrival.received_at
    gone = {event.key for event in case.of_type(AnswerLost)}
    gone |= {event.answer for event in case.of_type(AgentMailReturned) if event.by == agent}
    not_seen = {mail.key: mail for mail in scribe.arrival.sight.unseen if mail.key not in gone}
    for event in reversed(case.of_type(AgentAnswered)):
        near = abs(event.at - at) <= within
        if within and near and event.by != agent and event.key in not_seen:
            return not_seen[event.key]
    return None


def tell(scribe: Scribe, orders: Orders) -> None:
    """Write to the others what the agent sent to the customer, and what they did to the case."""
    done = [said for event in scribe.events if (said := _said(scribe, event))]
    answered = not scribe.stays and bool(orders.text or not orders.commands)
    if not (done or answered):
        return
    files = tuple(part.name or part.type for part in scribe.arrival.message.attachments if not part.kept)
    copy = CopyMail(sent=answered, done=tuple(done), files=files)
    shows = (scribe.arrival.number,) if orders.text else ()
    for agent in _others(scribe):
        key, name = scribe.arrival.key, scribe.name
        scribe.drafts.append(Draft(copy, agent.person, key, orders.text, name, shows=shows))


def _said(scribe: Scribe, event: Event) -> str:
    """What others hear of it; "" where they do not."""
    policy = scribe.terms.policy
    match event:
        case CaseAssigned():
            return f"given to {called(scribe, Person(event.agent))}"
        case SeveritySet():
            return f"severity {policy.level(event.severity).name}, was {policy.level(event.was).name}"
        case WaitingSet():
            return f"waiting for {'the customer' if waited_for(event) == 'customer' else 'a third party'}"
        case MergedInto():
            return f"merged into {event.into}"
        case _:
            return _BECOMES.get(type(event), "")


def called(scribe: Scribe, person: Person) -> str:
    """How one of the team is called."""
    agent = scribe.terms.team.agent(person.address)
    return (agent.name if agent else "") or person.name or person.address


def _others(scribe: Scribe) -> Iterator[Agent]:
    """Who is told, each once."""
    beside = (draft for decision, _ in scribe.beside.values() for draft in decision.drafts)
    known = {draft.to.address for draft in (*scribe.drafts, *beside) if draft.audience == "agent"}
    known.add(scribe.agent.address)
    for address in _keepers(scribe):
        agent = scribe.terms.team.agent(address)
        if agent and agent.address not in known and not agent.away(scribe.now):
            known.add(agent.address)
            yield agent


def _keepers(scribe: Scribe) -> Iterator[str]:
    case, since = scribe.was, scribe.arrival.received_at - LATELY
    yield from (person.address for person in scribe.terms.keepers(case.assignee))
    for one in (case, *(merged.case for merged in scribe.terms.merged)):
        yield from (event.by for event in one.of_type(AgentAnswered, AgentNoted) if event.at > since)
    if any(isinstance(event, _SETTLES) for event in scribe.events):
        yield from _warned(case)


def _warned(case: Case) -> list[str]:
    """Who was told, since the last answer, that time runs out."""
    told: list[str] = []
    for event in case.of_type(StepTaken, AgentAnswered):
        told = [] if isinstance(event, AgentAnswered) else [*told, *event.to]
    return told
