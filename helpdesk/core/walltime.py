"""A time on the wall that comes again, every day or once a week: hand-overs and digests.

It comes exactly once each time, also where the clock changes: see `calendar.wall_instant`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from helpdesk.core.calendar import wall_instant

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_DAY = timedelta(days=1)


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

    def first_day(self, start: date) -> date:
        """The first local date on which it comes, `start` included."""
        while not self._falls(start):
            start += _DAY
        return start

    def _falls(self, day: date) -> bool:
        return self.weekday is None or day.weekday() == self.weekday


def parse_weekly(text: str, timezone: str) -> WallTime:
    """Read `mon 09:00`. Raises ValueError that says what was expected."""
    day, _, time = text.strip().lower().partition(" ")
    weekday = next((n for n, name in enumerate(_WEEKDAYS) if len(day) >= 3 and name.startswith(day)), None)
    if weekday is None:
        raise ValueError(f'expected a day and a time such as "mon 09:00", not {text!r}')
    return WallTime(timezone, _seconds(time, text), weekday)


def parse_daily(text: str) -> WallTime:
    """Read `08:00 Europe/Berlin`. Raises ValueError that says what was expected."""
    time, _, zone = text.strip().partition(" ")
    if not is_zone(zone.strip()):
        raise ValueError(f'expected a time and a zone such as "08:00 Europe/Berlin", not {text!r}')
    return WallTime(zone.strip(), _seconds(time, text))


def read_instant(text: str) -> datetime:
    """An instant from `2026-05-22T16:40-05:00`, or from `2026-05-22 16:40 America/Chicago`. Aware.

    Raises ValueError that says what was expected.
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
    return at


def is_zone(name: str) -> bool:
    """Whether the IANA database knows a zone of that name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)


def _seconds(time: str, text: str) -> int:
    found = _TIME.fullmatch(time.strip())
    if not found:
        raise ValueError(f'expected a time of day such as "09:00", not {text!r}')
    return (int(found[1]) * 60 + int(found[2])) * 60
