"""A moment to come, as an agent says it: `12h`, `3 days`, `2026-06-01 14:30`, `25.5.`, `25 May`, `mon`, `tomorrow 3pm`.

A day without a time of day means nine o'clock, on the wall of the zone that is handed in; a time alone means the next
such. What may mean two things (`5/6`, `next Friday`, `5.12`, `2h30`) means none.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from helpdesk.openhours.calendar import wall_instant
from helpdesk.openhours.walltime import parse_weekly

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FARTHEST = timedelta(days=366)
_MORNING = "09:00"
_HALF_A_YEAR = timedelta(days=183)  # a day without a year that is farther is past
_SPAN = re.compile(r"(\d{1,3}|an?|one)\s*(min|h|d|w|minute|hr|hour|day|wk|week)s?")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(h|\s*[ap]\.?m\.?|\s*uhr)?")
_BEFORE = frozenset({"in", "for", "until", "till", "by", "on", "at", "um"})
_CLOCK = frozenset({"at", "um"})
# A day and a month without the last stop, or a span: a time only behind a day, or where one is announced.
_PERHAPS_TIME = re.compile(r"(?:(?!today|tomorrow)[a-z]+ )?\d{1,2}\.(?:0[1-9]|1[0-2])|\d{1,2}h\d{2}")
_MOST_WORDS = 10
_MONTHS = ("january", "february", "march", "april", "may", "june",
           "july", "august", "september", "october", "november", "december")  # fmt: skip
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})t(?=\d)")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}))?")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?([a-z]{3,9})\.?(?:\s+(\d{4}))?")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:\s+(\d{4}))?")


def read_span(text: str) -> timedelta | None:
    """A span of elapsed time: `12h`, `3 days` or `2w`; None for anything else, and for none at all."""
    found = _SPAN.fullmatch(text.strip().lower())
    number = (int(found[1]) if found[1].isdecimal() else 1) if found else 0
    return number * _UNITS[found[2][0]] if found and number else None


def read_moment(text: str, *, zone: str, after: datetime, time: str = _MORNING) -> datetime | None:
    """The moment that is meant, read at the instant `after`. Aware UTC; None where none to come is meant.

    `time` is what a day alone means.
    """
    words = _ISO.sub(r"\1 ", unicodedata.normalize("NFKC", text).lower()).replace(",", " ").split()
    bare = words[1:] if words and words[0] in _BEFORE else words
    if not bare or len(bare) > _MOST_WORDS:
        return None
    if words[0] not in _CLOCK and _PERHAPS_TIME.fullmatch(" ".join(bare)):
        return None
    span = read_span(" ".join(bare))
    if span:
        return after + span if span <= FARTHEST else None
    instants = (at for at in _on_the_wall(bare, zone, after, time) if after < at <= after + FARTHEST)
    return next(instants, None)


def _on_the_wall(words: list[str], zone: str, after: datetime, time: str) -> Iterator[datetime]:
    """The instants that a day and a time of day may mean, the nearest first."""
    for behind in range(len(words) + 1):
        day, rest = words[:behind], words[behind:]
        named = _time_of_day(" ".join(rest[1:] if rest and rest[0] in _BEFORE else rest)) if rest else time
        if named:
            yield from _at(" ".join(day), named, zone, after)


def _at(day: str, time: str, zone: str, after: datetime) -> Iterator[datetime]:
    hour, minute = time.split(":")
    for one in _days(day, after.astimezone(ZoneInfo(zone)).date()):
        try:
            yield wall_instant(zone, one, (int(hour) * 60 + int(minute)) * 60)
        except ValueError:  # near the ends of time
            return
    try:
        weekly = parse_weekly(f"{day} {time}", zone)
    except ValueError:
        return
    yield weekly.next(after)


def _time_of_day(text: str) -> str:
    """`14:30` of `14.30`, `2:30 pm`, `14:30 Uhr` or `noon`; "" for anything else, a mere number too."""
    found = _TIME.fullmatch("12:00" if text == "noon" else text)
    if found is None or not (found[2] or found[3]):
        return ""
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").strip()[:1]
    if half in {"a", "p"} and not 1 <= hour <= 12:
        return ""
    hour = hour % 12 + (12 if half == "p" else 0) if half in {"a", "p"} else hour
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else ""


def _days(text: str, today: date) -> Iterator[date]:
    """The days that words may mean, the nearest first; of weekdays none."""
    relative = {"": (0, 1), "today": (0,), "tomorrow": (1,)}.get(text)
    if relative is not None:
        yield from (today + timedelta(days=days) for days in relative)
        return
    try:
        yield date.fromisoformat(text)
    except ValueError:
        yield from _of_a_month(text, today)


def _of_a_month(text: str, today: date) -> Iterator[date]:
    if found := _DOTTED.fullmatch(text):
        day, month, year = int(found[1]), int(found[2]), found[3]
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = int(found[1]), _month(found[2]), found[3]
    elif found := _MONTH_FIRST.fullmatch(text):
        day, month, year = int(found[2]), _month(found[1]), found[3]
    else:
        return
    years: Iterable[int] = [int(year)] if year else (today.year, today.year + 1)
    for one in years:
        try:
            meant = date(one, month, day)
        except ValueError:
            continue
        if year or meant - today <= _HALF_A_YEAR:
            yield meant


def _month(name: str) -> int:
    """1 to 12; 0 where it is no month."""
    return next((number for number, month in enumerate(_MONTHS, start=1) if month.startswith(name)), 0)


def zone_of(own: str, case: str) -> str:
    """The zone in which an agent's times are read: their own, where one is configured, else that of the case."""
    return own or str(ZoneInfo(case))
