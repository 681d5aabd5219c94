"""Seats that are empty because who has them is away: found before the night comes in which somebody is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from helpdesk.core.words.people import Agent, Team
    from helpdesk.openhours.rotation import Rotation
    from helpdesk.openhours.walltime import Period

_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Who has which seat while away, in one turn: on the wall of `timezone`, aware UTC."""

    agent: Agent
    seat: str
    begins_at: datetime
    ends_at: datetime
    timezone: str

    def __str__(self) -> str:
        zone = ZoneInfo(self.timezone)
        begins, ends = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (self.begins_at, self.ends_at))
        return f"{self.agent.name} is {self.seat} and away from {begins} to {ends} ({self.timezone})"


def vacancies(rotation: Rotation, agents: Iterable[Agent], now: datetime) -> Iterator[Vacancy]:
    """The turns of a year from now on whose first or second is away, each once."""
    by_address = {agent.address: agent for agent in agents}
    at, zone = now, rotation.timezone
    while any(_coming(agent, at) for agent in by_address.values()) and at < now + _YEAR:
        seats = rotation.on_call(at)
        for seat, person in (("first on call", seats.primary), ("second on call", seats.secondary)):
            agent = by_address.get(person.address) if person else None
            for absence in _coming(agent, at) if agent else ():
                begins_at, ends_at = max(at, absence.begins_at), min(seats.until, absence.ends_at)
                if agent and begins_at < ends_at:
                    yield Vacancy(agent, seat, begins_at, ends_at, zone)
        at = seats.until


def led_from_afar(team: Team, agents: Iterable[Agent], now: datetime) -> Iterator[Vacancy]:
    """The absences of a team's lead in a year from now on: who is called after everybody else, and hears for others."""
    lead = team.lead.address if team.lead else ""
    for agent in agents:
        if lead in agent.addresses:
            for absence in _coming(agent, now):
                if absence.begins_at < now + _YEAR:
                    yield Vacancy(
                        agent, "the lead", max(now, absence.begins_at), absence.ends_at, agent.timezone or "UTC"
                    )


def _coming(agent: Agent, at: datetime) -> list[Period]:
    """The absences that are not over, in order of time."""
    return sorted((one for one in agent.absences if one.ends_at > at), key=lambda one: one.begins_at)
