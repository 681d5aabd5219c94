"""Whose case it is: the agent on duty with the least open cases (LGK-2, TKT-5), and somebody else while they are away.

On duty are those whose hours it is and who are not away; while nobody is, all who are not away; while all are, all.
When time runs out on a case, it is given on from who is absent, and from who has gone home and is not back before it is
due, if somebody else is on duty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.case import DESK, Event
from helpdesk.core.decision import Draft

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from helpdesk.core.case import Case
    from helpdesk.core.people import Agent, Terms


def assign(terms: Terms, now: datetime) -> tuple[Event, ...]:
    """Give a new case to an agent of the team; nothing where the team has none."""
    agents, standing = _candidates(terms.team.agents, now)
    return (_given(_least_busy(agents, terms), standing, terms, now),) if agents else ()


def another(terms: Terms, now: datetime, *, besides: Collection[str]) -> Agent | None:
    """Whom a case goes to whose agent cannot be reached: another of the team, then its lead; None where all were."""
    others = [agent for agent in terms.team.agents if agent.address not in besides]
    if others:
        return _least_busy(_candidates(others, now)[0], terms)
    lead = terms.team.agent(terms.team.lead.address) if terms.team.lead else None
    return lead if lead and lead.address not in besides else None


def relieve(
    case: Case, terms: Terms, now: datetime, *, due_at: datetime | None
) -> tuple[tuple[Event, ...], tuple[Draft, ...]]:
    """Give on the case of an agent who cannot act before it is due, and tell both; nothing where nobody can."""
    holder = terms.team.agent(case.assignee)
    if holder is None:
        return (), ()
    others = [agent for agent in terms.team.agents if agent.address != holder.address and not agent.away(now)]
    if not holder.away(now):
        back = holder.on_duty_before(now, due_at or now)
        others = [] if back else [agent for agent in others if agent.on_duty(now)]
    if not others:
        return (), ()
    why = "away" if holder.away(now) else "not on duty before it is due"
    return _handed_over(holder, why, others, terms, now)


def _handed_over(
    holder: Agent, why: str, others: Collection[Agent], terms: Terms, now: datetime
) -> tuple[tuple[Event, ...], tuple[Draft, ...]]:
    agents, standing = _candidates(others, now)
    agent = _least_busy(agents, terms)
    event = _given(agent, f"{_name(holder)} is {why}; {standing}", terms, now)
    key = f"away/{now:%Y%m%dT%H%M%SZ}"
    said = f"given to {_name(agent)}, because you are {why} and a promise is running out"
    handed = Draft("assigned", agent.person, "agent", key, facts={"handed_over": True})
    told = Draft("echo", holder.person, "agent", key, facts={"done": [said], "mistakes": []})
    return (event,), (handed, told)


def _candidates(agents: Collection[Agent], now: datetime) -> tuple[list[Agent], str]:
    """Who may get a case now, and what they have in common."""
    on_duty = [agent for agent in agents if agent.on_duty(now)]
    if on_duty:
        return on_duty, "on duty"
    here = [agent for agent in agents if not agent.away(now)]
    return (here, "nobody is on duty") if here else ([*agents], "everybody is away")


def _least_busy(agents: Collection[Agent], terms: Terms) -> Agent:
    """The least open cases, ties to who waited longest."""
    return min(agents, key=lambda agent: _busyness(agent, terms))


def _busyness(agent: Agent, terms: Terms) -> tuple[int, float]:
    load = terms.workloads.get(agent.address)
    if load is None:
        return 0, float("-inf")
    return load.open_cases, load.last_assigned_at.timestamp() if load.last_assigned_at else float("-inf")


def _given(agent: Agent, standing: str, terms: Terms, now: datetime) -> Event:
    load = terms.workloads.get(agent.address)
    facts = {"agent": agent.address, "because": f"{standing}; least open cases ({load.open_cases if load else 0})"}
    return Event("assigned", now, now, DESK, facts)


def _name(agent: Agent) -> str:
    return agent.name or agent.address
