"""A moment to come, as an agent says it: `12h`, `3d`, `2w`, `2026-06-01`, `2026-06-01 14:30`, `mon`, `mon 14:30`.

A date or a day without a time of day means nine o'clock, on the wall of the zone that is handed in.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from helpdesk.openhours.calendar import wall_instant
from helpdesk.openhours.walltime import parse_weekly

FARTHEST = timedelta(days=366)
_MORNING = "09:00"
_SPAN = re.compile(r"(\d{1,3})\s*(h|d|w)")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ t]+(.+))?")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def read_span(text: str) -> timedelta | None:
    """A span of elapsed time: `12h`, `3d` or `2w`; None for anything else, and for none at all."""
    found = _SPAN.fullmatch(text.strip().lower())
    return int(found[1]) * _UNITS[found[2]] if found and int(found[1]) else None


def read_moment(text: str, *, zone: str, after: datetime) -> datetime | None:
    """The moment that is meant, read at the instant `after`. Aware UTC; None where none to come is meant."""
    words = text.strip().lower()
    span = read_span(words)
    at = after + span if span else _on_a_date(words, zone) or _on_a_weekday(words, zone, after)
    return at if at is not None and after < at <= after + FARTHEST else None


def _on_a_date(words: str, zone: str) -> datetime | None:
    found = _DATE.fullmatch(words)
    time = _TIME.fullmatch((found[2] or _MORNING).strip()) if found else None
    if found is None or time is None:
        return None
    try:
        return wall_instant(zone, date.fromisoformat(found[1]), (int(time[1]) * 60 + int(time[2])) * 60)
    except ValueError:  # no date, or one near the ends of time
        return None


def _on_a_weekday(words: str, zone: str, after: datetime) -> datetime | None:
    day, _, time = words.partition(" ")
    try:
        weekly = parse_weekly(f"{day} {time.strip() or _MORNING}", zone)
    except ValueError:
        return None
    return weekly.next(after)


def zone_of(own: str, case: str) -> str:
    """The zone in which an agent's times are read: their own, where one is configured, else that of the case."""
    return own or str(ZoneInfo(case))
