"""A case that may be of the worst severity: until when it is one that nobody has looked at, and who hears of it again."""

from __future__ import annotations

import pytest

from helpdesk.core.clocks.suspicion import alarms, open_suspicion, passed, repeat, repeats_at
from helpdesk.core.words.case import DESK, case_from
from helpdesk.core.words.events import AgentNoted, CustomerWrote, RankOneSuspected
from tests.core.mill import JO, opened, utc
from tests.core.test_who_hears_when import CALLED, TEAM, ack, answer, done, name, severity, under

SUSPECTED = RankOneSuspected(utc("22 10:30"), utc("22 10:30"), DESK, severity="stopped", probability=0.4)


def noted(at):
    return AgentNoted(utc(at), utc(at), "bob@desk.example")


@pytest.mark.parametrize(
    ("looks", "looked"),
    [
        ([], False),
        ([CustomerWrote(utc("22 10:40"), utc("22 10:40"), JO.address)], False),
        ([answer("22 10:29")], False),  # read late, and written before
        ([answer("22 10:30")], True),
        ([noted("22 10:40")], True),
        ([ack("22 10:40")], True),
        ([severity("22 10:40", "slow")], True),
        ([done("22 10:40")], True),
    ],
)
def test_it_is_told_again_when_the_worst_would_be_due_unless_somebody_looked(looks, looked):
    case, known, due = opened(SUSPECTED, *looks), under(), utc("22 12:30")
    assert open_suspicion(case) == (None if looked else SUSPECTED)
    assert repeats_at(case, known) == (None if looked else due)
    events, drafts = repeat(case, known, due)
    assert [name(draft.to.address) for draft in drafts] == ([] if looked else ["ann", "bob", "lena"])
    assert repeat(case, known, utc("22 12:29")) == ((), ())
    assert [event.key for event in passed(case, known, due)] == [event.key for event in events]
    assert repeats_at(case_from(1, (*case.events, *events)), known) is None


@pytest.mark.parametrize(("team", "told"), [(CALLED, ["ann"]), (TEAM, ["ann", "lena"])])
def test_it_is_told_at_once_to_its_agent_and_who_is_on_call_else_to_the_lead(team, told):
    drafts = alarms(opened(SUSPECTED), (SUSPECTED,), under(team=team), utc("22 10:30"))
    assert [name(draft.to.address) for draft in drafts] == told
    assert [(draft.content.again, draft.content.due_at) for draft in drafts] == [(False, utc("22 12:30"))] * len(told)
