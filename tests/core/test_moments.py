"""Moments as people write them, to the ends of time: each is read, or refused in words; none is an error of ours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

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


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["morgen", "demain 9h", "mañana a las 9:00", "MORGEN, 9 Uhr", "i morgen", "am 20. Mai", "le 20 mai", "hasta el 20 de mayo",
          "tomorrow morning", "morgen früh", "zítra", "завтра", "yarin", "holnap", "huomenna", "明日", "středa", "středu", "среду", "çarşamba", "szerdán", "miercuri", "keskiviikkona", "水曜日", "demain matin", "mañana por la mañana", "wed morning, 9:00", "til tomorrow"],
         "2026-05-20 09:00"),
        (["30m", "30 min", "half an hour", "eine halbe Stunde", "in 30 Minuten", "0.5h"], "2026-05-19 10:30"),
        (["90m", "1.5h", "1,5 Stunden", "1h 30m", "1 hour and 30 minutes"], "2026-05-19 11:30"),
        (["übermorgen", "uebermorgen", "day after tomorrow", "après-demain", "thu", "Thursday, 21 May"], "2026-05-21 09:00"),
        (["two days", "zwei Tage", "2 jours", "twee dagen", "48 hours"], "2026-05-21 10:00"),
        (["freitag", "bis Freitag", "am Freitag", "vendredi", "viernes", "vrijdag", "venerdì", "sexta-feira", "fredag", "piątek",
          "this friday", "Freitag früh", "pátek", "в пятницу", "п'ятниця", "cuma", "péntek", "vineri", "perjantai", "金曜日", "'til friday", "kommenden Freitag", "Friday 22.5.", "fri, 22 may"], "2026-05-22 09:00"),
        (["tomorrow", "tomorrow 9:00", "wed", "Wednesday", "on wednesday", "20.5.", "20.05.2026", "20 May", "May 20",
          "May 20th, 2026", "20th of May 2026", "2026-05-20", "2026-05-20T09:00", "2026-05-20 9am", "until 20 may 9 a.m.",
          "by tomorrow, 9.00 Uhr", "in 23 hours", "9am"], "2026-05-20 09:00"),
        (["today 14:30", "14:30", "2:30pm", "2.30 pm", "14.30 Uhr", "um 14.30 Uhr", "at 14h30", "tue 14:30", "tuesday 2:30 pm",
          "in 270 minutes"], "2026-05-19 14:30"),
        (["noon", "today noon", "today at 12:00", "2 hours", "2h", "2 hrs", "in 120 min"], "2026-05-19 12:00"),
        (["fri 15:00", "Friday 3pm", "friday, 15h", "22.5.2026 15:00", "22 may at 3 pm"], "2026-05-22 15:00"),
        (["a week", "1w", "in one week", "7 days"], "2026-05-26 10:00"),
        (["mon", "25.5.", "monday at 9 a.m.", "next monday", "nächsten Montag", "lundi prochain"], "2026-05-25 09:00"),
        (["at 11.05", "um 11.05", "today 11.05", "today at 11.05", "19.5. 11.05"], "2026-05-19 11:05"),
    ],
)  # fmt: skip
def test_a_moment_is_read_as_people_write_it(words, meant):
    """It is Tuesday, ten in the morning."""
    for written in words:
        found = read_moment(written, zone="Europe/Berlin", after=datetime(2026, 5, 19, 8, tzinfo=UTC))
        assert found == datetime.fromisoformat(meant).replace(tzinfo=ZoneInfo("Europe/Berlin")), written


@pytest.mark.parametrize(
    "words",
    ["", "in", "today", "5/6", "next friday", "next week", "next sunday", "3m", "12m", "12", "mar", "do", "thursday 22 may", "lundi 26 mai", "2026-05-20 12", "1.5.", "31.6.", "13pm", "25:00", "fri 24:00",
     "may", "may 2026", "0d", "0 hours", "53w", "yesterday", "friday eod", "soon", "morning", "this morning", "today morning", "früh", "25. 5", "0:30 am",
     "5.12", "until 12.10", "friday 5.06", "2h30", "in 2h30", "3 " * 5_000],
)  # fmt: skip
def test_what_is_past_or_may_mean_several_moments_is_none(words):
    assert read_moment(words, zone="Europe/Berlin", after=datetime(2026, 5, 19, 8, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("written_on", "name", "meant"),
    [
        ("2026-05-22", "monday", "2026-05-25"),  # a Friday
        ("2026-05-23", "monday", "2026-05-25"),  # a Saturday
        ("2026-05-24", "monday", ""),  # a Sunday: who begins the week with it means Monday week
        ("2026-05-24", "sunday", "2026-05-31"),
        ("2026-05-25", "sunday", ""),
        ("2026-05-25", "monday", "2026-06-01"),
        ("2026-05-25", "friday", ""),
        ("2026-05-28", "thursday", "2026-06-04"),
    ],
)
def test_next_is_read_where_it_can_only_be_next_week(written_on, name, meant):
    after = datetime.fromisoformat(f"{written_on} 10:00").replace(tzinfo=ZoneInfo("Europe/Berlin"))
    found = read_moment(f"next {name}", zone="Europe/Berlin", after=after)
    assert (f"{found.astimezone(ZoneInfo('Europe/Berlin')):%Y-%m-%d}" if found else "") == meant


@settings(max_examples=80, deadline=None)
@given(
    words=st.lists(
        st.sampled_from(
            [
                "in",
                "3",
                "31",
                "days",
                "fri",
                "may",
                "30.2.",
                "today",
                "tomorrow",
                "at",
                "9",
                "pm",
                "14:30",
                "99",
                "uhr",
                "noon",
                ".",
            ]
        ),
        max_size=5,
    )
)
def test_no_words_are_an_error_of_ours(words):
    meant = read_moment(" ".join(words), zone="America/Chicago", after=NOW)
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
