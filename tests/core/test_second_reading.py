"""What a reader's findings do to a case: raised at once and once, milder only as a proposal, never after a person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk.core.receive.reread import may_be_reread, reread
from helpdesk.core.words.case import DESK, case_from
from helpdesk.core.words.events import (
    AgentAnswered,
    AgentNoted,
    CaseResolved,
    CustomerWrote,
    PageAcknowledged,
    SeverityAssessed,
    SeveritySet,
)
from helpdesk.core.words.verdict import READER, Reason
from tests.core.mill import ANN, BOB, JO, arrival, on, opened, terms, utc

SAID = Reason(READER, "effect: stopped", "nothing moves")
ASSESSED = on(
    SeverityAssessed, "22 10:00", DESK, severity="slow", rank=2, stated=None, review=False, kind="defect", area=None, set_by="default"
)  # fmt: skip


def judged(*events, assessed=ASSESSED):
    """A case whose severity the desk has found, and nobody has looked at."""
    first, _, given = opened().events
    return case_from(1, (first, assessed, given, *events))


def found(severity, *reasons):
    one, level = terms(), terms().policy.level(severity)
    return replace(one.judged(arrival().message, {}), severity=severity, rank=level.rank, reasons=reasons)


@pytest.mark.parametrize(
    ("events", "may"),
    [
        ((), True),
        ((on(CustomerWrote, "22 10:10", JO.address),), True),
        ((on(AgentAnswered, "22 10:10"),), False),
        ((on(AgentNoted, "22 10:10"),), False),
        ((on(PageAcknowledged, "22 10:10"),), False),
        ((on(SeveritySet, "22 10:10", severity="plain", rank=3, was="slow"),), False),
        ((on(CaseResolved, "22 10:10"),), False),
        ((ASSESSED,), False),  # twice already
    ],
)
def test_a_case_is_read_once_more_while_nobody_has_looked_at_it(events, may):
    assert may_be_reread(judged(*events)) is may
    assert bool(reread(judged(*events), found("stopped", SAID), terms(), utc("22 10:11"))) is may


@pytest.mark.parametrize(
    ("severity", "reasons", "becomes", "marks"),
    [
        ("stopped", (SAID,), "stopped", ()),
        ("stopped", (Reason("words", "effect: stopped", "it stands still"),), None, ()),  # no reader has said it
        ("stopped", (Reason("words", "wide"), SAID), "stopped", ()),
        ("slow", (SAID,), None, ()),
        ("plain", (SAID,), "slow", ("reader: may be Plain; #severity plain sets it",)),
    ],
)
def test_it_becomes_worse_at_once_and_milder_as_a_proposal(severity, reasons, becomes, marks):
    decision = reread(judged(), found(severity, *reasons), terms(), utc("22 10:11"))
    if becomes is None:
        assert decision is None
        return
    assert (decision.case.severity, decision.case.tags) == (becomes, marks)
    worse = becomes == "stopped"
    assert [draft.to for draft in decision.drafts] == ([ANN.person] if worse else [])
    if worse:
        mail = decision.drafts[0].content
        assert (mail.was, mail.shown) == ("Slow", ("effect: stopped (nothing moves)",))
    assert reread(decision.case, found("stopped", SAID), terms(), utc("22 10:12")) is None, "once a case"


@pytest.mark.parametrize(("stated", "area"), [("slow", "wheel"), (None, None)])
def test_what_was_known_of_the_case_stays(stated, area):
    before = judged(assessed=replace(ASSESSED, stated=stated, area=area))
    (event,) = reread(before, found("stopped", SAID), terms(), utc("22 10:11")).events
    assert (event.stated, event.area, event.kind, event.set_by) == (stated, area, "defect", READER)


def test_a_team_hears_where_nobody_has_the_case():
    first, *_ = opened().events
    decision = reread(case_from(1, (first, ASSESSED)), found("stopped", SAID), terms(), utc("22 10:11"))
    assert [draft.to for draft in decision.drafts] == [ANN.person, BOB.person]
