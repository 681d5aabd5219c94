"""A moment to come, as an agent says it: `12h`, `3 days`, `2026-06-01 14:30`, `25.5.`, `25 May`, `mon`, `morgen`.

A day without a time of day means nine o'clock, on the wall of the zone that is handed in; a time alone means the next
such. What may mean two things (`5/6`, `5.12`, `2h30`, `3m`, next Friday on a Tuesday) means none. Words of other
languages are read as the English ones that `moment_words.toml` has for them.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from helpdesk.data_file import data_file
from helpdesk.openhours.calendar import wall_instant
from helpdesk.openhours.walltime import WEEKDAYS, parse_weekly

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FARTHEST = timedelta(days=366)
_MORNING = "09:00"
_HALF_A_YEAR = timedelta(days=183)  # a day without a year that is farther is past
_SPAN = re.compile(
    r"(\d{1,3}(?:[.,]5)?|\b(?:an?|one)\b)\s*(mins?|m|hrs?|h|days?|d|wks?|w|minutes?|hours?|weeks?)(?![a-z])\.?"
)
_MOST_MONTHS = 12  # so many `m` may be months
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(h|\s*[ap]\.?m\.?|\s*uhr)?")
_BEFORE = frozenset({"in", "for", "until", "till", "by", "on", "at", "um", "am"})
_CLOCK = frozenset({"at", "um"})
# A day and a month without the last stop, or a span: a time only behind a day, or where one is announced.
_PERHAPS_TIME = re.compile(r"(?:(?!today|tomorrow)[a-z]+ )?\d{1,2}\.(?:0[1-9]|1[0-2])|\d{1,2}h\d{2}")
_MOST_WORDS = 10
_MONTHS = ("january", "february", "march", "april", "may", "june",
           "july", "august", "september", "october", "november", "december")  # fmt: skip
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})t(?=\d)")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}))?")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|\.)?\s+(?:(?:of|de)\s+)?([a-z]{3,9})\.?(?:\s+(\d{4}))?")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:\s+(\d{4}))?")


def _span(text: str) -> timedelta | None:
    """A span of elapsed time: `12h`, `1.5 days`, `2h 30m` or `2w`; None for anything else, and for none at all."""
    parts = list(_SPAN.finditer(text))
    if not parts or _SPAN.sub("", text).replace("and", "").strip():
        return None
    if parts[0][2] == "m" and _number(parts[0][1]) <= _MOST_MONTHS:
        return None
    return sum((_number(part[1]) * _UNITS[part[2][0]] for part in parts), timedelta()) or None


def _number(text: str) -> float:
    return float(text.replace(",", ".")) if text[0].isdecimal() else 1


def read_moment(text: str, *, zone: str, after: datetime, time: str = _MORNING) -> datetime | None:
    """The moment that is meant, read at the instant `after`. Aware UTC; None where none to come is meant.

    `time` is what a day alone means.
    """
    words = _ISO.sub(r"\1 ", _in_english(text)).split()
    bare = words[1:] if words and words[0] in _BEFORE else words
    if not bare or len(bare) > _MOST_WORDS:
        return None
    if words[0] not in _CLOCK and _PERHAPS_TIME.fullmatch(" ".join(bare)):
        return None
    span = _span(" ".join(bare))
    if span:
        return after + span if span <= FARTHEST else None
    instants = (at for at in _on_the_wall(bare, zone, after, time) if after < at <= after + FARTHEST)
    return next(instants, None)


def _in_english(text: str) -> str:
    """In small letters without accents, with blanks for commas that are not within a number."""
    letters = unicodedata.normalize("NFKD", text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    foreign, english = _dictionary()
    return foreign.sub(lambda word: english[word[0]], re.sub(r",(?!\d)", " ", plain))


@cache
def _dictionary() -> tuple[re.Pattern[str], dict[str, str]]:
    """What finds other languages' words, and the English of each."""
    known = {word: english for english, words in data_file(__package__, "moment_words.toml").items() for word in words}
    longest_first = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
    return re.compile(rf"(?<![\w'-])(?:{longest_first})(?![\w'-])"), known


def _on_the_wall(words: list[str], zone: str, after: datetime, time: str) -> Iterator[datetime]:
    """The instants that a day and a time of day may mean, the nearest first."""
    for behind in range(len(words) + 1):
        day, rest = words[:behind], words[behind:]
        # `a` is the French one here.
        named = _time_of_day(" ".join(rest[1:] if rest and rest[0] in {*_BEFORE, "a"} else rest)) if rest else time
        if named:
            yield from _at(" ".join(day), named, zone, after)


def _at(day: str, time: str, zone: str, after: datetime) -> Iterator[datetime]:
    hour, minute = map(int, time.split(":"))
    for one in _dates(day, after.astimezone(ZoneInfo(zone)).date()):
        try:
            yield wall_instant(zone, one, (hour * 60 + minute) * 60)
        except ValueError:  # near the ends of time
            return
    which, _, name = re.sub(r"^(\w+) (next|this)$", r"\2 \1", day).rpartition(" ")
    try:
        nearest = parse_weekly(f"{name} {time}", zone).next(after)
    except ValueError:
        return
    if which in {"", "this"} or (which == "next" and _is_next_week(nearest, zone, after)):
        yield nearest


def _is_next_week(at: datetime, zone: str, after: datetime) -> bool:
    """Whether a week ends before that day, be it on Saturday or on Sunday; where not, `next` is unclear."""
    first, last = (one.astimezone(ZoneInfo(zone)).date() for one in (after, at))
    before = {(first + timedelta(days)).weekday() for days in range((last - first).days)}
    return {WEEKDAYS.index("saturday"), WEEKDAYS.index("sunday")} <= before


def _dates(text: str, today: date) -> Iterator[date]:
    """The days that words may mean, which may begin with the weekday of that date; of weekdays alone none."""
    first, _, rest = text.partition(" ")
    weekday = next((n for n, name in enumerate(WEEKDAYS) if rest and len(first) >= 3 and name.startswith(first)), None)
    for day in _days(text if weekday is None else rest, today):
        if weekday in {None, day.weekday()}:
            yield day


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
    """The days that words without a weekday may mean, the nearest first."""
    relative = {"": (0, 1), "today": (0,), "tomorrow": (1,), "overmorrow": (2,)}.get(text)
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
