"""A calendar's week as people read it: in its own zone, and on the walls of other zones through a year."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from helpdesk.phrases import date_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helpdesk.core.calendar import Calendar

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY = 86400  # seconds
_WEEK = 7 * _DAY
_Piece = tuple[int, int]  # start in seconds from Monday 00:00 on, length


@dataclass(frozen=True, slots=True)
class Season:
    """Weekly hours on some wall, and the stretches of a year (first and last local date) in which they read so."""

    hours: str
    stretches: tuple[tuple[date, date], ...]


def week(calendar: Calendar) -> str:
    """`Mon-Fri 07:00-18:00`, `Sun 16:00 to Fri 17:00`, `around the clock`: on the calendar's own wall."""
    return "around the clock" if calendar.always else _week_text(_pieces(calendar))


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
        Season(_week_text(_moved(_pieces(calendar), shift)), tuple((d[0], d[-1]) for s, d in runs if s == shift))
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


def _pieces(calendar: Calendar) -> list[_Piece]:
    return sorted((window.weekday * _DAY + window.start, window.end - window.start) for window in calendar.windows)


def _moved(pieces: Iterable[_Piece], shift: int) -> list[_Piece]:
    """The pieces on a wall that is ahead by `shift`; those that touch are one, for midnight lies elsewhere there."""
    if not shift:
        return list(pieces)
    joined: list[_Piece] = []
    for start, length in sorted(((start + shift) % _WEEK, length) for start, length in pieces):
        if joined and sum(joined[-1]) == start:
            joined[-1] = joined[-1][0], joined[-1][1] + length
        else:
            joined.append((start, length))
    if len(joined) > 1 and sum(joined[-1]) - _WEEK == joined[0][0]:
        (start, length), (_, more) = joined.pop(), joined.pop(0)
        joined.append((start, length + more))
    return joined


def _week_text(pieces: Iterable[_Piece]) -> str:
    by_hours: dict[str, list[int]] = {}
    for start, length in pieces:
        weekday, opens = divmod(start, _DAY)
        if length >= _WEEK:
            return "around the clock"
        if length + (opens > 0) > _DAY:  # a whole day that does not begin at midnight is told as a span too
            last, closes = divmod(start + length - 1, _DAY)  # midnight is the end of a day, not the start of one
            by_hours[f"{DAYS[weekday]} {clock(opens)} to {DAYS[last % 7]} {clock(closes + 1)}"] = []
        else:
            by_hours.setdefault(f"{clock(opens)}-{clock((opens + length) % _DAY or _DAY)}", []).append(weekday)
    return ", ".join(f"{_weekdays(days)} {hours}".strip() for hours, days in by_hours.items())


def _weekdays(days: list[int]) -> str:
    """`Mon-Fri`, also over the end of the week: `Sun-Thu`."""
    begins = next((day for day in days if (day - 1) % 7 not in days), 0)
    turned = sorted(days, key=lambda day: (day - begins) % 7)
    if len(turned) > 2 and all((after - before) % 7 == 1 for before, after in pairwise(turned)):
        return f"{DAYS[turned[0]]}-{DAYS[turned[-1]]}"
    return ", ".join(DAYS[day] for day in turned)


def clock(seconds: int) -> str:
    """`07:30`, of seconds after midnight."""
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"
