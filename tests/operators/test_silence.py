"""When a mailbox is silent for longer than usual: generated years, looked at every morning."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from helpdesk.operators.silence import silence
from helpdesk.store.spool import WEEKS, Arrivals

CHICAGO = "America/Chicago"
MONDAY = date(2025, 6, 2)
MEMORIAL_DAY = date(2026, 5, 25)
DAY = timedelta(days=1)


def at(day, hour=8):
    return datetime.combine(day, time(hour), tzinfo=ZoneInfo(CHICAGO)).astimezone(UTC)


def year(a_day, *, bursts=1.0, seed=1, days=364, weekend=0.03):
    """Mail on working days between eight and six, in bursts of so many on average; hardly any at the weekend."""
    dice = random.Random(seed)
    found = []
    for number in range(days):
        day = MONDAY + number * DAY
        expected = a_day / bursts * (weekend if day.weekday() > 4 else 1)
        for _ in range(poisson(dice, expected)):
            begins = at(day) + timedelta(hours=dice.random() * 10)
            found += [
                begins + timedelta(hours=dice.expovariate(0.5) if nth else 0) for nth in range(burst(dice, bursts))
            ]
    return sorted(found)


def poisson(dice, expected):
    return next(number for number in count() if (expected := expected - dice.expovariate(1)) < 0)


def burst(dice, mean):
    return next(number for number in count(1) if dice.random() < 1 / mean)


def never(_day):
    return False


def look(mails, now, holiday=never):
    """What is said at an instant of a mailbox that got these."""
    got = mails[: bisect_right(mails, now)]
    lately = got[bisect_left(got, got[-1] - (WEEKS + 1) * 7 * DAY) :]
    hourly = Counter(mail.replace(minute=0, second=0, microsecond=0) for mail in lately)
    return silence(Arrivals(got[0], got[-1], hourly), now, zone=CHICAGO, holiday=holiday)


def told(mails, first, last, holiday=never):
    """The mornings on which it is said."""
    days = [first + number * DAY for number in range((last - first).days + 1)]
    return [day for day in days if look(mails, at(day), holiday)]


@pytest.mark.parametrize(("a_day", "bursts"), [(0.2, 1), (0.2, 3), (1, 1), (5, 1), (5, 3), (20, 1), (20, 4), (60, 2)])
def test_a_mailbox_that_goes_on_as_ever_is_hardly_ever_said_to_be_silent(a_day, bursts):
    """Nights, weekends and Mondays after them, for a year; also where people write in bursts."""
    mails = year(a_day, bursts=bursts)

    assert len(told(mails, MONDAY + 63 * DAY, MONDAY + 363 * DAY)) <= 1


@pytest.mark.parametrize("a_day", [5, 20, 200])
def test_a_monday_after_a_weekend_is_like_any_other(a_day):
    mails = year(a_day, weekend=0)
    mondays = [MONDAY + number * 7 * DAY for number in range(9, 52)]

    assert [monday for monday in mondays if look(mails, at(monday))] == []


@pytest.mark.parametrize(("a_day", "days"), [(10, 5), (30, 4), (200, 3)])
def test_a_mailbox_that_dies_is_found_with_what_was_to_be_expected(a_day, days):
    """On a Wednesday morning."""
    dies = date(2026, 3, 4)
    mails = [mail for mail in year(a_day) if mail < at(dies)]
    said = told(mails, dies, dies + days * DAY)

    assert said
    found = look(mails, at(said[0]))
    working_days = sum((dies + number * DAY).weekday() < 5 for number in range((said[0] - dies).days))
    assert found.since == mails[-1]
    assert 0.6 * a_day * working_days <= found.usually <= 1.5 * a_day * working_days
    assert said[-1] == dies + days * DAY, "it is said every day until mail comes"


def test_what_died_on_a_friday_evening_is_not_said_on_monday_morning_but_soon():
    friday = date(2026, 3, 6)
    mails = [mail for mail in year(30) if mail < at(friday, 18)]

    assert look(mails, at(friday + 3 * DAY)) is None
    assert look(mails, at(friday + 5 * DAY)) is not None


def test_the_morning_after_a_holiday_nothing_is_said():
    """Memorial Day: nobody wrote since Friday, and on a Tuesday like that nothing else was to be expected."""
    mails = [mail for mail in year(30) if not at(MEMORIAL_DAY, 0) <= mail < at(MEMORIAL_DAY + DAY, 0)]
    morning = at(MEMORIAL_DAY + DAY)

    assert look(mails, morning, lambda day: day == MEMORIAL_DAY) is None
    assert look(mails, morning) is not None, "it is not a matter of course"


def test_an_outage_in_the_past_hides_no_second_one():
    first, second = date(2026, 3, 2), date(2026, 4, 14)
    mails = [mail for mail in year(30) if not at(first) <= mail < at(first + 5 * DAY) and mail < at(second)]

    assert told(mails, second, second + 4 * DAY)


def test_a_flood_in_the_past_makes_nothing_else_usual():
    mails = year(10)
    flooded = sorted([*mails, *(at(date(2026, 3, 2), 10) + timedelta(seconds=number) for number in range(5000))])
    dies = date(2026, 4, 14)
    quiet, said = ([mail for mail in box if mail < at(dies)] for box in (mails, flooded))

    assert look(said, at(dies + 5 * DAY)) == look(quiet, at(dies + 5 * DAY))


def test_a_new_mailbox_has_no_habits_yet():
    mails = year(50, days=21)

    assert told(mails, MONDAY + DAY, MONDAY + 60 * DAY) == []


@pytest.mark.parametrize("apart", [7 * DAY, 3 * DAY])
def test_a_rarely_used_mailbox_is_never_said_to_be_silent(apart):
    """Not even when nobody writes any more."""
    mails = [at(MONDAY, 9) + number * apart for number in range(30)]

    assert told(mails, MONDAY + DAY, mails[-1].date() + 60 * DAY) == []


def test_a_mailbox_that_gets_its_mail_at_nine_gets_it_at_nine_when_the_clock_has_changed():
    """Each working day ten mails between nine and ten, looked at at ten."""
    days = [date(2026, 1, 5) + number * DAY for number in range(120)]
    mails = [at(day, 9) + timedelta(minutes=5 * nth) for day in days if day.weekday() < 5 for nth in range(10)]

    assert [day for day in days[63:] if look(mails, at(day, 10))] == []


def test_a_clock_that_runs_ahead_is_no_silence():
    mails = year(50, days=70)

    assert look([*mails, at(MONDAY + 80 * DAY)], at(MONDAY + 80 * DAY)) is None
