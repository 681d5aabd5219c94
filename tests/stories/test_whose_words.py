"""What an agent's words may name to a customer, and what of a mail is its end and no answer."""

from __future__ import annotations

import pytest

from tests.desk import ANN, BOB, JO, KIM, STRANGER, UTE, typed_in

OTHER_STRANGER = "trent@elsewhere.example"


@pytest.fixture
def desk(desk):
    """Jo's case, Ute's of another customer, and two strangers', which belong to no customer at all."""
    for who in (JO, UTE, STRANGER, OTHER_STRANGER):
        desk.mail(who, "The rules do not fire", "Priority: Medium\n\nNo rule fires since nine.")
    return desk


def handed(desk, number):
    """The mail by which an agent got that case."""
    return next(
        mail for who in (ANN, BOB) for mail in desk.sent_to(who, "assigned") if f"HD-{number}]" in f"{mail.subject}]"
    )


def answer(desk, number, text):
    got = handed(desk, number)
    desk.receive(desk.reply_to(got, got.to, text))


def test_a_customer_reads_the_numbers_of_their_own_cases_and_their_colleagues_alone(desk):
    desk.mail(JO, "Prices", "Priority: Low\n\nHow is a price set?")
    desk.mail(KIM, "Login", "Priority: Low\n\nHow do I log in?")
    for number, named in ((1, 2), (1, 3), (3, 4), (1, 5), (1, 6)):
        answer(desk, number, f"It is as in HD-{named}.")

    assert [typed_in(mail) for mail in desk.sent_to(JO, "relay")] == ["It is as in HD-5.", "It is as in HD-6."]
    assert desk.sent_to(STRANGER, "relay") == [], "that both are nobody's customers makes them no colleagues"


def test_thanks_below_an_order_reach_whom_it_tells_something(desk):
    for order in ("#tag vip", "#severity low", "#wait 3d"):
        answer(desk, 1, f"{order}\nThanks")

    assert [typed_in(mail) for mail in desk.sent_to(JO, "relay")] == ["Thanks"]


def test_a_signature_is_no_part_of_the_answer_once_it_was_seen_below_others(desk):
    for number in range(4):
        answer(desk, 1, f"Answer {number}.\n-- \nAnn Berg\nfirst line")

    assert [typed_in(mail) for mail in desk.sent_to(JO, "relay")] == [f"Answer {number}." for number in range(4)]
    assert len(desk.sent_to(handed(desk, 1).to, "echo")) == 3, "what was cut comes back until it is known"
