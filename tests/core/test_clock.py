"""Clocks: what they measure through pauses and severity changes, against a table and against a minute stepper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.core.words.clock import Change, run
from helpdesk.offering.policy import NoPromise, Promise
from helpdesk.offering.promises import usual_promises
from helpdesk.openhours.calendar import Calendar, SpecialDay, parse_hours
from helpdesk.openhours.within import parse_within
from tests.soak import amount
from tests.stepper import Stepper

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BERLIN = "Europe/Berlin"
FIRST = usual_promises(())[0]


@dataclass(frozen=True)
class Hours:
    """One desk's hours, for the engine and for the stepper."""

    text: str
    zone: str = BERLIN
    closed: tuple[date, ...] = ()

    @property
    def calendar(self) -> Calendar:
        days = tuple(SpecialDay(day, "closed") for day in self.closed)
        return Calendar(
            name=self.text,
            timezone=self.zone,
            windows=parse_hours(self.text),
            special_days=lambda year: tuple(day for day in days if day.on.year == year),
        )

    @property
    def stepper(self) -> Stepper:
        return Stepper(self.text, self.zone, self.closed)


DE = Hours("mon-fri 07:00-21:00", closed=(date(2026, 4, 3), date(2026, 4, 6)))
OFFICE = Hours("mon-fri 09:00-17:00")
ALWAYS = Hours("24x7")


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)


def measured(start, promises, *changes, stop=None, severity="first", rule="keep_consumed"):
    """A first-response clock. `promises`: severity to (amount, hours); one without a promise is None."""

    def promised(key, _at):
        if promises[key] is None:
            return NoPromise("first_response", ("nothing is promised",))
        amount, hours = promises[key]
        return Promise("first_response", parse_within(amount), hours.calendar, True, ())

    return run(FIRST, start=start, stop=stop, severity=severity, changes=changes, promised=promised, rule=rule)


def waiting(since, until):
    return Change(since, paused=True, why="waiting"), Change(until, paused=False, why="answered")


# --- the table


def test_a_wait_in_open_time_costs_nothing():
    clock = measured(
        berlin("03-27 16:00"), {"first": ("8h", DE)}, *waiting(berlin("03-27 18:00"), berlin("03-30 11:30"))
    )

    assert clock.used(berlin("03-30 11:30")) == 2 * HOUR
    assert clock.due_at == berlin("03-30 17:30")


def test_a_wait_in_closed_time_changes_nothing():
    clock = measured(
        berlin("03-27 16:00"), {"first": ("8h", DE)}, *waiting(berlin("03-27 23:00"), berlin("03-29 12:00"))
    )

    assert clock.due_at == berlin("03-30 10:00")


def test_a_business_day_is_a_budget_of_open_time_once_it_runs():
    clock = measured(
        berlin("03-27 16:00"), {"first": ("1bd", DE)}, *waiting(berlin("03-27 18:00"), berlin("03-30 10:00"))
    )

    assert clock.stretches[0].budget == 14 * HOUR
    assert clock.due_at == berlin("03-31 08:00")


RAISED = {"first": ("8h", OFFICE), "s1": ("60m", ALWAYS)}


def test_a_case_raised_to_the_worst_severity_keeps_the_half_hour_that_was_used():
    clock = measured(berlin("03-27 18:00"), RAISED, Change(berlin("03-30 09:30"), severity="s1"))

    assert measured(berlin("03-27 18:00"), RAISED).due_at == berlin("03-30 17:00")
    assert clock.used(berlin("03-30 09:30")) == 30 * MINUTE
    assert clock.due_at == berlin("03-30 10:00")
    assert clock.state(berlin("03-30 09:30")) == "running"


def test_recounting_from_the_start_would_have_breached_it_before_anyone_could_know():
    clock = measured(berlin("03-27 18:00"), RAISED, Change(berlin("03-30 09:30"), severity="s1"), rule="from_start")

    assert clock.state(berlin("03-30 09:30")) == "breached"
    assert clock.late_from == berlin("03-30 09:30"), "late when it was found out, not on Friday night"


def test_a_restart_gives_the_whole_time_again():
    clock = measured(berlin("03-27 18:00"), RAISED, Change(berlin("03-30 09:30"), severity="s1"), rule="restart")

    assert clock.due_at == berlin("03-30 10:30")


def test_a_case_lowered_in_time_has_the_rest_of_the_longer_promise():
    promises = {"first": ("60m", ALWAYS), "s3": ("8h", OFFICE)}
    clock = measured(berlin("03-27 16:00"), promises, Change(berlin("03-27 16:45"), severity="s3"))

    assert clock.due_at == berlin("03-30 16:00")


def test_a_shorter_promise_that_is_used_up_is_late_at_once():
    promises = {"first": ("8h", OFFICE), "shorter": ("4h", OFFICE)}
    clock = measured(berlin("03-27 10:00"), promises, Change(berlin("03-27 16:00"), severity="shorter"))

    assert clock.state(berlin("03-27 15:59")) == "running"
    assert clock.late_from == berlin("03-27 16:00")
    assert clock.state(berlin("03-27 16:00")) == "breached"


def test_a_company_day_published_later_moves_the_rest_and_recounts_nothing():
    without = Hours("mon-fri 09:00-17:00")
    with_day = Hours("mon-fri 09:00-17:00", closed=(date(2026, 5, 13),))
    start, published = berlin("05-12 10:00"), berlin("05-12 12:00")

    def promised(_severity, at):
        hours = with_day if at >= published else without
        return Promise("first_response", parse_within("16h"), hours.calendar, True, ())

    how = {"start": start, "stop": None, "severity": "s", "promised": promised, "rule": "keep_consumed"}
    assert run(FIRST, changes=(), **how).due_at == berlin("05-14 10:00")
    moved = run(FIRST, changes=(Change(published, renewed=True),), **how)
    assert moved.used(published) == 2 * HOUR
    assert moved.due_at == berlin("05-15 10:00")


# --- the dot, and what happened


def test_answered_on_the_dot_is_met_and_a_second_later_is_late():
    start = berlin("03-27 10:00")
    due = berlin("03-27 12:00")
    on_the_dot = measured(start, {"first": ("2h", DE)}, stop=due)
    after = measured(start, {"first": ("2h", DE)}, stop=due + timedelta(seconds=1))

    assert on_the_dot.state(due) == "met"
    assert after.state(due + HOUR) == "breached"
    assert after.breached_at(due + HOUR) == due


def test_a_budget_is_used_up_at_the_very_end_of_a_stretch_and_not_behind_it():
    (stretch,) = measured(berlin("03-27 10:00"), {"first": ("2h", DE)}).stretches
    due = berlin("03-27 12:00")

    assert stretch.until(due).reached_at(2 * HOUR) == due
    assert stretch.until(due - timedelta(seconds=1)).reached_at(2 * HOUR) is None


def test_a_due_time_that_is_a_closing_is_late_from_the_next_opening():
    clock = measured(berlin("03-27 06:15"), {"first": ("14h", DE)})

    assert clock.due_at == berlin("03-27 21:00")
    assert clock.late_from == berlin("03-30 07:00")
    assert clock.state(berlin("03-29 12:00")) == "running"


def test_a_breach_stays_whatever_the_severity_becomes():
    promises = {"first": ("2h", DE), "milder": ("1bd", DE)}
    clock = measured(berlin("03-27 10:00"), promises, Change(berlin("03-27 12:30"), severity="milder"))

    assert clock.state(berlin("03-27 13:00")) == "breached"
    assert clock.breached_at(berlin("03-27 13:00")) == berlin("03-27 12:00")


def test_a_breach_stays_when_the_new_severity_promises_nothing():
    promises = {"first": ("2h", DE), "none": None}
    clock = measured(berlin("03-27 10:00"), promises, Change(berlin("03-27 12:30"), severity="none"))

    assert clock.state(berlin("03-27 13:00")) == "breached"
    assert clock.due_at is None


def test_what_was_used_is_still_used_after_a_severity_that_promises_nothing():
    promises = {"first": ("2h", DE), "none": None}
    changes = (Change(berlin("03-27 11:00"), severity="none"), Change(berlin("03-27 15:00"), severity="first"))
    clock = measured(berlin("03-27 10:00"), promises, *changes)

    assert clock.due_at == berlin("03-27 16:00"), "one hour was used before"


def test_met_stays_met_whatever_comes_after():
    promises = {"first": ("2h", DE), "worse": ("30m", ALWAYS)}
    clock = measured(
        berlin("03-27 10:00"), promises, Change(berlin("03-27 13:00"), severity="worse"), stop=berlin("03-27 11:00")
    )

    assert clock.state(berlin("03-27 14:00")) == "met"
    assert clock.used(berlin("03-27 14:00")) == HOUR


def test_without_a_promise_there_is_nothing_to_measure():
    clock = measured(berlin("03-27 10:00"), {"first": None})

    assert (clock.state(berlin("03-27 14:00")), clock.due_at, clock.late_from) == ("none", None, None)
    assert clock.because == ("nothing is promised",)


def test_a_paused_clock_is_never_due():
    clock = measured(berlin("03-27 10:00"), {"first": ("2h", DE)}, Change(berlin("03-27 11:00"), paused=True))

    assert (clock.state(berlin("03-28 10:00")), clock.due_at) == ("paused", None)


@pytest.mark.parametrize(("percent", "expected"), [(50, "11:00"), (80, "11:36"), (7, "10:08:24"), (1, "10:01:12")])
def test_a_share_of_the_promise_is_reached_to_the_second(percent, expected):
    clock = measured(berlin("03-27 10:00"), {"first": ("2h", DE)})

    assert clock.share_at(percent / 100) == berlin(f"03-27 {expected}")


# --- against the stepper

SEVERITIES = {
    "critical": ("1h", ALWAYS),
    "urgent": ("2h", DE),
    "medium": ("8h", Hours("mon-fri 07:00-18:00", "America/Chicago", (date(2026, 5, 25),))),
    "low": ("30h", Hours("sun 16:00-fri 17:00", "America/Los_Angeles")),
    "night": ("5h", Hours("mon-sun 22:00-06:00")),
}
STARTS = ("2026-03-06", "2026-03-27", "2026-04-02", "2026-05-22", "2026-10-23", "2026-10-30", "2026-12-30")
moments = st.integers(0, 8 * 24 * 60).map(lambda minutes: minutes * MINUTE)


@st.composite
def lives(draw):
    """A start near a clock change or a holiday, and what happens to the case in the week after."""
    day = datetime.fromisoformat(draw(st.sampled_from(STARTS))).replace(tzinfo=UTC)
    start = day + draw(st.integers(0, 2 * 24 * 60)) * MINUTE
    kinds = st.one_of(st.sampled_from(sorted(SEVERITIES)), st.booleans())
    changes = [
        Change(start + after, severity=kind) if isinstance(kind, str) else Change(start + after, paused=kind)
        for after, kind in sorted(draw(st.lists(st.tuples(moments, kinds), max_size=6)), key=lambda one: one[0])
    ]
    first = draw(st.sampled_from(sorted(SEVERITIES)))
    stop = start + draw(moments) if draw(st.booleans()) else None
    return start, first, changes, stop


class ByHand:
    """The same life, walked: open minutes counted one after the other, in the hours of the moment."""

    steppers = {key: hours.stepper for key, (_, hours) in SEVERITIES.items()}  # noqa: RUF012 - never changed
    budgets = {  # noqa: RUF012
        key: parse_within(amount).open_time // timedelta(seconds=1) for key, (amount, _) in SEVERITIES.items()
    }

    def __init__(self, start, severity, changes, stop):
        self.severity, self.paused, self.used, self.late_from = severity, False, 0, None
        at = start
        for change in [*changes, Change(stop)] if stop else changes:
            if stop and change.at >= stop and change.at is not stop:
                continue
            if (
                change.at is not stop
                and change.severity in {None, self.severity}
                and change.paused in {None, self.paused}
            ):
                continue  # it is so already
            self.walk(at, change.at)
            at = change.at
            self.severity = change.severity or self.severity
            self.paused = self.paused if change.paused is None else change.paused
            if change.at is not stop and not self.paused and self.used > self.budget:
                self.late_from = self.late_from or at
        self.at, self.stopped = at, stop is not None

    @property
    def budget(self):
        return self.budgets[self.severity]

    def walk(self, start, end):
        if self.paused or end <= start:
            return
        stepper = self.steppers[self.severity]
        left = self.budget - self.used
        if self.late_from is None and left < 0:
            self.late_from = start
        if self.late_from is None:
            late = stepper.next_open(stepper.due(start, left))
            self.late_from = late if late < end else None
        self.used += stepper.elapsed(start, end)

    @property
    def due_at(self):
        return None if self.paused else self.steppers[self.severity].due(self.at, max(self.budget - self.used, 0))


def compare(life):
    start, severity, changes, stop = life
    clock = measured(start, SEVERITIES, *changes, stop=stop, severity=severity)
    walked = ByHand(start, severity, changes, stop)
    last = clock.stretches[-1]
    assert clock.used(max(last.start, walked.at)) == timedelta(seconds=walked.used)
    if not walked.stopped:
        assert clock.due_at == walked.due_at
    if walked.late_from is not None or walked.stopped:
        assert clock.late_from == walked.late_from


@given(lives())
@settings(max_examples=40, deadline=None)
def test_a_clock_agrees_with_one_that_is_walked_minute_by_minute(life):
    compare(life)


@pytest.mark.slow
@pytest.mark.soak
@given(lives())
@settings(max_examples=amount(400, 20_000), deadline=None)
def test_many_clocks_agree_with_walked_ones(life):
    compare(life)


@given(lives(), st.integers(0, 5))
@settings(max_examples=150, deadline=None)
def test_what_was_consumed_and_breached_stays_whatever_happens_later(life, upto):
    """The past of a clock depends on nothing that comes after it."""
    start, severity, changes, _ = life
    seen = changes[:upto]
    now = changes[upto].at if upto < len(changes) else start + timedelta(days=9)
    before = measured(start, SEVERITIES, *seen, severity=severity)
    after = measured(start, SEVERITIES, *changes, severity=severity)
    used = sum(
        (s.calendar.elapsed(s.start, min(s.end or now, now)) for s in after.stretches if s.counted and s.start < now),
        timedelta(),
    )

    assert before.used(now) == used
    late = before.late_from
    if late is not None and late < now:
        assert after.late_from == late
