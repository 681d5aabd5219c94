"""The escalation ladder: which steps of which clocks are outstanding, when, and to whom they go.

A step is taken once for each clock, ever. Shares are of the promised open time and steps after the breach are in open
time too, so nobody is reminded at night of a desk that is closed. After downtime the missed steps collapse: each
person gets one mail, of the highest step, that says how late it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpdesk.core.case import DESK, Event
from helpdesk.core.decision import Draft
from helpdesk.core.policy import TARGET_NAMES
from helpdesk.core.timeline import clocks

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from helpdesk.core.case import Case
    from helpdesk.core.clock import Clock
    from helpdesk.core.message import Person
    from helpdesk.core.people import Terms
    from helpdesk.core.policy import Audience, Step

_HEIGHT = {"warning": 0, "breach": 1, "escalation": 2}


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of one clock of one case, and the instant at which it is reached."""

    at: datetime
    clock: Clock
    step: Step

    @property
    def key(self) -> str:
        """Unique within the case."""
        return f"{clock_key(self.clock)}/{self.step.key}"

    @property
    def height(self) -> tuple[int, datetime]:
        """What orders rungs when they collapse."""
        return _HEIGHT[self.step.kind], self.at


def clock_key(clock: Clock) -> str:
    """Which clock of a case: its target and when it began (a case has one follow-up clock a round)."""
    return f"{clock.target}/{clock.started_at:%Y%m%dT%H%M%SZ}"


def outstanding(case: Case, terms: Terms) -> list[Rung]:
    """The steps that are still to be taken on clocks that still run, in order of time."""
    taken = {event.facts["key"] for event in case.of_type("step_taken")}
    rungs = [
        rung
        for clock in clocks(case, terms.policy)
        if clock.stopped_at is None
        for rung in _rungs(clock, terms.policy.ladder)
        if rung.key not in taken
    ]
    return sorted(rungs, key=lambda rung: rung.at)


def _rungs(clock: Clock, ladder: Iterable[Step]) -> Iterable[Rung]:
    for step in ladder:
        at = clock.share_at(step.share) if step.share < 1 else clock.beyond_at(step.after)
        if at is not None:
            yield Rung(at, clock, step)


def climb(case: Case, terms: Terms, now: datetime) -> tuple[tuple[Event, ...], tuple[Draft, ...]]:
    """Take every step that is reached by `now`: one event each, one mail a person."""
    reached = [rung for rung in outstanding(case, terms) if rung.at <= now]
    highest: dict[Person, Rung] = {}
    for rung in sorted(reached, key=lambda rung: rung.height):
        for person in _people(rung.step.to, case, terms):
            highest[person] = rung
    events = tuple(_taken(rung, highest, now) for rung in reached)
    drafts = tuple(
        Draft(rung.step.kind, person, "agent", rung.key, facts=_facts(rung, reached, now))
        for person, rung in highest.items()
    )
    return events, drafts


def _taken(rung: Rung, highest: dict[Person, Rung], now: datetime) -> Event:
    told = [person.address for person, top in highest.items() if top is rung]
    facts = {
        "key": rung.key,
        "step": rung.step.key,
        "kind": rung.step.kind,
        "target": rung.clock.target,
        "to": told,
        "collapsed": not told,
    }
    return Event("step_taken", rung.at, now, DESK, facts)


def _facts(rung: Rung, reached: list[Rung], now: datetime) -> dict[str, Any]:
    missed = [other.step.key for other in reached if other is not rung and other.clock is rung.clock]
    return {
        "target": rung.clock.target,
        "target_name": TARGET_NAMES[rung.clock.target],
        "due_at": rung.clock.due_at,
        "reached_at": rung.at,
        "share": rung.step.share,
        "after": rung.step.after,
        "delayed": now - rung.at,
        "missed": missed,
    }


def _people(audiences: tuple[Audience, ...], case: Case, terms: Terms) -> list[Person]:
    """Who hears of it, each once; where a seat is empty, the next that can act: the team, then the operators."""
    found = [person for audience in audiences for person in _audience(audience, case, terms)]
    fallback = [agent.person for agent in terms.team.agents] or list(terms.operators)
    return list(dict.fromkeys(found or fallback))


def _audience(audience: Audience, case: Case, terms: Terms) -> list[Person]:
    team = terms.team
    if audience == "assignee":
        agent = team.agent(case.assignee)
        return [agent.person] if agent else []
    if audience == "lead":
        return [team.lead] if team.lead else []
    if audience == "team":
        return [agent.person for agent in team.agents]
    return list(terms.operators)
