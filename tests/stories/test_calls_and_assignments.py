"""A call and an assignment that one act makes for the same person are one mail, at once; otherwise they are two."""

from __future__ import annotations

import pytest

from helpdesk.report.shapes import outbox_shape
from helpdesk.store import outbox
from tests.desk import ANN, BOB, wall
from tests.stories.test_calls import OUTAGE, RAY, local, office
from tests.stories.test_robots_bounces import comes_back, report

MILD = "How do I rename a report? There is no hurry."
PERHAPS = "Since this morning our reports fail, maybe for all users."
BOTH, CALL, GIVEN = ("escalation", "assigned"), ("escalation",), ("assigned",)


def asks(desk, body=OUTAGE, subject="Help"):
    desk.mail(RAY, subject, body, to="email@logicgate.example")


def anns_is_lowered(desk):
    """Ann has a mild case, so that the next one is Bob's."""
    asks(desk, MILD, "A question")
    assert desk.case(1).assignee == ANN


def holds(desk):
    asks(desk, MILD)
    assert desk.case().assignee == ANN


def was_resolved(desk):
    asks(desk)
    desk.reply(ANN, "#resolve\nWe restarted it.", to_kind="assigned")


def two_things(desk):
    asks(desk, MILD)
    desk.reply(ANN, "We look into it.")
    desk.at(local(desk, 10))
    desk.reply(RAY, f"Something else: {OUTAGE}", to_kind="relay")


def nothing(_desk):
    """The desk is as it begins: Ann is on call, Bob is next, and neither has a case."""


# What was before, what happens then, and what it makes for Ann and for Bob in that moment, but for echoes.
NEIGHBOURS = {
    "a severe case for who is on call": (nothing, asks, [BOTH], []),
    "a severe case for somebody else": (anns_is_lowered, asks, [CALL], [GIVEN]),
    "a case that may be severe": (nothing, lambda desk: asks(desk, PERHAPS), [BOTH], []),
    "a case that may be severe, of somebody else": (
        anns_is_lowered,
        lambda desk: asks(desk, PERHAPS),
        [CALL],
        [BOTH[:1] + GIVEN],
    ),
    "a case that is not": (nothing, lambda desk: asks(desk, MILD), [GIVEN], []),
    "raised later, by who has it": (holds, lambda desk: desk.reply(ANN, "#severity sev1 all\n#note\nAll."), [CALL], []),
    "given and raised by one mail": (
        anns_is_lowered,
        lambda desk: desk.reply(ANN, "#assign bob\n#severity sev1 all of them\n#note\nAll."),
        [CALL],
        [GIVEN],
    ),
    "given to who is on call and raised by one mail": (
        lambda desk: (anns_is_lowered(desk), asks(desk, MILD)),
        lambda desk: desk.reply(BOB, "#assign ann\n#severity sev1 all of them\n#note\nAll."),
        [BOTH],
        [],
    ),
    "opened again": (
        was_resolved,
        lambda desk: desk.reply(RAY, "It is down again, nobody can work.", to_kind="closed"),
        [("customer-message",), CALL],
        [],
    ),
    "split off": (
        two_things,
        lambda desk: desk.reply(ANN, "#split It is down\n#note\nTwo things.", to_kind="customer-message"),
        [BOTH],
        [CALL],
    ),
}


@pytest.mark.parametrize(("before", "happens", "ann", "bob"), NEIGHBOURS.values(), ids=NEIGHBOURS)
def test_who_is_called_and_given_a_case_by_one_act_gets_one_mail(tmp_path, before, happens, ann, bob):
    desk = office(tmp_path, start="2026-05-20 10:00")
    before(desk)
    desk.at(local(desk, 20))
    known = len(desk.sent)
    happens(desk)

    made = [mail for mail in desk.sent[known:] if mail.kind not in {"ack", "echo", "relay", "reopened"}]
    assert {mail.at for mail in made} <= {desk.now}
    assert sorted(mail.kinds for mail in made if mail.to == ANN) == sorted(ann)
    assert sorted(mail.kinds for mail in made if mail.to == BOB) == sorted(bob)
    known = len(desk.sent)
    desk.at(local(desk, 1))
    assert desk.sent[known:] == [], "time makes no call that was made"


def test_the_one_mail_is_a_call_that_says_whose_the_case_is_and_has_all_that_was_written(tmp_path):
    desk = office(tmp_path)
    asks(desk)

    mail = desk.last(ANN, "assigned")
    assert "] CALL · Severity 1" in mail.subject
    assert "It is a new case for you." in " ".join(mail.text.split())
    assert f"{RAY} wrote:\n\n> {OUTAGE[:40]}" in mail.text
    with desk.database.read() as connection:
        (row,) = (outbox_shape(row) for row in outbox.rows(connection) if row.recipient == ANN)
    assert (row["kind"], row["also"]) == ("escalation", ["assigned"])


@pytest.mark.parametrize(
    ("text", "reaches", "clock"),
    [
        ("We see it, too, and restart the cluster.", True, "met"),
        ("#ack", False, "running"),
        ("#note\nGot it.", False, "running"),
        ("#severity sev1 all of them", False, "running"),
    ],
)
@pytest.mark.parametrize("kind", BOTH)
def test_a_reply_to_it_goes_to_the_customer_as_one_to_an_assignment_does_and_ends_the_call(
    tmp_path, kind, text, reaches, clock
):
    """Who answers the mail that has the customer's words answers the customer; it says so in its first line."""
    desk = office(tmp_path)
    asks(desk)
    assert "Your reply goes to" in desk.last(ANN, "assigned").text
    desk.reply(ANN, text, to_kind=kind)

    assert bool(desk.sent_to(RAY, "relay")) is reaches
    assert desk.state() == clock
    assert [event.by for event in desk.events("page_acknowledged")] == [ANN]


def test_who_is_given_the_case_of_somebody_absent_and_called_for_it_gets_one_mail_with_all_that_was_said(tmp_path):
    """By time, too: the call that begins with the customer's word goes to who has the case instead."""
    away = "absences = [{from = 2026-05-21, to = 2026-06-12}]\n"
    desk = office(tmp_path, start="2026-05-20 10:00", hours="", bob=away)
    anns_is_lowered(desk)
    asks(desk)
    assert desk.case(2).assignee == BOB
    desk.reply(BOB, "#resolve\nWe restarted it.", to_kind="assigned")
    desk.at("2026-05-21 10:00")
    known = len(desk.sent)
    desk.reply(RAY, "Down again! Nobody can work.", to_kind="closed")

    assert desk.case(2).assignee == ANN
    (mail,) = (mail for mail in desk.sent[known:] if mail.to == ANN)
    assert mail.kinds == BOTH
    assert "This case is now yours." in " ".join(mail.text.split())
    assert "> Down again! Nobody can work." in mail.text
    assert "> We restarted it." in mail.text


def test_a_second_daemon_calls_nobody_again(tmp_path):
    desk = office(tmp_path)
    asks(desk)
    desk.laboratory.desk.tick()
    desk.laboratory.deliver()

    assert [mail.at for mail in desk.sent_to(ANN)] == [wall("2026-05-20 02:00")]


def test_a_call_that_does_not_arrive_gives_the_case_to_somebody_else(tmp_path):
    """No other mail has told them that it is theirs."""
    desk = office(tmp_path)
    asks(desk)
    returned = desk.last(ANN, "assigned").message.message_id
    address = "email@logicgate.example"
    comes_back(desk, report(address, returned=returned, about=ANN), address)

    assert desk.case().assignee == BOB
    assert "assigned" in desk.kinds_to(BOB)
