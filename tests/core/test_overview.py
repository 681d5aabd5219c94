"""In which order open cases are listed, and which of them fall due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from helpdesk.core.clocks.overview import Overview, OverviewLine

NOON = datetime(2026, 5, 19, 12, tzinfo=UTC)


def line(ref, *, rank=2, due=None, opened=0, **more):
    hours = {
        "opened_at": NOON + timedelta(hours=opened),
        "due_at": None if due is None else NOON + timedelta(hours=due),
    }
    return OverviewLine(ref, "a@b.example", "High", rank, "open", "Rules", "ann@desk.example", **hours, **more)


WORST, FIRST, LATER = line("worst", rank=1, due=9), line("first", due=1, opened=5), line("later", due=2)
EARLY, LAST = line("early", opened=-2, turn="customer", turn_since=NOON), line("last", opened=-1)


@pytest.mark.parametrize("lines", list(permutations([WORST, FIRST, LATER, EARLY, LAST]))[::17])
def test_the_worst_come_first_then_what_is_due_first_then_the_oldest_without_a_promise(lines):
    assert Overview.of(lines).lines == (WORST, FIRST, LATER, EARLY, LAST)


def test_what_is_late_is_not_due_any_more_and_the_end_of_the_time_asked_for_is_not_in_it():
    late = line("late", due=1, late_since=NOON, waiting_since=NOON)
    found = Overview.of([late, LATER, FIRST, EARLY])
    assert found.due_by(NOON + timedelta(hours=2)) == (FIRST,)
    assert found.late == found.waiting == (late,)
    assert found.turn_of("customer") == (EARLY,)
