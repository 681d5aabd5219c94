"""An agent who is away: their program's notice reaches no customer, stops no clock, and comes back to them.

desk.reply(ANN, "I am out of the office until Monday.")   # comes back, and the clock runs
desk.reply(ANN, "#answer")                                # it was meant: now it goes
"""

from __future__ import annotations

import pytest

from helpdesk.core.clocks import ladder
from helpdesk.core.words.message import base_address
from helpdesk.lab.mailer import Sheet, reply
from tests.desk import ANN, BOB, JO, LOGIK
from tests.stories.test_calls import office, outage

NOTICE = (
    "Hello,\n\nI am on parental leave and return in May. For urgent things write to support@desk.example.\n\nAnn Berg"
)
PERSONAL = "Przebywam na urlopie do 5 czerwca i odpowiem na wiadomość po powrocie."
ALIAS = "Ann Berg <ann.berg@home.example>"


def came_back(desk) -> list[str]:
    return [mail.subject for mail in desk.sent_to(ANN, "echo") if "not done" in mail.subject]


@pytest.mark.parametrize(
    "text", [NOTICE, PERSONAL, "Out of office until 5 June.", "Ann Berg is no longer with the company."]
)
@pytest.mark.parametrize("how", [{}, {"quote": True}, {"subject": "Ann Berg is out of the office."}])
def test_a_notice_of_an_agent_comes_back_and_is_no_answer(desk, text, how):
    desk.mail(JO)
    desk.reply(ANN, text, **how)

    assert desk.kinds_to(JO) == ["ack"]
    assert desk.state() == "running"
    assert len(came_back(desk)) == 1
    assert "#answer" in desk.last(ANN, "echo").text


def test_a_notice_of_an_agent_from_their_other_address_and_as_html_comes_back(desk):
    desk.mail(JO)
    html = "<p>Ich bin bis zum 5. Juni im <b>Urlaub</b>.</p><p>Ihre E-Mail wird nicht weitergeleitet.</p>"
    raw = desk.written_reply(ALIAS, html, holder=ANN)
    desk.receive(raw.replace(b"text/plain", b"text/html"))

    assert desk.kinds_to(JO) == ["ack"]
    assert desk.state() == "running"
    assert len(came_back(desk)) == 1


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("We have your mail, number 4711.", {"subject": "Automatyczna odpowiedź: [HD-1] Urgent"}),
        ("Away till Monday. Ask the others.", {"headers": {"X-Autoreply": "yes"}}),
        ("Away till Monday. Ask the others.", {"headers": {"Precedence": "auto_reply"}}),
        ("Away. Ask the others.", {"headers": {"Auto-Submitted": "auto-replied"}}),
        (
            "Away. Ask the others.",
            {"headers": {"X-Auto-Response-Suppress": "All"}, "subject": "Automatic reply: [HD-1]"},
        ),
    ],
)
def test_what_a_program_says_of_itself_counts(desk, text, how):
    desk.mail(JO)
    desk.reply(ANN, text, **how)

    assert desk.kinds_to(JO) == ["ack"]
    assert desk.state() == "running"


@pytest.mark.parametrize(
    "text",
    [
        "Ann is out until Monday; Bob has put it right.",
        "I am out from tomorrow; here is the fix: set the rule to active.",
        "Ich bin ab morgen im Urlaub. Der Fehler ist behoben.",
        "#note\nI am out of the office until Monday.",
        "#assign bob\nI am away until Monday, and my colleague Bob will reply.",
    ],
)
def test_what_a_person_wrote_goes_where_it_always_went(desk, text):
    desk.mail(JO)
    desk.reply(ANN, text)

    assert came_back(desk) == []
    assert desk.events("agent_answered", "agent_noted")


@pytest.mark.parametrize("head", [{"X-Autoreply": "yes"}, {"Precedence": "auto_reply"}])
def test_a_field_of_an_older_program_alone_costs_no_answer(desk, head):
    desk.mail(JO)
    desk.reply(ANN, "We are on it.", headers=head)

    assert "We are on it." in desk.last(JO, "relay").text


@pytest.mark.parametrize("head", [{}, {"X-Auto-Response-Suppress": "All"}, {"X-Mailer": "mail"}])
def test_an_answer_that_was_quick_and_quotes_nothing_is_an_answer(desk, head):
    desk.mail(JO)
    desk.reply(ANN, "We are on it.", headers=head)

    assert desk.kinds_to(JO) == ["ack", "relay"]


@pytest.mark.parametrize("quote", [True, False])
@pytest.mark.parametrize("order", ["#answer", "#answer\nI am out of the office until Monday."])
def test_answer_sends_what_came_back(desk, order, quote):
    desk.mail(JO)
    desk.reply(ANN, "I am out of the office until Monday.")
    desk.reply(ANN, order, to_kind="echo", quote=quote)

    assert "out of the office until Monday" in desk.last(JO, "relay").text
    assert desk.state() == "met"


def test_answer_alone_sends_nothing_else_that_came_back(desk):
    desk.mail(JO)
    desk.reply(ANN, "I am out of the office until Monday.")
    desk.reply(ANN, "#wait soon\nWhich version?")
    desk.reply(ANN, "#answer", to_kind="echo")

    assert desk.kinds_to(JO) == ["ack"]


def test_a_program_that_answers_what_came_back_is_left_alone(desk):
    """L02: whatever it answers, it gets three mails a day of a case and no more."""
    desk.mail(JO)
    for _ in range(6):
        desk.reply(ANN, NOTICE)

    assert len(came_back(desk)) == 3
    assert desk.state() == "running"
    assert len(desk.events("command_refused")) == 6


@pytest.mark.parametrize("kind", ["escalation", "assigned"])
def test_a_notice_acknowledges_no_call(tmp_path, kind):
    desk = office(tmp_path)
    outage(desk)
    desk.reply(ANN, PERSONAL, to_kind=kind)

    assert ladder.unacknowledged(desk.case())
    assert desk.events("page_acknowledged") == []


def test_a_notice_of_an_agent_to_the_support_address_opens_nothing(desk):
    """Some programs answer the From of a mail."""
    desk.mail(JO)
    original = desk.last(ANN, "assigned").message
    sheet = Sheet(ANN, base_address(LOGIK), "", "Ich bin nicht mehr im Unternehmen tätig.")
    desk.receive(reply(original, sheet, at=desk.now, message_id=desk.laboratory.message_id(), quote=False))

    assert desk.case_numbers() == [1]
    assert desk.sent_to(BOB) == []
    assert desk.state() == "running"


def test_a_notice_is_not_learnt_as_a_signature(desk):
    desk.mail(JO)
    for _ in range(4):
        desk.reply(ANN, "I am on leave until Monday.")
    desk.reply(ANN, "It works again.\n\nI am on leave until Monday.")

    assert "on leave" in desk.last(JO, "relay").text
