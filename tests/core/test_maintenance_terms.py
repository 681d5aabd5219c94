"""By when customers are to be told of a planned window, counted by hand on the wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.offering.maintenance_terms import MaintenanceTerms, NoticePeriod, notice_state
from helpdesk.openhours.calendar import Calendar, parse_hours
from helpdesk.openhours.within import parse_within

PACIFIC = Calendar(name="pacific", timezone="America/Los_Angeles", windows=parse_hours("mon-fri 09:00-17:00"))


def terms(**notice):
    periods = (NoticePeriod(impact, None if text == "none" else parse_within(text)) for impact, text in notice.items())
    return MaintenanceTerms(tuple(periods))


def at(text):
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("notice", "begins", "by"),
    [
        ("48h", "2026-11-01T03:00-08:00", "2026-10-30T04:00-07:00"),  # winter time begins in between
        ("96h", "2026-11-01T03:00-08:00", "2026-10-28T04:00-07:00"),
        ("48h", "2026-03-08T03:00-07:00", "2026-03-06T02:00-08:00"),  # and summer time
        ("3cd", "2026-11-01T03:00-08:00", "2026-10-29T03:00-07:00"),  # the same time on the wall
        ("1w", "2026-11-04T22:00-08:00", "2026-10-28T22:00-07:00"),
        ("5bd", "2026-06-12T10:00-07:00", "2026-06-05T10:00-07:00"),  # Friday to Friday
        ("2bd", "2026-06-15T10:00-07:00", "2026-06-11T10:00-07:00"),  # Monday; Friday and Thursday
        ("none", "2026-06-15T10:00-07:00", None),
    ],
)
def test_notice_is_due_so_long_before_the_window_begins(notice, begins, by):
    found = terms(some=notice).announce_by("some", at(begins), PACIFIC)
    assert found == (at(by) if by else None)


def test_what_names_no_impact_owes_nothing():
    assert terms(some="48h").announce_by("", at("2026-06-15T10:00-07:00"), PACIFIC) is None
    assert terms().announce_by("some", at("2026-06-15T10:00-07:00"), PACIFIC) is None


@given(st.integers(0, 60 * 24 * 400), st.integers(1, 9), st.sampled_from(["bd", "cd"]))
def test_after_the_last_moment_so_many_days_do_not_fit_any_more(minutes, days, unit):
    """From it on they are over when the window begins; from a day later on they are not."""
    begins = datetime(2026, 1, 10, tzinfo=UTC) + timedelta(minutes=minutes)
    before = parse_within(f"{days}{unit}")
    by = terms(some=f"{days}{unit}").announce_by("some", begins, PACIFIC)
    assert before.over_at(PACIFIC, by) <= begins < before.over_at(PACIFIC, by + timedelta(days=1, hours=1))


@pytest.mark.parametrize(
    ("by", "announced", "now", "state"),
    [
        (None, None, 5, "none"),
        (4, None, 4, "due"),
        (4, None, 5, "missed"),
        (4, 4, 9, "given"),
        (4, 5, 9, "late"),
    ],
)
def test_on_the_dot_is_in_time(by, announced, now, state):
    by, announced, now = (at(f"2026-06-0{day}T10:00+00:00") if day else None for day in (by, announced, now))
    assert notice_state(by, announced, now) == state
