"""Alerts that are alike: whatever their timing, few mails, and the last one says how many there were."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.operators.repeated import SINGLY, WITHIN, due, is_told_singly, next_at, over
from helpdesk.store.alerts import Run, Telling

START = datetime(2026, 5, 18, 8, tzinfo=UTC)


class Desk:
    """What the desk does with the rule, in memory; looked at every so often."""

    def __init__(self, singly: int = SINGLY) -> None:
        self.singly = singly
        self.events: list[datetime] = []  # of the run
        self.told: Telling | None = None
        self.mails: list[tuple[str, int]] = []

    def happens(self, at: datetime) -> None:
        before = sum(at - other < WITHIN for other in self.events)
        self.events.append(at)
        if is_told_singly(before, singly=self.singly):
            self.mails.append(("one", 1))

    def looks(self, now: datetime) -> None:
        if not self.events:
            return
        run = Run("k", len(self.events), self.events[0], self.events[-1])
        step = due(run, self.told, now, singly=self.singly)
        if step:
            self.mails.append((step, run.number))
        if step == "end" or (over(run, now) and step is None):
            self.events, self.told = [], None
        elif step:
            self.told = Telling(run.number, now)


gaps = st.one_of(
    st.timedeltas(timedelta(0), timedelta(seconds=2)),
    st.timedeltas(timedelta(0), timedelta(minutes=40)),
    st.timedeltas(timedelta(0), timedelta(hours=3)),
)


@settings(max_examples=200, deadline=None)
@given(gaps=st.lists(gaps, max_size=300), singly=st.sampled_from([0, 1, 3]), every=st.sampled_from([1, 60, 600]))
def test_any_timing_is_few_mails_and_the_last_one_says_the_number(gaps, singly, every):
    desk, at, look = Desk(singly), START, START
    for gap in gaps:
        at += gap
        while look < at:
            desk.looks(look)
            look += max(timedelta(seconds=every), (at - look) / 50)
        desk.happens(at)
    for hours in range(1, 60):
        desk.looks(at + timedelta(hours=hours))

    hours = (at - START) / timedelta(hours=1)
    kinds = [kind for kind, _ in desk.mails]
    assert kinds.count("one") <= singly * (hours + 1)
    assert kinds.count("begin") == kinds.count("end"), "each that was told of has its end"
    assert kinds.count("begin") <= hours + 1
    assert kinds.count("more") <= (math.log10(len(gaps) + 1) + 1) * max(1, kinds.count("begin")) + hours / 24
    if "end" in kinds:
        counted = sum(number for kind, number in desk.mails if kind == "end")
        assert counted <= len(gaps)
        last_run = desk.mails[len(kinds) - 1 - kinds[::-1].index("begin") :]
        assert max(number for _, number in last_run) == next(n for kind, n in last_run if kind == "end")


@pytest.mark.parametrize("number", [4, 40, 200, 3930])
def test_a_flood_of_a_minute_is_a_handful_of_mails(number):
    """200 unknown senders were 140 mails, 3,930 in a longer flood."""
    desk = Desk()
    for nth in range(number):
        at = START + timedelta(seconds=60 * nth / number)
        desk.happens(at)
        desk.looks(at)
    for minute in range(1, 200):
        desk.looks(START + timedelta(minutes=minute))
    assert len(desk.mails) <= 6
    assert desk.mails[-1] == ("end", number)


def test_a_flood_of_three_days_is_told_of_each_day_and_at_its_end():
    desk = Desk()
    for minute in range(3 * 24 * 60):
        desk.happens(START + timedelta(minutes=minute))
        desk.looks(START + timedelta(minutes=minute))
    desk.looks(START + timedelta(days=3, hours=2))
    assert [kind for kind, _ in desk.mails] == ["one"] * 3 + ["begin", "more", "more", "more", "more", "end"]
    assert desk.mails[-1] == ("end", 3 * 24 * 60)


def test_a_few_in_an_hour_are_told_one_by_one():
    desk = Desk()
    for hour in range(5):
        for minute in range(3):
            desk.happens(START + timedelta(hours=hour, minutes=minute * 20))
    desk.looks(START + timedelta(hours=5, minutes=40, seconds=1))
    assert [kind for kind, _ in desk.mails[:15]] == ["one"] * 15


@pytest.mark.parametrize(
    ("number", "told"), [(1, None), (3, None), (4, None), (4, Telling(4, START)), (99, Telling(4, START))]
)
def test_when_it_is_looked_at_next_something_is_due(number, told):
    """Else virtual time would stand still."""
    run = Run("k", number, START, START + timedelta(minutes=5))
    at = next_at(run, told)
    assert due(run, told, at) or over(run, at)
