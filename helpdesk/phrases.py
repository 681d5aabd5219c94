"""Times and spans as people say them; the only place, beside the calendar, that knows time zones.

How each language says them is data (`phrases.toml`).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from helpdesk.data_file import data_file
from helpdesk.languages import WRITTEN, languages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from helpdesk.openhours.within import Within

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@lru_cache(maxsize=512)  # the letters of a case say the same ones
def moment(at: datetime, zone: str, language: str = "en", *, exact: bool = False) -> str:
    """`Fri 27 Mar 2026, 16:00 CET`, on the wall clock of the zone; German: `Fr., 27.03.2026, 16:00 Uhr MEZ`.

    The minute, and where it is to be `exact` the seconds too, if there are any: a second after the due time is late.
    """
    return _told_at("moment", at.astimezone(ZoneInfo(zone)), language, exact=exact)


@lru_cache(maxsize=512)
def brief(at: datetime, zone: str, language: str = "en", *, now: datetime | None = None) -> str:
    """`Fri 27 Mar 16:00`, for a subject line; German: `Fr. 27.03. 16:00`. With its year where `now` is in another."""
    local = at.astimezone(ZoneInfo(zone))
    same = now is None or local.year == now.astimezone(ZoneInfo(zone)).year
    return _told_at("brief" if same else "brief_with_year", local, language)


def day_words(on: date, language: str) -> str:
    """`27 Mar 2026`, without a time; German: `27. März 2026`."""
    return _told_at("on", datetime(on.year, on.month, on.day, tzinfo=UTC), language)


def amount(within: Within, language: str = "en") -> str:
    """`2 business days`, as an amount of promised time is said; German, after `innerhalb von`: `2 Werktagen`.

    What is left of a business day has no number, and is said without `within`: `the same business day`.
    """
    amounts = _phrases(language)["amounts"]
    return _amount().sub(lambda found: f"{found[1] or ''}{amounts.get(found[2], found[2])}", str(within))


def language_names(spoken: Sequence[str], language: str) -> str:
    """`English, German or French`, as one says it in a language; in English where we do not write that one."""
    told = language if language in WRITTEN else "en"
    names = [languages()[one]["names"][told] for one in spoken]
    return f" {_phrases(told)['or']} ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def no_subject(language: str) -> str:
    """What stands for the subject of a case that has none."""
    return str(_phrases(language)["no_subject"])


def erased(language: str) -> str:
    """What stands for the subject of a case that was erased."""
    return str(_phrases(language)["erased"])


def _told_at(form: str, local: datetime, language: str, *, exact: bool = False) -> str:
    phrases, name = _phrases(language), zone_name(local)
    return str(phrases[form]).format(
        day=phrases["days"][local.weekday()],
        date=phrases.get("first", local.day) if local.day == 1 else local.day,
        month=phrases["months"][local.month - 1],
        at=local,
        clock=f"{local:%H:%M:%S}" if exact and local.second else f"{local:%H:%M}",
        zone=phrases.get("zones", {}).get(name, name),
    )


@cache
def _phrases(language: str) -> Mapping[str, Any]:
    """How a language says it; English for those that we do not write."""
    told = data_file("helpdesk", "phrases.toml")
    return cast("Mapping[str, Any]", told.get(language, told["en"]))


@cache
def _amount() -> re.Pattern[str]:
    units = sorted({unit for code in WRITTEN for unit in _phrases(code)["amounts"]}, key=len, reverse=True)
    return re.compile(rf"\b(\d+ )?({'|'.join(units)})\b")


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
