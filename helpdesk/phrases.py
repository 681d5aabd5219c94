"""Times and spans as people say them; the only place, beside the calendar, that knows time zones."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from helpdesk.languages import languages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from helpdesk.openhours.within import Within

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_GERMAN_DAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
_GERMAN_ZONES = {"CET": "MEZ", "CEST": "MESZ"}
_GERMAN_AMOUNTS = {
    "minute": "Minute",
    "minutes": "Minuten",
    "hour": "Stunde",
    "hours": "Stunden",
    "business day": "Werktag",
    "business days": "Werktagen",
    "calendar day": "Kalendertag",
    "calendar days": "Kalendertagen",
    "week": "Woche",
    "weeks": "Wochen",
    "same business day": "demselben Werktag",
    "by": "bis",
}
_AMOUNT = re.compile(rf"\b(\d+ )?({'|'.join(sorted(_GERMAN_AMOUNTS, key=len, reverse=True))})\b")
_OR = {"en": "or", "de": "oder"}
NO_SUBJECT = defaultdict(lambda: "(no subject)", de="(ohne Betreff)")


def moment(at: datetime, zone: str, language: str = "en", *, exact: bool = False) -> str:
    """`Fri 27 Mar 2026, 16:00 CET`, on the wall clock of the zone; German: `Fr., 27.03.2026, 16:00 Uhr MEZ`.

    The minute, and where it is to be `exact` the seconds too, if there are any: a second after the due time is late.
    """
    local = at.astimezone(ZoneInfo(zone))
    if language == "de":
        name = zone_name(local)
        return f"{_GERMAN_DAYS[local.weekday()]}., {local:%d.%m.%Y, %H:%M} Uhr {_GERMAN_ZONES.get(name, name)}"
    day = f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local.year}"
    clock = f"{local:%H:%M:%S}" if exact and local.second else f"{local:%H:%M}"
    return f"{day}, {clock} {zone_name(local)}"


def amount(within: Within, language: str = "en") -> str:
    """`2 business days`, as an amount of promised time is said; German, after `innerhalb von`: `2 Werktagen`."""
    if language != "de":
        return str(within)
    return _AMOUNT.sub(lambda found: f"{found[1] or ''}{_GERMAN_AMOUNTS[found[2]]}", str(within))


def language_names(spoken: Sequence[str], language: str) -> str:
    """`English or German`, as one says it in a language; in English where we do not speak that one."""
    told = language if language in _OR else "en"
    return f" {_OR[told]} ".join(languages()[one]["names"][told] for one in spoken)


def brief(at: datetime, zone: str, language: str = "en", *, now: datetime | None = None) -> str:
    """`Fri 27 Mar 16:00`, for a subject line; German: `Fr. 27.03. 16:00`. With its year where `now` is in another."""
    local = at.astimezone(ZoneInfo(zone))
    year = "" if now is None or local.year == now.astimezone(ZoneInfo(zone)).year else str(local.year)
    if language == "de":
        return f"{_GERMAN_DAYS[local.weekday()]}. {local:%d.%m.}{year} {local:%H:%M}"
    day = f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"
    return f"{day}{f' {year}' if year else ''} {local:%H:%M}"


def date_words(on: date) -> str:
    """`27 Mar`."""
    return f"{on.day} {_MONTHS[on.month - 1]}"


def zone_name(local: datetime) -> str:
    """`CET`, `UTC`; zones without letters of their own show their offset."""
    name = local.tzname() or ""
    offset = local.utcoffset() or timedelta()
    if name[:1].isalpha():
        return name
    minutes = int(offset.total_seconds()) // 60
    return f"UTC{minutes // 60:+d}" + (f":{abs(minutes) % 60:02d}" if minutes % 60 else "")


def span(amount: timedelta) -> str:
    """`3 h 20 min`, `45 s`, `2 d 1 h`: the two largest units, exact to the second below an hour."""
    seconds = int(abs(amount).total_seconds())
    days, hours, minutes = seconds // 86400, seconds // 3600, seconds // 60
    if hours >= 72:
        return _two((days, "d"), (hours % 24, "h"))
    if hours:
        return _two((hours, "h"), (minutes % 60, "min"))
    return _two((minutes, "min"), (seconds % 60, "s"))


def open_span(amount: timedelta) -> str:
    """`80 h 20 min`: of open time, whose days are not those of a calendar."""
    seconds = int(abs(amount).total_seconds())
    hours, minutes = seconds // 3600, seconds // 60
    return _two((hours, "h"), (minutes % 60, "min")) if hours else span(amount)


def _two(large: tuple[int, str], small: tuple[int, str]) -> str:
    said = [f"{number} {unit}" for number, unit in (large, small) if number]
    return " ".join(said) or f"0 {small[1]}"
