"""A time on the wall that comes again, every day or once a week: hand-overs and digests.

It comes exactly once each time, also where the clock changes: see `calendar.wall_instant`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from helpdesk.openhours.calendar import wall_instant, within_reach

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From `begins_at` on, and before `ends_at`; aware UTC."""

    begins_at: datetime
    ends_at: datetime

    def covers(self, at: datetime) -> bool:
        """Whether an aware instant lies in it."""
        return self.begins_at <= at < self.ends_at


def period(since: date, to: date, timezone: str) -> Period:
    """Whole local dates, the last included, or local times of such; a time with an offset is that instant.

    Raises ValueError where it does not end after it begins, and near the ends of time (`calendar.within_reach`).
    """
    ends_at = _instant_of(to, timezone) if isinstance(to, datetime) else wall_instant(timezone, to, _DAY // _SECOND)
    read = Period(_instant_of(since, timezone), ends_at)
    if read.ends_at <= read.begins_at:
        expected = "a time after" if isinstance(to, datetime) else "a date on or after"
        raise ValueError(f"expected {expected} {since}, not {to}")
    return read


def _instant_of(day: date, timezone: str) -> datetime:
    if not isinstance(day, datetime):
        return wall_instant(timezone, day, 0)
    within_reach(day)
    if day.tzinfo is not None:
        return day.astimezone(UTC)
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    return wall_instant(timezone, day.date(), (day - midnight).seconds)


@dataclass(frozen=True, slots=True)
class WallTime:
    """`seconds` after midnight, every day or on one `weekday` (0 is Monday), on the wall of a zone."""

    timezone: str
    seconds: int
    weekday: int | None = None

    @property
    def every(self) -> int:
        """How many days lie between two of them."""
        return 1 if self.weekday is None else 7

    def on(self, day: date) -> datetime:
        """The instant on that local date. Aware UTC."""
        return wall_instant(self.timezone, day, self.seconds)

    def last_day(self, at: datetime) -> date:
        """The local date of the last one that has come by `at`."""
        # A wall that jumps over midnight may show the date of tomorrow a little early.
        day = at.astimezone(ZoneInfo(self.timezone)).date() + _DAY
        while not self._falls(day) or self.on(day) > at:
            day -= _DAY
        return day

    def last(self, at: datetime) -> datetime:
        """The last one that has come by `at` (which counts). Aware UTC."""
        return self.on(self.last_day(at))

    def next(self, at: datetime) -> datetime:
        """The first one after `at`. Aware UTC."""
        return self.on(self.last_day(at) + self.every * _DAY)

    def mark(self, at: datetime) -> str:
        """What tells the last one by `at` from all others."""
        return str(self.last_day(at))

    def first_day(self, start: date) -> date:
        """The first local date on which it comes, `start` included."""
        while not self._falls(start):
            start += _DAY
        return start

    def _falls(self, day: date) -> bool:
        return self.weekday is None or day.weekday() == self.weekday


@dataclass(frozen=True, slots=True)
class Handovers:
    """One or more times on the wall of a zone, at each of which the next in turn takes over."""

    times: tuple[WallTime, ...]

    @property
    def timezone(self) -> str:
        """The zone of all its times."""
        return self.times[0].timezone

    def last(self, at: datetime) -> datetime:
        """The last one that has come by `at` (which counts). Aware UTC."""
        return max(time.last(at) for time in self.times)

    def next(self, at: datetime) -> datetime:
        """The first one after `at`. Aware UTC."""
        return min(time.next(at) for time in self.times)

    def turn(self, start: date, at: datetime) -> int:
        """How many have come by `at` since the first one on or after the local date `start`; negative before it."""
        came = ((time.last_day(at) - time.first_day(start)).days // time.every + 1 for time in self.times)
        return sum(came) - 1

    def mark(self, at: datetime) -> str:
        """What tells the last one by `at` from all others."""
        return self.times[0].mark(at) if len(self.times) == 1 else f"{self.last(at):%Y%m%dT%H%MZ}"


def parse_handovers(text: str, timezone: str) -> Handovers:
    """Read `mon 09:00`, or several with commas, also `daily 20:00`. Raises ValueError that says what was expected."""
    times = tuple(_handover(part, timezone) for part in text.split(","))
    if any(clashing.seconds == one.seconds and _meet(clashing, one) for clashing, one in combinations(times, 2)):
        raise ValueError(f"expected hand-overs at different times, not {text!r}")
    return Handovers(times)


def _handover(part: str, timezone: str) -> WallTime:
    day, _, time = part.strip().lower().partition(" ")
    return WallTime(timezone, time_of_day(time, part)) if day == "daily" else parse_weekly(part, timezone)


def parse_weekly(text: str, timezone: str) -> WallTime:
    """Read `mon 09:00`. Raises ValueError that says what was expected."""
    day, _, time = text.strip().lower().partition(" ")
    weekday = next((n for n, name in enumerate(WEEKDAYS) if len(day) >= 3 and name.startswith(day)), None)
    if weekday is None:
        raise ValueError(f'expected a day and a time such as "mon 09:00", not {text!r}')
    return WallTime(timezone, time_of_day(time, text), weekday)


def _meet(one: WallTime, other: WallTime) -> bool:
    return None in {one.weekday, other.weekday} or one.weekday == other.weekday


def parse_daily(text: str) -> WallTime:
    """Read `08:00 Europe/Berlin`. Raises ValueError that says what was expected."""
    time, _, zone = text.strip().partition(" ")
    if not is_zone(zone.strip()):
        raise ValueError(f'expected a time and a zone such as "08:00 Europe/Berlin", not {text!r}')
    return WallTime(zone.strip(), time_of_day(time, text))


def read_instant(text: str) -> datetime:
    """An instant from `2026-05-22T16:40-05:00`, or from `2026-05-22 16:40 America/Chicago`. Aware.

    Raises ValueError that says what was expected, also near the ends of time (`calendar.within_reach`).
    """
    written, _, zone = text.strip().rpartition(" ")
    try:
        if is_zone(zone):
            wall = datetime.fromisoformat(written.strip())
            midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0)
            return wall_instant(zone, wall.date(), (wall - midnight).seconds)
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        at = datetime.min  # noqa: DTZ901 - naive, and refused below
    if at.tzinfo is None:
        expected = 'expected a time such as 2026-05-22T16:40-05:00 or "2026-05-22 16:40 America/Chicago"'
        raise ValueError(f"{expected}, not {text!r}")
    within_reach(at)
    return at


def is_zone(name: str) -> bool:
    """Whether the IANA database knows a zone of that name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)


def time_of_day(time: str, text: str = "") -> int:
    """Seconds after midnight of `09:00`, which may stand in a longer `text`. Raises ValueError that says so."""
    found = _TIME.fullmatch(time.strip())
    if not found:
        raise ValueError(f'expected a time of day such as "09:00", not {text or time!r}')
    return (int(found[1]) * 60 + int(found[2])) * 60
