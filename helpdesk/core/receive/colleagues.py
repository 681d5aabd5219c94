"""What the others hear of an agent's mail, and a second answer that was written without having seen the first.

The keepers of a case get copies of what others send to the customer, and hear of what others do to it: its assignee,
those who wrote on it lately, and of an answer or an end also who was warned that it is owed. Who was called hears who
has it. A reply to a copy stays in the team, and nobody gets a copy of that. It is one mail for each of them, and none
for who is away, who did it, or who is written to about it anyway.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.core.clocks import ladder
from helpdesk.core.clocks.timeline import waited_for
from helpdesk.core.words.decision import Draft
from helpdesk.core.words.drafts import CopyMail
from helpdesk.core.words.enclosure import names
from helpdesk.core.words.events import (
    AgentAnswered,
    AgentMailReturned,
    AgentNoted,
    AnswerLost,
    CaseAssigned,
    CaseClosed,
    CaseReopened,
    CaseResolved,
    MergedInto,
    PageAcknowledged,
    SeveritySet,
    StepTaken,
    WaitingSet,
)
from helpdesk.person import Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from helpdesk.core.receive.orders.execution import Execution
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.events import Event
    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.unseen import CaseMail

LATELY = timedelta(days=7)
_BECOMES: Mapping[type[Event], str] = {
    CaseResolved: "resolved",
    CaseClosed: "closed",
    CaseReopened: "open again",
}
_SETTLES = (AgentAnswered, CaseResolved, CaseClosed)


def answered_meanwhile(execution: Execution) -> CaseMail | None:
    """Somebody else's answer of the last minutes that the agent had not seen, and has not been shown since."""
    within = execution.terms.second_answer_within
    case, agent, at = execution.was, execution.agent.address, execution.arrival.received_at
    gone = {event.key for event in case.of_type(AnswerLost)}
    gone |= {event.answer for event in case.of_type(AgentMailReturned) if event.by == agent}
    not_seen = {mail.key: mail for mail in execution.arrival.sight.unseen if mail.key not in gone}
    for event in reversed(case.of_type(AgentAnswered)):
        near = abs(event.at - at) <= within
        if within and near and event.by != agent and event.key in not_seen:
            return not_seen[event.key]
    return None


def tell(execution: Execution) -> None:
    """Write to the others what the agent sent to the customer, and what they did to the case."""
    orders = execution.orders
    done = [said for event in execution.events if (said := _news_of(execution, event))]
    answered = not execution.stays and bool(orders.text or not orders.commands)
    addresses = [*_keepers(execution)] if done or answered else []
    woken = _woken(execution)
    if woken and not answered:
        done.append("has it, nobody else is called")
    copy = CopyMail(sent=answered, done=tuple(done), files=names(execution.arrival.message))
    shows = (execution.arrival.number,) if orders.text else ()
    for agent in _others(execution, [*addresses, *woken]):
        key, name = execution.arrival.key, execution.name
        execution.drafts.append(Draft(copy, agent.person, key, orders.text, name, shows=shows))


def _news_of(execution: Execution, event: Event) -> str:
    """What others hear of it; "" where they do not."""
    policy = execution.terms.policy
    match event:
        case CaseAssigned():
            return f"given to {called(execution, Person(event.agent))}"
        case SeveritySet():
            return f"severity {policy.level(event.severity).name}, was {policy.level(event.was).name}"
        case WaitingSet():
            return f"waiting for {'the customer' if waited_for(event) == 'customer' else 'a third party'}"
        case MergedInto():
            return f"merged into {event.into}"
        case _:
            return _BECOMES.get(type(event), "")


def called(execution: Execution, person: Person) -> str:
    """How one of the team is called."""
    agent = execution.terms.team.agent(person.address)
    return (agent.name if agent else "") or person.name_or_address


def _woken(execution: Execution) -> list[str]:
    """Who was called and hears no other way that they need not come: this agent has it, and nothing is over."""
    acknowledged = any(isinstance(event, PageAcknowledged) for event in execution.events)
    if not acknowledged or any(isinstance(event, _SETTLES) for event in execution.events):
        return []
    return sorted({address for one in execution.terms.with_merged(execution.was) for address in ladder.called(one)})


def _others(execution: Execution, addresses: Iterable[str]) -> Iterator[Agent]:
    """Those colleagues who are told, each once."""
    beside = (draft for decision, _ in execution.beside.values() for draft in decision.drafts)
    known = {draft.to.address for draft in (*execution.drafts, *beside) if draft.audience == "agent"}
    known.add(execution.agent.address)
    for address in addresses:
        agent = execution.terms.team.agent(address)
        if agent and agent.address not in known and not agent.away(execution.now):
            known.add(agent.address)
            yield agent


def _keepers(execution: Execution) -> Iterator[str]:
    case, since = execution.was, execution.arrival.received_at - LATELY
    yield from (person.address for person in execution.terms.keepers(case.assignee))
    for one in execution.terms.with_merged(case):
        yield from (event.by for event in one.of_type(AgentAnswered, AgentNoted) if event.at > since)
    if any(isinstance(event, _SETTLES) for event in execution.events):
        yield from _warned(case)


def _warned(case: Case) -> list[str]:
    """Who was told, since the last answer, that time runs out."""
    told: list[str] = []
    for event in case.of_type(StepTaken, AgentAnswered):
        told = [] if isinstance(event, AgentAnswered) else [*told, *event.to]
    return told
