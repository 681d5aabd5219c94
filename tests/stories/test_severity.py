"""A severity as correspondence: found with reasons, doubted aloud, raised by what comes later, corrected by agents."""

from __future__ import annotations

import json

import pytest

from helpdesk.core.clocks import suspicion
from helpdesk.report.casefile import case_text
from helpdesk.report.shapes import case_shape
from helpdesk.store import cases
from tests.desk import ANN, BOB, JO, LENA, wall
from tests.policies.offices import customer, open_desk

OUTAGE = "Priority: Medium\n\nNobody can place an order since 8:00, every page of the live site answers 503."
FILTER = "The date filter of the report is ignored in Firefox. In Chrome it works, so we use that for now."
STOPPED = "Now nobody can log in on the live system at all and no orders come in."


def alarms(desk, address):
    return [mail for mail in desk.sent_to(address, "escalation") if "MAY BE" in mail.subject]


def shape(desk):
    with desk.database.read() as connection:
        case = cases.load(connection, 1)
        return case_shape(case, desk.rules.book.policy("logik"), cases.messages(connection, 1), desk.now)


# --- the verdict


def test_the_verdict_is_on_the_ledger_whole(desk):
    desk.mail(f"Jo Park <{JO}>", "Filter", FILTER)

    facts = desk.facts("assessed")[0]
    assert (facts["severity"], facts["rank"], facts["kind"]) == ("medium", 3, "defect")
    assert sum(facts["probabilities"]) == pytest.approx(1, abs=0.001)
    assert facts["confidence"] == max(facts["probabilities"])
    assert facts["model"] == "shipped"
    assert facts["set_by"] == facts["reasons"][0]["rule"]
    assert all(reason["rule"] and reason["effect"] for reason in facts["reasons"])
    json.dumps(dict(facts))


def test_case_show_says_how_sure_and_why(desk):
    desk.mail(JO, "Orders", OUTAGE)

    shown = shape(desk)
    assert len(shown["probabilities"]) == 4
    assert shown["confidence"] == max(shown["probabilities"])
    assert (shown["review"], shown["s1_suspect"]) == (True, True)
    assert shown["reasons"][0]["rule"] == shown["severity_set_by"] == "stated priority"
    text = case_text(desk.case(), desk.rules.book.policy("logik"), [], desk.now)
    assert "found: Critical 9" in text
    assert "MAY BE CRITICAL, since Tue 19 May 2026, 09:15 CDT, to be looked at by Tue 19 May 2026, 10:15 CDT" in text


def test_the_agents_mail_says_in_one_line_what_decided(desk):
    desk.mail(JO, "Orders", OUTAGE)

    words = " ".join(desk.last(ANN, "assigned").text.split())
    assert 'Medium, because the mail states this priority ("Medium"); ' in words
    assert "Please look whether that is right." in words


def test_a_mail_that_says_nothing_gets_the_policys_default_and_a_review(desk):
    desk.mail(JO, "Hello", "Here is what we talked about.")

    case = desk.case()
    assert (case.severity, case.severity_set_by, case.review) == ("medium", "no cue", True)
    words = " ".join(desk.last(ANN, "assigned").text.split())
    assert "Medium, because the mail says nothing of how bad it is. Please look whether that is right." in words


# --- a suspicion


def test_a_case_that_may_be_rank_1_tells_its_agent_and_the_lead_at_once_and_keeps_its_label(desk):
    desk.mail(JO, "Orders", OUTAGE)

    assert desk.case().severity == "medium"
    assert [mail.at for mail in alarms(desk, ANN)] == [wall("2026-05-19 09:15")]
    alarm = alarms(desk, LENA)[0]
    assert "may be Critical" in alarm.text
    assert "please look" in alarm.subject
    assert "due Tue 19 May 2026, 10:15 CDT" in " ".join(alarm.text.split())
    assert "Nobody can place an order" in alarm.text
    assert desk.first_response().due_at == wall("2026-05-19 17:15"), "what was promised stays as it was"
    assert not alarms(desk, JO)


def test_the_alarm_is_repeated_once_when_rank_1_would_be_due_and_is_no_breach(desk):
    desk.mail(JO, "Orders", OUTAGE)
    desk.at("2026-05-19 12:00")

    assert [mail.at for mail in alarms(desk, LENA)] == [wall("2026-05-19 09:15"), wall("2026-05-19 10:15")]
    assert "NOBODY HAS LOOKED" in alarms(desk, LENA)[-1].subject
    assert not desk.events("breached")


def test_the_rank_1_clock_runs_at_night_although_the_label_waits_for_the_morning(desk):
    desk.at("2026-05-22 22:00")  # Friday night; medium is served again on Monday
    desk.mail(JO, "Orders", OUTAGE)
    desk.at("2026-05-22 23:30")

    assert [mail.at for mail in alarms(desk, ANN)] == [wall("2026-05-22 22:00"), wall("2026-05-22 23:00")]


@pytest.mark.parametrize(
    "look", ["We are on it.", "#severity medium", "#note\nIt is the old problem.", "#ack", "#redact"]
)
def test_whoever_looks_ends_it(desk, look):
    desk.mail(JO, "Orders", OUTAGE)
    desk.at("2026-05-19 09:40")
    desk.reply(ANN, look, quote=True)
    desk.at("2026-05-19 12:00")

    assert len(alarms(desk, LENA)) == 1
    assert suspicion.open_suspicion(desk.case()) is None
    measured = suspicion.clock(desk.case(), desk.rules.book.policy("logik"))
    assert measured.stopped_at == wall("2026-05-19 09:40")


def test_an_alarm_after_downtime_says_how_late_it_is(desk):
    desk.mail(JO, "Orders", OUTAGE)
    desk.is_down_until("2026-05-19 11:15")

    assert "comes 1 h late" in alarms(desk, LENA)[-1].text


# --- what comes later


def test_a_further_mail_raises_a_suspicion_and_lowers_nothing(desk):
    desk.mail(JO, "Filter", FILTER)
    desk.at("2026-05-19 09:30")
    desk.reply(JO, STOPPED)

    assert desk.case().severity == "medium"
    assert [event.at for event in desk.events("suspected")] == [wall("2026-05-19 09:30")]
    assert [mail.at for mail in alarms(desk, ANN)] == [wall("2026-05-19 09:30")]
    desk.at("2026-05-19 10:30")
    assert alarms(desk, ANN)[-1].at == wall("2026-05-19 10:30"), "the rank-1 time counts from the mail that says so"


def test_a_customer_who_takes_it_back_lowers_nothing(desk):
    desk.mail(JO, "Orders", OUTAGE.replace("Medium", "Critical"))
    desk.reply(JO, "Sorry, false alarm, it was only a cosmetic thing. No hurry.")

    assert desk.case().severity == "critical"


def test_a_second_loud_mail_does_not_shout_twice_while_nobody_has_looked(desk):
    desk.mail(JO, "Orders", OUTAGE)
    desk.at("2026-05-19 09:30")
    desk.reply(JO, STOPPED)

    assert len(desk.events("suspected")) == 1
    assert len(alarms(desk, ANN)) == 1


def test_after_somebody_has_looked_only_a_plain_outage_raises_it_again(desk):
    desk.mail(JO, "Orders", OUTAGE)
    desk.reply(ANN, "#severity urgent\nWe are on it.", quote=True)
    desk.at("2026-05-19 09:30")
    desk.reply(JO, "Thank you. Is there any news?")
    assert len(desk.events("suspected")) == 1

    desk.at("2026-05-19 09:45")
    desk.reply(JO, STOPPED)
    assert len(desk.events("suspected")) == 2
    assert suspicion.clock(desk.case(), desk.rules.book.policy("logik")).started_at == desk.now


def test_a_case_of_rank_1_is_never_suspected(desk):
    desk.mail(JO, "Orders", OUTAGE.replace("Medium", "Critical"))
    desk.reply(JO, STOPPED)

    assert not desk.events("suspected")


# --- corrections


def test_a_severity_set_initially_says_that_the_first_one_was_wrong(desk):
    desk.mail(JO, "Filter", FILTER)
    desk.reply(ANN, "We look into it.")
    desk.reply(ANN, "#severity urgent initially all of their reports are wrong\n")

    facts = desk.facts("severity_set")[0]
    assert (facts["severity"], facts["initially"]) == ("urgent", True)
    assert facts["reason"] == "all of their reports are wrong"


def test_a_severity_without_the_word_is_an_ordinary_change(desk):
    desk.mail(JO, "Filter", FILTER)
    desk.reply(BOB if desk.case().assignee == BOB else ANN, "#severity urgent initial doubts are gone\n")

    facts = desk.facts("severity_set")[0]
    assert (facts["initially"], facts["reason"]) == (False, "initial doubts are gone")


# --- the words of a clause, and its facts


def by_policy(folder, policy, *, channel="online", more=""):
    known = customer("mill", policy, plan="preferred" if policy == "celigo" else "standard")
    return open_desk(folder, policy=policy, channels=(channel,), customers=known, start="2026-05-19 09:15", more=more)


def test_a_remark_about_a_sandbox_hides_no_standstill(tmp_path):
    """CEL-8, law 20: the agent has the case of an outage, with its time."""
    desk = by_policy(tmp_path, "celigo")
    body = "Nobody can order in production since 9:00.\nWe noticed it first in the sandbox."
    desk.mail("ray@mill.example", "No orders", body, to="online@celigo.example")

    assert desk.case().severity == "urgent"
    assert desk.first_response().due_at == wall("2026-05-19 11:15")


def test_what_a_customer_states_stands_where_it_fits(tmp_path):
    """CEL-7, CEL-8: an import that fails is High where they say so; a blurry icon is Low, whatever they say."""
    desk = by_policy(tmp_path, "celigo")
    told = "Urgency: High\n\nThe import of sales orders fails for some records; we enter them by hand until then."
    desk.mail("ray@mill.example", "Import", told, to="online@celigo.example")
    desk.mail(
        "ray@mill.example", "Icon", "Urgency: High\n\nThe icon of the flow is blurry.", to="online@celigo.example"
    )

    assert [desk.case(number).severity for number in (1, 2)] == ["high", "low"]
    assert "High fits what the mail says" in str(desk.events("assessed")[0].reasons)


def test_a_staging_system_that_is_down_is_a_problem_and_not_a_question(tmp_path):
    """LAI-2: S3 where the mail says nothing else, and the agent reads why."""
    desk = by_policy(tmp_path, "laioutr", channel="website")
    desk.mail("ray@mill.example", "Staging", "Our staging shop is down since 8:00.", to="website@laioutr.example")

    assert desk.case().severity == "s3"
    assert "non-production is never above S3" in str(desk.events("assessed")[0].reasons)
