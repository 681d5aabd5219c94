"""A country's holidays as they were known when a policy version was first read: kept with it, so that it never changes.

A later release of the `holidays` package may know other dates. A policy whose days differ is another version, for new
cases; a case that runs under the old one is explained by the old days, years later too.

What the package of `shipped_days.json` says of the countries of the shipped policies stands in that file: to load the
package takes a tenth of what a command takes, and 6 MiB of a daemon. Of other releases and countries it is asked.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from helpdesk.offering.files.days import PUBLIC, public_holidays

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from helpdesk.offering.files.schema import CountryHolidays

# Far enough back for imported archives, far enough ahead for targets; other years are asked of the package.
YEARS = range(2010, 2046)
_Days = tuple[tuple[date, str], ...]


@dataclass(frozen=True, slots=True)
class KnownDays:
    """The holidays of some countries in some years, and where they are from."""

    source: str  # such as "holidays 0.109"
    years: range
    days: Mapping[str, Mapping[int, _Days]] = field(default_factory=dict)  # by place (with its category) and year

    def of(self, asked: CountryHolidays, year: int, category: str = PUBLIC) -> _Days:
        """The holidays of a year; of the package where they are not kept. Raises ValueError for what is unknown."""
        place = _place(asked, category)
        if year in self.years and place in self.days:
            return self.days[place].get(year, ())
        return public_holidays(asked.country, asked.subdivision, asked.observed, year, category)

    @property
    def fingerprint(self) -> str:
        """What tells two readings apart: the days alone, not where they are from. "" without any."""
        return json.dumps(self.shape()["days"], sort_keys=True) if self.days else ""

    def shape(self) -> dict[str, Any]:
        """As JSON, to be stored."""
        days = {
            place: {day.isoformat(): name for year in sorted(years) for day, name in years[year]}
            for place, years in self.days.items()
        }
        return {"source": self.source, "years": [self.years.start, self.years.stop], "days": days}


def from_shape(shape: Mapping[str, Any]) -> KnownDays:
    """The days whose `shape` was stored."""
    days: dict[str, dict[int, list[tuple[date, str]]]] = {}
    for place, named in shape["days"].items():
        years = days.setdefault(place, {})
        for text, name in named.items():
            day = date.fromisoformat(text)
            years.setdefault(day.year, []).append((day, name))
    frozen = {place: {year: tuple(sorted(found)) for year, found in years.items()} for place, years in days.items()}
    return KnownDays(shape["source"], range(*shape["years"]), frozen)


def known_now(asked: Iterable[CountryHolidays]) -> KnownDays:
    """What the installed package says of these countries; what it does not know is left out."""
    source, shipped = f"holidays {version('holidays')}", _shipped()
    written = shipped.days if shipped.source == source else {}
    days: dict[str, Mapping[int, _Days]] = {}
    for one in asked:
        for category in categories(one):
            with contextlib.suppress(ValueError):  # said as a problem of the file when the calendar is read
                place = _place(one, category)
                days[place] = written.get(place) or _by_year(one, category)
    return KnownDays(source, YEARS, days)


@cache
def _shipped() -> KnownDays:
    return from_shape(json.loads(files(__package__).joinpath("shipped_days.json").read_bytes()))


def _by_year(asked: CountryHolidays, category: str) -> Mapping[int, _Days]:
    return {year: public_holidays(asked.country, asked.subdivision, asked.observed, year, category) for year in YEARS}


def categories(asked: CountryHolidays) -> tuple[str, ...]:
    """The categories of holidays that are asked for, the public ones always."""
    named = ("_".join(category.lower().replace("-", " ").replace("_", " ").split()) for category in asked.categories)
    return tuple(dict.fromkeys((PUBLIC, *named)))


def in_country(asked: CountryHolidays, country: str) -> CountryHolidays:
    """The same asked of another country, `ES` or `DE-BY`."""
    code, _, subdivision = country.partition("-")
    return replace(asked, country=code, subdivision=subdivision or None)


def _place(asked: CountryHolidays, category: str) -> str:
    place = f"{asked.country}-{asked.subdivision}" if asked.subdivision else asked.country
    named = place if asked.observed else f"{place}, none observed"
    return named if category == PUBLIC else f"{named}, {category}"
