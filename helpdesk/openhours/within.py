"""Amounts of promised time, such as `60m`, `8h`, `1bd`, `3cd` or `2w`, and how they become due in a calendar.

Minutes and hours are open time of the calendar, or elapsed time where they say so; business days follow one of several
readings, or count as a fixed number of open hours. Calendar days and weeks pass on the wall of the calendar's zone,
whether the desk is open or not. A bare `d` is refused, because readers disagree about what a day is.
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

_OPEN_TIME = re.compile(r"(?:(\d{1,5})\s*(?:h|hours?))?\s*(?:(\d{1,5})\s*(?:m|min|minutes?))?")
_DAYS = re.compile(r"(\d{1,5})\s*(?:(bd|business days?)|(cd|calendar days?)|w|weeks?)")
_ELAPSED = re.compile(r"\belapsed\b ?")
_SAME_DAY = "same business day"
_DAYS_OF_WEEK = 7
EXPECTED = (
    'minutes, hours or business days such as "30m", "8h", "1h 30m" or "2bd", "same business day", '
    'calendar days such as "3cd", weeks such as "2w" or "72h elapsed" (a bare "d" says too little)'
)


@dataclass(frozen=True, slots=True)
class Within:
    """How much time a promise gives: open time, a number of business or of calendar days, or what is left of today.

    One of the four; the others are zero. `by` is a time of day in seconds, to which business days are due. What counts
    `from_ours`, an answer or an order of the desk's own, knows no cut-off. Open time that is `elapsed` passes around
    the clock.
    """

    open_time: timedelta
    business_days: int = 0
    mode: BusinessDayMode = "same_time"
    calendar_days: int = 0
    same_day: bool = False
    by: int | None = None
    from_ours: bool = False
    elapsed: bool = False

    def due_at(self, calendar: Calendar, received: datetime) -> datetime:
        """When the promise falls due that counts from a receipt (aware, UTC out). Raises NeverOpen."""
        if calendar.cut_off is None:
            return self.over_at(calendar, received)
        return self.over_at(calendar, self.counts_from(calendar, received))

    def counts_from(self, calendar: Calendar, received: datetime) -> datetime:
        """From when it counts: the receipt, or a later opening where that came after the calendar's cut-off."""
        if calendar.cut_off is None or self.calendar_days or self.elapsed or self.from_ours:
            return received
        return calendar.counts_from(received)

    def over_at(self, calendar: Calendar, start: datetime) -> datetime:
        """When so much time has passed since `start` (aware, UTC out). Raises NeverOpen."""
        if self.business_days or self.same_day:
            return calendar.add_business_days(start, self.business_days, mode=self.mode, by=self.by)
        if self.calendar_days:
            return calendar.add_calendar_days(start, self.calendar_days)
        return (calendar.all_day if self.elapsed else calendar).due(start, self.open_time)

    def rest_over_at(self, calendar: Calendar, start: datetime, rest: timedelta) -> datetime:
        """When the rest of its budget is used up, counted from `start`: at the closing, if it says so itself."""
        closing = self.same_day or self.by is not None or self.mode != "same_time"
        return calendar.add(start, rest) if closing else calendar.due(start, rest)

    def measured_in(self, calendar: Calendar) -> Calendar:
        """The calendar in which it is used up: around the clock for calendar days and elapsed time."""
        return calendar.all_day if self.calendar_days or self.elapsed else calendar

    def budget(self, calendar: Calendar, start: datetime) -> timedelta:
        """The promise as open time of the calendar it is measured in: what pauses and new severities settle against."""
        return self.open_time if self.counts_open_time else calendar.elapsed(start, self.over_at(calendar, start))

    @property
    def counts_open_time(self) -> bool:
        """Whether it is the same amount of open time whenever it begins."""
        return not (self.business_days or self.calendar_days or self.same_day)

    def __str__(self) -> str:
        """In words: `8 hours`, `1 business day`."""
        if self.business_days or self.same_day:
            days = plural(self.business_days, "business day") if self.business_days else _SAME_DAY
            return days if self.by is None else f"{days}, by {self.by // 3600:02}:{self.by // 60 % 60:02}"
        if self.calendar_days:
            weeks, days_left = divmod(self.calendar_days, _DAYS_OF_WEEK)
            return plural(self.calendar_days, "calendar day") if days_left else plural(weeks, "week")
        if self.elapsed:
            return _elapsed_words(self.open_time)
        minutes = int(self.open_time.total_seconds()) // 60
        # Two hours read better as hours, ninety minutes as minutes; a first-reply goal of 60 minutes is an hour.
        return plural(minutes // 60, "hour") if minutes % 60 == 0 else plural(minutes, "minute")


def elapsed(time: timedelta) -> Within:
    """So much time by the clock, whether the desk is open or not."""
    return Within(time, elapsed=True)


def _elapsed_words(time: timedelta) -> str:
    if time % timedelta(days=1) == timedelta():
        return plural(time.days, "day")
    minutes = time // timedelta(minutes=1)
    return plural(minutes // 60, "elapsed hour") if minutes % 60 == 0 else plural(minutes, "elapsed minute")


def parse_within(
    text: str, *, mode: BusinessDayMode = "same_time", business_day: timedelta | None = None, by: int | None = None
) -> Within:
    """Read an amount. `business_day` is the number of open hours that one business day counts as, if fixed.

    `by` is the time of day that business days are due by. Raises ValueError that says what was expected.
    """
    plain = " ".join(text.lower().split())
    by_the_clock = _ELAPSED.sub("", plain, count=1).strip()
    if by_the_clock != plain:
        return elapsed(parse_open_time(by_the_clock))
    days = _DAYS.fullmatch("0bd" if plain == _SAME_DAY else plain)
    if days and days[2]:
        return _business_days(int(days[1]), mode, business_day, by)
    if days and int(days[1]):
        return Within(timedelta(), calendar_days=int(days[1]) * (1 if days[3] else _DAYS_OF_WEEK))
    found = _OPEN_TIME.fullmatch(plain)
    open_time = timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0)) if found else timedelta()
    if not open_time:
        raise ValueError(f"expected {EXPECTED}, not {text!r}")
    return Within(open_time)


def _business_days(days: int, mode: BusinessDayMode, business_day: timedelta | None, by: int | None) -> Within:
    if not days:
        return Within(timedelta(), same_day=True, by=by)
    if business_day:
        return Within(days * business_day)
    return Within(timedelta(), business_days=days, mode=mode, by=by)


def parse_open_time(text: str) -> timedelta:
    """Read minutes or hours; days are not an amount of open time by themselves. Raises ValueError."""
    within = parse_within(text)
    if not within.counts_open_time or within.elapsed:
        raise ValueError(f'expected minutes or hours such as "30m" or "8h", not {text!r}')
    return within.open_time
