"""Holidays of further categories, half days and days around Easter: which they are, and what they make of a promise."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from holidays import country_holidays

from helpdesk.errors import ConfigurationError
from helpdesk.offering.files import PolicyText, read_policy
from helpdesk.offering.files.days import day_rule
from helpdesk.offering.files.known_days import from_shape, known_now
from helpdesk.offering.files.lint import check_file
from helpdesk.offering.files.schema import CountryHolidays
from helpdesk.report.due import due_text, question_of
from tests.desk import wall
from tests.stepper import Stepper

POLICY = """
key = "brew"
name = "Brewhouse"
[plans.basic]
name = "Basic"
[regions.home]
calendar = "home"
[calendars.home]
timezone = "{zone}"
hours = "mon-fri 08:00-17:00"
{calendar}
[severities.urgent]
rank = 1
name = "Urgent"
definition = "Nobody can brew."
[severities.normal]
rank = 2
name = "Normal"
definition = "Somebody cannot."
[targets.basic.first_response]
urgent = "4h"
normal = "1bd"
[classifier]
default = "normal"
[[example]]
at = 2026-06-09T10:00:00+02:00
severity = "urgent"
due = 2026-06-09T14:00:00+02:00
"""


def policy_with(calendar, zone="Europe/Berlin"):
    return read_policy(PolicyText("brew.toml", POLICY.format(calendar=calendar, zone=zone)))


def closed(calendar, year, zone="Europe/Berlin"):
    """`05-01`, and `12-24 13:00` for what is closed from then on."""
    days = policy_with(calendar, zone).calendars["home"].special_days_in(year)
    return {f"{day.on:%m-%d}{_from(day.start)}": day.name for day in days}


def _from(start):
    return f" {start // 3600:02}:{start // 60 % 60:02}" if start else ""


@pytest.mark.parametrize(
    ("holidays", "year", "closes", "does_not"),
    [
        ('country = "DE", subdivision = "BY"', 2025, "06-19", "08-15"),
        ('country = "DE", subdivision = "BY", categories = ["catholic"]', 2025, "08-15", "04-20"),
        ('country = "DE", subdivision = "BY", categories = ["public", "Catholic"]', 2025, "01-06", "04-20"),
        ('country = "DE", subdivision = "SL", categories = ["catholic"]', 2025, "08-15", "01-06"),
        ('country = "AT", categories = ["bank"]', 2026, "12-24", "12-23"),
        ('country = "SE", categories = ["bank"]', 2026, "04-30 14:00", "04-30"),
        ('country = "CH", subdivision = "SO"', 2026, "01-01", "05-01 12:00"),
        ('country = "CH", subdivision = "SO", categories = ["half_day"]', 2026, "05-01 12:00", "05-01"),
        (
            'country = "CH", subdivision = "SO", categories = ["half-day"], half_days_from = "13:30"',
            *(2026, "05-01 13:30", "05-01 12:00"),
        ),
        ('country = "AU", subdivision = "NT", categories = ["half_day"]', 2026, "12-24 19:00", "12-24 12:00"),
        ('country = "IS", categories = ["half_day"]', 2026, "12-31 13:00", "12-31 12:00"),
        ('country = "IS", categories = ["half_day"], half_days_from = "09:15"', 2026, "12-24 09:15", "12-24 13:00"),
        ('country = "IS", categories = ["half_day"], without = ["Christmas Eve"]', 2026, "12-31 13:00", "12-24 13:00"),
    ],
)
def test_a_category_closes_its_days_beside_the_public_ones_and_a_half_day_its_part(holidays, year, closes, does_not):
    found = closed(f"holidays = {{ {holidays} }}", year)
    assert closes in found
    assert does_not not in found
    assert "01-01" in found


@pytest.mark.parametrize(
    ("holidays", "expected"),
    [
        (
            'country = "DE", categories = ["bank"]',
            "categories: expected some of catholic, public, school, which DE has",
        ),
        ('country = "DE", half_days_from = "noon"', 'half_days_from: expected a time of day such as "12:00", not'),
        ('country = "DE", half_days_from = "24:30"', 'half_days_from: expected a time of day such as "12:00", not'),
        ('country = "DE", half_days_from = "0:00"', 'half_days_from: expected a time of day such as "12:00", not'),
    ],
)
def test_what_the_package_does_not_have_is_a_problem_of_the_file(holidays, expected):
    with pytest.raises(ConfigurationError) as caught:
        policy_with(f"holidays = {{ {holidays} }}")
    assert expected in str(caught.value)


def test_days_of_a_category_are_kept_with_the_version_of_a_policy():
    asked = CountryHolidays("DE", "BY", categories=["catholic"])
    known = from_shape(known_now([asked]).shape())
    assert known.of(asked, 2025, "catholic") == ((date(2025, 8, 15), "Assumption Day"),)
    assert known.of(CountryHolidays("DE", "BY"), 2025) == known.of(asked, 2025)


@pytest.mark.parametrize(
    ("holidays", "said"),
    [
        ('country = "DE", subdivision = "BE", categories = ["catholic"]', "no day of category 'catholic' there"),
        ('country = "IS", categories = ["half_day"]', "New Year's Eve (from 1pm) from 13:00"),
        ('country = "IS", categories = ["half_day"], without = ["Christmas Eve"]', "2026-12-24 (Christmas Eve (from"),
        ('country = "US", without = ["veterans day"]', "2028-11-10 (Veterans Day (observed))"),
        ('country = "GB", subdivision = "ENG", without = ["New Year’s Day"]', "(New Year's Day (observed))"),  # noqa: RUF001
    ],
)
def test_check_says_what_a_category_and_a_name_come_to(tmp_path, holidays, said):
    file = tmp_path / "brew.toml"
    file.write_text(POLICY.format(calendar=f"holidays = {{ {holidays} }}", zone="Europe/Berlin"), encoding="utf-8")
    assert said in "\n".join(found.text for found in check_file(file) if ".holidays." in found.key)


# --- Easter


@pytest.mark.parametrize(
    ("rule", "country", "name"),
    [
        ("easter + 1 day", "DE", "Easter Monday"),
        ("Western Easter -2 days", "DE", "Good Friday"),
        ("easter+39 days", "DE", "Ascension Day"),
        ("easter sunday + 50 days", "DE", "Pentecost Monday"),
        ("orthodox easter + 1 day", "GR", "Easter Monday"),
        ("orthodox easter - 48 days", "GR", "Clean Monday"),  # the Green Monday
    ],
)
def test_days_around_easter_are_those_of_the_churches_calendars(rule, country, name):
    known = country_holidays(country, years=range(2010, 2046), language="en_US")
    names = {"Clean Monday": ("Green Monday", "Clean Monday")}.get(name, (name,))
    assert {day_rule(rule)(year) for year in range(2010, 2046)} == {
        day for day, said in known.items() if any(part in names for part in said.split("; "))
    }


@pytest.mark.parametrize(
    "rule", ["easter plus 1 day", "julian easter", "easter + 1", "easter monday", "easter + 2 weeks"]
)
def test_a_rule_that_nobody_can_read_is_answered_with_the_forms(rule):
    with pytest.raises(ValueError, match="orthodox easter"):
        day_rule(rule)


# --- against the minute stepper, with days that are worked out by hand

CARNIVAL = {2024: (2, 13), 2025: (3, 4), 2026: (2, 17), 2027: (2, 9)}
PASCHA = {2024: (5, 6), 2025: (4, 21), 2026: (4, 13), 2027: (5, 3)}  # the Monday after it
HALF = (
    'holidays = { country = "CH", subdivision = "SO", categories = ["half_day"], half_days_from = "13:10",'
    ' without = ["New Year\'s Day", "Good Friday", "Ascension Day", "National Day", "Christmas Day"] }\n'
    'days = [{ name = "Carnival", on = "easter - 47 days", closed = "11:30-24:00" },'
    ' { name = "Pascha", on = "orthodox easter + 1 day" }]'
)


def part(year, month, day, hour, minute):
    return SimpleNamespace(on=date(year, month, day), start=(hour * 60 + minute) * 60, end=86400, opens=False)


def by_hand(year):
    if year not in CARNIVAL:
        return ()
    return (
        part(year, 5, 1, 13, 10),
        part(year, *CARNIVAL[year], 11, 30),
        date(year, *PASCHA[year]),
    )


def test_half_days_and_days_around_easter_against_an_independent_calculation():
    policy, rng = policy_with(HALF, "Europe/Zurich"), random.Random("half days")
    walked = Stepper("mon-fri 08:00-17:00", "Europe/Zurich", by_hand)
    near = [day if isinstance(day, date) else day.on for year in CARNIVAL for day in by_hand(year)]
    for _ in range(150):
        begin = datetime.combine(rng.choice(near), datetime.min.time(), UTC) - timedelta(days=2)
        at = begin + timedelta(seconds=rng.randrange(3 * 86400))
        urgent, normal = (
            policy.promise("first_response", plan="basic", severity=severity, region="home", channel="email")
            for severity in ("urgent", "normal")
        )
        assert urgent.within.due_at(urgent.calendar, at) == walked.due(at, 4 * 3600), at
        assert normal.within.due_at(normal.calendar, at) == walked.business_days_due(at, 1), at


def test_explain_says_a_half_day_to_the_minute_and_by_its_name():
    policy = policy_with('holidays = { country = "IS", categories = ["half_day"] }', "Atlantic/Reykjavik")
    asked = question_of(policy, wall("2026-12-24 11:20", "Atlantic/Reykjavik"), {"severity": "urgent"})
    said = due_text(policy, asked)
    said = " ".join(said.split())
    assert "Thu 2026-12-24 11:20 - Thu 2026-12-24 13:00 counted 1 h 40 min sum 1 h 40 min" in said
    assert "Thu 2026-12-24 13:00 - Mon 2026-12-28 08:00 closed weekend, Christmas Eve (from 1pm), Christmas Day" in said
    assert "due Mon 28 Dec 2026, 10:20" in said


@pytest.mark.parametrize(
    ("at", "urgent", "normal"),
    [
        ("2026-12-24 16:00", "2026-12-25 13:00", "2026-12-28 16:00"),  # Friday, 10 to 14; a business day only on Monday
        ("2026-12-26 11:00", "2026-12-28 12:00", "2026-12-28 17:00"),  # a Saturday's is a Saturday
        ("2026-12-25 08:00", "2026-12-25 14:00", "2026-12-28 17:00"),
        ("2026-06-08 09:00", "2026-06-08 13:00", "2026-06-09 09:00"),
    ],
)
def test_a_desk_may_be_there_for_part_of_a_holiday(at, urgent, normal):
    policy = policy_with('holidays = { country = "DE", open = "10:00-14:00" }')
    asked = {"plan": "basic", "region": "home", "channel": "email"}
    for severity, due in (("urgent", urgent), ("normal", normal)):
        promise = policy.promise("first_response", severity=severity, **asked)
        assert promise.within.due_at(promise.calendar, wall(at, "Europe/Berlin")) == wall(due, "Europe/Berlin")


def test_hours_on_holidays_are_hours():
    with pytest.raises(ConfigurationError, match=r"calendars\.home\.holidays: expected a part of a day"):
        policy_with('holidays = { country = "DE", open = "mornings" }')


def test_hours_on_holidays_are_no_half_days(tmp_path):
    calendar = 'holidays = { country = "DE", open = "10:00-14:00" }'
    (tmp_path / "brew.toml").write_text(POLICY.format(calendar=calendar, zone="Europe/Berlin"))
    assert [
        one for one in check_file(tmp_path / "brew.toml") if one.key == "calendars.home.holidays.half_days_from"
    ] == []
