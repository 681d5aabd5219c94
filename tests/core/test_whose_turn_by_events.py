"""Whose turn it is on a case, what of it is listed, and how its promises are kept for figures: events in, no desk."""

from __future__ import annotations

import json

import pytest

from helpdesk.core.clocks.measured import from_shape, measured
from helpdesk.core.clocks.milestones import milestones_of
from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.clocks.turn import turn_of
from helpdesk.core.words.events import (
    AgentAnswered,
    CaseExempted,
    CaseRedacted,
    CaseReopened,
    CaseResolved,
    CustomerThanked,
    CustomerWrote,
    SplitOff,
    WaitingSet,
)
from tests.core.mill import ANN, JO, opened, terms, utc

POLICY = terms().policy


def on(minute, made, by=ANN.address, **facts):
    at = utc(f"22 10:{minute:02d}")
    return made(at, at, by, **facts)


def wrote(minute, key="2"):
    return on(minute, CustomerWrote, JO.address, message_id=f"<{key}@acme.example>")


def answered(minute, *unseen):
    words = tuple({"message_id": word.message_id, "at": word.at.isoformat()} for word in unseen)
    return on(minute, AgentAnswered, unseen=words)


def waits(minute, whom=""):
    return on(minute, WaitingSet, seconds=0, whom=whom)


def thanks(minute, *, works):
    return on(minute, CustomerThanked, JO.address, confirms=works)


def split_off(minute, word):
    return on(minute, SplitOff, into="HD-2", received_at=word.at.isoformat(), message_id=word.message_id)


def erased(minute):
    return on(minute, CaseRedacted, erased={})


LATER = wrote(20)


@pytest.mark.parametrize(
    ("then", "whose", "since"),
    [
        ([], "desk", 0),
        ([answered(10)], "customer", 10),
        ([answered(10), answered(15)], "customer", 10),
        ([answered(10), LATER], "desk", 20),
        ([LATER, answered(30, LATER)], "desk", 0),  # which its agent had not seen
        ([answered(10), LATER, split_off(30, LATER)], "customer", 10),  # it is another case's
        ([answered(10), LATER, wrote(25, "3"), split_off(30, LATER)], "desk", 25),
        ([waits(10)], "customer", 10),
        ([waits(10, "vendor")], "vendor", 10),
        ([waits(10, "vendor"), answered(15)], "vendor", 10),  # to tell the customer so ends no wait for others
        ([waits(10, "vendor"), thanks(15, works=True)], "vendor", 10),
        ([answered(10), thanks(15, works=False)], "customer", 10),
        ([answered(10), thanks(15, works=True)], "desk", 15),
        ([on(10, CaseResolved)], "nobody", 10),
        ([on(10, CaseResolved), answered(15)], "nobody", 10),
        ([on(10, CaseResolved), thanks(15, works=True)], "nobody", 10),
        ([on(10, CaseResolved), on(15, CaseReopened, JO.address)], "desk", 15),
        ([erased(10)], "customer", 10),  # what is left to say is theirs to say
        ([waits(5, "vendor"), erased(10)], "vendor", 5),
        ([on(10, CaseResolved), erased(15)], "nobody", 10),
    ],
)
def test_it_is_their_turn_whom_the_last_word_was_to(then, whose, since):
    found = turn_of(opened(*then))
    assert (found.whose, found.since) == (whose, utc(f"22 10:{since:02d}"))


@pytest.mark.parametrize("then", [[answered(10)], [erased(10)]])
def test_what_a_monitor_found_stays_the_desks(then):
    assert turn_of(opened(*then, monitor=True)).whose == "desk"


EXEMPTED = on(10, CaseExempted, key="sails", because="a sail of their own")


@pytest.mark.parametrize(
    ("then", "turn", "due", "waiting"),
    [
        ([], "desk", "22 14:00", "22 10:00"),
        ([EXEMPTED], "desk", None, None),  # nothing is owed on it, and it is a case all the same
        ([answered(10)], "customer", None, None),
        ([on(10, CaseResolved)], "", None, None),
    ],
)
def test_a_case_is_listed_by_what_runs_on_it(then, turn, due, waiting):
    case = opened(*then)
    marks = milestones_of(case, clocks(case, POLICY))
    assert (marks.turn, marks.due_at, marks.waiting_since) == (turn, due and utc(due), waiting and utc(waiting))


@pytest.mark.parametrize(
    ("then", "at", "state"),
    [
        ([], "22 14:00", "running"),  # on the dot is on time
        ([], "22 15:00", "breached"),
        ([answered(10)], "22 15:00", "met"),
        ([EXEMPTED], "22 15:00", "exempt"),
        ([on(10, CaseResolved)], "22 15:00", "exempt"),
    ],
)
def test_what_is_kept_of_a_case_says_the_same_as_its_clocks(then, at, state):
    case = opened(*then)
    found = measured(case, clocks(case, POLICY))
    assert from_shape(json.loads(json.dumps(found.shape()))) == found
    assert [clock.state(utc(at)) for clock in found.clocks] == [state]


def test_where_nothing_is_promised_nothing_is_measured():
    case = opened(plan="bran")
    found = measured(case, clocks(case, POLICY))
    assert [clock.state(utc("22 15:00")) for clock in found.clocks] == ["none"]
