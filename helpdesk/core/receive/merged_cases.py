"""What a mail does to cases that went into one another.

`#merge HD-9` on HD-7 puts HD-7 into HD-9, the survivor: one conversation, and still every promise that was made.
Whatever is written to HD-7 arrives there. HD-7 keeps its ledger, its people, its severity and its clocks: what happened
stays, what runs goes on. The survivor's public answers, waits and endings happen to HD-7 as well (`follow`), so that
they stop its clocks, and its people are written to as HD-7, each alone; nobody learns of the other case's people. What
HD-7's customer writes runs HD-7's clocks, and opens the survivor where it was over or waiting (`heard`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.clocks import suspicion
from helpdesk.core.clocks.ladder import unacknowledged
from helpdesk.core.receive import entry
from helpdesk.core.words.addressee import nobody
from helpdesk.core.words.calls import why_no_call
from helpdesk.core.words.case import DESK, Case
from helpdesk.core.words.decision import Arrival, Decision, DecisionBuilder, Draft
from helpdesk.core.words.events import (
    AgentAnswered,
    AnsweredElsewhere,
    CallNotNeeded,
    CaseAssigned,
    CaseClosed,
    CaseFlagged,
    CaseReopened,
    CaseResolved,
    Event,
    MergedWrote,
    MilestoneReached,
    OrderConfirmed,
    OrderRefused,
    OutsiderWrote,
    PageAcknowledged,
    WaitingSet,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.words.terms import Terms

# What the survivor's people and agents do that happens to the merged cases as well.
_Followed = (
    AgentAnswered
    | MilestoneReached
    | WaitingSet
    | CaseResolved
    | CaseClosed
    | CaseReopened
    | CaseAssigned
    | PageAcknowledged
    | CallNotNeeded
    | OrderConfirmed
    | OutsiderWrote
    | AnsweredElsewhere
)
_BECOMES: dict[type[Event], str] = {CaseResolved: "resolved", CaseClosed: "closed", CaseReopened: "open"}
_WRITTEN_TO_ALL = ("relay", "closed")


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
    made = DecisionBuilder(case)
    for event in decision.events:
        if isinstance(event, _Followed) and not _is_left_out(made.case, event):
            at = made.case.not_before(type(event), event.at)
            made.happened(replace(event, at=at, recorded_at=now, on=survivor.ref))
    if arrival.placement.role == "agent" and (unacknowledged(made.case) or suspicion.open_suspicion(made.case)):
        made.happened(PageAcknowledged(*entry.stamp(arrival, now), because="an agent wrote", on=survivor.ref))
    if made.case.status == "waiting" and survivor.status == "open":
        at = made.case.not_before(CaseReopened, arrival.received_at)
        made.happened(CaseReopened(at, now, DESK, because=f"{survivor.ref} waits no more", on=survivor.ref))
    drafts = (*so_far.drafts, *_letters(made.case, decision, told))
    return replace(so_far, case=made.case, events=(*so_far.events, *made.events), drafts=drafts)


def _is_left_out(case: Case, event: Event) -> bool:
    """Whether it is nothing to a merged case as that stands."""
    match event:
        case AgentAnswered():
            return nobody(case)  # of this one was written to
        case PageAcknowledged():
            return not unacknowledged(case)
        case CallNotNeeded():
            return bool(why_no_call(case))
        case OrderConfirmed():
            return all(one.key != event.key for one in case.of_type(OrderRefused))
    return case.status == _BECOMES.get(type(event))


def _letters(case: Case, decision: Decision, told: set[str]) -> Iterator[Draft]:
    """What the survivor's people are told, to those of a merged case who are not among them."""
    said = {draft.kind: draft for draft in decision.drafts if draft.audience == "customer"}
    for kind in _WRITTEN_TO_ALL:
        for person in case.readers:
            if kind in said and person.address not in told:
                yield replace(said[kind], to=person)


def heard(
    before: Case, came: Decision, arrival: Arrival, merged: Case, now: datetime
) -> tuple[Case, tuple[Event, ...]]:
    """What the mail of a merged case's customer does to the survivor, whose own clocks it does not run."""
    message = arrival.message
    wrote = MergedWrote(
        *entry.stamp(arrival, now), case=merged.ref, message_id=message.message_id, subject=message.subject
    )
    events: list[Event] = [wrote]
    events += [event for event in came.events if isinstance(event, CaseFlagged)]
    if not before.active:
        at = before.not_before(CaseReopened, arrival.received_at)
        events.append(CaseReopened(at, now, arrival.sender, because=f"the customer of {merged.ref} wrote"))
    return before.after(*events), tuple(events)
