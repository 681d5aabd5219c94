"""One case goes into another: from then on there is one conversation, and still every promise that was made.

`#merge HD-9` on HD-7 puts HD-7 into HD-9, the survivor. Whatever is written to HD-7 arrives there. HD-7 keeps its
ledger, its people, its severity and its clocks: what happened stays, what runs goes on. The survivor's public answers,
waits and endings happen to HD-7 as well (`follow`), so that they stop its clocks, and its people are written to as
HD-7, each alone; nobody learns of the other case's people. What HD-7's customer writes runs HD-7's clocks, and opens
the survivor where it was over or waiting.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.clocks import suspicion
from helpdesk.core.clocks.ladder import unacknowledged
from helpdesk.core.staffing.relief import said_away
from helpdesk.core.words.addressee import nobody
from helpdesk.core.words.case import DESK
from helpdesk.core.words.decision import Decision, Draft
from helpdesk.core.words.drafts import MergedMail
from helpdesk.core.words.events import (
    AgentAnswered,
    AnsweredElsewhere,
    CaseAssigned,
    CaseClosed,
    CaseFlagged,
    CaseMerged,
    CaseReopened,
    CaseResolved,
    Event,
    MergedInto,
    MergedWrote,
    OutsiderWrote,
    PageAcknowledged,
    WaitingSet,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.receive.orders.command import Command, Orders
    from helpdesk.core.receive.orders.execution import Execution
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival
    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.terms import Neighbour, Terms

# What the survivor's people and agents do that happens to the merged cases as well.
_Followed = (
    AgentAnswered
    | WaitingSet
    | CaseResolved
    | CaseClosed
    | CaseReopened
    | CaseAssigned
    | PageAcknowledged
    | OutsiderWrote
    | AnsweredElsewhere
)
_BECOMES: dict[type[Event], str] = {CaseResolved: "resolved", CaseClosed: "closed", CaseReopened: "open"}
_WRITTEN_TO_ALL = ("relay", "closed")


def mergeable(case: Case, terms: Terms, arrival: Arrival, agent: Agent) -> dict[int, str]:
    """Of the cases that a mail names: "" for one that this case can go into, else what was expected.

    Cases of a team that the agent is not in are as if they did not exist.
    """
    return {
        number: _problem(case, terms, number, other, arrival)
        for number, other in arrival.named.items()
        if other.terms.team.agent(agent.address)
    }


def _problem(case: Case, terms: Terms, number: int, other: Neighbour, arrival: Arrival) -> str:
    if other.case.number == case.number:
        once_more = number in case.merged or arrival.through is not None
        return "" if once_more else "another case than this one"
    if other.terms.team.name != terms.team.name:
        return f"a case of the same team as this one, {terms.team.name}"
    if other.terms.policy.key != terms.policy.key:
        return f"a case of the same offering as this one, {terms.policy.name}"
    if not case.active:
        return f"#merge on a case that is open; {case.ref} is {case.status}, #reopen opens it again"
    if not other.case.active:
        return f"a case that is open; {other.case.ref} is {other.case.status}"
    return ""


def merge(execution: Execution, command: Command, _orders: Orders) -> None:
    """Obey `#merge`."""
    case, survivor = execution.case, execution.arrival.named[command.case]
    into = survivor.case
    if into.number == case.number:
        execution.done.append(f"HD-{command.case} and {case.ref} are one case already")
        return
    theirs = {person.address for person in into.readers}
    shared = tuple(sorted(person.address for person in case.readers if person.address in theirs))
    cases = tuple(f"HD-{number}" for number in (case.number, *case.merged))
    execution.happened_to(survivor, CaseMerged(*execution.stamp, came_from=case.ref, cases=cases))
    if into.status == "waiting":
        execution.happened_to(survivor, CaseReopened(*execution.stamp, because=f"{case.ref} was merged into it"))
    if case.status == "waiting":
        execution.happened(CaseReopened(*execution.stamp, because=f"it was merged into {into.ref}"))
    if into.assignee and into.assignee != case.assignee:
        execution.happened(CaseAssigned(*execution.stamp, agent=into.assignee, because=f"merged into {into.ref}"))
    execution.happened(MergedInto(*execution.stamp, into=into.ref, shared=shared))
    for person in survivor.terms.keepers(into.assignee):
        if person.address not in execution.agent.addresses:
            content = MergedMail(merged_ref=case.ref, merged_number=case.number)
            execution.drafted_for(survivor, Draft(content, person, execution.arrival.key, author=execution.name))
    execution.done.append(f"{case.ref} goes into {into.ref}: {into.subject}")
    keeper = survivor.terms.team.agent(into.assignee)
    if keeper and keeper.address not in execution.agent.addresses and (away := said_away(keeper, execution.now)):
        execution.done.append(f"{into.ref} is with {keeper.name or keeper.address}, who is {away}: #assign on it")
    execution.done.append(
        f"What you answer on {into.ref} goes to the people of both, to each alone, and stops the clocks of both. "
        f"Whoever writes to {case.ref} writes to {into.ref} from now on."
    )


def follow(before: Case | None, decision: Decision, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """Let what happened to the survivor happen to the cases that were merged into it."""
    case = decision.case
    if case is None or before is None or case.number != before.number or not terms.merged:
        return decision
    also = {other.case.number: (other, others) for other, others in decision.also if other.case}
    told = {person.address for person in case.readers}
    for merged in terms.merged:
        number = merged.case.number
        so_far, others = also.get(number, (Decision(merged.case), merged.terms))
        also[number] = _followed(so_far, decision, arrival, now, told), others
        told |= {person.address for person in merged.case.readers}
    return replace(decision, also=tuple(also.values()))


def _followed(so_far: Decision, decision: Decision, arrival: Arrival, now: datetime, told: set[str]) -> Decision:
    case, survivor = so_far.case, decision.case
    if case is None or survivor is None:
        return so_far
    events: list[Event] = []
    for event in decision.events:
        if not isinstance(event, _Followed):
            continue
        if isinstance(event, AgentAnswered) and nobody(case):
            continue  # nobody of this one was written to
        if case.status == _BECOMES.get(type(event)):
            continue
        if isinstance(event, PageAcknowledged) and not unacknowledged(case):
            continue
        at = case.not_before(type(event), event.at)
        events.append(replace(event, at=at, recorded_at=now, on=survivor.ref))
        case = case.after(events[-1])
    if arrival.placement.role == "agent" and (unacknowledged(case) or suspicion.open_suspicion(case)):
        because = "an agent wrote"
        events.append(PageAcknowledged(arrival.received_at, now, arrival.sender, because=because, on=survivor.ref))
        case = case.after(events[-1])
    if case.status == "waiting" and survivor.status == "open":
        because = f"{survivor.ref} waits no more"
        at = case.not_before(CaseReopened, arrival.received_at)
        events.append(CaseReopened(at, now, DESK, because=because, on=survivor.ref))
        case = case.after(events[-1])
    drafts = (*so_far.drafts, *_letters(case, decision, told))
    return replace(so_far, case=case, events=(*so_far.events, *events), drafts=drafts)


def _letters(case: Case, decision: Decision, told: set[str]) -> Iterator[Draft]:
    """What the survivor's people are told, to those of a merged case who are not among them."""
    said = {draft.kind: draft for draft in decision.drafts if draft.audience == "customer"}
    for kind in _WRITTEN_TO_ALL:
        for person in case.readers:
            if kind in said and person.address not in told:
                yield replace(said[kind], to=person)


# --- a customer of a merged case writes


def heard(
    before: Case, came: Decision, arrival: Arrival, merged: Case, now: datetime
) -> tuple[Case, tuple[Event, ...]]:
    """What the mail of a merged case's customer does to the survivor, whose own clocks it does not run."""
    message = arrival.message
    wrote = MergedWrote(
        arrival.received_at,
        now,
        arrival.sender,
        case=merged.ref,
        message_id=message.message_id,
        subject=message.subject,
    )
    events: list[Event] = [wrote]
    events += [event for event in came.events if isinstance(event, CaseFlagged)]
    if not before.active:
        at = before.not_before(CaseReopened, arrival.received_at)
        events.append(CaseReopened(at, now, arrival.sender, because=f"the customer of {merged.ref} wrote"))
    return before.after(*events), tuple(events)
