"""What is owed before planned unavailability: notice, by how much it disrupts, and a budget of hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from helpdesk.openhours.accounting import PeriodKind
    from helpdesk.openhours.calendar import Calendar
    from helpdesk.openhours.within import Within

# Whether customers are told: nothing is owed, still to come, in time, too late, not at all although it was due.
NoticeState = Literal["none", "due", "given", "late", "missed"]
_LONGEST = 400  # days


@dataclass(frozen=True, slots=True)
class NoticePeriod:
    """How long before a window of some impact its customers are told; `before` None: not beforehand."""

    impact: str
    before: Within | None

    def __str__(self) -> str:
        return f"{self.impact}: {f'{self.before} before' if self.before else 'none'}"


@dataclass(frozen=True, slots=True)
class MaintenanceTerms:
    """The notice periods, the first for windows of which nothing else is said, and how much may be planned."""

    notice: tuple[NoticePeriod, ...] = ()
    budget: timedelta | None = None
    per: PeriodKind = "quarter"

    def announce_by(self, impact: str, begins_at: datetime, calendar: Calendar) -> datetime | None:
        """By when the customers of a window are to be told; None where nothing is owed.

        Hours are elapsed time; days are the calendar's. A window that names no impact is one of the document itself.
        """
        before = next((period.before for period in self.notice if period.impact == impact), None)
        if before is None:
            return None
        return begins_at - before.open_time if before.counts_open_time else _last_start(before, begins_at, calendar)


NOTHING_OWED = MaintenanceTerms()


def _last_start(before: Within, end: datetime, calendar: Calendar) -> datetime:
    """The last day, at the same time on the wall, from which so many days are over by `end`."""
    wall = end.astimezone(calendar.zone)
    starts = (
        datetime.combine(wall.date() - timedelta(days=days), wall.time(), tzinfo=calendar.zone)
        for days in range(_LONGEST)
    )
    return next((start.astimezone(end.tzinfo) for start in starts if before.over_at(calendar, start) <= end), end)


def notice_state(by: datetime | None, announced_at: datetime | None, now: datetime) -> NoticeState:
    """How it stands with telling customers of a window; on the dot is in time."""
    if by is None:
        return "none"
    if announced_at is not None:
        return "given" if announced_at <= by else "late"
    return "due" if now <= by else "missed"
