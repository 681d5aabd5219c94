"""A case that its agent wants to hear of again at a moment of their choice: one mail then, and no clock stops.

Unlike `#wait` it waits for nobody: the status stays, the ladder goes on. A mail of the customer ends it, and so does
the end of the case. The agent who asked is reminded; if the case was given to somebody else since, they are.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.case import DESK
from helpdesk.core.words.decision import Draft
from helpdesk.core.words.drafts import SnoozeOverMail
from helpdesk.core.words.events import CaseAssigned, CaseSnoozed, Event, SnoozeOver
from helpdesk.openhours.relative_time import zone_of

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.receive.orders.command import Command, Orders
    from helpdesk.core.receive.orders.execution import Execution
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.terms import Terms


def begin(execution: Execution, command: Command, _orders: Orders) -> None:
    """Obey `#snooze`."""
    if command.until is None:
        raise ValueError("a moment was expected")
    execution.happened(CaseSnoozed(*execution.stamp, until=command.until.astimezone(UTC).isoformat()))
    policy = execution.terms.policy
    said = f"you are reminded {wall(execution, command.until)}; no clock stops"
    due = sorted(
        (clock.due_at, clock.kind.name)
        for clock in clocks(execution.case, policy)
        if clock.stopped_at is None and clock.due_at and clock.due_at < command.until
    )
    before = ", ".join(f"{target} {wall(execution, at)}" for at, target in due)
    execution.done.append(f"{said}; due before that: {before}" if before else said)


def over(case: Case, terms: Terms, now: datetime) -> tuple[tuple[Event, ...], tuple[Draft, ...]]:
    """The reminder, once its moment has come by `now`."""
    snoozed = case.snoozed
    if snoozed is None or snoozed.until > now:
        return (), ()
    agent = _reminded(case, terms)
    key = f"snooze/{snoozed.until:%Y%m%dT%H%M%SZ}"
    drafts = (Draft(SnoozeOverMail(delayed=now - snoozed.until), agent.person, key),) if agent else ()
    return (SnoozeOver(snoozed.until, now, DESK),), drafts


def _reminded(case: Case, terms: Terms) -> Agent | None:
    """Who asked; the assignee where the case was given to somebody since, or who asked has left the team."""
    since = [type(event) for event in case.of_type(CaseSnoozed, CaseAssigned)]
    asked = terms.team.agent(case.snoozed.by) if case.snoozed and since[-1] is CaseSnoozed else None
    return asked or terms.team.agent(case.assignee)


def wall(execution: Execution, at: datetime) -> str:
    """A moment as the agent who wrote has it on the wall."""
    policy = execution.terms.policy
    served_in = policy.calendars[policy.region(execution.case.region).calendar].timezone
    local = at.astimezone(ZoneInfo(zone_of(execution.agent.timezone, served_in)))
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"
