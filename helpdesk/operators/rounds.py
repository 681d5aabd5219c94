"""What the wall clock makes due for the desk as a whole: the daily digest, and the mail to who comes on call.

Each is written once: its key in the outbox carries the day. One that fell into a time when nothing ran is written at
the next start, unless it is a day old; of several, the last. A desk that was not there yet has missed nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.core.staffing.relief import said_away
from helpdesk.letters import DeskLetter
from helpdesk.operators.digest import Mailboxes, digest_mail, handover_mail, tomorrow_of
from helpdesk.operators.open_cases import caseload
from helpdesk.operators.silent import silent_mailboxes
from helpdesk.store import desk_mails, open_cases, outbox
from helpdesk.store.board import Reach

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from helpdesk.config import Configuration
    from helpdesk.core.words.desk_mail import DigestMail, HandoverMail
    from helpdesk.core.words.people import Mailbox
    from helpdesk.openhours.rotation import Rotation
    from helpdesk.openhours.walltime import Handovers, WallTime
    from helpdesk.person import Person
    from helpdesk.store.outbox import Queued
    from helpdesk.unit import Unit, Units

_TOO_OLD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Round:
    """One thing that comes again: the digest, or the hand-over of a rotation."""

    wall: WallTime | Handovers
    rotation: Rotation | None = None

    @property
    def name(self) -> str:
        """Unique among the desk's."""
        return f"handover/{self.rotation.name}" if self.rotation else "day"


class Rounds:
    """The rounds of one desk in one process. What it remembers only saves looking: the outbox is the truth."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self._founded_at: datetime | None = None
        self._done: dict[str, datetime] = {}

    def go(self, now: datetime, *, failing: Mapping[str, str]) -> int:
        """Write what has come by `now`; returns how many mails. `failing`: mailboxes that cannot be read, and why."""
        written = 0
        for each, at in self._outstanding(now):
            written += self._write(each, at, now, failing)
            self._done[each.name] = at
        return written

    def next_at(self, now: datetime) -> datetime | None:
        """When something is to be written next: now or earlier for what is outstanding."""
        instants = [at for _, at in self._outstanding(now)]
        instants += [each.wall.next(now) for each in _rounds(self._units.rules.configuration)]
        return min(instants, default=None)

    def _outstanding(self, now: datetime) -> Iterator[tuple[Round, datetime]]:
        for each in _rounds(self._units.rules.configuration):
            at = each.wall.last(now)
            if self._done.get(each.name) != at and now - at < _TOO_OLD and self._was_there(at):
                yield each, at

    def _was_there(self, at: datetime) -> bool:
        if self._founded_at is None:
            with self._units.database.read() as connection:
                self._founded_at = desk_mails.founded_at(connection)
        return self._founded_at is not None and self._founded_at <= at

    def _write(self, each: Round, at: datetime, now: datetime, failing: Mapping[str, str]) -> int:
        """Read in one transaction and write in another, so that a long queue keeps nobody waiting."""
        with self._units.read(now) as unit:
            people = [
                person
                for person in _readers(each, at, self._units.rules.configuration)
                if not desk_mails.is_written(unit.connection, _outbox_key(each, at, person))
            ]
            content = self._content(unit, each, at, failing) if people else None
        mails = [self._mail(each, at, person, content, now) for person in people if content]
        with self._units.database.write() as connection:
            outbox.add(connection, mails, now)
        return len(mails)

    def _content(self, unit: Unit, each: Round, at: datetime, failing: Mapping[str, str]) -> DigestMail | HandoverMail:
        configuration = self._units.rules.configuration
        if each.rotation:
            reach = _reach(configuration, each.rotation)
            away = _away(each.rotation, at, configuration)
            desk = configuration.file.desk.name
            return handover_mail(
                caseload(unit, reach, until=unit.now), each.rotation, at, unit.now, desk=desk, away=away
            )
        silent = dict(silent_mailboxes(unit))
        boxes_to_see = Mailboxes(failing, silent)
        since = desk_mails.newest_digest(unit.connection, f"digest/{each.name}/") or at - _TOO_OLD
        every, zone = Reach(frozenset(open_cases.mailboxes(unit.connection)), frozenset()), each.wall.timezone
        load = caseload(unit, every, until=tomorrow_of(unit.now, zone))
        return digest_mail(unit, load, zone, mailboxes=boxes_to_see, since=since)

    def _mail(
        self, each: Round, at: datetime, person: Person, content: DigestMail | HandoverMail, now: datetime
    ) -> Queued:
        configuration = self._units.rules.configuration
        boxes = _boxes(configuration, each.rotation)
        operator = configuration.operator(person.address) is not None
        content = replace(content, to=person.address, operator=operator)
        desk_mail = DeskLetter(content, _key(each, at), operator=operator)
        mailbox = configuration.voice(boxes[0].address if boxes else "")
        return self._units.rules.letters.desk_letter(desk_mail, person, mailbox=mailbox, now=now)


def _rounds(configuration: Configuration) -> Iterator[Round]:
    if configuration.digest:
        yield Round(configuration.digest)
    for rotation in configuration.rotations:
        yield Round(rotation.handover, rotation)


def _readers(each: Round, at: datetime, configuration: Configuration) -> list[Person]:
    if each.rotation is None:
        return list(configuration.operators)
    seats = each.rotation.on_call(at)
    return [seat for seat in (seats.primary, seats.secondary) if seat]


def _away(rotation: Rotation, at: datetime, configuration: Configuration) -> dict[str, str]:
    """Until when those are away who come on call and are."""
    seats = rotation.on_call(at)
    found = (configuration.agent(seat.address) for seat in (seats.primary, seats.secondary) if seat)
    return {agent.address: said_away(agent, at) for agent in found if agent and agent.away(at)}


def _teams(configuration: Configuration, rotation: Rotation | None) -> frozenset[str]:
    """The teams that a rotation is for."""
    return frozenset(name for name, team in configuration.teams.items() if rotation and team.rotation == rotation)


def _boxes(configuration: Configuration, rotation: Rotation | None) -> list[Mailbox]:
    """The mailboxes of the teams that a rotation is for."""
    return [box for box in configuration.mailboxes if box.team in _teams(configuration, rotation)]


def _reach(configuration: Configuration, rotation: Rotation) -> Reach:
    """The cases that those teams have: what came to their mailboxes, and what an agent gave to them."""
    teams = _teams(configuration, rotation)
    boxes = frozenset(box.address for box in _boxes(configuration, rotation))
    return Reach(boxes, teams, frozenset(configuration.teams) - teams)


def _key(each: Round, at: datetime) -> str:
    return f"{each.name}/{each.wall.mark(at)}"


def _outbox_key(each: Round, at: datetime, person: Person) -> str:
    return f"digest/{_key(each, at)}/{person.address}"
