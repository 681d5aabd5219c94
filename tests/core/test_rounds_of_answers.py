"""From when to when each answer is owed: the first, and one for each round of a customer's words."""

from __future__ import annotations

import pytest

from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.events import CaseReopened, CaseResolved, SeveritySet
from tests.core.mill import BOB, JO, opened, terms, utc
from tests.core.test_whose_turn_by_events import answered, on, split_off, waits, wrote

POLICY = terms('[targets.flour.follow_up]\nstopped = "1h"\nslow = "2h"\nplain = "3h"\n').policy
FIRST, SECOND = wrote(20), wrote(30, "3")


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ([], "0-"),
        ([answered(10)], "0-10"),
        ([FIRST, answered(25)], "0-25"),  # one answer to both
        ([FIRST, answered(25, FIRST)], "0-25 20-"),  # which it had not seen
        ([answered(10), FIRST], "0-10 20-"),
        ([answered(10), FIRST, SECOND, answered(40)], "0-10 20-40"),  # the oldest word counts
        ([answered(10), FIRST, SECOND, answered(40, SECOND)], "0-10 20-40 30-"),
        ([answered(10), FIRST, answered(20)], "0-10"),  # nothing of it is measured
        ([answered(10), FIRST, split_off(25, FIRST)], "0-10 20-25 exempt"),
        ([answered(10), FIRST, SECOND, split_off(35, SECOND)], "0-10 20-"),
        ([answered(10), FIRST, SECOND, split_off(35, FIRST)], "0-10 20-35 exempt 30-"),
        ([answered(10), FIRST, on(25, CaseResolved)], "0-10 20-25 exempt"),
        ([answered(10), FIRST, on(20, CaseResolved)], "0-10"),
        ([on(25, CaseResolved)], "0-25 exempt"),
        ([waits(5), answered(10), FIRST], "0-10 20-"),
    ],
)
def test_an_answer_is_owed(then, expected):
    found = [
        f"{clock.started_at.minute}-{clock.stopped_at.minute if clock.stopped_at else ''}{' exempt' if clock.exempt else ''}"
        for clock in clocks(opened(*then), POLICY)
    ]
    assert " ".join(found) == expected


def raised(minute):
    return on(minute, SeveritySet, BOB.address, severity="stopped", rank=1, was="slow")


@pytest.mark.parametrize(
    ("then", "minutes"),
    [
        ([answered(10), FIRST], 120),
        ([answered(10), raised(15), FIRST], 60),
        ([answered(10), FIRST, raised(30)], 60),
        ([answered(10), FIRST, raised(20)], 60),
    ],
)
def test_the_next_answer_is_due_by_the_severity_that_the_case_has(then, minutes):
    clock = clocks(opened(*then), POLICY)[-1]
    assert (clock.due_at - FIRST.at).total_seconds() == 60 * minutes


SOLVED = terms('[targets.flour.resolution]\nslow = "4h"\nstopped = "2h"\n').policy
SOLVES, OPENS = on(10, CaseResolved), on(25, CaseReopened, JO.address)


@pytest.mark.parametrize(
    ("then", "due", "stopped"),
    [
        ([], "14:00", None),
        ([answered(10)], "14:00", None),  # an answer solves nothing
        ([SOLVES], "14:00", "10:10"),
        ([SOLVES, OPENS], "14:15", None),  # what was over is not counted
        ([waits(5)], None, None),
        ([waits(5), FIRST], "14:15", None),
        ([waits(5), OPENS], "14:20", None),
        ([raised(15)], "12:00", None),
    ],
)
def test_a_solution_is_due_without_the_time_in_which_it_waits_for_the_customer(then, due, stopped):
    clock = next(clock for clock in clocks(opened(*then), SOLVED) if clock.target == "resolution")
    expected = [at and utc(f"22 {at}") for at in (due, stopped)]
    assert [clock.due_at, clock.stopped_at] == expected
