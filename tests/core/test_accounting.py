"""Months, quarters and years: of the calendar and of fiscal years, counted anew day by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.openhours.accounting import CALENDAR_YEAR, MONTHS, FiscalYear

LA = "America/Los_Angeles"
FISCAL_YEARS = st.builds(FiscalYear, st.integers(1, 12), st.integers(1, 28), st.sampled_from(["start", "end"]))
KINDS = st.sampled_from(list(MONTHS))
DAYS = st.dates(date(2001, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *(
            ("quarter", text)
            for text in ("2026", "2026Q5", "2026-Q3", "Q3 2026", "26Q3", "0001Q1", "\uff19\uff10\uff10\uff10Q1", "")
        ),
        *(("month", text) for text in ("2026-13", "2026-7", "2026Q3", "2026")),
        *(("year", text) for text in ("26", "2026Q3", "2026-07")),
    ],
)
def test_what_is_no_period_of_that_kind_is_refused(kind, text):
    with pytest.raises(ValueError, match=f"expected a {kind} such as "):
        CALENDAR_YEAR.read(kind, text)


@pytest.mark.parametrize(
    ("fiscal", "kind", "name", "first_on"),
    [
        (CALENDAR_YEAR, "quarter", "2026Q3", date(2026, 7, 1)),
        (CALENDAR_YEAR, "month", "2026-12", date(2026, 12, 1)),
        (CALENDAR_YEAR, "year", "2026", date(2026, 1, 1)),
        (FiscalYear(1, 1, "end"), "year", "2026", date(2026, 1, 1)),
        (FiscalYear(2, 1), "quarter", "2026Q1", date(2026, 2, 1)),
        (FiscalYear(2, 1), "quarter", "2026Q4", date(2026, 11, 1)),
        (FiscalYear(2, 1, "end"), "quarter", "2027Q1", date(2026, 2, 1)),
        (FiscalYear(10, 1, "end"), "year", "2026", date(2025, 10, 1)),
        (FiscalYear(4, 6), "quarter", "2026Q4", date(2027, 1, 6)),
        (FiscalYear(4, 6), "month", "2026-04", date(2026, 4, 6)),
    ],
)
def test_a_period_is_read_and_said_in_one_way(fiscal, kind, name, first_on):
    period = fiscal.read(kind, f" {name.lower()} ")
    assert (str(period), period.first_on) == (name, first_on)


@given(FISCAL_YEARS, KINDS, DAYS)
def test_every_day_is_in_the_one_period_that_has_begun_last(fiscal, kind, day):
    """Counted by hand: back from the day to the nearest day on which such a period begins."""
    months = {"month": 1, "quarter": 3, "year": 12}[kind]
    first = day
    while first.day != fiscal.day or (first.month - fiscal.month) % months:
        first -= timedelta(days=1)
    period = fiscal.containing(kind, day)
    assert period.first_on == first
    assert period.first_on <= day < period.following.first_on
    assert fiscal.read(kind, str(period)) == period


@given(FISCAL_YEARS, KINDS, DAYS, st.sampled_from([LA, "Europe/Berlin", "Pacific/Auckland", "UTC"]))
def test_periods_follow_each_other_without_gap_or_overlap(fiscal, kind, day, zone):
    period, wall = fiscal.containing(kind, day), ZoneInfo(zone)
    start, end = period.bounds(wall)
    assert period.following.bounds(wall)[0] == end
    assert f"{start.astimezone(wall):%H:%M}" == "00:00"
    shorter = period.within("month")
    assert (shorter[0].first_on, shorter[-1].following.first_on) == (period.first_on, period.following.first_on)
    assert len(shorter) == period.months


def test_a_quarter_begins_at_midnight_on_the_wall():
    assert CALENDAR_YEAR.read("quarter", "2026Q3").bounds(ZoneInfo(LA)) == (
        datetime(2026, 7, 1, 7, tzinfo=UTC),  # Pacific daylight time
        datetime(2026, 10, 1, 7, tzinfo=UTC),
    )


@pytest.mark.parametrize(("month", "day"), [(0, 1), (13, 1), (2, 29), (1, 0)])
def test_a_year_begins_on_a_day_that_every_month_has(month, day):
    with pytest.raises(ValueError, match="a day that every month has"):
        FiscalYear(month, day)
