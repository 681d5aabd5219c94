"""Moments as people write them, to the ends of time: each is read, or refused in words; none is an error of ours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpdesk.core.receive.orders.command import Vocabulary
from helpdesk.core.receive.orders.reading import read_orders
from helpdesk.openhours.relative_time import FARTHEST, read_moment
from helpdesk.openhours.walltime import period, read_instant

NOW = datetime(2026, 5, 19, 9, tzinfo=UTC)
ENDS = (date.min, date.max)
ZONES = st.sampled_from(["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "America/Chicago"])
NEAR_AN_END = st.integers(0, 800).flatmap(lambda days: st.sampled_from([_from_an_end(end, days) for end in ENDS]))
DATES = NEAR_AN_END | st.dates()
TIMES = st.times().map(lambda time: f"{time:%H:%M}")


def _from_an_end(end: date, days: int) -> date:
    return end + timedelta(days=days if end == date.min else -days)


@settings(max_examples=60, deadline=None)
@given(day=DATES, time=TIMES, zone=ZONES)
@example(day=date.max, time="23:59", zone="Pacific/Pago_Pago")
@example(day=date.min, time="00:00", zone="Pacific/Kiritimati")
def test_a_moment_of_any_date_is_within_a_year_or_none(day, time, zone):
    for words in (day.isoformat(), f"{day.isoformat()} {time}"):
        meant = read_moment(words, zone=zone, after=NOW)
        assert meant is None or NOW < meant <= NOW + FARTHEST


@settings(max_examples=40, deadline=None)
@given(day=DATES, time=TIMES, zone=ZONES)
@example(day=date.max, time="23:59", zone="Pacific/Pago_Pago")
@example(day=date.min, time="00:00", zone="Pacific/Kiritimati")
def test_an_instant_or_a_period_of_any_date_can_be_computed_with_or_is_refused(day, time, zone):
    for read in (
        lambda: read_instant(f"{day.isoformat()} {time} {zone}"),
        lambda: read_instant(f"{day.isoformat()}T{time}-11:00"),
        lambda: read_instant(f"{day.isoformat()}T{time}+14:00"),
        lambda: period(day, day, zone).ends_at,
    ):
        try:
            at = read()
        except ValueError:
            assert not 3 <= day.year <= 9996
        else:
            assert abs(at.astimezone(UTC).date() - day) <= timedelta(days=2)


@pytest.mark.parametrize("zone", ["America/Chicago", "Pacific/Kiritimati"])
@pytest.mark.parametrize("verb", ["agreed", "planned", "snooze"])
@pytest.mark.parametrize("day", [date.min, date(2, 12, 31), date(9997, 1, 1), date.max])
def test_an_order_for_the_ends_of_time_is_a_mistake(verb, day, zone):
    (mistake,) = read_orders(f"#{verb} {day.isoformat()}", Vocabulary((), (), at=NOW, zone=zone)).mistakes
    assert "within a year" in mistake.expected
