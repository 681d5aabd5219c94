"""What is added to every decision: breaches on the record, no mail to a monitor, and news of progress to the customer.

Where the policy wants it, the customer is told what happens inside the desk: another severity, another agent. It is one
mail for each mail or moment that changes it, on a case that the desk still owes something. Agents are named, never
addressed (threat P02).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.clocks.owed import with_owed
from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.case import DESK, Case
from helpdesk.core.words.decision import Decision, Draft
from helpdesk.core.words.drafts import ProgressMail
from helpdesk.core.words.events import BreachWithdrawn, ClockBreached, Event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.words.terms import Terms


def on_the_record(decision: Decision, terms: Terms, now: datetime) -> Decision:
    """Record each breach that has happened by `now`, and withdraw one that a mail received in time undoes or moves.

    The clocks are read here for all that follows, and what is owed goes with the drafts.
    """
    decision = _spared(decision)
    case = decision.case
    if case is None:
        return decision
    standing = case.breaches
    found = clocks(case, terms.policy)
    shown = {clock.key: clock for clock in found}
    events: list[Event] = []
    for key, clock in shown.items():
        late = clock.breached_at(now)
        if late is not None and key not in standing:
            events.append(ClockBreached(late, now, DESK, clock=key, target=clock.target))
    for key, at in standing.items():
        late = shown[key].breached_at(now) if key in shown else None
        # Time alone never takes a breach back, nor moves it: what was received before it, and read after it, does.
        if late != at and any(event.at <= at for event in decision.events):
            what = "answered" if key not in shown or shown[key].stopped_at else "changed"
            because = f"{what} in time, and read late"
            events.append(BreachWithdrawn(now, now, DESK, clock=key, because=because))
            if late is not None:
                events.append(ClockBreached(late, now, DESK, clock=key, target=shown[key].target))
    case, drafts = case.after(*events), with_owed(decision.drafts, case, terms, now, found)
    return replace(decision, case=case, events=(*decision.events, *events), drafts=drafts, clocks=found)


def _spared(decision: Decision) -> Decision:
    """The decision without mail to a monitor, unless an agent insists."""
    case = decision.case
    if case is None or not case.monitor or decision.insists:
        return decision
    its = case.requester.address
    drafts = tuple(draft for draft in decision.drafts if draft.audience != "customer" or draft.to.address != its)
    return replace(decision, drafts=drafts)


# --- what a customer is told of it


def progress_mails(before: Case | None, after: Case | None, terms: Terms, key: str) -> Iterator[Draft]:
    """To everybody on the case; `key` names the mail or the moment that changed it."""
    if before is None or after is None or not after.active or not terms.policy.lifecycle.progress_mails:
        return
    content = replace(_owner(before, after, terms), severity_was=_severity_was(before, after, terms))
    if content != ProgressMail():
        for person in after.readers:
            yield Draft(content, person, f"{key}/progress")


def _severity_was(before: Case, after: Case, terms: Terms) -> str:
    return "" if before.severity == after.severity else terms.policy.level(before.severity).name


def _owner(before: Case, after: Case, terms: Terms) -> ProgressMail:
    if before.assignee == after.assignee or not before.assignee:
        return ProgressMail()
    agent = terms.team.agent(after.assignee)
    return ProgressMail(owner_changed=True, owner=agent.name if agent else "")
