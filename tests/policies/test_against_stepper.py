"""Every due time of every policy against an independent calculation: other code, other data structures, no engine.

The policy files are read with tomllib alone; public holidays come straight from the `holidays` package; named days are
worked out with dateutil; time is walked minute by minute by `tests.stepper`. Instants are drawn where mistakes live:
clock changes, holidays, openings, closings, New Year, 2024 to 2030.
"""

from __future__ import annotations

import random
import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
import pytest
from dateutil.relativedelta import FR, MO, SA, SU, TH, TU, WE, relativedelta

from helpdesk.core.policy import Promise
from helpdesk.policies import load_policies
from helpdesk.shipped import shipped
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


@lru_cache
def stepper(name, calendar):
    """The hours of one calendar of a policy, to be walked."""
    entry = table(name)["calendars"].get(calendar, {"hours": "24x7", "timezone": "UTC"})
    closed = set()
    if "holidays" in entry:
        country = entry["holidays"]["country"]
        closed |= set(holidays.country_holidays(country, years=range(2023, 2033), observed=True))
    for day in entry.get("days", []):
        closed |= {found for year in range(2023, 2033) if (found := named_day(day["on"], year))}
    return Stepper(entry["hours"], entry["timezone"], sorted(closed))


def independent_due(name, at, plan, severity, region, channel, target):
    """The due time by the document alone; None where there is no target."""
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
    walked = stepper(name, calendar)
    amount, unit = AMOUNT.fullmatch(goal["within"]).groups()
    if unit == "bd":
        return walked.business_days_due(at, int(amount), "same_time")
    return walked.due(at, int(amount) * {"m": 60, "h": 3600}[unit])


def critical_instants(zone, rng):
    """Instants near which calculations go wrong, and some anywhere."""
    start, end = datetime(2024, 1, 1, tzinfo=UTC), datetime(2030, 12, 1, tzinfo=UTC)
    spans = (timedelta(0), timedelta(seconds=1), timedelta(minutes=1), timedelta(minutes=37), timedelta(hours=3))
    edges = [
        *clock_changes(zone),
        *(datetime(year, 1, 1, tzinfo=zone).astimezone(UTC) for year in YEARS),
        *(
            datetime(year, month, day, hour, tzinfo=zone).astimezone(UTC)
            for year in YEARS
            for month, day in ((5, 25), (7, 3), (7, 5), (11, 26), (12, 24), (12, 25), (12, 31), (4, 5), (10, 3))
            for hour in (0, 7, 8, 17, 18, 21)
        ),
    ]
    while True:
        if rng.random() < 0.7:
            yield (
                rng.choice(edges)
                + rng.choice((-1, 1)) * rng.choice(spans)
                + timedelta(days=rng.choice((-2, -1, 0, 0, 1)))
            )
        else:
            yield start + timedelta(seconds=rng.randrange(int((end - start).total_seconds())))


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
    zone = ZoneInfo(policy.calendars[policy.regions[0].calendar].timezone)
    instants = critical_instants(zone, rng)
    different = []
    for _ in range(number):
        question = {
            "plan": rng.choice(policy.plans).key,
            "severity": rng.choice(policy.severity.levels).key,
            "region": rng.choice(policy.regions).key,
            "channel": rng.choice(policy.channels).key,
            "target": rng.choice(("first_response", "first_response", "follow_up")),
        }
        at = next(instants)
        terms = {key: value for key, value in question.items() if key != "target"}
        promise = policy.promise(question["target"], **terms)
        due = promise.within.due_at(promise.calendar, at) if isinstance(promise, Promise) else None
        expected = independent_due(name, at, **question)
        if due != expected:
            different.append((at.isoformat(), question, due, expected))
    return different


@pytest.mark.parametrize("name", NAMES)
def test_due_times_are_those_of_an_independent_calculation(book, name):
    assert compare(book, name, 60, seed=1) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_thousands_of_due_times_are_those_of_an_independent_calculation(book, name):
    """Zero differences in 9,000 random (policy, plan, severity, region, channel, time)."""
    assert compare(book, name, 1500, seed=2) == []
