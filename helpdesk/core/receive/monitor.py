"""What happens when a monitor writes of the thing that a case came of.

A monitor repeats itself, so what it repeats is on the record and nobody is mailed: only the first word of a recovery,
of a failure after one, and of something worse than it said before. None of it is a person's word: no clock starts or
stops, no wait ends, and nothing that is over is opened again. A recovery ends a case only where its policy says so
and no agent has written. But nobody is called on for what has recovered: whoever was called hears so, and is called
anew when it fails again.

Nobody reads the mail that a monitor gets, so on a case of its own none is written to it (`record`); what an agent
writes goes to the others on the case, or stays in the team and counts as the answer all the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from helpdesk.core.clocks import calling, suspicion
from helpdesk.core.receive import customer, entry
from helpdesk.core.words.case import DESK, Case
from helpdesk.core.words.decision import Arrival, Decision, DecisionBuilder
from helpdesk.core.words.drafts import MonitorMail
from helpdesk.core.words.events import AgentAnswered, AgentNoted, CaseResolved, Event, MonitorReported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.words.terms import Terms
    from helpdesk.core.words.watched import State

News = Literal["", "recovered", "again", "worse"]


def writes(case: Case, arrival: Arrival, state: State, terms: Terms, now: datetime) -> Decision:
    """The monitor that this case came of tells more of it; of what is over it can only say that it has recovered."""
    if customer.is_too_old(case, arrival, terms) or not (case.active or state == "recovered"):
        return customer.opened(replace(arrival, linked_ref=case.ref), terms, now)
    verdict = terms.judged(arrival.message, {}, others=arrival.others, plan=case.plan)
    new = _news(case, state, verdict.rank) if case.active else ""
    made = DecisionBuilder(case)
    made.happened(*entry.reported(arrival, now, rank=verdict.rank), *entry.masked(arrival, now))
    made.happened(*(_ended(case, arrival, terms, now) if new == "recovered" else ()))
    if new == "again":
        made.happened(*calling.again(case, arrival.received_at, terms, now, because="it fails again"))
    suspected = suspicion.raised(made.case, verdict, arrival, terms, now) if new in {"again", "worse"} else ()
    made.happened(*suspected)
    if new:
        called = entry.called(case, terms) if new == "recovered" and case.monitor else ()
        shown = MonitorMail(news=new, uncalled=bool(called))
        made.drafts += entry.to_agents(shown, made.case, arrival, terms, also=called)
    made.drafts += suspicion.alarms(made.case, suspected, terms, now)
    return made.decision(visibility="robot", reply=arrival.message.reply, because=arrival.placement.because)


def _news(case: Case, state: State, rank: int) -> News:
    """What is new on the case about a monitor's state."""
    before = [event for event in case.of_type(MonitorReported) if event.state != "notice"]
    failed = not before or before[-1].state == "problem"
    if state == "recovered":
        return "recovered" if failed else ""
    if state == "notice":
        return ""
    if not failed:
        return "again"
    worst = min((event.rank for event in before if event.state == "problem"), default=rank)
    return "worse" if rank < worst else ""


def _ended(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Iterator[Event]:
    """The end that the policy gives to a case that recovered by itself."""
    if terms.policy.lifecycle.resolve_recovered and not case.of_type(AgentAnswered, AgentNoted):
        at = case.not_before(CaseResolved, arrival.received_at)
        yield CaseResolved(at, now, DESK, because="the monitor says that it has recovered")
