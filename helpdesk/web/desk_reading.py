"""All that the desk's page shows, read once as one value: who is there, what is declared, what waits for a decision.

Operators and readers see all of it; agents what concerns the mailboxes of their teams and the cases that they may open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from helpdesk.core.staffing.relief import said_away
from helpdesk.operators.declare import in_short, operators_zone
from helpdesk.operators.notice import budgets, notice_of, notice_words
from helpdesk.operators.planned import coming
from helpdesk.phrases import moment
from helpdesk.plain_text import on_one_line
from helpdesk.plural import plural
from helpdesk.report import traced
from helpdesk.store import declarations, kept, outages, outbox, spool
from helpdesk.store.board import Reach
from helpdesk.web import health
from helpdesk.web.correspondence import MAIL_NAMES
from helpdesk.web.remedies import remedy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from helpdesk.config import Configuration
    from helpdesk.person import Person
    from helpdesk.report.traced import Trace
    from helpdesk.store.declarations import Planned
    from helpdesk.store.outbox import Row
    from helpdesk.unit import Unit
    from helpdesk.web.health import Facts
    from helpdesk.web.viewer import Viewer

_RECENT: Final = timedelta(days=7)
_SHOWN: Final = 25  # of each list
_OUTAGES: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """A mail that a person may decide about, by its number; `case` is the one that it is about, "" where none is."""

    number: int
    head: str
    why: str
    at: str
    case: str = ""
    erased: bool = False


@dataclass(frozen=True, slots=True)
class WaitingList:
    """Some of them, and how many there are."""

    mails: Sequence[WaitingMail]
    number: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.number - len(self.mails)


@dataclass(frozen=True, slots=True)
class SeatsTaken:
    """Who is on call in a rotation, each with a word where they are away."""

    rotation: str
    primary: str
    secondary: str
    until: str


@dataclass(frozen=True, slots=True)
class Ailment:
    """Something that is wrong with the desk, and what to do."""

    failing: bool
    what: str
    todo: str


@dataclass(frozen=True, slots=True)
class DeclaredLine:
    """Something that operators declared; `key` is what orders about it name it by."""

    key: str
    title: str
    facts: Sequence[str]
    live: bool = False  # it is down, or still to be announced


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskReading:
    """The desk as its page shows it."""

    zone: str
    verdict: str
    ailments: Sequence[Ailment]
    on_call: Sequence[SeatsTaken]
    absent: Sequence[str]
    incidents: Sequence[DeclaredLine]
    switches: Sequence[DeclaredLine]
    outages: Sequence[DeclaredLine]
    maintenance: Sequence[DeclaredLine]
    budgets: Sequence[str]
    quarantine: WaitingList
    undelivered: WaitingList
    kept: WaitingList
    received: Sequence[Trace]
    policies: Sequence[str]

    def when(self, at: datetime) -> str:
        """A moment in the zone of the desk's operators."""
        return moment(at, self.zone)


def read_desk(unit: Unit, viewer: Viewer, facts: Facts) -> DeskReading:
    """The desk as far as the viewer may see it."""
    configuration, connection = unit.rules.configuration, unit.connection
    zone = operators_zone(configuration)
    mailboxes = None if viewer.opens_all else viewer.mailboxes
    return DeskReading(
        zone=zone,
        verdict=health.status(facts),
        ailments=_ailments(facts) if viewer.opens_all else (),
        on_call=[*_on_call(configuration, unit.now)],
        absent=[*_absent(configuration, unit.now)],
        incidents=[_incident(row, zone) for row in declarations.incidents(connection) if row.closed_at is None],
        switches=[_switch(row, zone) for row in declarations.switches(connection)],
        outages=[*_outages(unit, zone)],
        maintenance=[_planned(unit, plan) for plan in coming(unit)],
        budgets=[str(budget) for budget in budgets(unit)],
        quarantine=_quarantine(unit, zone, mailboxes),
        undelivered=_undelivered(unit, zone, viewer),
        kept=_kept(unit, zone, mailboxes),
        received=traced.newest(connection, mailboxes=mailboxes, limit=_SHOWN),
        policies=[policy.key for policy in unit.rules.bound_policies],
    )


def _ailments(facts: Facts) -> list[Ailment]:
    return [Ailment(one.status == "failing", one.text, remedy(one.name)) for one in health.causes(facts)]


# --- people


def _on_call(configuration: Configuration, now: datetime) -> Iterator[SeatsTaken]:
    for rotation in configuration.rotations:
        seats = rotation.on_call(now)
        primary, secondary = (_with_absence(configuration, seat, now) for seat in (seats.primary, seats.secondary))
        yield SeatsTaken(rotation.name, primary, secondary, moment(seats.until, rotation.timezone))


def _with_absence(configuration: Configuration, seat: Person | None, now: datetime) -> str:
    if seat is None:
        return ""
    agent = configuration.agent(seat.address)
    away = said_away(agent, now) if agent and agent.away(now) else ""
    name = seat.name_or_address
    return f"{name}, {away}" if away else name


def _absent(configuration: Configuration, now: datetime) -> Iterator[str]:
    agents = {agent.address: agent for team in configuration.teams.values() for agent in team.members}
    for agent in sorted(agents.values(), key=lambda one: one.name_or_address):
        if agent.away(now):
            yield f"{agent.name_or_address}, {said_away(agent, now) or 'away'}"


# --- what is declared


def _incident(row: Any, zone: str) -> DeclaredLine:
    words = f"mail with {', '.join(row.words)} in it" if row.words else "linked by agents only"
    facts = (f"since {moment(row.opened_at, zone)}, by {row.opened_by}", words, _for(row.policies))
    return DeclaredLine(row.key, row.title, facts)


def _for(policies: Sequence[str]) -> str:
    return f"for {', '.join(policies) or 'every offering'}"


def _switch(row: Any, zone: str) -> DeclaredLine:
    state = "down" if row.down else "up"
    since = f"since {moment(row.since, zone)}, by {row.by}"
    return DeclaredLine(row.name, f"{row.name} is {state}", (since,), live=row.down)


def _outages(unit: Unit, zone: str) -> Iterator[DeclaredLine]:
    for one in outages.between(unit.connection, unit.now - _OUTAGES, unit.now):
        until = f"to {moment(one.ended_at, zone)}" if one.ended_at else "on"
        whose = f"incident {one.incident}, " if one.incident else ""
        facts = (f"from {moment(one.began_at, zone)} {until}", f"{whose}by {one.by}")
        yield DeclaredLine(str(one.number), one.name, facts)


def _planned(unit: Unit, plan: Planned) -> DeclaredLine:
    window = plan.window
    policy = unit.rules.book.policy(window.policy)
    zone = policy.default_calendar.timezone
    told = "customers were told" if plan.announced_at else "nobody is told yet"
    notice = notice_words(notice_of(unit, plan), zone)
    when = f"{moment(window.begins_at, zone)} to {moment(window.ends_at, zone)}"
    sector = f" ({window.sector})" if window.sector else ""
    title = f"{window.name}{sector}, {policy.name}"
    return DeclaredLine(str(plan.number), title, tuple(filter(None, (when, told, notice))), live=not plan.announced_at)


# --- what waits for somebody


def _quarantine(unit: Unit, zone: str, mailboxes: Collection[str] | None) -> WaitingList:
    rows = [row for row in spool.quarantined(unit.connection) if mailboxes is None or row.mailbox in mailboxes]
    return WaitingList([_set_aside(row, zone) for row in rows[:_SHOWN]], len(rows))


def _set_aside(row: Any, zone: str) -> WaitingMail:
    subject = f": {in_short(row.subject)}" if row.subject else ""
    head = f"{row.author or row.mail_from or 'nobody'} to {row.mailbox}{subject}"
    return WaitingMail(row.id, head, row.error or "", moment(row.received_at, zone))


def _kept(unit: Unit, zone: str, mailboxes: Collection[str] | None) -> WaitingList:
    since = unit.now - _RECENT
    found, number = kept.listed(unit.connection, since=since, limit=_SHOWN, newest_first=True, mailboxes=mailboxes)
    mails = [
        WaitingMail(
            each.number,
            f"{each.author or 'nobody'} to {each.mailbox}: {in_short(on_one_line(each.subject))}",
            f"{each.outcome}: {each.because}" if each.because else each.outcome,
            moment(each.received_at, zone),
        )
        for each in found
    ]
    return WaitingList(mails, number)


def _undelivered(unit: Unit, zone: str, viewer: Viewer) -> WaitingList:
    theirs = None if viewer.opens_all else Reach(viewer.mailboxes, viewer.teams).condition
    rows, number = outbox.undelivered(unit.connection, limit=_SHOWN, about=theirs)
    return WaitingList([_not_delivered(row, zone) for row in rows], number)


def _not_delivered(row: Row, zone: str) -> WaitingMail:
    why = f"{row.state}, {plural(row.attempts, 'try', 'tries')}: {row.detail}"
    case, at = f"HD-{row.case}" if row.case else "", moment(row.created_at, zone)
    return WaitingMail(
        row.id, f"{MAIL_NAMES.get(row.kind, row.kind)} to {row.recipient}", why, at, case, erased=row.raw is None
    )
