"""Reads the calendars of a policy file: hours, special days, and what they take from the customer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from helpdesk.offering.customer_hours import CustomerHours
from helpdesk.offering.files.country_days import closures
from helpdesk.offering.files.days import dates_of, part_of_day
from helpdesk.offering.files.known_days import in_country
from helpdesk.offering.files.observed import ObservedDay, Way, substitutes
from helpdesk.openhours.calendar import Calendar, SpecialDay, WeeklyOpening, parse_hours
from helpdesk.openhours.walltime import time_of_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from helpdesk.offering.files.known_days import KnownDays
    from helpdesk.offering.files.problems import FileProblems
    from helpdesk.offering.files.schema import CalendarTable, DayEntry

_ANY_YEAR = 2026
_DAY = 86_400  # seconds
_NO_WINDOWS: tuple[WeeklyOpening, ...] = ()


class CalendarReader:
    """Reads calendars under the public holidays that are known, and says what is wrong with them."""

    def __init__(self, known: KnownDays, problems: FileProblems) -> None:
        self.known = known
        self.problems = problems

    def customer_hours(self, tables: Mapping[str, CalendarTable]) -> Iterator[tuple[str, CustomerHours]]:
        """The calendars that follow the customer; each country that is named is tried."""
        for key, entry in tables.items():
            countries = tuple(entry.holidays.customer_countries) if entry.holidays else ()
            if countries or entry.customer_timezone:
                hours = CustomerHours(entry.customer_timezone, countries, self._calendar_of_customer(key, entry))
                for country in countries:
                    hours.of(country, "")
                yield key, hours

    def _calendar_of_customer(self, key: str, entry: CalendarTable) -> Callable[[str, str], Calendar]:
        @cache
        def of_place(country: str, timezone: str) -> Calendar:
            holidays = in_country(entry.holidays, country) if entry.holidays and country else entry.holidays
            return self.calendar(key, replace(entry, holidays=holidays, timezone=timezone or entry.timezone))

        return of_place

    def calendar(self, key: str, entry: CalendarTable) -> Calendar:
        """A calendar; what is wrong with it is said, and it is as if it were not there."""
        place = f"calendars.{key}"
        hours = [entry.hours] if isinstance(entry.hours, str) else entry.hours
        windows: list[WeeklyOpening] = []
        for line in hours:
            windows += self.problems.attempt(f"{place}.hours", partial(parse_hours, line), _NO_WINDOWS)
        timezone = self.timezone(f"{place}.timezone", entry.timezone)
        business: frozenset[int] | None = None
        if entry.business_days:
            days = f"{entry.business_days} 00:00-24:00"
            business = frozenset(
                window.weekday
                for window in self.problems.attempt(f"{place}.business_days", partial(parse_hours, days), _NO_WINDOWS)
            )
        # A calendar without special days says so: one that is always open then counts whole days of 24 hours.
        differs = entry.days or entry.days_of or entry.holidays
        special = {"special_days": self._special_days(place, entry, windows)} if differs else {}
        return Calendar(
            name=key,
            timezone=timezone,
            windows=windows,
            business_weekdays=business,
            cut_off=self.problems.attempt(f"{place}.cut_off", partial(time_of_day, entry.cut_off), None)
            if entry.cut_off
            else None,
            ties=entry.ties,
            **special,
        )

    def timezone(self, place: str, name: str) -> str:
        """A zone, UTC where there is none of that name."""
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.problems.add(place, f'expected a zone of the IANA database ("Europe/Berlin"), not {name!r}')
            return "UTC"
        return name

    def _special_days(
        self, place: str, entry: CalendarTable, windows: Iterable[WeeklyOpening]
    ) -> Callable[[int], tuple[SpecialDay, ...]]:
        named: list[_NamedDay] = []
        for number, day in enumerate(entry.days, start=1):
            named += self._named_day(f"{place}.days.{number}", day)
        for year, days in entry.days_of.items():
            for number, day in enumerate(days, start=1):
                named += self._named_day(f"{place}.days_of.{year}.{number}", day, only=year)
        public, known, worked = entry.holidays, self.known, _worked(windows)

        def plain(year: int) -> list[SpecialDay]:
            days = [special for day in named for special in day.of_year(year)]
            if public:
                days += (day for day in closures(known, public, year) if not day.opens or day.on.weekday() in worked)
            return days

        def of_year(year: int) -> tuple[SpecialDay, ...]:
            # New Year's Day may be kept in the year before, and Christmas in the one after.
            near = (year - 1, year, year + 1)
            kept = [
                ObservedDay(special.on, special.name, day.observed)
                for day in named
                if day.observed
                for one in near
                for special in day.of_year(one)
            ]
            closed = [day.on for one in near for day in plain(one) if not day.opens] if kept else []
            return (*plain(year), *(day for day in substitutes(kept, closed) if day.on.year == year))

        # A country that is not known is a problem of the file, not of the first mail that needs that year.
        works = self.problems.attempt(f"{place}.holidays", partial(of_year, _ANY_YEAR), None)
        return of_year if works is not None else _no_days

    def _named_day(self, place: str, entry: DayEntry, *, only: int | None = None) -> Iterator[_NamedDay]:
        """`only` is the year whose own list it stands in."""
        rule = self.problems.attempt(place, partial(dates_of, entry, only), None)
        part = self.problems.attempt(place, partial(part_of_day, entry.open or entry.closed or "00:00-24:00"), None)
        if entry.observed and (entry.open or entry.closed or entry.first):
            self.problems.add(
                place, "observed: expected of one day that is closed as a whole, not of a part or of several"
            )
        if entry.business_day and not entry.open:
            self.problems.add(
                place, 'business_day: expected with the hours in which it is open, such as open = "09:00-17:00"'
            )
        if rule is None or part is None:
            return

        def of_year(year: int) -> Iterator[SpecialDay]:
            # A rule with a shift may land in the neighbouring year, and a range ends there.
            for day in (day for near in (year - 1, year, year + 1) for day in rule(near)):
                if day.year == year:
                    yield SpecialDay(day, entry.name, *part, opens=bool(entry.open), business=entry.business_day)

        yield _NamedDay(of_year, entry.observed)


@dataclass(frozen=True, slots=True)
class _NamedDay:
    """An entry of `days`, read."""

    of_year: Callable[[int], Iterator[SpecialDay]]
    observed: Way | Literal[""]


def _worked(windows: Iterable[WeeklyOpening]) -> set[int]:
    """The weekdays on which the desk is open for any time."""
    return {(one.weekday + later) % 7 for one in windows for later in range((one.end - 1) // _DAY + 1)}


def _no_days(_year: int) -> tuple[SpecialDay, ...]:
    return ()
