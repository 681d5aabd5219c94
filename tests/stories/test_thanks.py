"""A thank-you is no question: it opens nothing again, runs no clock, and still reaches the agent (LGT-8)."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import SMTP

import pytest

from helpdesk.core.words.events import CustomerWrote
from tests.celigo import JO as ACME_JO
from tests.celigo import celigo_desk
from tests.desk import ANN, BOB, JO, STRANGER, UTE


@pytest.fixture
def desk(desk):
    """Jo asked, Ann answered and resolved it."""
    desk.mail(f"Jo Park <{JO}>", "The rules do not fire", "Priority: Urgent\n\nHalf of our rules do not fire.")
    desk.at("2026-05-19 10:00")
    desk.reply(ANN, "#resolve\nIt is fixed in version 7.3.", to_kind="assigned")
    desk.at("2026-05-19 10:30")
    return desk


def test_thanks_for_a_resolved_case_do_not_open_it_again_and_reach_the_agent(desk):
    """LGT-8"""
    done = desk.reply(f"Jo Park <{JO}>", "Thanks Ann, that fixed it!\n\nBest regards\nJo", to_kind="closed", quote=True)

    assert (done.outcome, done.case) == ("appended", 1)
    assert desk.case().status == "resolved"
    assert [event.confirms for event in desk.events("thanked")] == [True]
    assert desk.kinds_to(JO) == ["ack", "closed"]
    told = desk.last(ANN, "customer-message")
    assert told.subject == "[HD-1] works now · Urgent · The rules do not fire"
    assert "Jo Park says that it works. The case stays resolved and no clock runs" in " ".join(told.text.split())
    assert "> Thanks Ann, that fixed it!" in told.text


@pytest.mark.parametrize(
    "body",
    [
        "Thanks, but it still fails.",
        "Thank you! One more thing: the export is empty.",
        "Thanks. Is it in 7.4, too?",
        "Vielen Dank, aber es geht immer noch nicht.",
        "Danke im Voraus",
    ],
)
def test_thanks_with_anything_more_open_it_again(desk, body):
    desk.reply(JO, body, to_kind="closed", quote=True)

    assert desk.case().status == "open"
    assert desk.last(ANN, "customer-message").subject.startswith("[HD-1] OPEN AGAIN · Urgent")


def test_thanks_under_a_new_subject_or_with_a_screenshot_open_it_again(desk):
    """The subject or the picture may be all that somebody has to say."""
    desk.reply(JO, "Thanks!", to_kind="closed", subject="The export is broken now")
    assert desk.case().status == "open"

    desk.reply(ANN, "#resolve\nDone.", to_kind="customer-message")
    mail = message_from_bytes(
        desk.written_reply(JO, "Thanks!", to_kind="closed"), policy=SMTP.clone(max_line_length=998)
    )
    mail.add_attachment(b"not really", maintype="image", subtype="png", filename="error.png")
    desk.receive(mail.as_bytes())
    assert desk.case().of_type(CustomerWrote)[-1].by == JO
    assert desk.case().status == "open"


def test_thanks_long_after_the_closing_open_no_new_case(desk):
    desk.reply(ANN, "#close", to_kind="assigned")
    desk.at("2026-07-30 10:00")
    desk.reply(JO, "Thank you very much!", to_kind="closed")

    assert desk.case_numbers() == [1]
    assert desk.case().status == "closed"


def test_an_agent_who_reads_more_in_it_opens_it_again(desk):
    desk.reply(JO, "Thanks!", to_kind="closed")
    desk.reply(ANN, "#reopen", to_kind="customer-message")

    assert desk.case().status == "open"


def test_a_strangers_thanks_are_shown_and_obeyed_by_nobody(desk):
    desk.reply(STRANGER, "Thanks!", holder=JO, to_kind="closed")

    assert desk.events("thanked") == []
    assert desk.case().status == "resolved"
    assert desk.last(ANN, "customer-message").subject.startswith("[HD-1] NOT VERIFIED")


def test_thanks_do_not_end_a_wait_and_what_may_be_the_answer_does(desk):
    desk.reply(ANN, "#wait\nShall we do the same for your other shop?", to_kind="assigned")
    desk.reply(JO, "Thank you!", to_kind="relay")
    assert desk.case().status == "waiting"

    desk.reply(JO, "Ok, thanks", to_kind="relay")
    assert desk.case().status == "open"


def test_thanks_on_an_open_case_run_no_clock_and_anything_more_does(tmp_path):
    """CEL-9: the follow-up runs from a customer's word that an agent is to answer."""
    desk = celigo_desk(tmp_path)
    desk.opens("high", "07-07 09:00")
    desk.la("07-07 10:00")
    desk.reply(ANN, "We are on it.", to_kind="assigned")
    desk.reply(ACME_JO, "Thank you, it works now!", to_kind="relay")
    assert [clock.target for clock in desk.clocks()] == ["first_response"]
    assert "#resolve" in desk.last(ANN, "customer-message").text

    desk.la("07-07 11:00")
    desk.reply(ACME_JO, "Ok, thanks", to_kind="relay")  # perhaps the answer to what Ann asked in passing
    assert [clock.target for clock in desk.clocks()] == ["first_response", "follow_up"]


def test_thanks_before_the_first_answer_leave_the_promise_as_it_is(desk):
    desk.mail(f"Jo Park <{JO}>", "Another thing", "Priority: Urgent\n\nHalf of our rules do not fire.")
    due = desk.first_response(2).due_at
    desk.reply(JO, "Never mind the hurry.", to_kind="ack")
    desk.reply(JO, "Thanks!", to_kind="ack")

    assert desk.first_response(2).due_at == due
    assert desk.state(2) == "running"
    assert desk.kinds_to(BOB).count("customer-message") == 2


def test_thanks_on_a_case_that_went_into_another_open_neither_again(desk):
    """The people of the two are not shown to one another."""
    desk.reply(ANN, "#reopen", to_kind="assigned")
    desk.mail(f"Ute Orth <{UTE}>", "Rules are dead", "Priority: Medium\n\nFor one product only.\nSince this morning.")
    desk.reply(BOB, "#merge HD-1", to_kind="assigned")
    desk.reply(ANN, "#resolve\nBoth are fixed.", to_kind="assigned")
    assert desk.case(1).status == desk.case(2).status == "resolved"
    desk.reply(f"Ute Orth <{UTE}>", "Thank you, it works now!", to_kind="closed", cc=STRANGER)

    assert desk.case(1).status == desk.case(2).status == "resolved"
    assert len(desk.events("thanked", number=1)) == len(desk.events("thanked", number=2)) == 1
    assert STRANGER not in {person.address for person in desk.case(1).participants}
    assert "works now" in desk.last(ANN, "customer-message").subject


def test_thanks_on_a_case_without_a_subject_are_thanks(desk):
    desk.mail(JO, "", "Priority: Urgent\n\nHalf of our rules do not fire.")
    desk.reply(BOB, "#resolve\nFixed.", to_kind="assigned")
    desk.reply(JO, "Thank you!", to_kind="closed")

    assert desk.case(2).status == "resolved"
