"""What calls for nothing (reactions, receipts, calendar answers, recalls) opens nothing again and runs no clock."""

from __future__ import annotations

import pytest

from tests.desk import ANN, JO, STRANGER
from tests.mail.test_notices import RECEIPT

REACTION = "👍\n\nJo Miller reacted via Gmail <https://www.google.example/gmail/about/>"
NOTICES = [
    ("", REACTION),
    ("", "❤️"),
    ("", "Liked “Press Export”"),
    ("Read: The rules do not fire [HD-1]", RECEIPT),
    ("Recall: The rules do not fire", 'Jo Miller would like to recall the message, "The rules do not fire".'),
]


@pytest.mark.parametrize(("subject", "text"), NOTICES)
@pytest.mark.parametrize("order", ["#resolve\n", "#close\n"])
def test_on_a_case_it_is_noted_and_opens_nothing_again(desk, subject, text, order):
    desk.mail(JO)
    desk.reply(ANN, f"{order}Press Export.")
    before = len(desk.sent_to(JO))
    became = desk.reply(JO, text, **({"subject": subject} if subject else {}), quote=not subject)

    assert became.case == 1
    assert desk.case().status in {"resolved", "closed"}
    assert len(desk.sent_to(JO)) == before
    assert desk.events("thanked", "robot_wrote")


@pytest.mark.parametrize(("subject", "text"), NOTICES)
def test_on_a_case_that_waits_it_ends_no_wait_and_starts_no_clock(desk, subject, text):
    desk.mail(JO)
    desk.reply(ANN, "#wait 3d\nWhich version is it?")
    running = len(desk.events("customer_wrote"))
    desk.reply(JO, text, **({"subject": subject} if subject else {}))

    assert desk.case().status == "waiting"
    assert len(desk.events("customer_wrote")) == running


@pytest.mark.parametrize(("subject", "text"), NOTICES)
def test_without_a_case_it_is_kept_out(desk, subject, text):
    became = desk.mail(STRANGER, subject or "Re: Something", text)
    assert (became.outcome, became.case) == ("robot", None)
    assert desk.sent == []


def test_an_agents_reaction_is_sent_to_nobody(desk):
    desk.mail(JO)
    desk.reply(ANN, REACTION)
    assert desk.kinds_to(JO) == ["ack"]
    assert desk.state() == "running"


def test_a_thumb_up_is_shown_to_the_agent_as_thanks_and_a_thumb_down_is_none(desk):
    desk.mail(JO)
    desk.reply(ANN, "#resolve\nPress Export.")
    desk.reply(JO, REACTION)
    assert "thanks" in desk.last(ANN, "customer-message").subject
    desk.reply(JO, REACTION.replace("👍", "👎"))
    assert desk.events("robot_wrote")[-1].because == "a reaction: 👎"
