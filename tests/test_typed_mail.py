"""What an agent types in the console: its text is text and leaves whole, once, and never with what is ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpdesk.core.words.events import to_facts
from helpdesk.desk.order import TypedMail, order, write
from helpdesk.unit import Units
from tests.desk import ANN, BOB, JO, LENA, LOGIK, typed_in

if TYPE_CHECKING:
    from helpdesk.desk.order import TypedOrders


def typed(desk, text: str = "", *orders: str, key: str = "console/1", by: str = ANN, number: int = 1) -> TypedOrders:
    with Units(desk.database, desk.rules).write(desk.now) as unit:
        done = write(unit, number, desk.rules.configuration.agent(by), TypedMail(key, orders, text))
    desk.work()
    return done


@pytest.mark.parametrize(
    "text",
    [
        "#close",
        "#note\nThis is no note.",
        "Use\n#include <stdio.h>\n#severity is a word here.",
        "> They asked this.\nAnd I answer below.",
        "On Tue, 19 May 2026, Jo wrote:\n> it is down\nIt is up.",
        "Yes.\n\n-- \nAnn\nA signature of my own.",
        "Yes.\n\n________________________________\nFrom: Jo\nSent: Tuesday\nTo: us\n\nNo quote either.",
        "-----Original Message-----\nis what your program writes.",
        "I am out of office until Monday.",
        "#answer",
        "Grüße,\n\tTab and  two blanks.\n\n\nThree lines down.",
    ],
)
def test_text_is_text_whatever_it_looks_like(desk, text):
    desk.mail(JO)
    assert typed(desk, text).mistakes == ()
    assert typed_in(desk.last(JO, "relay")) == text
    assert desk.case().status == "open"


@pytest.mark.parametrize(
    "text", ["#close", "#answer\n\n#resolve", "> quoted", f"Ask {LENA}.", "The reply address +1.a"]
)
def test_a_note_is_text_and_stays(desk, text):
    desk.mail(JO)
    before = desk.kinds_to(JO)
    assert typed(desk, text, "#note").mistakes == ()
    assert desk.kinds_to(JO) == before
    assert [event.type for event in desk.events("agent_noted", "agent_answered")] == ["agent_noted"]


def test_an_order_beside_the_text_is_done_with_it(desk):
    desk.mail(JO)
    done = typed(desk, "Which version is it?", "#wait 2d")
    assert done.undo == ("#reopen",)
    assert desk.case().status == "waiting"
    assert "Which version is it?" in desk.last(JO, "relay").text


@pytest.mark.parametrize(
    ("orders", "mistaken"),
    [(("#severty low",), "#severty low"), (("Hello",), "Hello"), (("#note\n#close",), "#note\n#close"), ((), "")],
)
def test_what_is_no_order_is_said_and_nothing_is_done(desk, orders, mistaken):
    desk.mail(JO)
    before = desk.case()
    done = typed(desk, "" if not orders else "Some words.", *orders)
    assert [one.line for one in done.mistakes] == [mistaken]
    assert desk.case() == before


@pytest.mark.parametrize("ours", [LENA, "HD-2"])
def test_what_is_not_for_customers_comes_back_and_goes_where_it_is_meant(desk, ours):
    """Law 15 in the console."""
    desk.mail(JO)
    desk.mail("somebody@elsewhere.example", "Another case")
    before = desk.case()
    text = f"Please write about this to {ours}."
    [mistake] = typed(desk, text).mistakes
    assert mistake.line == text
    assert desk.case() == before
    if "said to be meant" in mistake.expected:
        assert typed(desk, text, "#answer").mistakes == ()


def test_with_nobody_to_write_to_nothing_is_sent(desk):
    """Law 14."""
    desk.receive(f"From: Somebody <>\r\nTo: {LOGIK}\r\nSubject: Down\r\n\r\nIt is down.\r\n".encode())
    before = desk.case()
    [mistake] = typed(desk, "An answer to nobody.").mistakes
    assert mistake.line == "nobody was written to"
    assert desk.case() == before
    assert typed(desk, "For the team.", "#note").mistakes == ()


def test_one_form_sends_once(desk):
    desk.mail(JO)
    assert not typed(desk, "It is mended.").again
    assert typed(desk, "It is mended.").again
    assert typed(desk, "Something else by now.", "#close").again
    assert desk.kinds_to(JO).count("relay") == 1
    assert desk.case().status == "open"
    assert not typed(desk, "It is mended.", key="console/2").again
    assert desk.kinds_to(JO).count("relay") == 2


def test_it_is_on_the_record_whose_words_they_are_and_that_they_were_typed(desk):
    desk.mail(JO)
    typed(desk, "By Bob.", "#severity critical", by=BOB)
    [answer] = desk.events("agent_answered")
    assert (answer.by, answer.key) == (BOB, "console/1")
    of_bob = [to_facts(event) for event in desk.case().events if event.by == BOB]
    assert [facts["way"] for facts in of_bob] == ["console"] * len(of_bob)
    assert len(of_bob) >= 2


def test_a_mail_that_has_not_seen_what_was_typed_comes_back_once_with_it(desk):
    """Who writes by mail is told of what a colleague has typed, as they are of a mail."""
    desk.mail(JO)
    desk.reply(ANN, "#assign bob", to_kind="assigned")
    late = desk.written_reply(BOB, "Use the back door.", to_kind="assigned")
    desk.at("2026-05-19 09:20")
    typed(desk, "Use the front door.")
    desk.at("2026-05-19 09:21")
    desk.receive(late)
    assert "Use the front door." in desk.last(BOB, "echo").text
    assert desk.kinds_to(JO).count("relay") == 1
    desk.reply(BOB, "Use the back door.", to_kind="echo")
    assert desk.kinds_to(JO).count("relay") == 2


def test_who_was_shown_what_a_colleague_typed_answers_at_once(desk):
    desk.mail(JO)
    desk.reply(ANN, "#assign bob", to_kind="assigned")
    desk.at("2026-05-19 09:20")
    typed(desk, "Use the front door.")
    desk.at("2026-05-19 09:24")
    desk.reply(BOB, "And bring the key.", to_kind="assigned")
    assert desk.kinds_to(JO).count("relay") == 2


def test_orders_of_one_second_are_all_done(desk):
    desk.mail(JO)
    with Units(desk.database, desk.rules).write(desk.now) as unit:
        for tag in ("one", "two"):
            assert not order(unit.another(), 1, desk.rules.configuration.agent(ANN), f"#tag {tag}").again
    assert desk.case().labels == ("one", "two")
