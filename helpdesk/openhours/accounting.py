"""Months, quarters and years in which something is counted: of the calendar, or of a fiscal year that begins elsewhere.

A fiscal year begins on the same day every year, and its months and quarters on that day of their month. It is named by
the calendar year in which it starts or ends: with `FiscalYear(2, 1, "end")`, `2027Q1` is February to April 2026.
A month is named by the one in which it begins, `2026-07`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

PeriodKind = Literal["month", "quarter", "year"]
MONTHS: dict[PeriodKind, int] = {"month": 1, "quarter": 3, "year": 12}
NamedBy = Literal["start", "end"]

_WRITTEN: dict[PeriodKind, tuple[re.Pattern[str], str]] = {
    "month": (re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII), "a month such as 2026-07"),
    "quarter": (re.compile(r"(\d{4})[Qq]([1-4])", re.ASCII), "a quarter such as 2026Q3"),
    "year": (re.compile(r"(\d{4})()", re.ASCII), "a year such as 2026"),
}


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """On which day years begin, and by which calendar year they are called. The default is the calendar's own."""

    month: int = 1
    day: int = 1
    named_by: NamedBy = "start"

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 1 <= self.day <= 28):
            raise ValueError("expected a day that every month has, 01-01 to 12-28")

    def containing(self, kind: PeriodKind, day: date) -> AccountingPeriod:
        """The period that a local date lies in."""
        month = day.year * 12 + day.month - (day.day < self.day)  # counted from 1: December is a multiple of 12
        return AccountingPeriod(kind, month - (month - self.month) % MONTHS[kind], self)

    def read(self, kind: PeriodKind, text: str) -> AccountingPeriod:
        """Read `2026-07`, `2026Q3` or `2026`. Raises ValueError that says what was expected."""
        pattern, expected = _WRITTEN[kind]
        found = pattern.fullmatch(text.strip())
        if not found or not 2000 <= int(found[1]) <= 9000:
            raise ValueError(f"expected {expected}, not {text!r}")
        if kind == "month":
            return AccountingPeriod(kind, int(found[1]) * 12 + int(found[2]), self)
        first = (int(found[1]) - self.years_ahead) * 12 + self.month
        return AccountingPeriod(kind, first + 3 * (int(found[2] or 1) - 1), self)

    @property
    def years_ahead(self) -> int:
        """By how many years its name is ahead of the calendar year in which it starts."""
        return int(self.named_by == "end" and (self.month, self.day) != (1, 1))


CALENDAR_YEAR = FiscalYear()


@dataclass(frozen=True, slots=True)
class AccountingPeriod:
    """One month, quarter or year. `first_month` counts the months from the year 0 on, January 1."""

    kind: PeriodKind
    first_month: int
    fiscal: FiscalYear

    def __str__(self) -> str:
        year, month = divmod(self.first_month - 1, 12)
        if self.kind == "month":
            return f"{year}-{month + 1:02d}"
        years, since = divmod(self.first_month - self.fiscal.month, 12)
        name = f"{years + self.fiscal.years_ahead}"
        return name if self.kind == "year" else f"{name}Q{since // 3 + 1}"

    @property
    def months(self) -> int:
        """How many months the period has."""
        return MONTHS[self.kind]

    @property
    def first_on(self) -> date:
        """The first day of the period."""
        year, month = divmod(self.first_month - 1, 12)
        return date(year, month + 1, self.fiscal.day)

    @property
    def following(self) -> AccountingPeriod:
        """The period after it."""
        return AccountingPeriod(self.kind, self.first_month + self.months, self.fiscal)

    def within(self, kind: PeriodKind) -> tuple[AccountingPeriod, ...]:
        """The shorter periods that it is made of; itself, where it is of that kind."""
        firsts = range(self.first_month, self.first_month + self.months, MONTHS[kind])
        return tuple(AccountingPeriod(kind, first, self.fiscal) for first in firsts)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """[start, end) on the wall clock of a zone, aware UTC."""
        return midnight(self.first_on, zone), midnight(self.following.first_on, zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a local date begins, aware UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
