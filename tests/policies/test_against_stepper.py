"""Every due time of every policy against an independent calculation: other code, other data structures, no engine.

The policy files are read with tomllib alone; public and named days are worked out by their rules with dateutil, without
the `holidays` package; time is walked minute by minute by `tests.stepper`. Instants are drawn where mistakes live, on
the wall of the calendar that answers: its zone's clock changes, its holidays, openings and closings, New Year, 2024 to
2030.
"""

from __future__ import annotations

import random
import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from dateutil.easter import easter
from dateutil.relativedelta import FR, MO, SA, SU, TH, TU, WE, relativedelta

from helpdesk.offering.files import load_policies
from helpdesk.offering.files.days import public_holidays
from helpdesk.offering.policy import Promise
from helpdesk.shipped import shipped
from tests.soak import amount
from tests.stepper import Stepper

NAMES = ("logik", "laioutr", "threekit", "celigo", "cloudextend", "logicgate")
WEEKDAYS = {
    "monday": MO,
    "tuesday": TU,
    "wednesday": WE,
    "thursday": TH,
    "friday": FR,
    "saturday": SA,
    "sunday": SU,
}
MONTHS = [
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
YEARS = range(2024, 2031)
AMOUNT = re.compile(r"(\d+)(m|h|bd)")


@pytest.fixture(scope="module")
def book():
    return load_policies()


@lru_cache
def table(name):
    return tomllib.loads((shipped("policies") / f"{name}.toml").read_text(encoding="utf-8"))


def named_day(rule, year):
    """The date of a named day, worked out by dateutil."""
    if isinstance(rule, date):
        return rule if rule.year == year else None
    if re.fullmatch(r"\d\d-\d\d", rule):
        return date.fromisoformat(f"{year}-{rule}")
    words = rule.lower().split()
    nth = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "last": -1}[words[0]]
    month = MONTHS.index(words[3]) + 1
    weekday = WEEKDAYS[words[1]]
    start = date(year, month, 1) if nth > 0 else date(year, month, 1) + relativedelta(day=31)
    shift = int(words[5]) * (-1 if words[4] == "-" else 1) if len(words) > 4 else 0
    return start + relativedelta(weekday=weekday(nth)) + timedelta(days=shift)


def federal_holidays(year):
    """Of the United States: by 5 U.S.C. 6103, with the day on which one that falls on a weekend is observed."""
    fixed = [date(year, 1, 1), date(year, 6, 19), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25)]
    rules = ("3rd monday of january", "3rd monday of february", "last monday of may", "1st monday of september")
    rules += ("2nd monday of october", "4th thursday of november")
    observed = [day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0)) for day in fixed]
    return {*fixed, *observed, *(named_day(rule, year) for rule in rules)}


def german_holidays(year):
    """Those of all sixteen states."""
    sunday = easter(year)
    moving = {sunday + timedelta(days=days) for days in (-2, 1, 39, 50)}
    return moving | {date(year, month, day) for month, day in ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26))}


PUBLIC = {"US": federal_holidays, "DE": german_holidays}


@lru_cache
def closed_days(name, calendar):
    entry = table(name)["calendars"].get(calendar, {})
    years = range(2023, 2033)
    public = PUBLIC[entry["holidays"]["country"]] if "holidays" in entry else lambda _year: set()
    named = {found for year in years for day in entry.get("days", []) if (found := named_day(day["on"], year))}
    return sorted(named.union(*map(public, years)))


@lru_cache
def stepper(name, calendar):
    """The hours of one calendar of a policy, to be walked."""
    entry = table(name)["calendars"].get(calendar, {"hours": "24x7", "timezone": "UTC"})
    assert not set(entry) - {"timezone", "hours", "holidays", "days"}, "keys that this calculation does not know"
    assert set(entry.get("holidays", {})) <= {"country"}
    assert all(set(day) == {"name", "on"} for day in entry.get("days", []))
    return Stepper(entry["hours"], entry["timezone"], closed_days(name, calendar))


def question_of(policy, rng):
    """A question that anybody might ask."""
    return {
        "plan": rng.choice(list(policy["plans"])),
        "severity": rng.choice(list(policy["severities"])),
        "region": rng.choice(list(policy["regions"])),
        "channel": rng.choice(["email", *policy.get("channels", {})]),
        "target": rng.choice(("first_response", "first_response", "follow_up")),
    }


def goal_of(name, plan, severity, region, channel, target):
    """(amount, calendar) by the document alone; None where there is no target."""
    policy = table(name)
    if policy.get("channels", {}).get(channel, {}).get("targets", True) is False:
        return None
    goal = policy["targets"].get(plan, {}).get(target, {}).get(severity)
    if goal is None:
        return None
    goal = {"within": goal} if isinstance(goal, str) else goal
    calendar = (
        goal.get("by_channel", {}).get(channel)
        or goal.get("calendar")
        or policy["plans"][plan].get("calendar")
        or policy["regions"][region]["calendar"]
    )
    assert set(goal) <= {"within", "calendar", "by_channel"}
    return goal["within"], calendar


def independent_due(name, at, within, calendar):
    """When it is due, and from when on it is late."""
    walked = stepper(name, calendar)
    amount, unit = AMOUNT.fullmatch(within).groups()
    if unit == "bd":
        due = walked.business_days_due(at, int(amount), "same_time")
    else:
        due = walked.due(at, int(amount) * {"m": 60, "h": 3600}[unit])
    return due, walked.next_open(due)


# By so much before or after; whole hours, so that what is promised runs out on openings and closings.
SPANS = (
    *(timedelta(seconds=seconds) for seconds in (0, 0, 1, 60, 37 * 60)),
    *(timedelta(hours=hours) for hours in (1, 2, 3, 4, 8, 12)),
)
START, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)


@lru_cache
def edges(name, calendar):
    """Instants on the wall of a calendar at which something changes: (clocks, closed days and New Year, hours)."""
    entry = table(name)["calendars"].get(calendar, {"hours": "24x7", "timezone": "UTC"})
    zone = ZoneInfo(entry["timezone"])
    times = [tuple(map(int, found)) for found in re.findall(r"(\d\d):(\d\d)", str(entry["hours"]))] or [(0, 0)]
    days = [day for day in closed_days(name, calendar) if day.year in YEARS] + [date(year, 1, 1) for year in YEARS]
    near = {day + timedelta(days=shift) for day in days for shift in (-1, 0, 1)}
    clocks = clock_changes(zone)
    weeks = {at.date() + timedelta(days=shift) for at in clocks for shift in range(-4, 5)}
    return (
        clocks,
        tuple(wall(day, 0, 0, zone) for day in sorted(near)),
        tuple(wall(day, hour, minute, zone) for day in sorted(near | weeks) for hour, minute in times),
    )


def wall(day, hour, minute, zone):
    return (datetime(day.year, day.month, day.day, hour % 24, minute, tzinfo=zone)).astimezone(UTC)


def critical_instant(name, calendar, rng):
    """An instant near which calculations go wrong; one of three is anywhere."""
    kinds = [kind for kind in edges(name, calendar) if kind]
    if rng.random() < 0.33 or not kinds:
        return START + timedelta(seconds=rng.randrange(int((END - START).total_seconds())))
    at = rng.choice(rng.choice(kinds)) + rng.choice((-1, 1)) * rng.choice(SPANS)
    return at + timedelta(days=rng.choice((-2, -1, 0, 0, 0, 1)))


@lru_cache
def clock_changes(zone):
    """Every change of the zone's offset, to the hour, in UTC."""
    changes = []
    at = datetime(2024, 1, 1, tzinfo=UTC)
    while at.year < 2031:
        after = at + timedelta(hours=1)
        if at.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            changes.append(after)
        at = after
    return tuple(changes)


def compare(book, name, number, seed):
    """Draw `number` questions; returns the answers that differ."""
    rng = random.Random(f"{name} {seed}")
    policy = book.policy(name)
    different = []
    for _ in range(number):
        question = question_of(table(name), rng)
        goal = goal_of(name, **question)
        at = critical_instant(name, goal[1] if goal else "24x7", rng)
        promise = policy.promise(**question)
        computed = expected = None
        if isinstance(promise, Promise):
            due = promise.within.due_at(promise.calendar, at)
            computed = due, promise.calendar.breached_at(due)
        if goal:
            expected = independent_due(name, at, *goal)
        if computed != expected:
            different.append((at.isoformat(), question, computed, expected))
    return different


@pytest.mark.parametrize("country", PUBLIC)
def test_the_public_holidays_of_the_package_are_those_of_the_law(country):
    """A check of the data itself: what the policies take from the package, against the rules, 2024 to 2030."""
    for year in YEARS:
        known = {day for day, _ in public_holidays(country, None, True, year)}
        ruled = {day for near in (year, year + 1) for day in PUBLIC[country](near) if day.year == year}
        assert known == ruled, year


@pytest.mark.parametrize("name", NAMES)
def test_due_times_are_those_of_an_independent_calculation(book, name):
    assert compare(book, name, 60, seed=1) == []


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.parametrize("name", NAMES)
def test_thousands_of_due_times_are_those_of_an_independent_calculation(book, name):
    """Zero differences in 3,000 random (policy, plan, severity, region, channel, time), in `make soak` in 60,000."""
    assert compare(book, name, amount(500, 10_000), seed=2) == []
