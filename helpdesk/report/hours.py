"""A calendar's week on the walls of other zones, through a year."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from helpdesk.openhours.week import week_words
from helpdesk.phrases import date_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.openhours.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Season:
    """Weekly hours on some wall, and the stretches of a year (first and last local date) in which they read so."""

    hours: str
    stretches: tuple[tuple[date, date], ...]


def seasons(calendar: Calendar, zone: str, year: int) -> list[Season]:
    """The same hours on the wall of a zone, what holds longest first.

    The two zones may change their clocks on different days: then there are several readings a year.
    """
    if calendar.always:
        return [Season("around the clock", ((date(year, 1, 1), date(year, 12, 31)),))]
    shifts = [(day, _shift(day, calendar.zone, ZoneInfo(zone))) for day in _days_of(year)]
    lasting = Counter(shift for _, shift in shifts)
    runs = [(shift, [day for day, _ in run]) for shift, run in groupby(shifts, key=lambda pair: pair[1])]
    return [
        Season(week_words(calendar, ahead=shift), tuple((d[0], d[-1]) for s, d in runs if s == shift))
        for shift, _ in lasting.most_common()
    ]


def seasons_text(found: list[Season]) -> str:
    """One line: the usual reading, then the others with their dates."""
    usual, *others = found
    said = [
        f"{other.hours} from " + " and from ".join(f"{date_words(a)} to {date_words(b)}" for a, b in other.stretches)
        for other in others
    ]
    return ", but ".join((usual.hours, "; ".join(said))) if said else usual.hours


def _days_of(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def _shift(day: date, own: ZoneInfo, other: ZoneInfo) -> int:
    """By how many seconds the other wall is ahead at noon UTC of that day."""
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    offsets = [noon.astimezone(zone).utcoffset() or timedelta() for zone in (own, other)]
    return int((offsets[1] - offsets[0]).total_seconds())
