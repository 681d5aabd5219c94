"""Attainment goals and the ways of crediting misses, each against a count by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.core.clocks.attainment import attained
from helpdesk.core.clocks.credit import (
    CreditPart,
    SlaEvent,
    credit_for,
    credit_for_each,
    credit_percent,
    request_window,
)
from helpdesk.core.words.desk_mail import SlaCounts
from helpdesk.core.words.people import Customer
from helpdesk.offering.credits import AttainmentGoal, Band, Credits
from helpdesk.offering.promises import usual_promises
from helpdesk.openhours.accounting import CALENDAR_YEAR, FiscalYear
from helpdesk.openhours.calendar import Calendar, parse_hours

KINDS = {kind.key: kind for kind in usual_promises(())}
Q3 = CALENDAR_YEAR.read("quarter", "2026Q3")
ALWAYS = Calendar(name="24x7", timezone="UTC", windows=parse_hours("24x7"))
IN_TIME = AttainmentGoal("in_time", "in time", Decimal(95), fewer_than=20, forgiven=1)
CRITICAL = AttainmentGoal("critical", "critical", Decimal(90), per="month", severities=("critical",))


def event(standing, target="first_response", plan="gold", severity="critical"):
    at = datetime(2026, 7, 7, tzinfo=UTC)
    return SlaEvent(
        *("HD-1", "", KINDS[target], severity, "1 hour", at, None, None, None, timedelta(), standing),
        plan=plan,
        severity_key=severity,
    )


def standing(goal, met, missed):
    return attained(goal, Q3, [event("met")] * met + [event("violated")] * missed)


@pytest.mark.parametrize(
    ("goal", "met", "missed", "kept", "kept_with_one_more"),
    [
        (IN_TIME, 37, 2, False, False),  # 94.87 %
        (IN_TIME, 38, 2, True, False),  # 95 % to the dot; then 92.7 %
        (IN_TIME, 60, 2, True, True),
        (IN_TIME, 11, 1, True, False),  # of 12, one is forgiven
        (IN_TIME, 10, 2, False, False),
        (IN_TIME, 18, 1, True, False),  # of 19, one is forgiven; of 20, two are 90 %
        (IN_TIME, 19, 1, True, False),  # 20 are not few: 95 % to the dot
        (IN_TIME, 19, 0, True, True),  # the twentieth missed is 95 %
        (IN_TIME, 0, 1, True, False),
        (IN_TIME, 0, 0, True, True),
        (CRITICAL, 8, 2, False, False),
        (CRITICAL, 9, 1, True, False),
        (CRITICAL, 0, 0, True, False),  # nothing is forgiven
    ],
)
def test_a_goal_is_kept_to_the_dot_and_one_more_miss_is_counted(goal, met, missed, kept, kept_with_one_more):
    found = standing(goal, met, missed)
    assert (found.kept, found.with_one_more_miss.kept) == (kept, kept_with_one_more)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 100), st.integers(0, 30), st.integers(0, 5))
def test_a_goal_is_what_a_count_on_paper_says(met, missed, share, few, forgiven):
    found = standing(AttainmentGoal("g", "g", Decimal(share), fewer_than=few, forgiven=min(forgiven, few)), met, missed)
    allowed = int(Fraction(100 - share, 100) * (met + missed))  # so many of them may be missed
    if met + missed < few:
        allowed = max(allowed, min(forgiven, few))
    assert found.kept == (missed <= allowed)


def test_a_goal_counts_what_it_is_about_and_what_is_decided():
    goal = AttainmentGoal("g", "g", Decimal(90), targets=("first_response",), plans=("gold",), severities=("critical",))
    found = attained(
        goal,
        Q3,
        [
            *(event(how) for how in ("met", "violated", "running", "exempt", "not warranted")),
            event("violated", target="follow_up"),
            event("violated", plan="basic"),
            event("violated", severity="low"),
        ],
    )
    assert (found.met, found.missed, found.running) == (1, 1, 1)


def test_a_goal_may_count_what_is_measured_and_not_owed():
    """As if it were owed: late, answered in time, still running."""
    at = datetime(2026, 7, 7, tzinfo=UTC)
    base = event("not warranted")
    events = [replace(base, breached_at=at), replace(base, stopped_at=at), base]
    goal = replace(CRITICAL, owed_only=False)
    found = attained(goal, Q3, [*events, event("met"), event("exempt")])
    assert (found.met, found.missed, found.running) == (2, 1, 1)
    assert attained(CRITICAL, Q3, events) == attained(CRITICAL, Q3, [])


# --- by count, and for each


def terms(**said):
    return Credits(**{"bands": (), "request_within": 30, "calendar": "24x7", "business_days": False, **said})


MORE_THAN_FOUR = terms(by="count", bands=(Band(Decimal(4), Decimal(20), above=True),))
QUARTER_EACH = terms(by="each", each=Decimal("0.25"), at_most=Decimal(5))


@pytest.mark.parametrize(
    ("given", "violations", "percent"),
    [
        (MORE_THAN_FOUR, 4, "0"),
        (MORE_THAN_FOUR, 5, "20"),
        (MORE_THAN_FOUR, 500, "20"),
        (QUARTER_EACH, 0, "0"),
        (QUARTER_EACH, 2, "0.5"),
        (QUARTER_EACH, 20, "5"),
        (QUARTER_EACH, 30, "5"),
        (terms(bands=(Band(Decimal(0), Decimal(40)),), at_most=Decimal(25)), 1, "25"),
    ],
)
def test_misses_are_credited_by_their_number_or_each(given, violations, percent):
    assert credit_percent(given, SlaCounts(1000, violations)) == Decimal(percent)


@given(st.decimals("0.01", 3, places=2), st.decimals(0, 20, places=2), st.integers(0, 40))
def test_what_each_miss_adds_is_all_that_is_credited(each, at_most, violations):
    given = terms(by="each", each=each, at_most=at_most)
    told = list(credit_for_each(given, violations))
    assert len(told) == violations
    assert sum(told) == credit_percent(given, SlaCounts(100, violations))
    assert told == sorted(told, reverse=True)


@pytest.mark.parametrize(
    ("period", "days", "closes_on"),
    [
        (Q3, 30, date(2026, 10, 30)),
        (Q3, 1, date(2026, 10, 1)),
        (CALENDAR_YEAR.read("month", "2026-02"), 30, date(2026, 3, 30)),
        (FiscalYear(2, 1).read("quarter", "2026Q1"), 30, date(2026, 5, 30)),
    ],
)
def test_a_claim_within_calendar_days_may_come_on_the_last_of_them(period, days, closes_on):
    window = request_window(period, terms(request_within=days), ALWAYS)
    assert window.closes_on == closes_on
    assert window.closes_at - window.opens_at == timedelta(days=days)


@pytest.mark.parametrize(
    ("kind", "name", "percent", "fee", "amount"),
    [
        ("quarter", "2026Q3", "0.5", "12000.00 EUR", "60.00 EUR"),
        ("month", "2026-07", "10", "4000.00 EUR", "400.00 EUR"),
        ("year", "2026", "5", "48000.00 EUR", "2400.00 EUR"),
    ],
)
def test_the_fee_of_a_month_is_a_third_of_the_quarters(kind, name, percent, fee, amount):
    period = CALENDAR_YEAR.read(kind, name)
    acme = Customer("acme", "Acme", "aa", quarterly_fee="12000.00 EUR")
    credit = credit_for(acme, period, [CreditPart(period, Decimal(percent), "")])
    assert (str(credit.fee), str(credit.amount)) == (fee, amount)


def test_months_are_credited_out_of_their_own_fee():
    acme = Customer("acme", "Acme", "aa", quarterly_fee="12000.00 EUR")
    parts = [CreditPart(month, Decimal(10), "") for month in Q3.within("month")[:2]]
    credit = credit_for(acme, Q3, [*parts, CreditPart(Q3, Decimal(1), "")])
    assert str(credit.amount) == "920.00 EUR"  # twice 10 % of 4,000, and 1 % of 12,000


def test_no_more_than_the_fee_is_credited():
    acme = Customer("acme", "Acme", "aa", quarterly_fee="12000.00 EUR")
    credit = credit_for(acme, Q3, [CreditPart(Q3, Decimal(60), ""), CreditPart(Q3, Decimal(70), "")])
    assert (credit.percent, str(credit.amount)) == (100, "12000.00 EUR")
