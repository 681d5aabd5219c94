"""What a mail does: `receive` is told what arrived, what applies and what time it is, and decides.

Each sender has a file that says what happens when they write: `customer`, `agent` (whose orders are in `orders`),
`monitor`, `outsider` (programs are there, too). `merged_cases` says what else happens where cases went into another.

Pure. Writing mail, storing and sending come after, and decide nothing. `tick` is the other door: what time does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.receive import agent, customer, monitor, outsider, refused
from helpdesk.core.receive.merged_cases import follow
from helpdesk.core.receive.splitting import split_off
from helpdesk.core.record import on_the_record, progress_mails
from helpdesk.core.staffing.relief import relieve

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival, Decision
    from helpdesk.core.words.terms import Terms


def receive(case: Case | None, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """Decide what a mail does. `case` is the one that the mail was placed on, None for a new one.

    `arrival.received_at` starts and stops clocks; `now` is when we decide. Both aware UTC.
    """
    decision = _by_sender(case, arrival, terms, now)
    decision = split_off(decision, arrival, now) if decision.split else decision
    if arrival.placement.role != "agent" and not (
        arrival.behalf or arrival.placement.asked
    ):  # who has just written is there
        decision = relieve(decision, terms, now, because="somebody wrote on it")
    decision = follow(case, decision, arrival, terms, now)
    also = tuple(
        (on_the_record(replace(other, insists=decision.insists), others, now), others)
        for other, others in decision.also
    )
    told = tuple(progress_mails(case if decision.outcome == "appended" else None, decision.case, terms, arrival.key))
    if told or also:
        decision = replace(decision, drafts=(*decision.drafts, *told), also=also)
    return on_the_record(decision, terms, now)


def _by_sender(case: Case | None, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    placement, robot = arrival.placement, arrival.message.robot
    if case is not None and placement.watched:
        return monitor.writes(case, arrival, placement.watched.state, terms, now)
    if case is not None and robot and arrival.thanks:  # a sign of thanks under a mail of ours
        return customer.thanks_us(case, arrival, arrival.thanks, terms, now)
    if robot and placement.role != "agent":
        return outsider.robot_writes(case, arrival, terms, now)
    if case is None:
        first = agent.opens if arrival.behalf else customer.first_writes
        return first(arrival, terms, now)
    if placement.confirms:
        return refused.obeyed(case, arrival, terms, now)
    by_role = {"agent": agent.writes, "outsider": outsider.writes, "customer": customer.writes}
    return by_role[placement.role](case, arrival, terms, now)
