"""Updates, workarounds and agreed dates against the same lives walked minute by minute, from the definitions alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.core.clocks.timeline import clocks
from helpdesk.offering.files import PolicyText, read_policy
from tests.ledgers import Ledger
from tests.soak import amount
from tests.stepper import Stepper
from tests.stories.test_whose_turn import FIRST, POLICY

if TYPE_CHECKING:
    from helpdesk.core.words.case import Case

MINUTE = timedelta(minutes=1)
START = datetime(2026, 5, 21, 7, 0, tzinfo=UTC)  # Thursday, 09:00 in Berlin; Monday is Whit Monday
LONG = 12 * 24 * 60  # minutes until everything is due
TARGETS = """
[promises.update]
starts = "first_answer"
met_by = ["answer"]
renews = true
pauses = ["customer"]
ends = ["#workaround"]
[promises.workaround]
starts = "received"
met_by = ["#workaround", "resolved"]
pauses = ["customer"]
[promises.contact]
starts = "last_word"
met_by = ["rated"]
[targets.standard.update]
urgent = { within = "1h", calendar = "always" }
normal = "3h"
[targets.standard.workaround]
urgent = { within = "2h", calendar = "always" }
normal = "8h"
[targets.standard.contact]
urgent = { within = "30m", calendar = "always" }
normal = "90m"
[targets.standard.resolution]
urgent = "agreed"
normal = "agreed"
"""
AMOUNTS = {"update": (60, 180), "workaround": (120, 480), "contact": (30, 90)}  # minutes of urgent and normal
OPEN = Stepper("mon-fri 09:00-17:00", "Europe/Berlin", [date(2026, 5, 25)])
LEDGER = Ledger(
    read_policy(PolicyText("logik.toml", POLICY.format(targets=FIRST + TARGETS, lifecycle="", top="", plan=""))),
    "standard",
    channel="email",
    region="central",
)
DEEDS = ("answer", "customer", "wait", "vendor", "urgent", "normal", "workaround", "resolve", "reopen", "agree", "rate")
OPENS = frozenset({"customer", "wait", "vendor", "agree"})  # what the desk does to an open case only


@st.composite
def lives(draw) -> list[tuple[int, str, int]]:
    """What happens at which minute, with a number that an agreed date takes for the minutes until then."""
    minutes = sorted(draw(st.lists(st.integers(1, 3 * 1440), min_size=1, max_size=9, unique=True)))
    life, over = [], False
    for minute in minutes:
        deed = draw(st.sampled_from(DEEDS))
        deed = "reopen" if over and deed in OPENS else deed
        if deed == ("resolve" if over else "reopen"):
            continue
        over = {"resolve": True, "reopen": False}.get(deed, over)
        life.append((minute, deed, draw(st.integers(30, 2 * 1440))))
    return life


def ledger(life) -> Case:
    """The case that a life makes."""
    kinds = {
        "answer": ("agent_answered", {}),
        "customer": ("customer_wrote", {}),
        "wait": ("waiting_set", {}),
        "vendor": ("waiting_set", {"for": "vendor"}),
        "urgent": ("severity_set", {"severity": "urgent"}),
        "normal": ("severity_set", {"severity": "normal"}),
        "workaround": ("milestone", {"milestone": "workaround"}),
        "resolve": ("resolved", {}),
        "reopen": ("reopened", {}),
        "rate": ("rated", {"grade": "good"}),
    }
    then = []
    for minute, deed, ahead in life:
        date = {"until": at(minute + ahead).isoformat(), "promises": ["resolution"]}
        kind, facts = ("date_agreed", date) if deed == "agree" else kinds[deed]
        then.append((kind, at(minute), facts))
    return LEDGER.case("normal", START, *then)


def at(minute: int) -> datetime:
    return START + minute * MINUTE


@dataclass
class Walked:
    """One round of a promise, in minutes."""

    begun: int
    used: int = 0
    late: int | None = None
    stop: int | None = None
    exempt: bool = False

    def cut(self, minute: int, *, exempt: bool) -> None:
        self.stop, self.exempt = minute, exempt and self.late is None


class Walk:
    """A promise through a life, minute by minute."""

    def __init__(self, key, life):
        self.key, self.life = key, life
        self.severity, self.paused, self.over, self.ended = "normal", False, None, False
        self.rounds = [Walked(0)] if key == "workaround" else []
        self.runs = key == "workaround"  # whether the last round does
        happens = {minute: deed for minute, deed, _ in life}
        last = max(happens, default=0)
        for minute in range(last + LONG):
            if minute in happens:
                self.after(happens[minute], minute)
            if minute == last:
                self.finish()
            if minute >= last and (not self.runs or self.stands_still or self.rounds[-1].late is not None):
                break
            self.count(minute)

    @property
    def amount(self):
        return AMOUNTS[self.key][self.severity == "normal"]

    @property
    def stands_still(self):
        return self.paused or self.over is not None

    def after(self, deed, minute):
        self.severity = deed if deed in {"urgent", "normal"} else self.severity
        if deed in {"resolve", "reopen"}:
            self.over = minute if deed == "resolve" else None
            self.paused = False
        elif deed in {"wait", "vendor", "customer"} and self.key != "contact":
            self.paused = deed == "wait"
        if not self.ended:
            getattr(self, self.key)(deed, minute)
        if self.runs and not self.stands_still and self.rounds[-1].used > self.amount:
            self.late(minute)

    def update(self, deed, minute):
        if deed == "workaround":
            self.end(minute, exempt=True)
            self.ended = True
        elif deed == "answer":
            self.end(minute)
            self.begin(minute)

    def workaround(self, deed, minute):
        if deed == "workaround":
            self.end(minute)
            self.ended = True

    def contact(self, deed, minute):
        if deed == "answer":
            self.end(minute, exempt=True)
            self.begin(minute)
        elif deed == "rate":
            self.end(minute)

    def begin(self, minute):
        self.rounds.append(Walked(minute))
        self.runs = True

    def end(self, minute, *, exempt=False):
        if self.runs:
            self.rounds[-1].cut(minute, exempt=exempt)
        self.runs = False

    def finish(self):
        """A case that is over keeps a workaround by that, and leaves the others unkept for good."""
        if self.over is None or not self.rounds:
            return
        newest = self.rounds[-1]
        if self.key == "workaround" and (newest.stop is None or newest.stop > self.over):
            newest.cut(self.over, exempt=False)
            self.runs = False
        elif self.runs and newest.begun <= self.over:
            self.end(self.over, exempt=True)

    def late(self, minute):
        if self.rounds[-1].late is None:
            self.rounds[-1].late = minute

    def count(self, minute):
        if not self.runs or self.stands_still:
            return
        if self.severity == "urgent" or OPEN.is_open(at(minute)):
            if self.rounds[-1].used >= self.amount:
                self.late(minute)
            self.rounds[-1].used += 1


def minutes(instant):
    return None if instant is None else (instant - START) // MINUTE


def compare(life):
    found = clocks(ledger(life), LEDGER.policy)
    for key in AMOUNTS:
        walked = [
            (at(one.begun), one.stop and at(one.stop), None if one.late is None else at(one.late), one.exempt)
            for one in Walk(key, life).rounds
        ]
        measured = [
            (one.started_at, one.stopped_at, one.late_from, bool(one.exempt)) for one in found if one.target == key
        ]
        assert measured == walked, key
    dated = [one for one in found if one.target == "resolution"]
    assert [(minutes(one.late_from), minutes(one.stopped_at)) for one in dated] == agreed(life)


def agreed(life):
    """Of a date: when it was broken, and when it was met.

    No wait moves it, and one that comes while the case is over is neither due nor broken after that.
    """
    date = late = over = None
    happens = {minute: (deed, ahead) for minute, deed, ahead in life}
    last = max(happens, default=0)
    known = False
    for minute in range(last + LONG):
        deed, ahead = happens.get(minute, ("", 0))
        if deed in {"resolve", "reopen"}:
            over = minute if deed == "resolve" else None
            date = None if deed == "reopen" and date is not None and date <= minute and late is None else date
        if deed == "agree":
            date, known = minute + ahead, True
        if minute > last and over is not None:
            break
        if minute == date and over is None and late is None:
            late = minute
    return [(late, over)] if known else []


@given(lives())
@settings(max_examples=60, deadline=None)
def test_own_promises_agree_with_walked_ones(life):
    compare(life)


@pytest.mark.slow
@pytest.mark.soak
@given(lives())
@settings(max_examples=amount(500, 30_000), deadline=None)
def test_many_lives_agree_with_walked_ones(life):
    compare(life)
