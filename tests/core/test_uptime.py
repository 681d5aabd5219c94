"""Availability, counted anew minute by minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.core.clocks.uptime import clock_time, uptime
from helpdesk.offering.credits import Availability, UptimeBand
from helpdesk.offering.declared import Downtime
from helpdesk.openhours.accounting import CALENDAR_YEAR

JULY = CALENDAR_YEAR.read("month", "2026-07")  # 744 hours
SINCE, UNTIL = JULY.bounds(ZoneInfo("UTC"))
MINUTE = timedelta(minutes=1)
BANDS = (UptimeBand(Decimal("99.9"), Decimal(10)), UptimeBand(Decimal(99), Decimal(25)))
SERVICE = Availability("service", "the service", "service", at_least=15 * MINUTE, goal=Decimal("99.9"), bands=BANDS)


def at(text):
    return datetime.fromisoformat(f"2026-{text}+00:00").astimezone(UTC)


def outage(begins, ends, name="service"):
    return Downtime(name, at(begins), at(ends) if ends else None)


def found(outages, planned=(), terms=SERVICE, now="08-05 00:00"):
    windows = [(at(begins), at(ends)) for begins, ends in planned]
    return uptime(terms, JULY, (SINCE, UNTIL), outages, windows, now=at(now))


@pytest.mark.parametrize(
    ("outages", "planned", "minutes", "percent"),
    [
        ([("07-03 10:00", "07-03 10:14")], [], 0, 0),  # shorter than 15 minutes
        ([("07-03 10:00", "07-03 10:15")], [], 15, 0),
        ([("07-03 10:00", "07-03 10:10"), ("07-03 10:10", "07-03 10:20")], [], 20, 0),  # they touch
        ([("07-03 10:00", "07-03 10:40"), ("07-03 10:30", "07-03 10:45")], [], 45, 10),  # 44.64 minutes are 0.1 %
        ([("07-03 10:00", "07-03 10:44")], [], 44, 0),
        ([("07-03 10:00", "07-03 17:27")], [], 447, 25),  # 446.4 minutes are 1 %
        ([("07-03 10:00", "07-03 17:26")], [], 446, 10),
        ([("07-03 10:00", "07-03 11:00")], [("07-03 10:00", "07-03 10:50")], 0, 0),  # ten minutes are left
        ([("07-03 10:00", "07-03 11:00")], [("07-03 10:20", "07-03 10:40")], 40, 0),
        ([("06-30 23:50", "07-01 00:10")], [], 10, 0),  # 20 minutes in one piece, of which ten in July
        ([("07-31 23:50", None)], [], 10, 0),  # it still is
        ([("07-03 10:00", "07-03 20:00", "website")], [], 0, 0),  # nobody promised that
    ],
)
def test_what_counts_as_down_is_what_a_watch_says(outages, planned, minutes, percent):
    one = found([outage(*given) for given in outages], planned)
    assert one.down == minutes * MINUTE
    assert (one.credit.percent, one.kept) == (percent, minutes < 45)


@pytest.mark.parametrize(
    ("minutes", "percent"), [(29, 0), (30, 5), (59, 5), (60, 10), (599, 95), (600, 100), (6000, 100)]
)
def test_so_much_is_credited_for_each_whole_half_hour(minutes, percent):
    terms = Availability("service", "the service", "service", each=30 * MINUTE, for_each=Decimal(5))
    begins = at("07-03 10:00")
    one = found([Downtime("service", begins, begins + minutes * MINUTE)], terms=terms)
    assert one.credit.percent == percent


spans = st.tuples(st.integers(-300, 1500), st.integers(1, 400)).map(lambda one: (one[0], one[0] + one[1]))


@given(st.lists(spans, max_size=5), st.lists(spans, max_size=3), st.integers(0, 60), st.booleans())
def test_minute_by_minute_the_same_is_down(outages, planned, at_least, maintenance_counts):
    """An independent count: mark every minute, read off the runs, and of each the minutes in July."""
    terms = Availability(
        "service",
        "the service",
        "service",
        at_least=at_least * MINUTE,
        maintenance_counts=maintenance_counts,
        bands=BANDS,
    )
    marked = {minute for begins, ends in outages for minute in range(begins, ends)}
    if not maintenance_counts:
        marked -= {minute for begins, ends in planned for minute in range(begins, ends)}
    expected = 0
    for minute in sorted(marked):
        if minute - 1 not in marked:
            run = minute
            while run in marked:
                run += 1
            expected += sum(one >= 0 for one in range(minute, run)) if run - minute >= at_least else 0
    one = uptime(
        terms,
        JULY,
        (SINCE, UNTIL),
        [Downtime("service", SINCE + begins * MINUTE, SINCE + ends * MINUTE) for begins, ends in outages],
        [(SINCE + begins * MINUTE, SINCE + ends * MINUTE) for begins, ends in planned],
        now=UNTIL,
    )
    assert one.down == expected * MINUTE
    assert (one.share < 1) == bool(expected)
    assert one.share == Fraction(744 * 60 - expected, 744 * 60)


@pytest.mark.parametrize("minutes", [0, 15, 30, 44, 45, 100])
def test_what_is_left_of_the_goal_may_still_be_down_and_not_a_second_more(minutes):
    """44 minutes and 38 seconds of July may be down."""
    begins, later = at("07-03 10:00"), at("07-05 10:00")
    terms = Availability("service", "the service", "service", goal=Decimal("99.9"))
    down = [Downtime("service", begins, begins + minutes * MINUTE)]
    left = found(down, terms=terms).left
    assert left == max(timedelta(minutes=44, seconds=38) - minutes * MINUTE, timedelta())
    for more, kept in ((left, minutes < 45), (left + timedelta(seconds=1), False)):
        assert found([*down, Downtime("service", later, later + more)], terms=terms).kept == kept


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0:00:00"), (59, "0:00:59"), (61, "0:01:01"), (3661, "1:01:01"), (97530, "27:05:30")]
)
def test_how_long_it_was_down_is_said_to_the_second(seconds, said):
    assert clock_time(timedelta(seconds=seconds)) == said
