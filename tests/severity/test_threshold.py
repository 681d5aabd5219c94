"""The call threshold: moved by what calls were worth, from the ledger alone, within its bounds, and past no kept case."""

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.severity.threshold import CallRecord, CountedCall, call_threshold

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
WEEK = timedelta(days=7)


def weekly(weeks, *, a_week=30, needless=30):
    """So many calls in each of so many weeks, the first of them needless."""
    return tuple(
        CountedCall(MONDAY + week * WEEK + timedelta(hours=number), worth=number >= needless)
        for week in range(weeks)
        for number in range(a_week)
    )


@pytest.mark.parametrize(
    ("own", "record", "weeks", "value", "why"),
    [
        (0.33, CallRecord(), 9, 0.33, "the policy's own; 0 of the 30 calls"),
        (0.33, CallRecord(weekly(1, a_week=29)), 9, 0.33, "the policy's own; 29 of the 30 calls"),
        (0.33, CallRecord(weekly(1)), 1, 0.35, "raised by 2026-06-08: 30 of the last 30 calls"),
        (0.33, CallRecord(weekly(1)), 9, 0.35, "raised by 2026-06-08"),  # once: nothing new was said after it
        (0.33, CallRecord(weekly(4)), 4, 0.41, "raised by 2026-06-29"),
        (0.33, CallRecord(weekly(20)), 20, 0.5, "raised by"),
        (0.33, CallRecord(weekly(4, needless=15)), 4, 0.33, "15 of the last 30 calls were not worth"),
        (0.33, CallRecord(weekly(4, needless=16)), 4, 0.41, "raised by"),
        (0.33, CallRecord(weekly(4), kept=(0.36, 0.9)), 4, 0.35, "would lose a case of the first rank that is kept"),
        (0.33, CallRecord(weekly(4), kept=(0.1, 0.33)), 4, 0.41, "raised by"),  # nobody was called about these anyway
        (0.33, CallRecord(weekly(1), missed=(MONDAY,)), 1, 0.31, "lowered on 2026-06-08: 1 of the first rank"),
        (0.33, CallRecord(weekly(1, a_week=29), missed=(MONDAY,)), 1, 0.33, "the policy's own; 29 of the 30"),
        (0.21, CallRecord(weekly(3), missed=tuple(MONDAY + n * WEEK for n in range(3))), 3, 0.2, "lowered on"),
        (0.6, CallRecord(weekly(4)), 4, 0.6, "the policy's own, which does not move outside of 20 to 50 %"),
        (0.1, CallRecord(weekly(4), missed=(MONDAY,)), 4, 0.1, "the policy's own, which does not move outside"),
    ],
)
def test_where_the_threshold_stands_and_why(own, record, weeks, value, why):
    found = call_threshold(own, record, MONDAY + weeks * WEEK)

    assert found.value == pytest.approx(value)
    assert why in found.why
    assert found.calls == len(record.calls)


def test_it_moves_by_no_more_than_a_fiftieth_a_week_and_not_before_the_week_is_over():
    record = CallRecord(weekly(12))
    values = [call_threshold(0.3, record, MONDAY + timedelta(days=day)).value for day in range(90)]

    assert values[6] == 0.3
    assert all(abs(values[day] - values[day - 7]) <= 0.02 + 1e-9 for day in range(7, 90))
