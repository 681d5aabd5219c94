"""A customer's mail becomes a case of its own: #split."""

from __future__ import annotations

from datetime import datetime

import pytest

from helpdesk.core.words.case import case_from
from helpdesk.core.words.events import CustomerWrote
from helpdesk.desk import load_rules
from helpdesk.lab.mailer import Sheet, reply
from helpdesk.lab.replay import replay_case
from helpdesk.store import cases
from tests.desk import ANN, BOB, JO, KEY, KIM, UTE, TestDesk, wall, write_office

MEDIUM = "Priority: Medium\n\nFor one product only.\nSince this morning."
OTHER = "Priority: Urgent\n\nBy the way, the export is broken for everybody, too."


@pytest.fixture
def desk(desk):
    """Jo's case is Ann's and answered; on Tuesday at ten Jo writes of something else."""
    desk.mail(f"Jo Park <{JO}>", "The rules do not fire", MEDIUM)
    desk.reply(ANN, "We are on it.")
    desk.at("2026-05-19 10:00")
    desk.reply(f"Jo Park <{JO}>", OTHER)
    return desk


def said(desk, who=ANN):
    return " ".join(desk.last(who, "echo").text.split())


def mails(desk, number):
    with desk.database.read() as connection:
        return cases.messages(connection, number)


def test_the_mail_that_is_answered_becomes_a_case_under_the_subject_that_is_given(desk):
    desk.at("2026-05-19 10:20")
    became = desk.reply(ANN, "#split The export is broken", to_kind="customer-message")

    assert became.case == 1
    new = desk.case(2)
    assert (new.subject, new.requester.address, new.opened_at) == ("The export is broken", JO, wall("2026-05-19 10:00"))
    assert (new.severity, new.assignee) == ("urgent", ANN)
    assert (new.links, desk.case(1).links) == (("HD-1",), ("HD-2",))
    assert desk.first_response(2).started_at == wall("2026-05-19 10:00")
    assert desk.first_response(2).due_at == wall("2026-05-19 12:00"), "two hours from when it was received"
    assert "the mail of jo@acme.example is a case of its own now, HD-2: The export is broken" in said(desk)


def test_the_subject_is_the_mails_own_without_marks_where_none_is_given(desk):
    desk.reply(ANN, "#split", to_kind="customer-message")

    assert desk.case(2).subject == "The rules do not fire"


def test_nobody_is_acknowledged_twice_and_the_record_says_why(desk):
    desk.reply(ANN, "#split The export", to_kind="customer-message")

    assert desk.kinds_to(JO) == ["ack", "relay"]
    decided = desk.facts("acknowledged", number=2)[0]
    assert decided["sent"] is False
    assert "split off HD-1" in decided["because"]
    new = desk.last(ANN, "assigned")
    assert "A new case for you, split off HD-1." in new.text
    assert "> By the way, the export is broken" in new.text


def test_the_text_below_is_the_first_answer_of_the_new_case(desk):
    desk.at("2026-05-19 10:20")
    desk.reply(ANN, "#split The export is broken\nWe look at this apart from the other.", to_kind="customer-message")

    answer = desk.last(JO, "relay")
    assert answer.subject == "Re: The export is broken [HD-2]"
    assert "We look at this apart from the other." in answer.text
    assert desk.state(2) == "met"
    assert len(desk.events("agent_answered", number=1)) == 1
    desk.reply(JO, "Thanks for looking at it, when will it be done?", to_kind="relay")
    assert desk.case(2).of_type(CustomerWrote)[-1].at == desk.now


@pytest.mark.parametrize("answer", ["", "\nWe look at it."], ids=["without an answer", "answered"])
def test_the_new_cases_mail_tells_of_no_alarm_that_nobody_gets(desk, answer):
    """Whoever splits a mail off has read it: that it may be worse is said, and nothing of somebody being called."""
    desk.reply(JO, "Priority: Medium\n\nNobody can place an order since 8:00, every page of the live site answers 503.")
    before = len(desk.sent)
    desk.reply(ANN, f"#split Orders{answer}", to_kind="customer-message")

    assert "may be worse" in [reason["rule"] for reason in desk.events("assessed", number=2)[0].reasons]
    assert "may be worse: " in " ".join(desk.last(ANN, "assigned").text.split())
    assert not desk.events("suspected", number=2)
    assert not [mail for mail in desk.sent[before:] if mail.kind == "escalation"]
    assert not [mail for mail in desk.sent[before:] if "told now" in " ".join(mail.text.split())]


def test_the_mail_goes_with_its_bytes_and_both_ledgers_keep_its_place(desk):
    desk.reply(ANN, "#split The export\nWe look at it.", to_kind="customer-message")

    assert [mail.reply[:10] for mail in mails(desk, 2)] == ["Priority: ", "We look at"]
    assert not any("export is broken" in mail.reply for mail in mails(desk, 1))
    assert (mails(desk, 1)[-1].reply, mails(desk, 1)[-1].visibility) == ("", "internal"), "the order itself"
    gone = desk.facts("split_off", number=1)[0]
    assert gone["into"] == "HD-2"
    assert datetime.fromisoformat(gone["at"]) == wall("2026-05-19 10:00")
    for number in (1, 2):
        assert case_from(number, desk.case(number).events) == desk.case(number)


def test_the_old_case_owes_no_answer_to_it_any_more(celigo):
    """A follow-up is promised there; it is exempt, and says why."""
    desk = celigo
    desk.at("2026-05-19 10:20")
    desk.reply(ANN if desk.case().assignee == ANN else BOB, "#split Another thing", to_kind="customer-message")

    follow_ups = [clock for clock in desk.clocks(1) if clock.target == "follow_up"]
    assert [clock.state(desk.now) for clock in follow_ups] == ["exempt"]
    assert "split off to HD-2" in follow_ups[0].exempt
    desk.at("2026-06-19 10:00")
    assert [event for event in desk.events("breached", number=1) if "follow_up" in event.clock] == []


@pytest.fixture
def celigo(desk_database, tmp_path):
    """An offering with follow-ups: Celigo's."""
    more = '\n[[mailbox]]\naddress = "help@celigo.example"\npolicy = "celigo"\nplan = "premier"\nteam = "first line"\n'
    desk = TestDesk(load_rules(write_office(tmp_path, more=more), environment={}, signing_key=KEY), desk_database)
    desk.mail("pat@shop.example", "Flow", "Priority: High\n\nThe flow is slow.", to="help@celigo.example")
    desk.reply(desk.case().assignee, "#severity high\nWe are on it.", to_kind="assigned")
    desk.at("2026-05-19 10:00")
    desk.reply("pat@shop.example", "And the export does not work at all.", to_kind="relay")
    return desk


def test_what_if_counts_the_old_case_as_it_was(celigo):
    """`replay`: the same policy makes no difference."""
    desk = celigo
    desk.at("2026-05-19 10:20")
    desk.reply(desk.case().assignee, "#split Another thing", to_kind="customer-message")
    policy = desk.rules.book.policy("celigo")

    assert replay_case(desk.case(1), policy, policy, desk.now).differences == ()


def test_what_was_late_before_stays_late(celigo):
    desk = celigo
    desk.at("2026-05-20 10:00")
    assert [event.target for event in desk.events("breached")] == ["follow_up"]
    desk.reply(desk.case().assignee, "#split Another thing", to_kind="customer-message")

    follow_ups = [clock for clock in desk.clocks(1) if clock.target == "follow_up"]
    assert [clock.state(desk.now) for clock in follow_ups] == ["breached"]
    assert desk.events("breach_withdrawn", number=1) == []


def test_a_further_word_on_the_old_case_is_still_owed_an_answer(celigo):
    desk = celigo
    desk.at("2026-05-19 11:00")
    first = desk.last(desk.case().assignee, "customer-message")
    desk.reply("pat@shop.example", "And what about the slow flow?", to_kind="relay")
    sheet = Sheet(desk.case().assignee, "", "", "#split Another thing")
    desk.receive(reply(first.message, sheet, at=desk.now, message_id=desk.laboratory.message_id(), quote=False))

    running = [clock for clock in desk.clocks(1) if clock.target == "follow_up" and clock.stopped_at is None]
    assert [clock.started_at for clock in running] == [wall("2026-05-19 11:00")]
    assert "And the export" in mails(desk, 2)[0].reply


def test_an_answer_that_the_customer_has_had_since_counts_for_the_new_case(desk):
    desk.at("2026-05-19 10:10")
    desk.reply(ANN, "We look at both.", to_kind="customer-message")
    desk.at("2026-05-19 15:00")
    desk.reply(ANN, "#split The export", to_kind="customer-message")

    assert desk.state(2) == "met"
    assert desk.first_response(2).stopped_at == wall("2026-05-19 10:10")
    assert desk.events("agent_answered", number=2)[0].on == "HD-1"


def test_a_case_that_is_late_as_it_begins_is_on_the_record_as_late(desk):
    desk.at("2026-05-19 15:00")
    desk.reply(ANN, "#split The export", to_kind="customer-message")

    assert [event.at for event in desk.events("breached", number=2)] == [wall("2026-05-19 12:00")]
    desk.at("2026-05-19 15:01")
    assert len([mail for mail in desk.sent_to(ANN) if mail.subject.startswith("[HD-2]")]) == 2, "one mail of the ladder"


def test_answering_something_else_means_the_customers_newest_mail(desk):
    desk.reply(ANN, "#severity low", to_kind="customer-message")
    desk.reply(ANN, "#split The export", to_kind="echo")

    assert "the export is broken" in mails(desk, 2)[0].reply


def test_its_first_answer_goes_out_whatever_mail_was_answered(desk):
    desk.reply(ANN, "#severity low", to_kind="customer-message")
    desk.reply(ANN, "#split The export\nWe look at this apart.", to_kind="echo")

    assert "We look at this apart." in desk.last(JO, "relay").text
    assert desk.state(2) == "met"


def test_a_note_beside_it_stays_on_the_old_case(desk):
    """P01"""
    desk.reply(ANN, "#split The export\n#note\nThey always do that. SECRET-CANARY", to_kind="customer-message")

    assert desk.kinds_to(JO) == ["ack", "relay"]
    assert not any("CANARY" in mail.text or "CANARY" in mail.reply for mail in mails(desk, 2))
    assert mails(desk, 1)[-1].visibility == "internal"


def test_who_is_on_copy_of_it_is_on_the_new_case_and_nobody_else(desk):
    desk.reply(ANN, f"#cc add {KIM} {UTE}\nHello.", to_kind="assigned")
    desk.reply(JO, "And the layout is off.", to_kind="relay", cc=KIM)
    desk.reply(ANN, "#split The layout\nWe look at it.", to_kind="customer-message")

    assert [person.address for person in desk.case(2).people] == [JO, KIM]
    assert "HD-2" in desk.last(KIM, "relay").subject
    assert "HD-2" not in desk.last(UTE, "relay").subject


@pytest.mark.parametrize(
    ("order", "hint"),
    [
        ("#split\n#severity low", "#split or #severity, not both"),
        ("#severity low\n#split", "#severity or #split, not both"),
        ("#split\n#close", "#split or #close, not both"),
        ("#split One\n#split Two", "one #split in a mail"),
    ],
)
def test_a_mistake_splits_nothing(desk, order, hint):
    desk.reply(ANN, f"{order}\nHello.", to_kind="customer-message")

    assert hint in said(desk)
    assert desk.case_numbers() == [1]
    assert desk.kinds_to(JO) == ["ack", "relay"]


def test_the_first_mail_cannot_be_split_off(desk):
    desk.reply(ANN, "#split", to_kind="assigned")
    assert "the first one is the case itself" in said(desk)
    desk.reply(ANN, "#split The export", to_kind="customer-message")
    desk.reply(ANN, "#split Once more", to_kind="customer-message")

    assert "the first one is the case itself" in said(desk), "there is no further mail left"
    assert desk.case_numbers() == [1, 2]


def test_what_was_erased_cannot_be_split_off(desk):
    """LAI-11"""
    desk.reply(ANN, "#redact", to_kind="customer-message")
    desk.reply(ANN, "#split The export", to_kind="customer-message")

    assert "one was erased" in said(desk)


def test_erasing_the_new_case_erases_its_mail_and_leaves_the_old_one(desk):
    """LAI-11"""
    desk.reply(ANN, "#split The export", to_kind="customer-message")
    desk.reply(ANN, "#redact", to_kind="assigned")

    assert not any(mail.text for mail in mails(desk, 2))
    assert any(mail.text for mail in mails(desk, 1))


def test_what_a_merged_cases_customer_wrote_can_be_a_case_of_theirs(desk):
    desk.mail(f"Ute Orth <{UTE}>", "Rules are dead", MEDIUM)
    agent = desk.case(2).assignee
    desk.reply(agent, "#merge HD-1", to_kind="assigned")
    desk.reply(UTE, "And our invoice is wrong.")
    desk.reply(ANN, "#split The invoice\nWe look at it.", to_kind="customer-message")

    assert desk.case(3).requester.address == UTE
    assert desk.case(3).customer == "orion"
    assert desk.events("split_off", number=2)[0].into == "HD-3"
    assert desk.events("split_off", number=1) == []
    assert "HD-3" in desk.last(UTE, "relay").subject
    assert "HD-3" not in desk.last(JO).subject


def test_a_case_that_was_split_off_can_be_merged_back(desk):
    desk.reply(ANN, "#split The export", to_kind="customer-message")
    desk.reply(ANN, "#merge HD-1", to_kind="assigned")
    desk.reply(ANN, "It is all one.", to_kind="customer-message")

    assert desk.case(1).merged == (2,)
    assert desk.kinds_to(JO).count("relay") == 2
