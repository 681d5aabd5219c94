"""The business-time engine: worked examples, laws, and a minute stepper that must never disagree."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from threading import Barrier
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, assume, find, given, reject, settings
from hypothesis import strategies as st

from helpdesk.errors import NeverOpen
from helpdesk.openhours import calendar as engine
from helpdesk.openhours.calendar import Calendar, SpecialDay, WeeklyOpening, parse_hours
from helpdesk.openhours.within import Within
from tests.core.calendar_cases import DAY, HOURS, ZONES, Desk, changes, closed, scenes
from tests.soak import amount, products

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)

GERMAN_DAYS = closed(
    "2026-01-01 Neujahr",
    "2026-04-03 Karfreitag",
    "2026-04-06 Ostermontag",
    "2026-05-01 Tag der Arbeit",
    "2026-05-14 Christi Himmelfahrt",
    "2026-05-25 Pfingstmontag",
    "2026-10-03 Tag der Deutschen Einheit",
    "2026-12-25 Erster Weihnachtstag",
    "2026-12-26 Zweiter Weihnachtstag",
    "2027-01-01 Neujahr",
)
EPIPHANY = closed("2026-01-06 Heilige Drei Könige")
US_DAYS = closed(
    "2026-01-01 New Year's Day",
    "2026-05-25 Memorial Day",
    "2026-06-19 Juneteenth",
    "2026-07-03 Independence Day (observed)",
    "2026-09-07 Labor Day",
    "2026-11-26 Thanksgiving",
    "2026-11-27 the Friday after",
    "2026-12-24 Christmas Eve",
    "2026-12-25 Christmas Day",
    "2027-01-01 New Year's Day",
    "2027-12-23 Christmas Day (observed)",
    "2027-12-24 Christmas Eve",
)
HALF_DAY = (SpecialDay(date(2026, 12, 24), "Heiligabend", start=12 * 3600), *closed("2026-12-25 Weihnachten"))

DESKS = {
    "DE": Desk("Europe/Berlin", "mon-fri 07:00-21:00", GERMAN_DAYS),
    "DE-BY": Desk("Europe/Berlin", "mon-fri 07:00-21:00", GERMAN_DAYS + EPIPHANY),
    "US": Desk("America/Chicago", "mon-fri 08:00-17:00", US_DAYS),
    "FX": Desk("America/Los_Angeles", "sun 16:00 - fri 17:00"),
    "24/5": Desk("Europe/Berlin", "mon-fri 00:00-24:00"),
    "24x7": Desk("Europe/Berlin", "24x7"),
    "24x7 less a day": Desk("Europe/Berlin", "24x7", closed("2026-08-15 Betriebsausflug")),
    "nights": Desk("Europe/Berlin", "mon-sun 22:00-06:00"),
    "half day": Desk("Europe/Berlin", "mon-fri 09:00-17:00", HALF_DAY),
}
CALENDARS = {key: desk.calendar() for key, desk in DESKS.items()}


def hours(amount):
    return timedelta(hours=amount)


# Worked examples: hours. ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("desk", "arrival", "amount", "due"),
    [
        ("DE", "2026-03-27 16:00", 8, "2026-03-30 10:00"),
        ("DE", "2026-04-02 18:30", 8, "2026-04-07 12:30"),
        ("DE", "2026-03-27 07:00", 1, "2026-03-27 08:00"),
        ("DE", "2026-03-27 21:00", 1, "2026-03-30 08:00"),
        ("DE", "2026-03-27 06:15", 14, "2026-03-27 21:00"),
        ("DE", "2026-12-23 20:00", 12, "2026-12-24 18:00"),
        ("24/5", "2026-03-27 16:00", 12, "2026-03-30 04:00"),
        ("24x7", "2026-03-28 20:00", 12, "2026-03-29 09:00"),
        ("24x7", "2026-10-24 20:00", 12, "2026-10-25 07:00"),
        ("nights", "2026-03-28 23:00", 8, "2026-03-30 00:00"),
        ("nights", "2026-10-24 23:00", 8, "2026-10-25 06:00"),
        ("FX", "2026-03-06 16:00", 8, "2026-03-08 23:00"),
        ("FX", "2026-10-30 16:30", 12, "2026-11-02 03:30"),
        ("US", "2026-11-25 15:00", 8, "2026-11-30 14:00"),
        ("US", "2026-07-02 16:00", 2, "2026-07-06 09:00"),
        ("US", "2027-12-22 16:30", 4, "2027-12-27 11:30"),
    ],
)
def test_business_hours_come_due_where_people_expect_them(desk, arrival, amount, due):
    at = DESKS[desk].at
    assert CALENDARS[desk].add(at(arrival), hours(amount)) == at(due)
    assert CALENDARS[desk].elapsed(at(arrival), at(due)) == hours(amount)
    assert DESKS[desk].stepper().due(at(arrival), amount * 3600) == at(due)


def test_a_promise_used_up_at_closing_is_due_then_and_late_only_at_the_next_opening():
    desk, calendar = DESKS["DE"], CALENDARS["DE"]
    due = calendar.add(desk.at("2026-03-27 06:15"), hours(14))
    assert due == desk.at("2026-03-27 21:00")
    assert calendar.breached_at(due) == desk.at("2026-03-30 07:00")


def test_a_promise_used_up_while_open_is_late_from_then_on():
    noon = DESKS["DE"].at("2026-03-27 12:00")
    assert CALENDARS["DE"].breached_at(noon) == noon


# Worked examples: business days. ----------------------------------------------------------------------------

ONE_BUSINESS_DAY = [
    # desk, arrival, days, same_time, close, close_next, 8 business hours a day, 24 business hours a day
    ("DE", "2026-03-26 10:00", 1, "03-27 10:00", "03-27 21:00", "03-27 21:00", "03-26 18:00", "03-27 20:00"),
    ("DE", "2026-03-27 16:00", 1, "03-30 16:00", "03-30 21:00", "03-30 21:00", "03-30 10:00", "03-31 12:00"),
    ("DE", "2026-03-28 11:00", 1, "03-30 21:00", "03-30 21:00", "03-31 21:00", "03-30 15:00", "03-31 17:00"),
    ("DE", "2026-03-30 06:00", 1, "03-30 21:00", "03-30 21:00", "03-31 21:00", "03-30 15:00", "03-31 17:00"),
    ("DE", "2026-03-30 21:00", 1, "03-31 21:00", "03-31 21:00", "04-01 21:00", "03-31 15:00", "04-01 17:00"),
    ("DE", "2026-03-30 22:15", 1, "03-31 21:00", "03-31 21:00", "04-01 21:00", "03-31 15:00", "04-01 17:00"),
    ("DE", "2026-04-02 16:00", 1, "04-07 16:00", "04-07 21:00", "04-07 21:00", "04-07 10:00", "04-08 12:00"),
    ("DE", "2026-04-02 16:00", 2, "04-08 16:00", "04-08 21:00", "04-08 21:00", "04-07 18:00", "04-10 08:00"),
    ("DE-BY", "2026-01-05 16:00", 1, "01-07 16:00", "01-07 21:00", "01-07 21:00", "01-07 10:00", "01-08 12:00"),
    ("24/5", "2026-10-23 10:00", 1, "10-26 10:00", "10-27 00:00", "10-27 00:00", "10-23 18:00", "10-26 10:00"),
    ("FX", "2026-03-06 16:00", 1, "03-09 16:00", "03-10 00:00", "03-10 00:00", "03-08 23:00", "03-09 15:00"),
    # Round the clock but for one day in August: it has local days, and 29 March has 23 hours.
    ("24x7 less a day", "2026-03-28 20:00", 1, "03-29 20:00", "03-30 00:00", "03-30 00:00", "03-29 05:00", "03-29 21:00"),
    # Round the clock without exception: a business day is 24 hours, whatever the wall says.
    ("24x7", "2026-03-28 20:00", 1, "03-29 21:00", "03-29 21:00", "03-29 21:00", "03-29 05:00", "03-29 21:00"),
    ("half day", "2026-12-23 15:00", 1, "12-24 12:00", "12-24 12:00", "12-24 12:00", "12-28 12:00", "12-30 12:00"),
    ("US", "2026-11-25 15:00", 1, "11-30 15:00", "11-30 17:00", "11-30 17:00", "11-30 14:00", "12-02 12:00"),
]  # fmt: skip


@pytest.mark.parametrize("row", ONE_BUSINESS_DAY, ids=lambda row: f"{row[0]} {row[1]} {row[2]} bd")
def test_a_business_day_has_five_readings_and_each_keeps_its_word(row):
    desk, arrival, days, *due = row
    calendar, stepper, start = CALENDARS[desk], DESKS[desk].stepper(), DESKS[desk].at(arrival)
    expected = [DESKS[desk].at(f"{arrival[:5]}{text}") for text in due]
    modes = ("same_time", "close", "close_next")
    assert [calendar.add_business_days(start, days, mode=mode) for mode in modes] == expected[:3]
    assert [stepper.business_days_due(start, days, mode) for mode in modes] == expected[:3]
    assert [calendar.add(start, hours(days * each)) for each in (8, 24)] == expected[3:]


def test_a_sunday_that_opens_for_the_evening_is_no_business_day():
    desk, calendar = DESKS["FX"], CALENDARS["FX"]
    assert calendar.business_weekdays == {0, 1, 2, 3, 4}
    # The desk works on Sunday evening, but the day it is asked to count begins on Monday.
    assert calendar.add_business_days(desk.at("2026-03-15 17:00"), 1) == desk.at("2026-03-17 00:00")
    assert calendar.add_business_days(desk.at("2026-03-15 17:00"), 1, mode="close") == desk.at("2026-03-17 00:00")


def test_an_opening_on_a_saturday_does_not_make_it_a_business_day():
    opening = SpecialDay(date(2026, 3, 28), "Inventory", 9 * 3600, 12 * 3600, opens=True)
    desk = Desk("Europe/Berlin", "mon-fri 07:00-21:00", (opening,))
    assert desk.calendar().add_business_days(desk.at("2026-03-27 16:00"), 1) == desk.at("2026-03-30 16:00")
    assert desk.calendar().add(desk.at("2026-03-27 16:00"), hours(8)) == desk.at("2026-03-28 12:00")


def test_business_weekdays_can_be_stated():
    calendar = Calendar(
        name="stated",
        timezone="UTC",
        windows=parse_hours("mon-sat 09:00-17:00"),
        business_weekdays=frozenset({0, 1, 2, 3, 4}),
    )
    assert calendar.add_business_days(utc("2026-03-27 10:00"), 1) == utc("2026-03-30 10:00")


@pytest.mark.parametrize("zone", [*ZONES, "America/St_Johns", "America/Nuuk"])
@pytest.mark.parametrize("text", ["sun 16:00 - fri 17:00", "mon-sun 22:00-06:00", "mon-sun 00:00-10:00"])
def test_in_a_repeated_hour_a_later_arrival_is_never_due_earlier(zone, text):
    calendar = Desk(zone, text, closed("2026-08-15 Outing")).calendar()
    for change in changes(zone, 2008, 2011) + changes(zone, 2026, 2026):
        arrivals = [change + timedelta(minutes=minute) for minute in range(-95, 125, 5)]
        due = [calendar.add_business_days(at, 1) for at in arrivals]
        assert due == sorted(due)


def test_in_a_repeated_hour_the_business_day_counts_from_when_the_clock_was_turned_back():
    desk = DESKS["nights"]
    second_half_past_two = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo(desk.zone), fold=1)
    due = CALENDARS["nights"].add_business_days(second_half_past_two, 1)
    assert due == desk.at("2026-10-26 02:59:59")


# Holidays, half days, edges of the year. ----------------------------------------------------------------------


@pytest.mark.parametrize(("on", "length"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-14", 24)])
def test_a_holiday_is_a_whole_local_date_however_long_that_is(on, length):
    desk = Desk("Europe/Berlin", "24x7", closed(f"{on} Sunday"))
    midnight = desk.at(f"{on} 00:00")
    (span,) = [span for span in desk.calendar().spans(midnight - hours(30), midnight + hours(60)) if not span.open]
    assert (span.start, span.end - span.start, span.names) == (midnight, hours(length), ("Sunday",))


def test_a_holiday_cuts_the_hours_of_a_night_shift_that_began_the_day_before():
    desk = Desk("Europe/Berlin", "mon-sun 22:00-06:00", closed("2026-05-01 Tag der Arbeit"))
    calendar = desk.calendar()
    assert calendar.add(desk.at("2026-04-30 23:00"), hours(1)) == desk.at("2026-05-01 00:00")
    assert calendar.add(desk.at("2026-04-30 23:00"), hours(2)) == desk.at("2026-05-02 01:00")


def test_a_holiday_inside_a_sunday_to_friday_span_closes_one_day_and_not_the_week():
    desk = Desk("America/Los_Angeles", "sun 16:00 - fri 17:00", closed("2026-05-25 Memorial Day"))
    assert desk.calendar().add(desk.at("2026-05-24 20:00"), hours(5)) == desk.at("2026-05-26 01:00")


def test_an_opening_wins_over_a_closure_of_the_same_date():
    day = date(2026, 12, 24)
    special = (
        SpecialDay(day, "Heiligabend"),
        SpecialDay(day, "skeleton crew", 9 * 3600, 11 * 3600, opens=True),
    )
    desk = Desk("Europe/Berlin", "mon-fri 07:00-21:00", special)
    calendar = desk.calendar()
    assert calendar.elapsed(desk.at("2026-12-24 00:00"), desk.at("2026-12-25 00:00")) == hours(2)
    assert calendar.add_business_days(desk.at("2026-12-23 10:30"), 1) == desk.at("2026-12-24 10:30")


def test_a_window_that_began_last_year_is_open_on_new_years_morning():
    desk = Desk("America/Los_Angeles", "sun 16:00 - fri 17:00")
    fresh = desk.calendar()
    assert fresh.is_open(desk.at("2027-01-01 00:00"))  # a Friday; the window began on 27 December
    (span,) = desk.calendar().spans(desk.at("2026-12-30 00:00"), desk.at("2027-01-01 17:00"))
    assert span.open


def test_midnight_to_midnight_leaves_no_minute_closed():
    """zammad#3180: 23:59 as the end of a day lost a minute every night."""
    desk = Desk("Europe/Berlin", "mon-sun 00:00-24:00", closed("2026-08-15 Outing"))
    assert desk.calendar().add(desk.at("2026-03-02 12:00"), timedelta(days=20)) == desk.at("2026-03-22 12:00")


def test_a_gap_of_half_an_hour_opens_the_desk_at_the_jump_and_not_later():
    desk = Desk("Australia/Lord_Howe", "mon-sun 02:00-10:00")
    jump = desk.at("2026-10-04 02:30")  # 02:00 to 02:30 did not exist
    assert desk.calendar().next_open(jump - hours(1)) == jump


def test_the_second_pass_of_a_repeated_hour_keeps_the_state_of_when_the_clock_was_turned_back():
    zone = ZoneInfo("Europe/Berlin")
    inside = [datetime(2026, 10, 25, 2, 30, tzinfo=zone, fold=fold) for fold in (0, 1)]
    short, long = (Desk("Europe/Berlin", f"mon-sun {text}").calendar() for text in ("02:15-02:45", "02:15-05:00"))
    assert [short.is_open(at) for at in inside] == [True, False]
    assert [long.is_open(at) for at in inside] == [True, True]


def test_a_date_that_never_was_is_no_business_day():
    desk = Desk("Pacific/Apia", "mon-fri 09:00-17:00")  # Friday 30 December 2011 was skipped
    assert desk.calendar().add_business_days(desk.at("2011-12-29 10:00"), 1) == desk.at("2012-01-02 10:00")


# What a calendar promises about its interface. --------------------------------------------------------------


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_fractions_of_a_second_are_floored_for_instants_and_rounded_up_for_open_time():
    calendar = CALENDARS["DE"]
    noon = utc("2026-03-27 12:00")
    assert calendar.add(noon + timedelta(microseconds=999_999), timedelta()) == noon
    assert calendar.add(noon, timedelta(microseconds=1)) == noon + SECOND
    assert calendar.next_open(noon + timedelta(microseconds=1)) == noon


def test_instants_come_out_in_utc():
    calendar, at = CALENDARS["US"], DESKS["US"].at("2026-11-25 15:00")
    spans = list(calendar.spans(at, at + hours(48)))
    results = [
        calendar.add(at, HOUR),
        calendar.next_open(at),
        calendar.add_business_days(at, 1),
        spans[0].start,
    ]
    assert {result.tzinfo for result in results} == {UTC}


@pytest.mark.parametrize("key", ["DE", "24x7"])
@pytest.mark.parametrize(
    "ask",
    [
        lambda calendar, naive: calendar.is_open(naive),
        lambda calendar, naive: calendar.next_open(naive),
        lambda calendar, naive: calendar.add(naive, HOUR),
        lambda calendar, naive: calendar.elapsed(naive, naive),
        lambda calendar, naive: calendar.add_business_days(naive, 1),
        lambda calendar, naive: calendar.spans(naive, naive),
        lambda calendar, naive: calendar.breached_at(naive),
    ],
)
def test_a_naive_datetime_is_refused(key, ask):
    with pytest.raises(ValueError, match="aware"):
        ask(CALENDARS[key], datetime(2026, 3, 27, 12))  # noqa: DTZ001 - that is the point


def test_negative_open_time_and_business_days_are_refused():
    noon = utc("2026-03-27 12:00")
    with pytest.raises(ValueError, match="zero or more"):
        CALENDARS["DE"].add(noon, -HOUR)
    with pytest.raises(ValueError, match="no business day or more"):
        CALENDARS["DE"].add_business_days(noon, -1)


def test_elapsed_backwards_is_negative():
    later, earlier = utc("2026-03-27 12:00"), utc("2026-03-27 11:00")
    assert CALENDARS["DE"].elapsed(later, earlier) == -HOUR
    assert CALENDARS["24x7"].elapsed(later, earlier) == -HOUR


@pytest.mark.parametrize(
    "windows",
    [
        (WeeklyOpening(0, 0, 7 * DAY),),
        (WeeklyOpening(3, 40_000, 40_000 + 7 * DAY),),
        tuple(WeeklyOpening(day, 0, DAY) for day in range(7)),
        parse_hours("24x7"),
        parse_hours("mon-sun 00:00-24:00"),
        parse_hours("sun 12:00 - wed 12:00, wed 10:00 - mon 00:00, mon-tue 22:00-06:00, sun 00:00-12:00"),
    ],
)
def test_round_the_clock_is_recognised_however_it_is_written(windows):
    calendar = Calendar(name="always", timezone="Europe/Berlin", windows=windows)
    assert calendar.always
    assert calendar.add(utc("2026-03-28 20:00"), hours(12)) == utc("2026-03-29 08:00")
    assert calendar.special_days_in(2026) == ()


def test_round_the_clock_with_special_days_is_not_always():
    assert not CALENDARS["24x7 less a day"].always
    assert not CALENDARS["24/5"].always


def test_spans_name_the_days_that_closed_the_desk_and_no_others():
    special = (*closed("2026-05-23 Saturday fair", "2026-05-25 Memorial Day"),)  # closed on Saturday anyway
    desk = Desk("America/Chicago", "mon-fri 08:00-17:00", special)
    spans = list(desk.calendar().spans(desk.at("2026-05-22 16:40"), desk.at("2026-05-26 17:30")))
    assert [(span.start, span.end, span.open, span.names) for span in spans] == [
        (desk.at("2026-05-22 16:40"), desk.at("2026-05-22 17:00"), True, ()),
        (desk.at("2026-05-22 17:00"), desk.at("2026-05-26 08:00"), False, ("Memorial Day",)),
        (desk.at("2026-05-26 08:00"), desk.at("2026-05-26 17:00"), True, ()),
        (desk.at("2026-05-26 17:00"), desk.at("2026-05-26 17:30"), False, ()),
    ]


def test_spans_name_days_in_order_and_a_half_day_for_its_half():
    desk = DESKS["half day"]
    closings = [
        s for s in desk.calendar().spans(desk.at("2026-12-23 12:00"), desk.at("2026-12-28 12:00")) if not s.open
    ]
    assert [span.names for span in closings] == [(), ("Heiligabend", "Weihnachten")]


def test_spans_of_nothing_are_none():
    noon = utc("2026-03-27 12:00")
    assert list(CALENDARS["DE"].spans(noon, noon)) == []
    assert list(CALENDARS["24x7"].spans(noon, noon - HOUR)) == []


def test_a_desk_without_hours_never_opens_and_says_so():
    calendar = Calendar(name="nobody", timezone="UTC", windows=())
    noon = utc("2026-03-27 12:00")
    for ask in (calendar.next_open, calendar.breached_at, lambda at: calendar.add(at, SECOND)):
        with pytest.raises(NeverOpen, match="nobody"):
            ask(noon)
    with pytest.raises(NeverOpen, match="nobody"):
        calendar.add_business_days(noon, 1)
    assert calendar.add(noon, timedelta()) == noon
    assert [span.open for span in calendar.spans(noon, noon + hours(48))] == [False]


def test_an_opening_more_than_three_years_away_is_never_whatever_was_asked_before():
    on = date(2030, 1, 7)
    desk = Desk("UTC", (), (SpecialDay(on, "reunion", 0, 3600, opens=True),))
    calendar = desk.calendar()
    assert calendar.is_open(utc("2030-01-07 00:30"))
    assert calendar.next_open(utc("2027-06-01 00:00")) == utc("2030-01-07 00:00")
    with pytest.raises(NeverOpen):
        calendar.next_open(utc("2026-06-01 00:00"))


def test_a_target_more_than_forty_years_away_is_never():
    calendar = Calendar(name="a minute a week", timezone="UTC", windows=(WeeklyOpening(0, 0, 60),))
    start = utc("2026-03-27 12:00")
    assert calendar.add(start, timedelta(minutes=52 * 39)) < start + timedelta(days=366 * 40)
    for _ in range(2):  # first while it compiles, then from what is compiled
        with pytest.raises(NeverOpen, match="forty years"):
            calendar.add(start, timedelta(days=13))
    with pytest.raises(NeverOpen):
        calendar.add_business_days(start, 3000)
    with pytest.raises(NeverOpen):
        CALENDARS["24x7"].add(start, timedelta(days=41 * 366))


def test_a_desk_that_is_never_open_on_a_business_day_says_so():
    calendar = Calendar(
        name="weekend",
        timezone="UTC",
        windows=parse_hours("sat 10:00-14:00"),
        business_weekdays=frozenset({0}),
    )
    with pytest.raises(NeverOpen, match="no business day"):
        calendar.add_business_days(utc("2026-03-28 12:00"), 1)


@pytest.mark.parametrize("timezone", ["Mars/Olympus", "", "../etc/passwd", "America", "CEST-ish"])
def test_a_zone_that_is_not_known_is_refused_with_an_example(timezone):
    with pytest.raises(ValueError, match="Europe/Berlin"):
        Calendar(name="x", timezone=timezone, windows=())


@pytest.mark.parametrize(
    "args", [(7, 0, 60), (-1, 0, 60), (0, DAY, DAY + 60), (0, -1, 60), (0, 60, 60), (0, 0, 7 * DAY + 1)]
)
def test_a_window_that_is_none_is_refused(args):
    with pytest.raises(ValueError, match="expected"):
        WeeklyOpening(*args)


@pytest.mark.parametrize(("start", "end"), [(0, 0), (3600, 60), (-1, 60), (0, DAY + 1)])
def test_special_hours_outside_their_day_are_refused(start, end):
    with pytest.raises(ValueError, match="seconds of that day"):
        SpecialDay(date(2026, 1, 1), "odd", start, end)


def test_a_special_day_of_another_year_is_refused_rather_than_lost():
    """New Year's Day 2028 is a Saturday: observed on 31 December 2027, it belongs to 2027."""
    observed = SpecialDay(date(2027, 12, 31), "New Year's Day (observed)")
    calendar = Calendar(
        name="us",
        timezone="UTC",
        windows=parse_hours("mon-fri 09:00-17:00"),
        special_days=lambda _: [observed],
    )
    assert calendar.special_days_in(2027) == (observed,)
    with pytest.raises(ValueError, match="given for 2028"):
        calendar.special_days_in(2028)


def test_an_instant_at_the_end_of_time_is_refused():
    for at in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        with pytest.raises(ValueError, match="years 3 to 9996"):
            CALENDARS["US"].is_open(at)


def test_years_are_compiled_when_they_are_needed_and_asked_for_once():
    asked = []
    calendar = Calendar(
        name="lazy",
        timezone="Europe/Berlin",
        windows=parse_hours("mon-fri 09:00-17:00"),
        special_days=lambda year: asked.append(year) or (),
    )
    calendar.add(utc("2026-06-01 12:00"), HOUR)
    assert asked == [2026]
    calendar.add(utc("2026-06-01 12:00"), hours(8 * 260))
    calendar.elapsed(utc("2024-06-01 12:00"), utc("2026-06-01 12:00"))
    calendar.special_days_in(2026)
    assert sorted(asked) == [2024, 2025, 2026, 2027]


def test_a_mail_from_the_year_300_does_not_compile_seventeen_centuries():
    asked = []
    desk = Desk("Europe/Berlin", "mon-fri 09:00-17:00", closed("2026-06-02 Outing"))
    calendar = Calendar(
        name="far",
        timezone=desk.zone,
        windows=desk.windows,
        special_days=lambda year: asked.append(year) or desk.special_days_in(year),
    )
    before = calendar.add(desk.at("2026-06-01 16:30"), HOUR)
    calendar.is_open(utc("0300-06-01 12:00"))
    assert calendar.add(desk.at("2026-06-01 16:30"), HOUR) == before == desk.at("2026-06-03 09:30")
    assert len(asked) <= 3


def test_eight_threads_on_a_fresh_calendar_get_the_answers_of_one():
    desk, asked = DESKS["DE"], []
    calendar = Calendar(
        name="shared",
        timezone=desk.zone,
        windows=desk.windows,
        special_days=lambda year: asked.append(year) or desk.special_days_in(year),
    )
    starts = [utc("2020-01-01 00:00") + timedelta(days=97 * n, minutes=n) for n in range(80)]
    expected = [desk.calendar().add(at, hours(30)) for at in starts]
    together = Barrier(8)

    def ask(seed):
        order = list(range(len(starts)))
        Random(seed).shuffle(order)
        together.wait()
        answers = {n: calendar.add(starts[n], hours(30)) for n in order}
        return [answers[n] for n in range(len(starts))]

    with ThreadPoolExecutor(8) as pool:
        assert all(answers == expected for answers in pool.map(ask, range(8)))
    assert len(asked) == len(set(asked))


# Hours as people write them. ----------------------------------------------------------------------------------

H = 3600


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("mon-fri 07:00-18:00", [(day, 7 * H, 18 * H) for day in range(5)]),
        ("Mon - Fri 7:00 \N{EN DASH} 18:00", [(day, 7 * H, 18 * H) for day in range(5)]),
        ("tue 09:00-12:00, 13:00-17:00", [(1, 9 * H, 12 * H), (1, 13 * H, 17 * H)]),
        ("sun 16:00 - fri 17:00", [(6, 16 * H, 5 * DAY + 17 * H)]),
        ("mon 00:00 - sat 00:00", [(0, 0, 5 * DAY)]),
        ("mon 09:00 - mon 17:00", [(0, 9 * H, 17 * H)]),
        ("wed 09:00 - wed 09:00", [(2, 9 * H, 7 * DAY + 9 * H)]),
        ("sat-mon 22:00-06:00", [(5, 22 * H, 30 * H), (6, 22 * H, 30 * H), (0, 22 * H, 30 * H)]),
        ("24x7", [(0, 0, 7 * DAY)]),
        ("sat,sun 10:00-14:00", [(5, 10 * H, 14 * H), (6, 10 * H, 14 * H)]),
        ("mon, wed-thursday 10:00-24:00", [(0, 10 * H, DAY), (2, 10 * H, DAY), (3, 10 * H, DAY)]),
        ("mon 09:00-17:00, sat 10:00-14:00", [(0, 9 * H, 17 * H), (5, 10 * H, 14 * H)]),
        ("mon 09:00-17:00; sun 16:00 - mon 02:00", [(0, 9 * H, 17 * H), (6, 16 * H, DAY + 2 * H)]),
        ("fri 18:00-00:00", [(4, 18 * H, DAY)]),
    ],
)
def test_hours_are_read_as_people_write_them(text, windows):
    assert parse_hours(text) == tuple(WeeklyOpening(*window) for window in windows)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "such as 'mon-fri 09:00-17:00'"),
        ("weekdays 9 to 5", "such as 'mon-fri 09:00-17:00'"),
        ("mon-fri", "such as 'mon-fri 09:00-17:00'"),
        ("mon-fri 9-17", "such as 'mon-fri 09:00-17:00'"),
        ("mon-fri 09:00-17:00,", "such as 'mon-fri 09:00-17:00'"),
        ("09:00-17:00", "such as 'mon-fri 09:00-17:00'"),
        ("mon-wed-fri 09:00-17:00", "a range such as 'mon-fri'"),
        ("mon-fri 09:00-25:00", "'00:00' to '24:00'"),
        ("mon-fri 09:60-17:00", "'00:00' to '24:00'"),
        ("mon-fri 24:00-17:00", "'00:00' of the next"),
        ("mon-fri 09:00-09:00", "'00:00-24:00' for a whole day"),
        ("mon-sun 00:00-23:59", "expected '24:00'"),
    ],
)
def test_hours_that_cannot_be_read_are_refused_with_what_was_expected(text, expected):
    with pytest.raises(ValueError, match="hours ") as refused:
        parse_hours(text)
    assert repr(text) in str(refused.value)
    assert expected in str(refused.value)


# Laws, tried on scenes that crowd around clock changes, New Years, special days and edges of windows. ---------

QUICK = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
LONG = settings(QUICK, max_examples=amount(20, 4_000))


def law(check):
    """A test of `check` on some scenes, and on many in the long run."""
    return pytest.mark.soak(LONG(given(scene=scenes())(check)))


@law
def test_open_time_added_is_the_open_time_measured(scene):
    due = scene.calendar.add(scene.first, scene.amount)
    assert scene.calendar.elapsed(scene.first, due) == scene.amount


@law
def test_a_due_time_is_the_earliest_there_is(scene):
    assume(scene.amount)
    due = scene.calendar.add(scene.first, scene.amount)
    assert scene.calendar.elapsed(scene.first, due - SECOND) == scene.amount - SECOND


@law
def test_later_arrivals_and_longer_promises_are_never_due_earlier(scene):
    add = scene.calendar.add
    assert add(scene.first, scene.amount) <= add(scene.second, scene.amount)
    assert add(scene.first, scene.amount) <= add(scene.first, scene.amount + scene.more)


@law
def test_two_promises_in_turn_are_one_promise_of_both(scene):
    add = scene.calendar.add
    both = add(scene.first, scene.amount + scene.more)
    assert add(add(scene.first, scene.amount), scene.more) == both


@law
def test_open_time_of_two_stretches_is_that_of_the_whole(scene):
    elapsed = scene.calendar.elapsed
    whole = elapsed(scene.first, scene.third)
    assert elapsed(scene.first, scene.second) + elapsed(scene.second, scene.third) == whole
    assert timedelta() <= whole <= scene.third - scene.first


@law
def test_a_clock_that_is_settled_again_and_again_is_due_when_it_always_was(scene):
    clock = Clock(scene.first, timedelta(), scene.amount + scene.more)
    due = clock.due_at(scene.calendar)
    for at in (scene.second, scene.third):
        if at < due:
            clock = clock.settled(scene.calendar, at)
    assert clock.due_at(scene.calendar) == due


@law
def test_spans_tile_the_time_in_turn_and_hold_the_open_time(scene):
    spans = list(scene.calendar.spans(scene.first, scene.third))
    assume(scene.first < scene.third)
    assert (spans[0].start, spans[-1].end) == (scene.first, scene.third)
    for span, following in pairwise(spans):
        assert span.end == following.start
        assert span.open is not following.open
    for span in spans:
        assert scene.calendar.elapsed(span.start, span.end) == (span.end - span.start if span.open else timedelta())
        assert scene.calendar.is_open(span.start) is span.open
        assert not (span.open and span.names)


@law
def test_the_next_opening_is_open_and_nothing_before_it_is(scene):
    opening = scene.calendar.next_open(scene.first)
    assert scene.calendar.is_open(opening)
    assert scene.calendar.elapsed(scene.first, opening) == timedelta()
    assert (opening == scene.first) is scene.calendar.is_open(scene.first)


@law
def test_later_arrivals_and_more_business_days_are_never_due_earlier(scene):
    add = scene.calendar.add_business_days
    due = add(scene.first, scene.days, mode=scene.mode)
    assert due > scene.first
    assert due <= add(scene.second, scene.days, mode=scene.mode)
    assert due <= add(scene.first, scene.days + 1, mode=scene.mode)


def walked(calendar, day, count):
    """The `count`th business day after `day`, one date after the other."""
    while count:
        day += timedelta(days=1)
        midnights = (engine.wall_instant(calendar.timezone, day, seconds) for seconds in (0, DAY))
        rulings = [one.business for one in calendar.special_days_in(day.year) if one.on == day]
        ruled = next((one for one in reversed(rulings) if one is not None), day.weekday() in calendar.business_weekdays)
        count -= ruled and calendar.elapsed(*midnights) > timedelta()
    return day


@law
def test_business_days_are_found_where_a_walk_over_the_days_ends(scene):
    calendar, day = scene.calendar, scene.first.date()
    for count in (1, 2, scene.days, 90):
        found = calendar._business_day(engine._day_of(day), count)
        assert engine._date_of(found) == walked(calendar, day, count)


@law
def test_a_business_day_is_never_due_at_an_opening_where_ties_go_to_the_closing(scene):
    assume(not scene.calendar.always and scene.calendar.ties == "previous")
    due = scene.calendar.add_business_days(scene.first, scene.days, mode=scene.mode)
    assert scene.calendar.is_open(due - SECOND)


@law
def test_of_later_receipts_none_is_due_earlier_whatever_is_promised(scene):
    due = promise_of(scene)
    assert scene.first <= due(scene.first) <= due(scene.second)


@law
def test_a_budget_that_runs_from_where_it_counts_is_over_when_it_is_due(scene):
    within = within_of(scene)
    calendar = within.measured_in(scene.calendar)
    start = within.counts_from(calendar, scene.first)
    budget = within.budget(calendar, start)
    assert within.rest_over_at(calendar, start, budget) == within.due_at(calendar, scene.first)
    assert calendar.breached_at(within.due_at(calendar, scene.first)) >= start + budget


@law
def test_what_was_asked_before_changes_no_answer(scene):
    warmed = scene.desk.calendar()
    for years in (3, -2, 1):
        warmed.elapsed(scene.first, scene.first + timedelta(days=365 * years))
    assert warmed.add(scene.first, scene.amount) == scene.calendar.add(scene.first, scene.amount)
    days = scene.days
    assert warmed.add_business_days(scene.first, days) == scene.calendar.add_business_days(scene.first, days)


@law
def test_the_minute_stepper_agrees(scene):
    try:
        expected = walked_answers(scene)
    except LookupError:
        reject()  # so few hours a week that whoever walks minute by minute gives up
    assert answers(scene) == expected


@QUICK
@given(
    zone=st.sampled_from(("UTC", "Asia/Kathmandu", "Asia/Tokyo")),
    text=st.sampled_from(
        (
            "mon-fri 09:00-17:00",
            "mon-fri 09:00-12:00, 13:00-17:00",
            "mon-sun 08:00-20:00",
            "mon-fri 00:00-24:00",
        )
    ),
    minutes=st.integers(0, 20 * 1440),
    days=st.integers(1, 6),
)
def test_where_all_days_are_alike_a_business_day_is_one_day_of_open_time(zone, text, minutes, days):
    calendar = Desk(zone, text).calendar()
    monday = datetime(2026, 3, 2, tzinfo=ZoneInfo(zone))
    one_day = calendar.elapsed(monday, monday + hours(24))
    start = monday + timedelta(minutes=minutes)
    assert calendar.add_business_days(start, days) == calendar.add(start, days * one_day)


# The second opinion. ------------------------------------------------------------------------------------------


def within_of(scene):
    """The scene's amount as the engine has it."""
    promised = dict(scene.promised)
    if "seconds" in promised:
        return Within(timedelta(seconds=promised["seconds"]))
    return Within(
        timedelta(), same_day=not any(promised.get(days) for days in ("business_days", "calendar_days")), **promised
    )


def promise_of(scene):
    within = within_of(scene)
    return lambda at: within.due_at(within.measured_in(scene.calendar), at)


def answers(scene):
    """What the engine says of a scene, by question."""
    calendar = scene.calendar
    return {
        "add": calendar.add(scene.first, scene.amount),
        "elapsed": calendar.elapsed(scene.first, scene.third).total_seconds(),
        "is_open": calendar.is_open(scene.third),
        "next_open": calendar.next_open(scene.third),
        "business days": calendar.add_business_days(scene.first, scene.days, mode=scene.mode),
        "promise": promise_of(scene)(scene.first),
    }


def walked_answers(scene):
    """The same, walked."""
    stepper = scene.stepper()
    return {
        "add": stepper.due(scene.first, int(scene.amount.total_seconds())),
        "elapsed": stepper.elapsed(scene.first, scene.third),
        "is_open": stepper.is_open(scene.third),
        "next_open": stepper.next_open(scene.third),
        "business days": stepper.business_days_due(scene.first, scene.days, scene.mode),
        "promise": stepper.promise_due(scene.first, **scene.promised),
    }


BULK_HOURS = (HOURS[0], HOURS[2], HOURS[3], HOURS[7], HOURS[8], HOURS[4])


@pytest.mark.slow
@pytest.mark.parametrize(("zone", "text"), products(ZONES, BULK_HOURS))
def test_the_stepper_agrees_around_every_clock_change_and_new_year_from_2024_to_2030(zone, text):
    local = ZoneInfo(zone)
    new_years = tuple(datetime(year, 1, 1, tzinfo=local).astimezone(UTC) for year in range(2024, 2031))
    pivots = changes(zone, 2024, 2030) + new_years
    special = tuple(SpecialDay(pivot.astimezone(local).date(), "special") for pivot in pivots[::3])
    desk = Desk(zone, text, special)
    calendar, stepper = desk.calendar(), desk.stepper()
    compared = sum(compare_around(pivot, calendar, stepper) for pivot in pivots)
    assert compared >= len(pivots) * 40


def compare_around(pivot, calendar, stepper):
    compared = 0
    for minutes in (-1700, -480, -61, -60, -30, 0, 29, 61, 300):
        start = pivot + timedelta(minutes=minutes, seconds=minutes % 3)
        for seconds in (1, 3600, 8 * 3600, 13 * 3600 + 17):
            assert calendar.add(start, timedelta(seconds=seconds)) == stepper.due(start, seconds)
        end = start + timedelta(hours=50, seconds=7)
        assert calendar.elapsed(start, end).total_seconds() == stepper.elapsed(start, end)
        mode = ("same_time", "close", "close_next")[minutes % 3]
        assert calendar.add_business_days(start, 1, mode=mode) == stepper.business_days_due(start, 1, mode)
        compared += 6
    return compared


# Deliberate faults: a suite that passes a wrong engine is worth nothing. ----------------------------------------


@dataclass(frozen=True)
class Clock:
    """The least clock there is: open time consumed until `running_since`, out of a budget."""

    running_since: datetime
    consumed: timedelta
    budget: timedelta

    def due_at(self, calendar):
        return calendar.add(self.running_since, self.budget - self.consumed)

    def settled(self, calendar, at):
        return Clock(at, self.consumed + calendar.elapsed(self.running_since, at), self.budget)

    def settled_without_advancing(self, calendar, at):
        return replace(self.settled(calendar, at), running_since=self.running_since)


FAULTS = {
    "holidays that always last 24 hours": (
        "return self._clock.instant(midnight + special.start), self._clock.instant(midnight + special.end)",
        "begin = self._clock.instant(midnight + special.start); return begin, begin + special.end - special.start",
    ),
    "windows of fixed length over a clock change": (
        "yield instant(day * _DAY + window.start), instant(day * _DAY + window.end)",
        "begin = instant(day * _DAY + window.start); yield begin, begin + window.end - window.start",
    ),
    "windows that do not reach in from last year": (
        "for day in range(first_day - 7, after_day):",
        "for day in range(first_day, after_day):",
    ),
    "business days that do not settle on the closing": (
        "return self._add(begin, self._elapsed(begin, at))",
        "return at",
    ),
    "due at the next opening instead of the closing": ("bisect_left(table.used,", "bisect_right(table.used,"),
    "the second occurrence of a repeated time": ("return reading - before\n", "return reading - after\n"),
    "a missing time moved by the length of the gap": (
        "return self._turned_at(reading - after, reading - before)",
        "return reading - before",
    ),
    "a repeated hour that runs again for business days": ("if not local.fold:", "if True:"),
    "closures that win over openings": (
        "union([*minus(union(self._placed(first, after)), closures), *openings])",
        "list(minus(union([*self._placed(first, after), *openings]), closures))",
    ),
    "a cut-off that is late on the dot": ("if time_of_day <= self.cut_off:", "if time_of_day < self.cut_off:"),
    "a cut-off that goes to the next opening of the same day": (
        "self._next_open(self._clock.instant((day + 1) * _DAY))",
        "self._next_open(_seconds(received))",
    ),
    "ties of business days that all go to the closing": (
        'return due if self.ties == "previous" else self._next_open(due)',
        "return due",
    ),
    "business days of which the first is counted twice": (
        "bisect_right(days, previous)",
        "bisect_left(days, previous)",
    ),
    "make-up days that do not count": (
        "self._rulings[on.year].get(on, _weekday(day) in self.business_weekdays)",
        "_weekday(day) in self.business_weekdays",
    ),
    "closing counted as open": ("i >= 0 and instant < table.ends[i]", "i >= 0 and instant <= table.ends[i]"),
}


@pytest.fixture
def mutant(request, monkeypatch):
    """The engine with one deliberate fault."""
    right, wrong = FAULTS[request.param]
    source = Path(engine.__file__).read_text(encoding="utf-8")
    assert source.count(right) == 1, "the engine was rewritten: plant the fault anew"
    module = ModuleType("helpdesk.core.calendar_with_a_fault")
    monkeypatch.setitem(sys.modules, module.__name__, module)  # dataclasses look their module up
    exec(compile(source.replace(right, wrong), engine.__file__, "exec"), module.__dict__)
    return module


@pytest.mark.slow
@pytest.mark.parametrize("mutant", FAULTS, indirect=True)
def test_the_scenes_find_a_deliberate_fault(mutant):
    def right(scene):
        return replace(scene, calendar=scene.desk.calendar())

    found = find(
        scenes(module=mutant),
        lambda scene: answers(scene) != answers(right(scene)),
        settings=settings(QUICK, max_examples=3000, phases=[Phase.generate]),
        random=Random(3),
    )
    assert answers(right(found)) == walked_answers(found), "the scene is right, the fault is not"


def test_a_settlement_that_does_not_advance_is_found():
    def is_due_elsewhere(scene):
        clock = Clock(scene.first, timedelta(), scene.amount + scene.more)
        stuck = clock.settled_without_advancing(scene.calendar, min(scene.second, clock.due_at(scene.calendar)))
        return stuck.due_at(scene.calendar) != clock.due_at(scene.calendar)

    find(scenes(), is_due_elsewhere, settings=settings(QUICK, phases=[Phase.generate]), random=Random(0))
