"""Mail that no person wrote, and mail that comes twice."""

from __future__ import annotations

import pytest

from tests.desk import ANN, JO, LOGIK, STRANGER

VACATION = {"Auto-Submitted": "auto-replied"}


@pytest.mark.parametrize(
    ("headers", "outcome"),
    [
        ({"Auto-Submitted": "auto-replied"}, "robot"),
        ({"X-Autoreply": "yes"}, "robot"),
        ({"Auto-Submitted": "auto-generated"}, "robot"),  # its whole text is an absence notice
        ({"Precedence": "bulk"}, "robot"),
        ({"X-Auto-Response-Suppress": "All", "Auto-Submitted": "auto-replied"}, "robot"),
    ],
)
def test_a_robot_opens_nothing_and_is_never_acknowledged(desk, headers, outcome):
    became = desk.mail(JO, "Out of office", "I am away.", headers=headers)

    assert (became.outcome, became.case) == (outcome, None)
    assert desk.sent == []


def test_a_vacation_notice_that_answers_our_mail_is_kept_on_the_case_and_wakes_nobody(desk):
    desk.mail(JO)
    desk.reply(ANN, "#wait 3d\nWhich version?")
    before = len(desk.sent)
    became = desk.reply(JO, "I am on holiday until June.", headers=VACATION)

    assert (became.outcome, became.case) == ("robot", 1)
    assert desk.case().status == "waiting"
    assert len(desk.sent) == before
    assert desk.events("robot_wrote")


def test_a_vacation_notice_does_not_reopen_a_closed_case(desk):
    desk.mail(JO)
    desk.reply(ANN, "#close\nDone.")
    desk.reply(JO, "I am on holiday.", headers=VACATION)

    assert desk.case().status == "closed"


def test_a_robot_that_answers_the_agents_mail_address_orders_nothing(desk):
    """L08: an agent's out-of-office note never posts, and never stops a clock."""
    desk.mail(JO)
    desk.reply(ANN, "#close\nI am on holiday.", headers=VACATION)

    assert desk.case().status == "open"
    assert desk.kinds_to(JO) == ["ack"]
    assert desk.state() == "running"


def test_a_robot_with_a_number_in_its_subject_belongs_to_no_case(desk):
    """L06: only what we signed names a case for a robot, and only that keeps what a program wrote from being held."""
    desk.mail(JO)
    for word, outcome in (("auto-generated", "held"), ("auto-replied", "robot")):
        head = {"Auto-Submitted": word}
        became = desk.mail("shop@robots.example", "Order [HD-1] shipped", "Thanks", headers=head)
        assert (became.outcome, became.case) == (outcome, None)


def test_our_own_acknowledgment_sent_back_to_us_goes_nowhere(desk):
    """L04"""
    desk.mail(JO)
    before = len(desk.sent)
    own = desk.last(JO, "ack").raw.replace(b"To: ", b"X-Was-To: ", 1)
    became = desk.receive(b"To: support@logik.example\r\n" + own)

    assert became.outcome in {"loop", "robot"}
    assert became.case in {None, 1}
    assert len(desk.sent) == before


def test_mail_from_our_own_address_goes_nowhere(desk):
    """L04"""
    became = desk.mail(LOGIK, "Hello me", "This is I.")

    assert desk.sent_to(LOGIK) == [], became


def test_a_delivery_report_about_our_answer_is_kept_on_the_case(desk):
    desk.mail(JO)
    desk.reply(ANN, "We are on it.")
    answer = desk.last(JO, "relay")
    report = (
        f"From: MAILER-DAEMON@mx.acme.example\r\nTo: {answer.envelope_from}\r\nSubject: Undelivered Mail\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.acme.example\r\n\r\n"
        f"Final-Recipient: rfc822; {JO}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    )
    became = desk.receive(report.encode())

    assert (became.outcome, became.case) == ("bounce", 1)
    assert desk.case().status == "open"


def test_the_same_mail_twice_is_one_case_with_one_acknowledgment(desk):
    """S03"""
    raw = b"From: jo@acme.example\r\nTo: support@logik.example\r\nMessage-ID: <1@acme.example>\r\nSubject: x\r\n\r\nHello\r\n"
    first = desk.receive(raw)
    again = [desk.receive(b"Received: from b by c; Tue, 19 May 2026 09:16:00 -0500\r\n" + raw) for _ in range(3)]

    assert (first.outcome, first.case) == ("opened", 1)
    assert [copy.outcome for copy in again] == ["duplicate"] * 3
    assert desk.case_numbers() == [1]
    assert desk.kinds_to(JO) == ["ack"]


def test_the_same_message_id_with_other_words_is_another_mail(desk):
    """Some robots and attackers reuse Message-IDs; no mail may be lost by it."""
    desk.mail(STRANGER, "first", "one", headers={"Message-ID": "<same@acme.example>"})
    became = desk.mail(JO, "second", "two", headers={"Message-ID": "<same@acme.example>"})

    assert (became.outcome, became.case) == ("opened", 2)


def test_every_accepted_mail_is_in_exactly_one_place(desk):
    """The ledger balances."""
    from helpdesk.store import spool  # noqa: PLC0415

    desk.mail(JO)
    desk.reply(ANN, "We are on it.")
    desk.mail(JO, "Away", "I am away.", headers=VACATION)
    desk.mail(JO, to="nothing@logik.example")
    raw = desk.written_reply(JO, "Thanks")
    desk.receive(raw)
    desk.receive(raw)

    with desk.database.read() as connection:
        counts, received = spool.counts(connection), spool.received(connection)
    assert counts == {
        (LOGIK, "opened"): 1,
        (LOGIK, "appended"): 2,
        (LOGIK, "robot"): 1,
        (LOGIK, "duplicate"): 1,
        ("nothing@logik.example", "ignored"): 1,
    }
    assert received == {LOGIK: 5, "nothing@logik.example": 1}
