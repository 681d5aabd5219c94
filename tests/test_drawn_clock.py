"""A clock's drawing says what `case explain` says: the same spans, the same due, the same breach."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpdesk.core.clocks.ladder import outstanding
from helpdesk.core.words.clock import Change, run
from helpdesk.core.words.events import StepTaken
from helpdesk.phrases import moment
from helpdesk.report.explain import clock_lines
from helpdesk.unit import Units
from helpdesk.web.drawn_clock import draw
from tests.desk import ANN, JO, THREEKIT, VIC


def drawn(desk):
    """Each clock of the case with its drawing."""
    case, found = desk.case(), desk.clocks()
    with Units(desk.database, desk.rules).read(desk.now) as unit:
        terms = unit.terms(desk.rules.configuration.mailbox(case.mailbox), case=case)
        coming = outstanding(case, terms, found)
    return [(clock, draw(clock, case.of_type(StepTaken), coming, desk.now)) for clock in found]


STORIES = {
    "running": lambda desk: desk.mail(JO, body="Case priority: Low"),
    "late": lambda desk: (desk.mail(JO, body="Case priority: Critical"), desk.at("2026-05-20 12:00")),
    "answered late": lambda desk: (
        desk.mail(JO, body="Case priority: Critical"),
        desk.at("2026-05-19 12:00"),
        desk.reply(ANN, "Mended."),
    ),
    "waits": lambda desk: (
        desk.mail(VIC, to=THREEKIT),
        desk.at("2026-05-19 11:00"),
        desk.reply(ANN, "#wait\nPlease send a log."),
        desk.at("2026-05-21 09:00"),
    ),
    "over a weekend": lambda desk: (
        desk.at("2026-05-22 16:00"),
        desk.mail(JO, body="Case priority: Low"),
        desk.at("2026-05-26 10:00"),
    ),
    "for years": lambda desk: (
        desk.mail(JO, body="Case priority: Low"),
        setattr(desk.laboratory, "now", desk.now + timedelta(days=900)),
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_the_line_is_covered_once_from_its_beginning_to_its_end(desk, story):
    STORIES[story](desk)
    for _, line in drawn(desk):
        at = 1.0
        for span in line.spans:
            assert span.x == pytest.approx(at, abs=0.02)
            assert span.width >= 0
            at = span.x + span.width
        ends = [mark.x for mark in line.marks if mark.kind == "stopped"] or [99.0]
        assert at == pytest.approx(ends[0], abs=0.02)
        assert len(line.spans) < 450, "however long it runs"
        assert len(line.ticks) <= 5
        assert all(1 <= mark.x <= 99 for mark in line.marks)


@pytest.mark.parametrize("story", STORIES)
def test_due_breach_and_end_are_those_of_the_words(desk, story):
    STORIES[story](desk)
    for clock, line in drawn(desk):
        told = "\n".join(clock_lines(clock, desk.now))
        zone = clock.stretches[-1].calendar.timezone
        ends = {mark.kind: mark.when for mark in line.marks if mark.kind in {"due", "breach", "stopped"}}
        assert all(when in told for kind, when in ends.items() if kind != "due")
        due_at = clock.broken_or_due_at(desk.now)
        assert ends.get("due", "") == (moment(due_at, zone) if due_at else "")


def test_closed_time_is_drawn_as_such(desk):
    STORIES["over a weekend"](desk)
    [(_, line)] = drawn(desk)
    assert {"used", "closed"} <= {span.kind for span in line.spans}


def test_late_time_begins_at_the_breach(desk):
    STORIES["late"](desk)
    [(_, line)] = drawn(desk)
    breach = next(mark for mark in line.marks if mark.kind == "breach")
    assert next(span.x for span in line.spans if span.kind == "late") == breach.x
    assert not any(span.kind == "used" and span.x >= breach.x for span in line.spans)


def test_a_wait_is_paused_and_counts_nothing(desk):
    desk.mail(JO, body="Case priority: Low")
    [(clock, _)] = drawn(desk)
    begun, hour = clock.started_at, timedelta(hours=1)
    waiting = [Change(begun + hour, paused=True, why="waiting"), Change(begun + 3 * hour, paused=False, why="answered")]
    paused = run(
        clock.kind,
        start=begun,
        stop=None,
        severity="low",
        changes=waiting,
        promised=lambda _severity, _at: clock.promise,
        rule="keep_consumed",
    )
    line = draw(paused, (), (), begun + 4 * hour)
    assert [span.kind for span in line.spans][:3] == ["used", "paused", "used"]
    assert "waiting: " in line.in_words


def test_steps_taken_and_to_come_are_marked(desk):
    desk.mail(JO, body="Case priority: Urgent")
    desk.at("2026-05-19 10:20")
    [(_, line)] = drawn(desk)
    kinds = [mark.kind for mark in line.marks]
    assert kinds.count("step") == 1
    assert "coming" in kinds
    assert "step 50%: Tue 19 May 2026, 10:15 CDT" in line.in_words
