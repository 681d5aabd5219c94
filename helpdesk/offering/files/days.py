"""Named days: a country's holidays from the `holidays` package, and a document's own days by rule.

The package is asked once a country and year and only when a calendar needs that year; importing it costs more than
everything else a command does.
"""

from __future__ import annotations

import re
import sys
import warnings
from calendar import monthrange
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING, Any

from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter

from helpdesk.openhours.walltime import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from helpdesk.offering.files.schema import DayEntry

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_NTH = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "last": -1}
_SHIFT = r"(?: ?(?P<sign>[+-]) ?(?P<days>\d{1,3}) days?)?"
_RULE = re.compile(r"(?P<nth>1st|2nd|3rd|4th|5th|last) (?P<weekday>\w+) of (?P<month>\w+)" + _SHIFT)
_EASTER = re.compile(r"(?:(?P<rite>western|orthodox) )?easter(?: sunday)?" + _SHIFT)
_YEARLY = re.compile(r"(\d\d)-(\d\d)")
_PART = re.compile(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)")
_LEAP_DAY = "02-29"  # where a range meets it in a year without, it begins a day later or ends a day before
_LONGEST = timedelta(days=366)
PUBLIC = "public"
EXPECTED_RULE = (
    'a date (2026-12-24), a day of every year ("12-24") or a rule such as "4th thursday of november + 1 day", '
    '"easter - 2 days" or "orthodox easter + 1 day"'
)


@cache
def _package() -> Any:
    """The package `holidays`. Of its 250 countries those are loaded that are asked for, as it means to.

    Its own package of countries names all of them, and loads them with the first: 7 MiB, and most of the time.
    """
    import holidays  # noqa: PLC0415 - see the module's promise

    countries = "holidays.countries"
    if countries not in sys.modules and (found := find_spec(countries)):
        sys.modules[countries] = module_from_spec(found)  # with its place, and without what it would run
    return holidays


@lru_cache(maxsize=4096)
def public_holidays(
    country: str,
    subdivision: str | None,
    observed: bool,  # noqa: FBT001 - part of a cache key, not a switch
    year: int,
    category: str = PUBLIC,
) -> tuple[tuple[date, str], ...]:
    """A country's holidays of one category and year, in order. Raises ValueError for one that is not known.

    The next year is asked as well: an observed New Year's Day lies in the year before.
    """
    holidays = _package()
    place = f"{country}-{subdivision}" if subdivision else country
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it knows some days of India until 2035 only
            found = holidays.country_holidays(
                country,
                subdiv=subdivision,
                years=(year, year + 1),
                observed=observed,
                language="en_US",
                categories=(category,),
            )
    except NotImplementedError:
        raise ValueError(_expected_place(country, place)) from None
    except ValueError:
        known = ", ".join(holidays.country_holidays(country).supported_categories)
        raise ValueError(f"categories: expected some of {known}, which {country} has, not {category!r}") from None
    return tuple(sorted((day, name) for day, name in found.items() if day.year == year))


def _expected_place(country: str, place: str) -> str:
    """What would be known: the subdivisions, where the country is."""
    subdivisions = _package().list_supported_countries(include_aliases=False).get(country)
    known = f": of {country}, {', '.join(subdivisions)}" if subdivisions else ""
    return f"expected a country (and subdivision) that has public holidays, not {place!r}{known}"


_REMARK = r"observed|substitute day|in lieu|estimated|from [\d:]+ ?[ap]m"
_INSTEAD_OF = r"Monday following|Alternative holiday for|Day off for|Day after the"  # in Spain, Korea, Angola, Guinea
_REMARKS = re.compile(rf"\s*\((?:{_REMARK})(?:, (?:{_REMARK}))*\)$|^(?:{_INSTEAD_OF}) ", re.IGNORECASE)


def holiday_names(name: str) -> dict[str, str]:
    """The holidays that fall on one day, as the package tells them, each with the name that it has on its own day.

    `New Year's Day (observed)` is New Year's Day, kept on another day because it falls on a weekend.
    """
    return {part: _REMARKS.sub("", part) for part in name.split("; ")}


def left_over(name: str, without: Collection[str]) -> str:
    """What is still kept on a day when the desk works on some holidays, their twins too; "" where nothing is."""
    off = [(part, bare) for part, bare in holiday_names(name).items()]
    return "; ".join(part for part, bare in off if not any(is_called(given, part, bare) for given in without))


def is_called(given: str, part: str, bare: str) -> bool:
    """Whether a name that somebody wrote is that of a holiday; nobody looks up its capitals and its apostrophe."""
    return _folded(given) in {_folded(part), _folded(bare)}


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())


def day_rule(on: str | date) -> Callable[[int], date | None]:
    """The date of a named day in a year, None where it has none. Raises ValueError that says what was expected."""
    if isinstance(on, date):
        return lambda year: on if on.year == year else None
    text = " ".join(on.lower().split())
    yearly = _YEARLY.fullmatch(text)
    if yearly:
        return _yearly(int(yearly[1]), int(yearly[2]))
    moving = _EASTER.fullmatch(text)
    if moving:
        rite, shift = EASTER_ORTHODOX if moving["rite"] == "orthodox" else EASTER_WESTERN, _shift(moving)
        return lambda year: easter(year, rite) + shift
    rule = _RULE.fullmatch(text)
    if not rule or rule["weekday"] not in WEEKDAYS or rule["month"] not in _MONTHS:
        raise ValueError(f"expected {EXPECTED_RULE}, not {on!r}")
    nth, weekday, month = (
        _NTH[rule["nth"]],
        WEEKDAYS.index(rule["weekday"]),
        _MONTHS.index(rule["month"]) + 1,
    )
    return lambda year: _shifted(nth_weekday(year, month, weekday, nth), _shift(rule))


def dates_of(entry: DayEntry, only: int | None) -> Callable[[int], Iterator[date]]:
    """The dates of a year that an entry of `days` names. Raises ValueError that says what was expected."""
    if bool(entry.on) == bool(entry.first or entry.last) or bool(entry.first) != bool(entry.last):
        raise ValueError('expected on = "12-24", or from = "12-28" and to = "01-03"')
    begins = entry.on or entry.first
    if only is not None and isinstance(begins, date) and begins.year != only:
        raise ValueError(f"expected a day of {only}, in whose list it stands, not {begins}")
    ruled = _each(day_rule(entry.on)) if entry.on else _range_rule(entry.first, entry.last)
    return ruled if only is None else lambda year: ruled(year) if year == only else iter(())


def _each(rule: Callable[[int], date | None]) -> Callable[[int], Iterator[date]]:
    return lambda year: iter(filter(None, (rule(year),)))


def _range_rule(first: str | date, last: str | date) -> Callable[[int], Iterator[date]]:
    """The days of a range that begins in a year, both ends included; it may run over New Year.

    Raises ValueError that says what was expected.
    """
    if isinstance(first, date) != isinstance(last, date):
        raise ValueError(f"expected two dates, or two days of every year, not {first} to {last}")
    if isinstance(first, date) and isinstance(last, date) and not timedelta() <= last - first < _LONGEST:
        raise ValueError(f"expected a range of one day to a year, not {first} to {last}")
    begins, ends = day_rule(first), day_rule(last)

    def of_year(year: int) -> Iterator[date]:
        begin = begins(year) or (date(year, 3, 1) if first == _LEAP_DAY else None)
        closing = (ends(near) or (date(near, 2, 28) if last == _LEAP_DAY else None) for near in (year, year + 1))
        end = next((day for day in closing if begin and day and day >= begin), None)
        if begin and end:
            yield from (begin + timedelta(days=n) for n in range((end - begin).days + 1))

    return of_year


def _shift(rule: re.Match[str]) -> timedelta:
    return timedelta(days=int(rule["days"] or 0) * (-1 if rule["sign"] == "-" else 1))


def _yearly(month: int, day: int) -> Callable[[int], date | None]:
    try:
        date(2024, month, day)  # a leap year: 02-29 exists in some
    except ValueError:
        raise ValueError(f'expected month and day, "12-24", not "{month:02}-{day:02}"') from None
    return lambda year: date(year, month, day) if day <= monthrange(year, month)[1] else None


def _shifted(day: date | None, shift: timedelta) -> date | None:
    return day + shift if day else None


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date | None:
    """The nth weekday (0 is Monday) of a month, -1 for the last; None where the month has no fifth."""
    days = monthrange(year, month)[1]
    first = 1 + (weekday - date(year, month, 1).weekday()) % 7
    day = first + 7 * (nth - 1) if nth > 0 else first + 7 * ((days - first) // 7)
    return date(year, month, day) if day <= days else None


def part_of_day(text: str) -> tuple[int, int]:
    """Seconds after midnight, from and to. Raises ValueError."""
    found = _PART.fullmatch(text.strip())
    if not found:
        raise ValueError(f'expected a part of a day such as "12:00-24:00", not {text!r}')
    start, end = (int(hour) * 3600 + int(minute) * 60 for hour, minute in (found.group(1, 2), found.group(3, 4)))
    if not 0 <= start < end <= 24 * 3600:
        raise ValueError(f'expected a part of a day such as "12:00-24:00", not {text!r}')
    return start, end
