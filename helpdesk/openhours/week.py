"""A week of opening hours in words, on the calendar's own wall or on another."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helpdesk.openhours.calendar import Calendar, SpecialDay

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY = 86400  # seconds
_WEEK = 7 * _DAY
_OpenStretch = tuple[int, int]  # start in seconds from Monday 00:00 on, length


def week_words(calendar: Calendar, *, ahead: int = 0) -> str:
    """`Mon-Fri 07:00-18:00`, `Sun 16:00 to Fri 17:00`, `around the clock`.

    `ahead` is by how many seconds the wall that it is read on goes before the calendar's own.
    """
    return "around the clock" if calendar.always else _words(_moved(_pieces(calendar), ahead))


def _pieces(calendar: Calendar) -> list[_OpenStretch]:
    return sorted((window.weekday * _DAY + window.start, window.end - window.start) for window in calendar.windows)


def _moved(pieces: Iterable[_OpenStretch], shift: int) -> list[_OpenStretch]:
    """The pieces on a wall that is ahead by `shift`; those that touch are one, for midnight lies elsewhere there."""
    if not shift:
        return list(pieces)
    joined: list[_OpenStretch] = []
    for start, length in sorted(((start + shift) % _WEEK, length) for start, length in pieces):
        if joined and sum(joined[-1]) == start:
            joined[-1] = joined[-1][0], joined[-1][1] + length
        else:
            joined.append((start, length))
    if len(joined) > 1 and sum(joined[-1]) - _WEEK == joined[0][0]:
        (start, length), (_, more) = joined.pop(), joined.pop(0)
        joined.append((start, length + more))
    return joined


def _words(pieces: Iterable[_OpenStretch]) -> str:
    by_hours: dict[str, list[int]] = {}
    for start, length in pieces:
        weekday, opens = divmod(start, _DAY)
        if length >= _WEEK:
            return "around the clock"
        if length + (opens > 0) > _DAY:  # a whole day that does not begin at midnight is told as a span too
            last, closes = divmod(start + length - 1, _DAY)  # midnight is the end of a day, not the start of one
            by_hours[f"{DAYS[weekday]} {clock_words(opens)} to {DAYS[last % 7]} {clock_words(closes + 1)}"] = []
        else:
            by_hours.setdefault(f"{clock_words(opens)}-{clock_words((opens + length) % _DAY or _DAY)}", []).append(
                weekday
            )
    return ", ".join(f"{_weekdays(days)} {hours}".strip() for hours, days in by_hours.items())


def _weekdays(days: list[int]) -> str:
    """`Mon-Fri`, also over the end of the week: `Sun-Thu`."""
    begins = next((day for day in days if (day - 1) % 7 not in days), 0)
    turned = sorted(days, key=lambda day: (day - begins) % 7)
    if len(turned) > 2 and all((after - before) % 7 == 1 for before, after in pairwise(turned)):
        return f"{DAYS[turned[0]]}-{DAYS[turned[-1]]}"
    return ", ".join(DAYS[day] for day in turned)


def clock_words(seconds: int) -> str:
    """`07:30`, of seconds after midnight."""
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"


def day_words(day: SpecialDay) -> str:
    """`closed`, `open 10:00-14:00, a business day`: how a day differs from its week."""
    part = "" if (day.start, day.end) == (0, _DAY) else f" {clock_words(day.start)}-{clock_words(day.end)}"
    ruled = {None: "", True: ", a business day", False: ", no business day"}[day.business]
    return f"{'open' if day.opens else 'closed'}{part}{ruled}"
