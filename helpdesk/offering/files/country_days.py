"""What a country's holidays close of a desk's days: whole days, and half days from a time on.

Public holidays are always among them; further categories of the `holidays` package where the file names them. A half
day closes at the time that the file says, else at the one in its name, `Christmas Eve (from 1pm)`, else at noon. The
time in a name counts in every category: some banks close early, too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.offering.files.days import holiday_names, left_over, part_of_day
from helpdesk.offering.files.known_days import categories
from helpdesk.openhours.calendar import SpecialDay

if TYPE_CHECKING:
    from helpdesk.offering.files.known_days import KnownDays
    from helpdesk.offering.files.schema import CountryHolidays

HALF_DAY = "half_day"
_HOUR, _NOON = 3600, 12 * 3600
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_IN_NAME = re.compile(r" ?\(from (1[0-2]|[1-9])(?::([0-5]\d))? ?([ap])m\)", re.IGNORECASE)


def closures(known: KnownDays, asked: CountryHolidays, year: int) -> list[SpecialDay]:
    """What is closed in a year. Raises ValueError that says what of `asked` was expected."""
    given = _given_time(asked.half_days_from)
    days: dict[SpecialDay, None] = {}  # one may be of several categories
    for category in categories(asked):
        half = category == HALF_DAY
        for on, name in known.of(asked, year, category):
            rest = left_over(name, asked.without)
            if rest and half and given:
                days[SpecialDay(on, _IN_NAME.sub("", rest), start=given)] = None
            elif rest:
                # What has no time in its name closes the whole day, whatever else falls on it.
                starts = [_time_in(part) or (_NOON if half else 0) for part in holiday_names(rest)]
                days[SpecialDay(on, rest, start=min(starts))] = None
    openings = [_hours_on(day, asked.open) for day in days if not day.start] if asked.open else []
    return [*days, *openings]


def _hours_on(day: SpecialDay, hours: str) -> SpecialDay:
    """The hours of a desk that is there for part of a holiday, which is no business day all the same."""
    start, end = part_of_day(hours)
    return SpecialDay(day.on, day.name, start, end, opens=True, business=False)


def _given_time(text: str) -> int:
    """Seconds from midnight, 0 where nothing is said."""
    found = _TIME.fullmatch(text.strip()) if text else None
    seconds = int(found[1]) * _HOUR + int(found[2]) * 60 if found else 0
    if text and not seconds:
        raise ValueError(f'half_days_from: expected a time of day such as "12:00", not {text!r}')
    return seconds


def _time_in(name: str) -> int:
    """The same, 0 where a name has none."""
    found = _IN_NAME.search(name)
    afternoon = _NOON if found and found[3].lower() == "p" else 0
    return int(found[1]) % 12 * _HOUR + int(found[2] or 0) * 60 + afternoon if found else 0
