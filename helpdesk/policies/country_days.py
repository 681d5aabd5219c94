"""What a country's holidays close of a desk's days: whole days, and half days from a time on.

Public holidays are always among them; further categories of the `holidays` package where the file names them. A half
day closes at the time that the file says, else at the one in its name, `Christmas Eve (from 1pm)`, else at noon.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.core.calendar import SpecialDay
from helpdesk.policies.days import left_over
from helpdesk.policies.known_days import categories

if TYPE_CHECKING:
    from helpdesk.policies.known_days import KnownDays
    from helpdesk.policies.schema import CountryHolidays

HALF_DAY = "half_day"
_HOUR, _NOON = 3600, 12 * 3600
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_IN_NAME = re.compile(r"\(from (1[0-2]|[1-9])(?::([0-5]\d))? ?([ap])m\)", re.IGNORECASE)


def closures(known: KnownDays, asked: CountryHolidays, year: int) -> list[SpecialDay]:
    """What is closed in a year. Raises ValueError that says what of `asked` was expected."""
    given = _given_time(asked.half_days_from)
    days: dict[SpecialDay, None] = {}  # one may be of several categories
    for category in categories(asked):
        for on, name in known.of(asked, year, category):
            rest = left_over(name, asked.without)
            if rest:
                start = (given or _time_in(rest)) if category == HALF_DAY else 0
                days[SpecialDay(on, rest, start=start)] = None
    return list(days)


def _given_time(text: str) -> int:
    """Seconds from midnight, 0 where nothing is said."""
    found = _TIME.fullmatch(text.strip()) if text else None
    seconds = int(found[1]) * _HOUR + int(found[2]) * 60 if found else 0
    if text and not seconds:
        raise ValueError(f'half_days_from: expected a time of day such as "12:00", not {text!r}')
    return seconds


def _time_in(name: str) -> int:
    found = _IN_NAME.search(name)
    if not found:
        return _NOON
    afternoon = _NOON if found[3].lower() == "p" else 0
    return int(found[1]) % 12 * _HOUR + int(found[2] or 0) * 60 + afternoon or _NOON
