"""Whose case it is: the agent on duty with the least open cases (LGK-2, TKT-5).

On duty are those whose hours it is and who are not away; while nobody is, all who are not away; while all are, all.
Who comes back from an absence has few open cases and gets a fair share of new ones, not all of them: for as long as
the absence lasted they count as busy as the least busy of the others, and take turns with them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.core.words.case import DESK
from helpdesk.core.words.events import CaseAssigned, Event
from helpdesk.core.words.people import Workload

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.terms import Terms

_LONGEST_RETURN = timedelta(weeks=4)
_NONE = Workload()


def assign(terms: Terms, now: datetime) -> tuple[Event, ...]:
    """Give a new case to an agent of the team; nothing where the team has none."""
    agents = terms.team.agents
    return (given(*chosen(agents, terms, now), terms, now),) if agents else ()


def another(terms: Terms, now: datetime, *, besides: Collection[str]) -> Agent | None:
    """Whom a case goes to whose agent cannot be reached: another who is not away, the lead, who is; None: all were."""
    others = [agent for agent in terms.team.agents if agent.address not in besides]
    here = [agent for agent in others if not agent.away(now)]
    lead = terms.team.lead_agent
    if lead and not here and lead.address not in besides and not lead.away(now):
        return lead
    return chosen(others, terms, now)[0] if others else None


def in_place(case: Case, terms: Terms, now: datetime) -> Agent | None:
    """Who is on duty while the holder of a case is not, else the lead; None where the holder is, or has none."""
    holder = terms.team.agent(case.assignee)
    if holder is None or holder.on_duty(now):
        return None
    there = [agent for agent in terms.team.agents if agent.on_duty(now)]
    return least_busy(there, terms, now) if there else terms.team.lead_agent


def chosen(agents: Sequence[Agent], terms: Terms, now: datetime) -> tuple[Agent, str]:
    """Who of these gets a case now, and what those have in common among whom the least busy was looked for."""
    if on_duty := [agent for agent in agents if agent.on_duty(now)]:
        return least_busy(on_duty, terms, now), "on duty"
    if here := [agent for agent in agents if not agent.away(now)]:
        return least_busy(here, terms, now), "nobody is on duty"
    return least_busy(agents, terms, now), "everybody is away"


def least_busy(agents: Collection[Agent], terms: Terms, now: datetime) -> Agent:
    """The least open cases, ties to who waited longest."""
    back = {agent.address for agent in agents if _is_back(agent, now)}
    floor = min((_load(agent, terms).open_cases for agent in agents if agent.address not in back), default=0)

    def busyness(agent: Agent) -> tuple[int, float]:
        load = _load(agent, terms)
        at_least = floor if agent.address in back else 0
        last = load.last_assigned_at
        return max(load.open_cases, at_least), last.timestamp() if last else float("-inf")

    return min(agents, key=busyness)


def given(agent: Agent, because: str, terms: Terms, now: datetime) -> Event:
    """The event that gives a case to somebody."""
    number = _load(agent, terms).open_cases
    return CaseAssigned(now, now, DESK, agent=agent.address, because=f"{because}; least open cases ({number})")


def _load(agent: Agent, terms: Terms) -> Workload:
    return terms.workloads.get(agent.address, _NONE)


def _is_back(agent: Agent, now: datetime) -> bool:
    """Whether an absence has ended so lately that colleagues still have what came meanwhile."""
    return any(
        absence.ends_at <= now < absence.ends_at + min(absence.ends_at - absence.begins_at, _LONGEST_RETURN)
        for absence in agent.absences
    )
