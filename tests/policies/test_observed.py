"""Named company days that are kept on another day when they fall on a weekend, or are not."""

from __future__ import annotations

from datetime import date

import pytest

from helpdesk.errors import ConfigurationError
from helpdesk.offering.files import PolicyText, read_policy
from helpdesk.shipped import shipped
from tests.desk import wall

TEXT = (shipped("policies") / "logicgate.toml").read_text(encoding="utf-8")
BEGIN, END = TEXT.index("days = ["), TEXT.index("]\n", TEXT.index("days = [")) + 1


def policy(*days, holidays=""):
    entries = ", ".join(days)
    return read_policy(PolicyText("logicgate.toml", f"{TEXT[:BEGIN]}{holidays}\ndays = [{entries}]{TEXT[END:]}"))


def closed(year, *days, holidays=""):
    special = policy(*days, holidays=holidays).calendars["central"].special_days_in(year)
    return {day.on.isoformat(): day.name for day in special}


def day(name, on, observed):
    return f'{{ name = "{name}", on = "{on}", observed = "{observed}" }}'


@pytest.mark.parametrize(
    ("way", "year", "days"),
    [
        ("", 2026, ["2026-07-04"]),
        ("nearest", 2026, ["2026-07-03", "2026-07-04"]),  # a Saturday
        ("nearest", 2027, ["2027-07-04", "2027-07-05"]),  # a Sunday
        ("nearest", 2025, ["2025-07-04"]),  # a Friday
        ("next", 2026, ["2026-07-04", "2026-07-06"]),
        ("next", 2027, ["2027-07-04", "2027-07-05"]),
    ],
)
def test_a_day_that_falls_on_a_weekend_is_kept_as_the_policy_says(way, year, days):
    assert list(closed(year, day("Independence Day", "07-04", way))) == days


def test_a_day_is_never_kept_on_another_that_is_closed():
    """2027: Christmas Eve is a Friday, so Christmas Day is kept on Thursday."""
    days = (day("Christmas Day", "12-25", "nearest"), '{ name = "Christmas Eve", on = "12-24" }')

    assert closed(2027, *days) == {
        "2027-12-23": "Christmas Day (observed)",
        "2027-12-24": "Christmas Eve",
        "2027-12-25": "Christmas Day",
    }


def test_two_days_of_one_weekend_are_kept_on_two_days():
    days = (day("Christmas Day", "12-25", "next"), day("Boxing Day", "12-26", "next"))

    assert set(closed(2027, *days)) == {"2027-12-25", "2027-12-26", "2027-12-27", "2027-12-28"}
    assert closed(2027, *days)["2027-12-28"] == "Boxing Day (observed)"


def test_it_minds_public_holidays_too():
    """Monday 5 July 2027 is Independence Day, observed: the company's Sunday is kept on Tuesday."""
    found = closed(2027, day("Company day", "07-04", "next"), holidays='holidays = { country = "US" }')

    assert found["2027-07-06"] == "Company day (observed)"


def test_new_years_day_may_be_kept_in_the_old_year():
    days = day("New Year's Day", "01-01", "nearest")

    assert closed(2027, days) == {"2027-01-01": "New Year's Day", "2027-12-31": "New Year's Day (observed)"}
    assert closed(2028, days) == {"2028-01-01": "New Year's Day"}


def test_what_is_due_goes_over_it():
    """Wednesday 22 December 2027, 16:30: half an hour, then Monday the 27th from 8 on."""
    days = (day("Christmas Day", "12-25", "nearest"), '{ name = "Christmas Eve", on = "12-24" }')
    calendar = policy(*days).calendars["central"]
    hours = calendar.elapsed(wall("2027-12-22 16:30"), wall("2027-12-27 11:30"))

    assert hours.total_seconds() == 4 * 3600
    assert date(2027, 12, 23) in {special.on for special in calendar.special_days_in(2027)}


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('{ name = "A", on = "12-25", observed = "later" }', "expected"),
        ('{ name = "A", on = "12-25", observed = "next", closed = "12:00-24:00" }', "closed as a whole"),
    ],
)
def test_what_cannot_be_kept_is_refused(entry, problem):
    with pytest.raises(ConfigurationError) as wrong:
        policy(entry)

    assert any("calendars.central.days.1" in line and problem in line for line in wrong.value.problems)
