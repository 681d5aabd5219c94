"""What a monitor says on the case of the thing it watches, and when the keeper of the case has to hear of it.

A monitor repeats itself, so what it repeats is on the record and nobody is mailed: only the first word of a recovery,
of a failure after one, and of something worse than it said before. None of it is a person's word: no clock starts or
stops, no wait ends, and nothing that is over is opened again. A recovery ends a case only where its policy says so
and no agent has written.

Nobody reads the mail that a monitor gets, so on a case of its own none is written to it (`spared`); what an agent
writes goes to the others on the case, or stays in the team and counts as the answer all the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from helpdesk.core.words.case import DESK
from helpdesk.core.words.events import AgentAnswered, AgentNoted, CaseResolved, Event, MonitorReported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival, Decision
    from helpdesk.core.words.terms import Terms
    from helpdesk.core.words.watched import State

News = Literal["", "recovered", "again", "worse"]


def said(arrival: Arrival, now: datetime, *, rank: int) -> Iterator[Event]:
    """What the mail says of the thing, if it is a monitor's; `rank` is how bad it looks, 1 to 4."""
    watched, message = arrival.placement.watched, arrival.message
    if watched is not None:
        yield MonitorReported(
            arrival.received_at,
            now,
            arrival.sender,
            message_id=message.message_id,
            subject=message.subject,
            state=watched.state,
            rank=rank,
        )


def news(case: Case, state: State, rank: int) -> News:
    """What of it is new on the case."""
    before = [event for event in case.of_type(MonitorReported) if event.state != "notice"]
    failed = not before or before[-1].state == "problem"
    if state == "recovered":
        return "recovered" if failed else ""
    if state == "notice":
        return ""
    if not failed:
        return "again"
    return "worse" if rank < min((_rank(event) for event in before), default=rank) else ""


def ended(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Iterator[Event]:
    """The end that the policy gives to a case that recovered by itself."""
    if terms.policy.lifecycle.resolve_recovered and not case.of_type(AgentAnswered, AgentNoted):
        at = case.not_before(CaseResolved, arrival.received_at)
        yield CaseResolved(at, now, DESK, because="the monitor says that it has recovered")


def spared(decision: Decision) -> Decision:
    """The decision without mail to a monitor, unless an agent insists."""
    case = decision.case
    if case is None or not case.monitor or decision.insists:
        return decision
    its = case.requester.address
    drafts = tuple(draft for draft in decision.drafts if draft.audience != "customer" or draft.to.address != its)
    return replace(decision, drafts=drafts)


def _rank(event: MonitorReported) -> int:
    return event.rank if event.state == "problem" else 4
