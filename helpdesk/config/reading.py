"""A configuration file, and the environment over it, into a `Configuration`, with every problem said at once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpdesk.config.amounts import read_size
from helpdesk.config.configuration import Configuration
from helpdesk.config.problems import file_problems
from helpdesk.config.tables import ConfigurationFile
from helpdesk.core.words.people import Agent, Mailbox, NamedSeat, Team
from helpdesk.errors import ConfigurationError
from helpdesk.offering.files import read_calls
from helpdesk.openhours.calendar import Calendar, parse_hours
from helpdesk.openhours.rotation import Override, Rotation
from helpdesk.openhours.walltime import parse_handovers, period
from helpdesk.person import Person
from helpdesk.placeholders import speaks_of_blank
from helpdesk.toml_reader import Filled, fill_as_far_as_possible, read_toml
from helpdesk.wordings import wordings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from helpdesk.config.tables import AgentTable, RotationTable, TeamTable

_ENVIRONMENT = "HELPDESK_"
_PLAIN = ("desk", "database", "smtp_in", "smtp_out", "web", "log")


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A configuration file with everything that is wrong in it; blanks stand in for what is missing or wrong."""

    path: Path
    filled: Filled[ConfigurationFile]
    problems: tuple[str, ...]

    def place(self, name: str) -> Path | None:
        """The absolute path of a configured file or folder; None where none is configured, or its name is wrong."""
        return (self.path.resolve().parent / name).resolve() if name and not speaks_of_blank(name) else None

    def checked(self) -> Configuration:
        """The configuration. Raises ConfigurationError with every problem at once."""
        if self.problems:
            raise ConfigurationError(self.problems)
        return _checked(self.path.resolve(), self.filled.table)


def load_configuration(path: Path, *, environment: Mapping[str, str] | None = None) -> Configuration:
    """Read and check a configuration. Raises ConfigurationError with every problem at once."""
    return read_configuration(path, environment=environment).checked()


def read_configuration(path: Path, *, environment: Mapping[str, str] | None = None) -> CheckedFile:
    """Read a configuration as far as possible. Raises ConfigurationError where it is no TOML."""
    data = read_toml(path)
    problems = list(_overlay(data, os.environ if environment is None else environment))
    filled = fill_as_far_as_possible(ConfigurationFile, data, str(path))
    return CheckedFile(path, filled, (*problems, *filled.problems, *filled.further(file_problems(filled.table))))


def _overlay(data: dict[str, Any], environment: Mapping[str, str]) -> Iterator[str]:
    """Lay environment variables over the file's tables; yields what names no table."""
    for name, value in sorted(environment.items()):
        if not name.startswith(_ENVIRONMENT) or name in {"HELPDESK_FAILPOINTS", "HELPDESK_CONFIG"}:
            continue
        place = name.removeprefix(_ENVIRONMENT).lower()
        table = next((table for table in _PLAIN if place.startswith(f"{table}_")), None)
        if table is None:
            continue  # somebody else's variable, or one of the tests'
        entries = data.setdefault(table, {})
        if not isinstance(entries, dict):
            yield f"{name}: expected {table} to be a table in the file"
        else:
            entries[place.removeprefix(f"{table}_")] = value


def _checked(path: Path, file: ConfigurationFile) -> Configuration:
    agents = tuple(
        Agent(
            name=entry.name,
            address=entry.email.lower(),
            aliases=tuple(alias.lower() for alias in entry.aliases),
            teams=tuple(entry.teams),
            timezone=entry.timezone,
            hours=_hours(entry),
            absences=tuple(period(one.since, one.to, entry.timezone or "UTC") for one in entry.absences),
            signature=wordings(entry.signature),
        )
        for entry in file.agent
    )
    named = {address: agent.name for agent in agents for address in agent.addresses}
    rotations = {entry.name: _rotation(entry, _names(file, agents)) for entry in file.rotation}
    return Configuration(
        path=path,
        file=file,
        mailboxes=tuple(
            Mailbox(
                address=entry.address.lower(),
                policy=entry.policy,
                team=entry.team,
                channel=entry.channel,
                plan=entry.plan,
                name=entry.name,
                forms=frozenset(form.lower() for form in entry.forms),
                groups=frozenset(group.lower() for group in entry.groups),
                severity=entry.severity,
                kind=entry.kind,
                signature=wordings(entry.signature),
            )
            for entry in file.mailbox
        ),
        teams={entry.name: _team(entry, agents, rotations, _seats(file, entry.name, rotations)) for entry in file.team},
        rotations=tuple(rotations.values()),
        operators=tuple(
            Person(address.lower(), named.get(address.lower()) or "Operators") for address in file.desk.operators
        ),
        max_size=read_size(file.smtp_in.max_size),
        attachments=read_size(file.smtp_out.attachments),
    )


def _seats(file: ConfigurationFile, team: str, rotations: Mapping[str, Rotation]) -> tuple[NamedSeat, ...]:
    """The seats of a team; its own stand before those of all."""
    entries = sorted((entry for entry in file.level if entry.team in {"", team}), key=lambda entry: not entry.team)
    names = {agent.email.lower(): agent.name for agent in file.agent}
    return tuple(
        NamedSeat(
            entry.name,
            tuple(Person(address.lower(), names.get(address.lower(), "")) for address in entry.to),
            rotations.get(entry.rotation),
        )
        for entry in entries
    )


def _team(
    entry: TeamTable, agents: tuple[Agent, ...], rotations: Mapping[str, Rotation], seats: tuple[NamedSeat, ...]
) -> Team:
    members = tuple(agent for agent in agents if entry.name in agent.teams)
    by_address = {address: agent for agent in agents for address in agent.addresses}
    lead = entry.lead.lower()
    name = by_address[lead].name if lead in by_address else ""
    only = next(iter(rotations.values())) if len(rotations) == 1 else None
    rotation = rotations.get(entry.rotation, only)
    named = {person.address for person in rotation.people} if rotation else set()
    named |= {by_address[lead].address} if lead in by_address else set()
    return Team(
        entry.name,
        members,
        Person(lead, name) if lead else None,
        rotation,
        calls=read_calls(entry.calls) if entry.calls else None,
        beside=tuple(agent for agent in agents if agent.address in named and agent not in members),
        seats=seats,
    )


def _hours(entry: AgentTable) -> Calendar | None:
    if not entry.hours:
        return None
    return Calendar(name=entry.email, timezone=entry.timezone, windows=parse_hours(entry.hours))


def _names(file: ConfigurationFile, agents: tuple[Agent, ...]) -> dict[str, Person]:
    """Everybody who may be on call, by any address of theirs: agents, leads and operators."""
    others = [*(team.lead for team in file.team if team.lead), *file.desk.operators]
    people = {address.lower(): Person(address.lower()) for address in others}
    return people | {address: agent.person for agent in agents for address in agent.addresses}


def _rotation(entry: RotationTable, people: Mapping[str, Person]) -> Rotation:
    return Rotation(
        name=entry.name,
        handover=parse_handovers(entry.handover, entry.timezone),
        start=entry.start,
        primary=tuple(people[address.lower()] for address in entry.primary),
        secondary=tuple(people[address.lower()] for address in entry.secondary),
        overrides=tuple(
            Override(
                period(override.since, override.to, entry.timezone),
                people.get(override.primary.lower()),
                people.get(override.secondary.lower()),
            )
            for override in entry.overrides
        ),
    )
