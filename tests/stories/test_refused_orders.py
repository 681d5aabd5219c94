"""An order in an agent's name that nothing proves: the agent is asked, and their yes obeys it, once."""

from __future__ import annotations

import pytest

from helpdesk.lab.mailer import Sheet, reply
from tests.desk import ANN, BOB, JO, KIM, LENA, LOGIK, OPS, STRANGER


@pytest.fixture
def desk(desk):
    desk.mail(f"Jo Park <{JO}>", "The shop is empty", "Priority: Medium\n\nNo rule fires.")
    return desk


def spoof(desk, body, *, by=ANN, headers=None):
    """A mail in an agent's name that has no token of theirs."""
    return desk.mail(by, "Re: The shop is empty [HD-1]", body, headers=headers)


def questions(desk):
    return [mail for mail in desk.sent if "is this order yours?" in mail.subject]


def answer(desk, body, *, by=ANN, headers=None, quote=True):
    sheet = Sheet(by, "", "", body, "", headers or {})
    original, message_id = questions(desk)[-1].message, desk.laboratory.message_id()
    return desk.receive(reply(original, sheet, at=desk.now, message_id=message_id, quote=quote))


def test_the_agent_is_asked_with_the_order_and_the_number_and_nothing_of_the_mail(desk):
    spoof(desk, "#Close\n#severity low they wait\nSECRET-CANARY for Jo.")

    (asked,) = questions(desk)
    assert (asked.to, asked.subject) == (ANN, "[HD-1] not done: is this order yours?")
    assert "- #Close" in asked.text
    assert "- #severity low they wait" in asked.text
    for words in ("SECRET-CANARY", "shop is empty", "No rule fires", JO):
        assert words not in asked.text
    assert desk.case().status == "open"
    assert desk.kinds_to(JO) == ["ack"]


def test_an_alias_is_told_at_the_configured_address(desk):
    spoof(desk, "#close", by="ann.berg@home.example")

    assert [mail.to for mail in questions(desk)] == [ANN]


@pytest.mark.parametrize("said", ["yes", "Yes, it was me.", "  JA!", "ok", "oui", "S\u00ed", "#resolve", "#Resolve"])
def test_a_yes_obeys_the_order_once_and_sends_no_text(desk, said):
    spoof(desk, "#resolve\nSECRET-CANARY for Jo.")
    done = answer(desk, f"{said}\n\nANOTHER-CANARY")

    assert (done.outcome, done.case) == ("appended", 1)
    assert desk.case().status == "resolved"
    assert not any("CANARY" in mail.text for mail in desk.sent_to(JO))
    assert desk.last(JO, "closed")
    assert [event.key for event in desk.events("order_confirmed")] == [desk.events("order_refused")[0].key]
    desk.reply(JO, "It is not!")
    answer(desk, "yes")
    assert desk.case().status == "open", "a token is for one order, once"


@pytest.mark.parametrize(
    ("said", "by", "headers"),
    [
        ("no", ANN, None),
        ("What is this?", ANN, None),
        ("Nein, nicht von mir.", ANN, None),
        ("Ok, but that was not me", ANN, None),
        ("Yes? I did not send this", ANN, None),
        ("Si ce n'est pas moi", ANN, None),
        ("", ANN, None),
        ("Hello,\nyes", ANN, None),
        ("yes", BOB, None),
        ("yes", JO, None),
        ("yes", STRANGER, None),
        ("yes", ANN, {"Auto-Submitted": "auto-replied"}),
        ("Yes, I am out of the office until Monday.", ANN, {"Auto-Submitted": "auto-replied"}),
        ("I am out of the office until Monday.", ANN, None),
    ],
)
def test_what_is_no_yes_of_that_agent_does_nothing(desk, said, by, headers):
    spoof(desk, "#close")
    answer(desk, said, by=by, headers=headers)

    assert desk.case().status == "open"
    assert desk.events("order_confirmed") == []


@pytest.mark.parametrize(("at", "status"), [("2026-05-20 09:15", "closed"), ("2026-05-20 09:16", "open")])
def test_a_yes_counts_for_a_day(desk, at, status):
    spoof(desk, "#close")
    desk.at(at)
    answer(desk, "yes")

    assert desk.case().status == status


def test_an_agent_is_asked_three_times_an_hour(desk):
    for _ in range(5):
        spoof(desk, "#close")
    assert len(questions(desk)) == 3
    desk.at("2026-05-19 10:16")
    spoof(desk, "#close")
    assert len(questions(desk)) == 4


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("Please close it.", None),
        ("Hello,\n\n#close", None),
        ("> #close", None),
        ("#clsoe", None),
        ("#assign nobody", None),
        ("#note\nHello", None),
        ("#answer\nHello", None),
        ("#ask help@vendor.example\nHello", None),
        ("#close", {"Auto-Submitted": "auto-generated", "X-Helpdesk": "x", "Content-Type": "text/plain"}),
    ],
)
def test_what_holds_no_order_that_can_be_obeyed_asks_nobody(desk, body, headers):
    spoof(desk, body, headers=headers and {"Auto-Submitted": "auto-replied"})

    assert questions(desk) == []
    assert desk.case().status == "open"


@pytest.mark.parametrize("by", [STRANGER, JO, OPS])
def test_who_is_no_agent_is_asked_nothing(desk, by):
    spoof(desk, "#close", by=by)

    assert questions(desk) == []


def test_a_repetition_of_a_genuine_mail_asks_nothing(desk):
    desk.reply(ANN, "#severity low", headers={"Message-ID": "<one@desk.example>"})
    spoof(desk, "#severity low", headers={"Message-ID": "<one@desk.example>"})

    assert questions(desk) == []


def test_a_mail_that_the_customer_sent_meanwhile_keeps_the_case_open_over_a_yes(desk):
    spoof(desk, "#close")
    desk.reply(JO, "One more thing, it is urgent now.")
    answer(desk, "yes")

    assert desk.case().status == "open"
    assert "One more thing" in desk.last(ANN, "echo").text


def test_an_order_with_somebody_elses_token_is_asked_about_at_the_writers_address(desk):
    """Bob answers the mail that Ann has passed on to him: her token is not his."""
    mail = desk.last(desk.case().assignee, "assigned").message
    by = BOB if desk.case().assignee == ANN else ANN
    desk.receive(reply(mail, Sheet(by, "", "", "#tag vip"), at=desk.now, message_id="<p@desk.example>", quote=True))
    assert [one.to for one in questions(desk)] == [by]
    answer(desk, "yes", by=by)
    assert desk.case().labels == ("vip",)
    assert LOGIK not in {mail.to for mail in desk.sent}
    assert not {mail.to for mail in questions(desk)} & {LENA}


@pytest.mark.parametrize(
    "html",
    [
        "<div>yes</div>",
        "<p><b>Yes</b>, it was me.</p>",
        "<div>#close<br></div>",
        "<div>yes</div><blockquote>no</blockquote>",
    ],
)
def test_a_yes_in_html_counts_and_an_order_in_html_is_asked_about(desk, html):
    desk.receive(in_html(ANN, LOGIK, "Re: The shop is empty [HD-1]", "<div>#close</div><div>SECRET-CANARY</div>"))
    (asked,) = questions(desk)
    assert "- #close" in asked.text
    assert "SECRET-CANARY" not in asked.text
    desk.receive(in_html(ANN, asked.reply_to, "Re: order", html))

    assert desk.case().status == "closed"


def in_html(sender, to, subject, html):
    head = f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{len(html)}.{len(to)}@desk.example>\r\n"
    return f"{head}MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n".encode()


def test_a_yes_obeys_it_once_on_a_case_that_was_merged_meanwhile_too(desk):
    desk.mail(f"Kim Roe <{KIM}>", "The shop is empty, too", "Priority: Medium\n\nNo rule fires.")
    assert (desk.case(1).assignee, desk.case(2).assignee) == (ANN, BOB)
    spoof(desk, "#resolve")
    merge = desk.written_reply(ANN, "#merge HD-2", to_kind="assigned")
    desk.receive(merge)
    assert desk.case(1).merged_into == "HD-2"
    answer(desk, "yes")
    assert desk.case(2).status == "resolved"
    desk.reply(KIM, "It is not!")
    answer(desk, "yes")
    assert desk.case(2).status == "open"


def test_redact_takes_the_lines_of_an_order_that_waits_for_a_yes(desk):
    spoof(desk, "#severity low CANARY-of-Jo")
    desk.reply(ANN, "#redact", to_kind="assigned")

    assert [event.lines for event in desk.events("order_refused")] == [()]
    answer(desk, "yes")
    assert desk.events("order_confirmed") == []
