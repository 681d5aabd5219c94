"""What the digest and the hand-over mail say, on the wall clock of the digest or of the rotation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from helpdesk.core.clocks.turn import TURN_NAMES
from helpdesk.core.words.calls import calls, calls_in_words
from helpdesk.core.words.desk_mail import DigestMail, HandoverMail
from helpdesk.openhours.calendar import wall_instant
from helpdesk.operators.declare import in_short, kept_line
from helpdesk.operators.notice import remarks
from helpdesk.operators.open_cases import SHOWN
from helpdesk.phrases import brief, moment, span
from helpdesk.plural import plural
from helpdesk.store import calls as call_store
from helpdesk.store import desk_mails, kept, undeliverable
from helpdesk.store.backlog import backlog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from helpdesk.core.clocks.overview import OverviewLine
    from helpdesk.openhours.rotation import Rotation
    from helpdesk.operators.open_cases import OpenCaseload
    from helpdesk.operators.silence import Silence
    from helpdesk.person import Person
    from helpdesk.unit import Unit

_LONGEST = 5
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """The mailboxes that a person should look at: those that cannot be read, and why; those that are too quiet."""

    failing: Mapping[str, str]
    silent: Mapping[str, Silence]


def tomorrow_of(now: datetime, zone: str) -> datetime:
    """The next midnight on that wall clock."""
    return wall_instant(zone, now.astimezone(ZoneInfo(zone)).date() + _DAY, 0)


def digest_mail(unit: Unit, load: OpenCaseload, zone: str, *, mailboxes: Mailboxes, since: datetime) -> DigestMail:
    """The day for the operators; today ends at midnight in the zone of the digest. `since`: the digest before this."""
    failing, now = mailboxes.failing, unit.now
    tomorrow, found = tomorrow_of(now, zone), load.first
    due, waits = found.due_by(tomorrow), backlog(unit.connection, now)
    others = found.turn_of("customer", "vendor")
    kept_lines, kept_number = _kept(unit, since)
    return DigestMail(
        desk=unit.rules.configuration.file.desk.name,
        day=brief(now, zone).rpartition(" ")[0],
        open=load.number,
        by_severity=tuple(f"{number} {name}" for name, number in load.by_severity),
        due=_listed(due, [f"{line.target} due {_time(line.due_at, zone, now)}" for line in due], of=load.due_number),
        late=_listed(
            found.late, [f"late since {_time(line.late_since, zone, now)}" for line in found.late], of=load.late_number
        ),
        waiting=_listed(
            found.waiting[:_LONGEST],
            [f"waits since {_time(line.waiting_since, zone, now)}" for line in found.waiting[:_LONGEST]],
        ),
        turns=tuple(f"{number} {TURN_NAMES[whose]}" for whose, number in load.turns),
        others_turn=_listed(others[:_LONGEST], [_turn(line, zone, now) for line in others]),
        due_number=load.due_number,
        late_number=load.late_number,
        quarantined=waits.quarantined,
        undelivered=desk_mails.undelivered(unit.connection),
        unsent=waits.unsent.number,
        bounced=tuple(sorted(undeliverable.marked(unit.connection))),
        failing=tuple(f"{mailbox}: {why}" for mailbox, why in sorted(failing.items())),
        maintenance=tuple(remarks(unit, zone, until=tomorrow + _DAY)),
        calls=_calls(unit),
        thresholds=thresholds(unit),
        kept_number=kept_number,
        kept=kept_lines,
        silent=tuple(
            f"{mailbox}: nothing for {span(now - quiet.since)}, since {_time(quiet.since, zone, now)}; "
            f"usually some {plural(quiet.usually, 'mail comes', 'mails come')} in that time"
            for mailbox, quiet in mailboxes.silent.items()
            if mailbox not in failing
        ),
    )


def _calls(unit: Unit) -> str:
    """Those of the last week, because whether one was worth it may be said the morning after; "" where none was."""
    since = unit.now - _WEEK
    made = [call for case in call_store.called_since(unit.connection, since) for call in calls(case) if call.at > since]
    return calls_in_words(len(made), sum(not call.worth for call in made)) if made else ""


def thresholds(unit: Unit) -> tuple[str, ...]:
    """Where the threshold of each policy stands under which suspicions have called anybody, and why."""
    book = unit.rules.book
    found = ((key, unit.call_threshold(book.policy(key))) for key in sorted(unit.rules.used_policies))
    return tuple(f"{key}: above {round(one.value * 100)} %, {one.why}" for key, one in found if one.calls)


def _kept(unit: Unit, since: datetime) -> tuple[tuple[str, ...], int]:
    """What was kept from cases since the last digest: nobody else sees it."""
    found, number = kept.listed(unit.connection, since=since, limit=SHOWN)
    more = [f"and {number - len(found)} more: helpdesk person"] if number > len(found) else []
    return (*map(kept_line, found), *more), number


def handover_mail(
    load: OpenCaseload, rotation: Rotation, at: datetime, now: datetime, *, desk: str, away: Mapping[str, str]
) -> HandoverMail:
    """The turn for who comes on call; `away`: until when those are away who are, by address."""
    seats, zone = rotation.on_call(at), rotation.timezone
    lines = load.first.lines
    open_cases = _listed(lines, [_due(line, zone, now) for line in lines], of=load.number)
    return HandoverMail(
        desk=desk,
        rotation=rotation.name,
        primary=_seated(seats.primary, away),
        secondary=_seated(seats.secondary, away) if seats.secondary else "",
        primary_address=seats.primary.address,
        begins=moment(at, zone),
        until=moment(seats.until, zone),
        until_brief=brief(seats.until, zone, now=now),
        open=load.number,
        late_number=load.late_number,
        cases=open_cases,
    )


def _seated(person: Person, away: Mapping[str, str]) -> str:
    until = away.get(person.address, "")
    return f"{person.name_or_address}{f', {until}' if until else ''}"


def _listed(lines: Sequence[OverviewLine], remarks: Sequence[str], *, of: int = 0) -> tuple[str, ...]:
    """One line a case, and how many more there are of so many."""
    shown = [_case(line, words) for line, words in zip(lines[:SHOWN], remarks, strict=False)]
    more = of - len(shown)
    return (*shown, *([f"and {more} more: helpdesk cases --open"] if more > 0 else []))


def _case(line: OverviewLine, words: str) -> str:
    return f"{line.ref} {line.severity}, {words}, {line.assignee or 'nobody'}: {in_short(line.subject)}"


def _due(line: OverviewLine, zone: str, now: datetime) -> str:
    if line.late_since:
        return f"late since {_time(line.late_since, zone, now)}"
    if line.due_at:
        left = f"in {span(line.due_at - now)}" if line.due_at > now else "now"
        return f"{line.target} due {_time(line.due_at, zone, now)} ({left})"
    return _turn(line, zone, now)


def _turn(line: OverviewLine, zone: str, now: datetime) -> str:
    return f"{TURN_NAMES[line.turn]} turn since {_time(line.turn_since, zone, now)}"


def _time(at: datetime | None, zone: str, now: datetime) -> str:
    return brief(at, zone, now=now) if at else ""
