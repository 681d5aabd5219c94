"""Credits without a desk: quarters, windows, bands, money, and what counts as an SLA event."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.core.clocks.credit import (
    CreditPart,
    Money,
    SlaEvent,
    counts_of,
    credit_for,
    credit_percent,
    late_by,
    read_money,
    request_window,
    sla_events,
)
from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.desk_mail import SlaCounts
from helpdesk.core.words.events import ExclusionLifted
from helpdesk.core.words.people import Customer
from helpdesk.errors import ConfigurationError, NeverOpen
from helpdesk.offering.credits import Band, Credits
from helpdesk.offering.files import PolicyText, load_policies, read_policy
from helpdesk.offering.files.find import policy_files
from helpdesk.openhours.accounting import CALENDAR_YEAR
from helpdesk.openhours.calendar import Calendar, SpecialDay, parse_hours
from tests.desk import wall
from tests.ledgers import Ledger

LA = "America/Los_Angeles"
CELIGO = load_policies().policy("celigo")
TERMS = CELIGO.credits
ACME = Customer("acme", "Acme Corp", "celigo", quarterly_fee="12000.00 EUR")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def la(text: str) -> datetime:
    return wall(f"2026-{text}", LA)


def quarter_of(text: str):
    return CALENDAR_YEAR.read("quarter", text)


def share(percent: str | Fraction) -> SlaCounts:
    """Events of which that share is violated."""
    exact = Fraction(percent) / 100
    return SlaCounts(exact.denominator, exact.numerator)


def shares(most: int = 5000):
    """Any numbers of events and violations that a quarter can have."""
    return st.integers(1, most).flatmap(lambda events: st.integers(0, events).map(lambda bad: SlaCounts(events, bad)))


def credited(customer, counts):
    percent = credit_percent(TERMS, counts)
    return credit_for(customer, quarter_of("2026Q3"), [CreditPart(quarter_of("2026Q3"), percent, "")])


# --- CEL-13: the window of requests


@pytest.mark.parametrize(
    ("quarter", "closes_on"),
    [
        # Thu 1, Fri 2, Mon 5, Tue 6, Wed 7 October
        ("2026Q3", date(2026, 10, 7)),
        # Fri 1 January is New Year's Day; Mon 4 to Fri 8
        ("2026Q4", date(2027, 1, 8)),
        # Wed 1, Thu 2, Fri 3 July is Independence Day observed, Mon 6, Tue 7, Wed 8
        ("2026Q2", date(2026, 7, 8)),
        # Thu 1, Fri 2 April (Good Friday is no federal holiday), Mon 5, Tue 6, Wed 7
        ("2027Q1", date(2027, 4, 7)),
    ],
)
def test_cel_13_requests_close_with_the_fifth_business_day_after_the_quarter(quarter, closes_on):
    """CEL-13: counted by hand in the office hours of the Americas."""
    window = request_window(quarter_of(quarter), TERMS, CELIGO.calendars[TERMS.calendar])
    assert window.closes_on == closes_on
    local = window.closes_at.astimezone(ZoneInfo(LA)).replace(tzinfo=None)
    assert local == datetime.combine(closes_on + timedelta(days=1), datetime.min.time())


def test_cel_13_a_request_is_refused_before_the_quarter_is_over_and_after_the_window():
    """CEL-13: the end of the day still counts, its midnight no more."""
    quarter = quarter_of("2026Q3")
    window = request_window(quarter, TERMS, CELIGO.calendars[TERMS.calendar])
    assert "not over yet" in window.refusal(la("09-30 23:59"), quarter)
    assert window.refusal(la("10-01 00:00"), quarter) == ""
    assert window.refusal(la("10-07 23:59"), quarter) == ""
    assert window.refusal(la("10-08 00:00"), quarter).endswith("until the end of 2026-10-07")


def test_a_window_in_a_calendar_that_is_always_open_counts_every_day():
    always = Calendar(name="24x7", timezone="UTC", windows=parse_hours("24x7"))
    assert request_window(quarter_of("2026Q3"), TERMS, always).closes_on == date(2026, 10, 5)


def test_a_window_in_a_calendar_that_never_opens_is_never_computed():
    shut = Calendar(
        name="shut",
        timezone="UTC",
        windows=parse_hours("mon 09:00-10:00"),
        special_days=lambda year: [
            SpecialDay(date(year, 1, 1) + timedelta(days=day), "shut")
            for day in range(366)
            if (date(year, 1, 1) + timedelta(days=day)).year == year
        ],
    )
    with pytest.raises(NeverOpen):
        request_window(quarter_of("2026Q3"), TERMS, shut)


# --- CEL-12: the bands

EDGES = [  # share of violations in percent, credit in percent
    ("0", 0),
    ("3.9999", 0),
    ("4", 10),
    ("5.9999", 10),
    ("6", 15),
    ("7.9999", 15),
    ("8", 20),
    ("9.9999", 20),
    ("10", 25),
    ("10.0999", 25),
    ("10.1", 25),
    ("10.1001", 30),
    ("100", 30),
]


@pytest.mark.parametrize(("percent", "credit"), EDGES)
def test_cel_12_each_band_begins_exactly_where_it_says(percent, credit):
    """CEL-12: floors, but for the last one, which is above 10.1 %."""
    assert credit_percent(TERMS, share(percent)) == credit


@pytest.mark.parametrize(
    ("violations", "events", "credit"),
    [
        (1, 26, 0),  # 3.846 %
        (1, 25, 10),  # 4 % to the dot
        (3, 50, 15),  # 6 %
        (2, 25, 20),  # 8 %
        (1, 10, 25),  # 10 %
        (101, 1000, 25),  # 10.1 % to the dot, which no binary fraction is
        (51, 504, 30),  # 10.119 %
        (0, 400, 0),
        (1, 1, 30),
    ],
)
def test_cel_12_shares_are_counted_and_never_rounded(violations, events, credit):
    """CEL-12"""
    quarter = [event("violated")] * violations + [event("met")] * (events - violations)
    assert counts_of(quarter).share == Fraction(violations, events)
    assert credit_percent(TERMS, counts_of(quarter)) == credit


@given(shares(), shares())
def test_cel_12_more_violations_never_give_less_credit(one, other):
    """CEL-12"""
    less, more = sorted((one, other), key=lambda counts: counts.share)
    assert credit_percent(TERMS, less) <= credit_percent(TERMS, more)


@given(st.lists(st.tuples(st.decimals(0, 100, places=2), st.booleans()), min_size=1, max_size=6, unique=True), shares())
def test_a_share_gets_the_last_band_that_it_reaches(floors, counts):
    bands = tuple(Band(floor, Decimal(n), above=above) for n, (floor, above) in enumerate(sorted(floors), start=1))
    beaten = [n for n, (floor, above) in enumerate(sorted(floors), start=1) if _beats(counts.share, floor, above)]
    assert credit_percent(Credits(bands, 5, "24x7"), counts) == (beaten[-1] if beaten else 0)


def _beats(share, floor, above):
    hundredths = share * 10_000 - int(floor * 100)
    return hundredths > 0 or (hundredths == 0 and not above)


@given(shares(60))
def test_credits_do_without_binary_fractions(counts):
    """A share that is a float would be 10.1 % or not as the machine likes."""
    assert isinstance(counts_of([event("violated")]).share, Fraction)
    assert isinstance(credit_percent(TERMS, counts), Decimal)


@pytest.mark.parametrize(
    ("bands", "problem"),
    [
        ('[["above 4", 10]]', "expected a share in percent such as 4"),
        ('[["", 10]]', "expected a share in percent"),
        ("[[-4, 10]]", "expected a share in percent"),
        ("[[4, 110]]", "expected a credit of 0 to 100 percent"),
        ("[[101, 10]]", "expected a share of 0 to 100 percent"),
    ],
)
def test_a_band_that_cannot_be_read_is_a_problem_of_the_file(bands, problem):
    text = next(path for path in policy_files(None) if path.stem == "celigo").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("bands = "))
    with pytest.raises(ConfigurationError, match=f"celigo.toml: credits.bands.1: {problem}"):
        read_policy(PolicyText("celigo.toml", text.replace(line, f"bands = {bands}")))


@pytest.mark.parametrize(
    ("bands", "number", "problem"),
    [
        ("[[6, 15], [4, 10]]", 2, "expected a share above that of band 1"),
        ("[[4, 10], [4, 15]]", 2, "expected a share above that of band 1"),
        ('[[2, 5], ["> 4", 10], [4, 15]]', 3, "expected a share above that of band 2"),
        ("[[4, 15], [6, 10]]", 2, "expected a credit of at least 15 percent, which band 1 gives"),
    ],
)
def test_bands_that_overlap_or_are_out_of_order_are_a_problem_of_the_file(bands, number, problem):
    text = next(path for path in policy_files(None) if path.stem == "celigo").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("bands = "))
    with pytest.raises(ConfigurationError, match=f"celigo.toml: credits.bands.{number}: {problem}"):
        read_policy(PolicyText("celigo.toml", text.replace(line, f"bands = {bands}")))


# --- CEL-13: money


@pytest.mark.parametrize(
    ("violated", "fee", "credit"),
    [
        (Fraction(1, 25), "12000.00 EUR", "1200.00 EUR"),  # 10 % of 12,000
        (Fraction(1, 10), "12000.00 EUR", "3000.00 EUR"),  # 25 %
        (Fraction(1, 12), "999.99 USD", "200.00 USD"),  # 20 % of 999.99 is 199.998
        (Fraction(1, 25), "100.05 USD", "10.00 USD"),  # 10.005: half to the even cent
        (Fraction(1, 25), "100.15 USD", "10.02 USD"),  # 10.015: half to the even cent
        (Fraction(1, 26), "12000 EUR", "0.00 EUR"),
    ],
)
def test_cel_12_the_credit_is_a_part_of_the_fee_to_the_cent(violated, fee, credit):
    """CEL-12"""
    assert str(credited(replace(ACME, quarterly_fee=fee), share(violated * 100)).amount) == credit


@given(st.decimals(0, 10**9, places=2), st.decimals(0, 10_000, places=3))
def test_cel_13_a_credit_is_never_more_than_the_fee(fee, percent):
    """CEL-13"""
    part = Money(fee, "EUR").part(percent)
    assert 0 <= part.amount <= fee
    assert abs(part.amount - min(fee * percent / 100, fee)) <= Decimal("0.005")


def test_cel_13_nothing_is_credited_to_a_customer_who_has_not_paid():
    """CEL-13: the share stays on the statement, the amount is nothing, and it says why."""
    credit = credited(replace(ACME, paid_up=False), share("50"))
    assert (credit.percent, str(credit.amount)) == (30, "0.00 EUR")
    assert "paid up" in credit.because


def test_without_a_fee_on_record_there_is_a_percentage_and_no_amount():
    credit = credited(replace(ACME, quarterly_fee=""), share("4"))
    assert (credit.percent, credit.amount, credit.because) == (10, None, "no quarterly fee is on record")


@pytest.mark.parametrize("text", ["12000", "12,000.00 EUR", "EUR 12000", "12000.005 EUR", "-1.00 EUR", "1e3 EUR"])
def test_a_fee_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match="an amount and a currency"):
        read_money(text)


# --- CEL-11: what is an SLA event

PREFERRED = Ledger(CELIGO, "preferred")


def standings(case, now=None, policy=CELIGO):
    return [(found.target, found.standing) for found in sla_events(case, policy, now or la("12-31 12:00"))]


def event(standing) -> SlaEvent:
    return SlaEvent(
        "HD-1", "", CELIGO.first_answer, "High", "8 hours", la("07-07 09:00"), None, None, None, timedelta(), standing
    )


def test_cel_9_first_response_and_every_round_of_follow_up_is_an_event():
    """CEL-9: High of Preferred: 8 hours and a business day; open around the clock from Sunday to Friday."""
    case = PREFERRED.case(
        "high",
        la("07-07 09:00"),  # Tuesday; due 17:00
        ("agent_answered", la("07-07 17:00")),  # on the dot is on time
        ("customer_wrote", la("07-07 18:00")),  # due Wednesday 18:00
        ("customer_wrote", la("07-08 17:00")),  # the oldest word counts
        ("agent_answered", la("07-08 18:01")),  # late by a minute
        ("customer_wrote", la("07-08 19:00")),
    )
    first, second, third = sla_events(case, CELIGO, la("07-08 20:00"))
    assert (first.standing, first.late_by) == ("met", timedelta())
    assert (second.standing, second.late_by) == ("violated", MINUTE)
    assert (second.due_at, second.breached_at) == (la("07-08 18:00"), la("07-08 18:00"))
    assert (third.standing, third.counts) == ("running", False)


def test_a_promise_that_is_broken_and_not_answered_yet_is_a_violation_already():
    case = PREFERRED.case("urgent", la("07-07 09:00"))
    assert standings(case, la("07-07 11:00:01")) == [("first_response", "violated")]
    assert standings(case, la("07-07 11:00")) == [("first_response", "running")], "on the dot is on time"


def test_lateness_is_open_time():
    """Due on Friday at 16:30, answered on Sunday at 17:00: half an hour on Friday, an hour on Sunday."""
    case = PREFERRED.case("urgent", la("07-10 14:30"), ("agent_answered", la("07-12 17:00")))
    (found,) = sla_events(case, CELIGO, la("07-31 12:00"))
    assert (found.breached_at, found.late_by) == (la("07-10 16:30"), 90 * MINUTE)


@pytest.mark.parametrize(
    ("ledger", "severity", "because"),
    [
        (Ledger(CELIGO, "essential"), "urgent", "the plan Essential is not warranted"),
        (Ledger(CELIGO, "premier"), "low", "Low is not warranted"),
        (Ledger(CELIGO, "premier", channel="email"), "urgent", "e-mail is not a defined channel of Premier"),
    ],
)
def test_cel_11_what_is_not_warranted_is_no_event_and_says_why(ledger, severity, because):
    """CEL-11"""
    case = ledger.case(severity, la("07-07 09:00"), ("agent_answered", la("07-27 09:00")))
    (found,) = sla_events(case, CELIGO, la("08-01 09:00"))
    assert (found.standing, found.counts) == ("not warranted", False)
    assert because in found.because


def test_cel_11_a_sender_who_is_not_entitled_is_not_answered_for():
    """CEL-1, CEL-11"""
    because = ["not entitled: no active subscription"]
    case = PREFERRED.case("urgent", la("07-07 09:00"), ("agent_answered", la("07-07 18:00")), unwarranted=because)
    (found,) = sla_events(case, CELIGO, la("08-01 09:00"))
    assert (found.standing, found.because) == ("not warranted", tuple(because))


def test_cel_10_an_excluded_case_counts_neither_way():
    """CEL-10: excluded in time it is exempt; excluded after the breach it is not answered for."""
    excluded = {"because": "excluded: custom-code"}
    early = PREFERRED.case("urgent", la("07-07 09:00"), ("exempted", la("07-07 10:00"), excluded))
    late = PREFERRED.case("urgent", la("07-07 09:00"), ("exempted", la("07-07 12:00"), excluded))
    assert standings(early) == [("first_response", "exempt")]
    assert standings(late) == [("first_response", "not warranted")]
    back = ExclusionLifted(la("07-08 10:00"), la("07-08 10:00"), "ann@desk.example", keys=())
    assert [standings(case.after(back)) for case in (early, late)] == [[("first_response", "violated")]] * 2
    assert [found.because for case in (early, late) for found in sla_events(case, CELIGO, la("12-31 12:00"))] == [
        ("excluded: custom-code",)
    ] * 2


def test_a_milder_severity_after_the_breach_takes_no_violation_back():
    """A breach that happened stays: Low carries no warranty, but Urgent was broken before anybody said Low."""
    case = PREFERRED.case(
        "urgent",
        la("07-07 09:00"),  # due 11:00
        ("severity_set", la("07-07 12:00"), {"severity": "low"}),
        ("agent_answered", la("07-07 13:00")),
    )
    (found,) = sla_events(case, CELIGO, la("08-01 09:00"))
    assert (found.standing, found.severity, found.late_by) == ("violated", "Urgent", 2 * HOUR)
    assert found.due_at == la("07-07 11:00")


def test_a_milder_severity_before_the_breach_is_what_counts():
    """The provider sets the severity (CEL-7); Low, set in time, is not warranted."""
    case = PREFERRED.case(
        "urgent",
        la("07-07 09:00"),
        ("severity_set", la("07-07 10:59"), {"severity": "low"}),
        ("agent_answered", la("07-27 13:00")),
    )
    assert standings(case) == [("first_response", "not warranted")]


def test_a_breach_under_an_unwarranted_severity_that_becomes_a_warranted_one_is_a_violation():
    """Low is late, then found to be Urgent: what is owed now is late all the more."""
    case = PREFERRED.case(
        "low",
        la("07-07 09:00"),  # two business days
        ("severity_set", la("07-10 09:00"), {"severity": "urgent"}),
        ("agent_answered", la("07-10 10:00")),
    )
    assert standings(case) == [("first_response", "violated")]


def test_a_new_version_of_the_policy_takes_no_violation_back():
    """Broken under the version of then; the case was moved to one without any warranty afterwards."""
    none = replace(CELIGO.warranty, plans=("premier",))
    newer = replace(CELIGO, version="newer", warranty=none, earlier={CELIGO.version: CELIGO})
    moved = ("policy_changed", la("07-07 12:00"), {"was": CELIGO.version, "now": "newer"})
    case = PREFERRED.case("urgent", la("07-07 09:00"), moved, ("agent_answered", la("07-07 13:00")))
    assert standings(case, policy=newer) == [("first_response", "violated")]


def test_a_case_closed_without_an_answer_owes_nothing_unless_it_was_late():
    in_time = PREFERRED.case("urgent", la("07-07 09:00"), ("closed", la("07-07 10:00")))
    late = PREFERRED.case("urgent", la("07-07 09:00"), ("closed", la("07-07 12:00")))
    assert standings(in_time) == [("first_response", "exempt")]
    assert standings(late) == [("first_response", "violated")]


@given(st.integers(0, 60 * 24 * 20), st.sampled_from(["urgent", "high", "normal"]), st.integers(0, 60 * 24 * 20))
def test_a_clock_is_late_by_what_it_used_beyond_its_promise(start, severity, after):
    """One severity, no pause: what is used is what was promised and what is late."""
    opened = la("07-01 00:00") + start * MINUTE
    case = PREFERRED.case(severity, opened, ("agent_answered", opened + after * MINUTE))
    clock = clocks(case, CELIGO)[0]
    now = la("12-31 12:00")
    beyond = clock.used(now) - clock.stretches[-1].budget
    assert late_by(clock, now) == max(beyond, timedelta())
    assert (late_by(clock, now) > timedelta()) <= (clock.state(now) == "breached")
