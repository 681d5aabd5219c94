"""A case as the board and the search show it: how bad, whose turn, what is due, how much of each promise is used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.clocks.turn import turn_of
from helpdesk.letters import desk_zone
from helpdesk.phrases import brief, span, zone_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from helpdesk.core.clocks.turn import Turn
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.clock import Clock
    from helpdesk.offering.policy import Policy
    from helpdesk.unit import Unit
    from helpdesk.web.filters import Filters
    from helpdesk.web.viewer import Viewer

_TURNS = {"desk": "Our turn", "customer": "Customer's turn", "vendor": "Third party's turn"}
_MINUTE = timedelta(minutes=1)
_ENDED = ("resolved", "closed")


@dataclass(frozen=True, slots=True)
class ClockBar:
    """How much of a promise is used. `share` in percent, at most 100 of it drawn."""

    name: str
    words: str
    state: str  # as the clock says it; near: a quarter or less is left
    share: int


@dataclass(frozen=True, slots=True)
class DueTold:
    """When the first promise is due: in how long, and at what time."""

    words: str
    at: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One case in a list; links narrow the list to what is alike."""

    ref: str
    subject: str
    rank: int
    severity: str
    severity_href: str
    state: str
    turn: str
    turn_name: str
    due: DueTold | None
    bars: Sequence[ClockBar]
    sender: str
    customer: str
    customer_href: str
    agent: str
    agent_href: str
    team: str
    team_href: str
    found: Sequence[tuple[str, bool]] = ()  # a line in which it was found; true for what was asked for


def card_of(unit: Unit, case: Case, filters: Filters, *, found: Sequence[tuple[str, bool]] = ()) -> Card:
    """As a viewer sees it now. Raises NotFound where its policy is not there."""
    policy, rules = unit.policy_of(case), unit.rules
    zone = _zone(filters.viewer, case, policy)
    customer = rules.customers.by_key.get(case.customer)
    agent = rules.configuration.agent(case.assignee) if case.assignee else None
    running = _running(case, policy, unit.now)
    team = _team(unit, case)
    turn = turn_of(case)
    return Card(
        ref=case.ref,
        subject=case.subject,
        rank=case.rank,
        severity=policy.level(case.severity).name,
        severity_href=filters.link(severity=str(case.rank)),
        state=_state(case, zone, unit.now),
        turn=_turn(turn, unit.now) if case.active else "",
        turn_name=turn.whose,
        due=_due(running, zone, unit.now),
        bars=[*_bars((clock for _, clock in running), unit.now)],
        sender=case.requester.name_or_address or "unknown sender",
        customer=customer.name if customer else case.customer,
        customer_href=filters.link(customer=case.customer),
        agent=agent.name if agent else case.assignee,
        agent_href=filters.link(who=case.assignee or "nobody"),
        team=team if len(rules.configuration.teams) > 1 else "",
        team_href=filters.link(team=team),
        found=found,
    )


def _turn(turn: Turn, now: datetime) -> str:
    """Whose it is, and for how long; not for how many seconds, which would be others at every look."""
    since = now - turn.since
    return _TURNS.get(turn.whose, "") + (f" for {span(since)}" if since >= _MINUTE and turn.whose in _TURNS else "")


def _zone(viewer: Viewer, case: Case, policy: Policy) -> str:
    return (viewer.agent.timezone if viewer.agent else "") or desk_zone(case, policy)


def _team(unit: Unit, case: Case) -> str:
    configuration = unit.rules.configuration
    mailbox = configuration.mailbox(case.mailbox)
    return configuration.team_of(case, mailbox).name if mailbox else case.team


def _state(case: Case, zone: str, now: datetime) -> str:
    """What cannot be told from whose turn it is."""
    if case.merged_into:
        return f"goes on in {case.merged_into}"
    if case.status in _ENDED:
        since = f" {brief(case.status_since, zone, now=now)}" if case.status_since else ""
        return f"{case.status}{since}"
    return f"put off until {brief(case.snoozed.until, zone, now=now)}" if case.snoozed else ""


def _due(running: Sequence[tuple[datetime | None, Clock]], zone: str, now: datetime) -> DueTold | None:
    """Of the promise that is due first; None where none is."""
    due_at, clock = running[0] if running else (None, None)
    if due_at is None or clock is None:
        return None
    left, late = due_at - now, clock.state(now) == "breached"
    told = f"{span(left)} late" if late else f"due in {span(left)}" if due_at > now else "due now"
    return DueTold(told, f"{brief(due_at, zone, now=now)} {zone_name(due_at.astimezone(ZoneInfo(zone)))}", late)


def _running(case: Case, policy: Policy, now: datetime) -> list[tuple[datetime | None, Clock]]:
    """The promises that are not kept yet, what is due first on top."""
    if not case.active:
        return []
    found = [(clock.broken_or_due_at(now), clock) for clock in clocks(case, policy) if clock.stopped_at is None]
    return sorted(found, key=lambda one: (one[0] is None, one[0] or now))


def _bars(running: Iterable[Clock], now: datetime) -> Iterator[ClockBar]:
    """Of each promise that runs or is paused."""
    for clock in running:
        state, budget = clock.state(now), clock.stretches[-1].budget if clock.stretches else None
        if state not in {"running", "paused", "breached"} or not budget:
            continue
        share = int(clock.used(now) * 100 / budget)
        told = f"{share}% of {span(budget)}"
        near = state == "running" and share >= _NEAR
        told = f"{told}, paused" if state == "paused" else told
        yield ClockBar(clock.kind.name.capitalize(), told, "near" if near else state, min(share, 100))


_NEAR = 75  # percent
