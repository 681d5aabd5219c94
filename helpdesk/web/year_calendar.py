"""A year of a calendar, month by month: which days it is open, shut as every week, or differs from the week.

What is drawn is said in words beside it: the list of the holidays is the same days.
"""

from __future__ import annotations

from calendar import Calendar as Weeks
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from helpdesk.openhours.calendar import wall_instant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from helpdesk.openhours.calendar import Calendar

DayKind = Literal["open", "shut", "holiday", "short", "extra"]

_WEEKS = Weeks()  # from Monday on
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class DrawnDay:
    """A day's place in its month: `column` is its weekday, `row` its week, both from 0."""

    number: int
    column: int
    row: int
    kind: DayKind
    name: str = ""  # of its holiday
    today: bool = False


@dataclass(frozen=True, slots=True)
class DrawnMonth:
    """A month."""

    name: str
    days: tuple[DrawnDay, ...]


def draw_year(calendar: Calendar, year: int, today: date) -> tuple[DrawnMonth, ...]:
    """The twelve months of a local year."""
    kinds, names = _kinds(calendar, year), {day.on: day.name for day in calendar.special_days_in(year)}
    return tuple(
        DrawnMonth(f"{date(year, month, 1):%B}", tuple(_days(year, month, kinds, names, today)))
        for month in range(1, 13)
    )


def _days(
    year: int, month: int, kinds: Mapping[date, DayKind], names: Mapping[date, str], today: date
) -> Sequence[DrawnDay]:
    weeks = _WEEKS.monthdayscalendar(year, month)
    return [
        DrawnDay(number, column, row, kinds[on], names.get(on, ""), today=on == today)
        for row, week in enumerate(weeks)
        for column, number in enumerate(week)
        if number and (on := date(year, month, number))
    ]


def _kinds(calendar: Calendar, year: int) -> dict[date, DayKind]:
    """What each day is; of a holiday whether the desk is shut, or for a part of it, or opens on it."""
    opens = _open_days(calendar, year)
    first = date(year, 1, 1)
    days = [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]
    kinds: dict[date, DayKind] = {day: "open" if day in opens else "shut" for day in days}
    for special in calendar.special_days_in(year):
        extra: DayKind = "extra" if special.opens else "short"
        kinds[special.on] = extra if special.on in opens else "holiday"
    return kinds


def _open_days(calendar: Calendar, year: int) -> set[date]:
    """The local dates on which it is open for a while."""
    start, end = (wall_instant(calendar.timezone, date(each, 1, 1), 0) for each in (year, year + 1))
    found: set[date] = set()
    for span in calendar.spans(start, end):
        if span.open:
            day, last = (at.astimezone(calendar.zone).date() for at in (span.start, span.end - _SECOND))
            found |= {day + timedelta(days=number) for number in range((last - day).days + 1)}
    return found
