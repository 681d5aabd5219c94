"""Amounts of promised time: `60m`, `8h`, `1bd`, and how they become due in a calendar.

Minutes and hours are open time of the calendar; business days follow one of three readings, or count as a fixed
number of open hours. A bare `d` is refused, because readers disagree about what a day is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.plural import plural

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.openhours.calendar import BusinessDayMode, Calendar

_AMOUNT = re.compile(r"(\d{1,5})\s*(m|min|h|bd)")
_UNITS = {"m": timedelta(minutes=1), "min": timedelta(minutes=1), "h": timedelta(hours=1)}
EXPECTED = 'minutes, hours or business days such as "30m", "8h" or "2bd" (a bare "d" says too little)'


@dataclass(frozen=True, slots=True)
class Within:
    """How much time a promise gives: open time, or a number of business days. One of the two is zero."""

    open_time: timedelta
    business_days: int = 0
    mode: BusinessDayMode = "same_time"

    def due_at(self, calendar: Calendar, start: datetime) -> datetime:
        """When the promise falls due, counted from `start` (aware, UTC out). Raises NeverOpen."""
        if self.business_days:
            return calendar.add_business_days(start, self.business_days, mode=self.mode)
        return calendar.add(start, self.open_time)

    def budget(self, calendar: Calendar, start: datetime) -> timedelta:
        """The promise as open time of the calendar: what pauses and severity changes are settled against."""
        if self.business_days:
            return calendar.elapsed(start, self.due_at(calendar, start))
        return self.open_time

    def __str__(self) -> str:
        """In words: `8 hours`, `1 business day`."""
        if self.business_days:
            return plural(self.business_days, "business day")
        minutes = int(self.open_time.total_seconds()) // 60
        # Two hours read better as hours, ninety minutes as minutes; a first-reply goal of 60 minutes is an hour.
        return plural(minutes // 60, "hour") if minutes % 60 == 0 else plural(minutes, "minute")


def parse_within(text: str, *, mode: BusinessDayMode = "same_time", business_day: timedelta | None = None) -> Within:
    """Read an amount. `business_day` is the number of open hours that one business day counts as, if fixed.

    Raises ValueError that says what was expected.
    """
    found = _AMOUNT.fullmatch(text.strip().lower())
    if not found or int(found[1]) == 0:
        raise ValueError(f"expected {EXPECTED}, not {text!r}")
    amount, unit = int(found[1]), found[2]
    if unit != "bd":
        return Within(amount * _UNITS[unit])
    if business_day:
        return Within(amount * business_day)
    return Within(timedelta(), business_days=amount, mode=mode)


def parse_open_time(text: str) -> timedelta:
    """Read minutes or hours; business days are not an amount of open time by themselves. Raises ValueError."""
    within = parse_within(text)
    if within.business_days:
        raise ValueError(f'expected minutes or hours such as "30m" or "8h", not {text!r}')
    return within.open_time
