"""`#nocall`: a call that was not worth waking for is acknowledged, counted and, in time, not made any more."""

from __future__ import annotations

import pytest

from helpdesk.core.words.calls import calls as calls_of
from helpdesk.operators.digest import thresholds
from helpdesk.report.compliance import compliance_shape, compliance_text
from helpdesk.store import cases
from helpdesk.store.cases import Opened
from helpdesk.unit import Unit
from tests.desk import ANN, BOB, measure
from tests.stories.test_calls import RAY, calls, office, outage


@pytest.fixture
def desk(tmp_path):
    return office(tmp_path)


def measured(desk):
    with desk.database.read() as connection:
        unit = Unit(connection, desk.rules, desk.now)
        return measure([(case, unit.policy_of(case)) for case in cases.stream(connection, Opened())], desk.now)


def test_it_acknowledges_and_is_on_the_ledger_once_a_call(desk):
    outage(desk)
    desk.at("2026-05-20 02:05")
    desk.reply(ANN, "#nocall", to_kind="escalation")
    desk.at("2026-05-20 02:59")

    assert calls(desk, BOB) == []
    assert [(event.by, event.because) for event in desk.events("page_acknowledged")] == [(ANN, "#nocall")]
    assert [event.by for event in desk.events("call_not_needed")] == [ANN]
    assert "counted as a call that was not worth waking for" in " ".join(desk.last(ANN, "echo").text.split())

    desk.reply(ANN, "#nocall", to_kind="escalation")

    assert "said of the last one already" in " ".join(desk.last(ANN, "echo").text.split())
    assert len(desk.events("call_not_needed")) == 1


@pytest.mark.parametrize("first", ["", "We are on it.", "#ack", "#severity sev3 initially"])
def test_a_call_is_one_however_often_it_is_repeated_and_may_be_judged_after_an_answer(desk, first):
    outage(desk)
    desk.at("2026-05-20 02:40")
    assert len(calls(desk, ANN)) > 1
    if first:
        desk.reply(ANN, first, to_kind="escalation")
    desk.reply(ANN, "#nocall", to_kind="escalation")

    assert [call.worth for call in calls_of(desk.case())] == [False]


def test_there_must_have_been_a_call(tmp_path):
    desk = office(tmp_path, start="2026-05-20 10:00")
    desk.mail(RAY, "A question", "How do I change the logo on the reports?", to="email@logicgate.example")
    agent = next(mail.to for mail in desk.sent if mail.kind == "assigned")
    desk.reply(agent, "#nocall", to_kind="assigned")

    assert "nobody was called about this one" in " ".join(desk.last(agent, "echo").text.split())
    assert desk.events("call_not_needed") == []


def test_the_report_counts_calls_and_those_that_were_not_worth_it(desk):
    outage(desk)
    desk.at("2026-05-20 02:05")
    desk.reply(ANN, "#nocall", to_kind="escalation")
    desk.mail(RAY, "All is down again", "Nobody of us can open LogicGate.", to="email@logicgate.example")
    desk.at("2026-05-20 02:50")
    found = measured(desk)

    assert compliance_shape(found)["calls"] == {"calls": 2, "not_worth_waking": 1}
    assert "calls: 2, of which 1 was not worth waking for" in compliance_text(found)


PERHAPS = "Records do not open, at least not here."  # rank 1 is likelier than 34 %, and not 36 %
HARDLY = "Since noon our workflows do not load."


def writes(desk, text):
    """The case's assignee and the mails that it made for agents."""
    before = len(desk.sent)
    desk.mail(RAY, "Help", text, to="email@logicgate.example")
    made = desk.sent[before:]
    return next(mail.to for mail in made if "assigned" in mail.kinds), made


def needless(desk):
    agent, made = writes(desk, PERHAPS)
    assert "escalation" in {mail.kind for mail in made}
    desk.reply(agent, "#nocall", to_kind="escalation")


def test_a_suspicion_below_the_threshold_is_a_line_in_the_mail_that_the_assignee_gets_anyway(tmp_path):
    desk = office(tmp_path, start="2026-05-20 10:00")
    _, made = writes(desk, HARDLY)

    assert [mail.kind for mail in made if mail.kind in {"assigned", "escalation"}] == ["assigned"]
    assert desk.events("rank_one_suspected") == []
    (mail,) = (mail for mail in made if mail.kind == "assigned")
    assert "; may be worse: perhaps Severity 1 (24 %)" in " ".join(mail.text.split())


def test_needless_calls_raise_the_threshold_week_by_week_until_they_are_not_made(tmp_path):
    desk = office(tmp_path, start="2026-05-20 10:00")
    for _ in range(30):
        needless(desk)
    assert stands(desk) == ("logicgate: above 30 %, the policy's own; 30 of the 30 calls that may move it",)
    for day in ("2026-05-27", "2026-06-03"):
        desk.at(f"{day} 10:00")
        needless(desk)
    desk.at("2026-06-10 10:00")
    _, made = writes(desk, PERHAPS)

    assert "escalation" not in {mail.kind for mail in made}
    (said,) = stands(desk)
    assert said == "logicgate: above 36 %, raised by 2026-06-08: 30 of the last 30 calls were not worth waking for"


def stands(desk):
    with desk.database.read() as connection:
        return thresholds(Unit(connection, desk.rules, desk.now))
