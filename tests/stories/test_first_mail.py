"""A first mail: it becomes a case, its sender hears of it, one agent gets it, and the answer stops the clock."""

from __future__ import annotations

from email import message_from_bytes

import pytest

from tests.desk import ANN, BOB, JO, KIM, LENA, LOGIK, OPS, STRANGER, wall

STAFF = (ANN, BOB, LENA, OPS, "ann.berg@home.example")


def first_mail(desk):
    return desk.mail(
        f"Jo Park <{JO}>",
        "The rules do not fire",
        "Case Priority: Urgent\n\nFor one product only.\nSince this morning.",
    )


def test_a_first_mail_becomes_the_first_case(desk):
    """LGK-1: one address, a licence holder."""
    became = first_mail(desk)

    assert (became.outcome, became.case) == ("opened", 1)
    case = desk.case()
    assert case.ref == "HD-1"
    assert (case.customer, case.plan, case.region) == ("acme", "standard", "central")
    assert (case.requester.address, case.requester.name) == (JO, "Jo Park")
    assert (case.severity, case.stated) == ("urgent", "Urgent")
    assert case.opened_at == wall("2026-05-19 09:15")
    assert desk.first_response().due_at == wall("2026-05-19 11:15")


def test_its_sender_is_acknowledged_at_once_and_in_the_same_thread(desk):
    became = first_mail(desk)

    ack = desk.last(JO, "ack")
    assert ack.at == desk.now
    assert ack.subject == "Re: The rules do not fire [HD-1]"
    assert ack.from_ == LOGIK
    assert ack.message.in_reply_to == (became.message.message_id,)
    assert ack.message.references == (became.message.message_id,)
    assert "by Tue 19 May 2026, 11:15 CDT" in ack.text


def test_the_acknowledgment_says_that_it_is_automatic_and_asks_other_robots_to_keep_still(desk):
    """RFC 3834: nobody's vacation responder may answer it."""
    first_mail(desk)

    ack = desk.last(JO, "ack")
    assert ack.message.header("Auto-Submitted") == "auto-replied"
    assert ack.message.header("X-Auto-Response-Suppress") == "All"


def test_the_acknowledgment_gives_no_internal_address_away(desk):
    """P02"""
    first_mail(desk)

    ack = desk.last(JO, "ack").raw + desk.last(JO, "ack").envelope_from.encode()
    assert not [address for address in STAFF if address.encode() in ack]


def test_the_acknowledgment_alone_never_stops_the_clock(desk):
    first_mail(desk)

    assert desk.state() == "running"
    assert desk.first_response().stopped_at is None


def test_one_agent_gets_the_case_with_all_that_is_needed_to_answer_it(desk):
    """LGK-2, TKT-5: each case goes to one agent."""
    first_mail(desk)

    assert desk.case().assignee == ANN
    assert desk.kinds_to(BOB) == []
    assigned = desk.last(ANN, "assigned")
    assert assigned.subject == "[HD-1] Urgent · reply by Tue 19 May 11:15 · The rules do…"
    assert "Since this morning." in assigned.text
    assert "Jo Park <jo@acme.example>" in assigned.text
    assert "Acme Corp (Logik.io Standard)" in assigned.text


def test_the_agents_answer_reaches_the_customer_from_the_support_address_in_the_same_thread(desk):
    became = first_mail(desk)
    desk.at("2026-05-19 09:40")
    desk.reply(f"Ann Berg <{ANN}>", "We found it. Please reload the page.", quote=True)

    answer = desk.last(JO)
    assert answer.kind == "relay"
    assert answer.from_ == LOGIK
    assert answer.message.senders[0].name == "Ann Berg (Logik Support)"
    assert "We found it. Please reload the page." in answer.text
    assert answer.message.in_reply_to == (became.message.message_id,)
    assert answer.message.references == (became.message.message_id, desk.last(JO, "ack").message.message_id)
    assert answer.subject == "Re: The rules do not fire [HD-1]"


def test_what_a_person_wrote_is_not_marked_as_automatic(desk):
    """A mail program may hide what says that no person wrote it."""
    first_mail(desk)
    desk.reply(ANN, "We found it.")

    assert not desk.last(JO, "relay").automatic


def test_the_first_answer_stops_the_clock(desk):
    first_mail(desk)
    desk.at("2026-05-19 09:40")
    desk.reply(ANN, "We found it.")

    assert desk.state() == "met"
    assert desk.first_response().stopped_at == wall("2026-05-19 09:40")
    assert desk.case().status == "open"


def test_after_the_answer_nobody_is_warned_any_more(desk):
    first_mail(desk)
    desk.reply(ANN, "We found it.")
    desk.at("2026-05-22 17:00")

    assert {mail.kind for mail in desk.sent} == {"ack", "assigned", "relay"}


def test_the_customer_answers_by_replying_and_the_agent_hears_of_it_in_one_thread(desk):
    first_mail(desk)
    desk.at("2026-05-19 09:40")
    desk.reply(ANN, "We found it.")
    desk.at("2026-05-19 10:05")
    became = desk.reply(JO, "It works again, thank you!", quote=True)

    assert (became.outcome, became.case) == ("appended", 1)
    passed_on = desk.last(ANN)
    assert passed_on.kind == "customer-message"
    assert "> It works again, thank you!" in passed_on.text
    assert "We found it." not in passed_on.text, "the quote is not repeated to the agent"
    assert passed_on.message.in_reply_to == (desk.last(ANN, "assigned").message.message_id,)


def test_every_mail_of_a_case_can_be_answered_in_plain_text_and_html(desk):
    first_mail(desk)
    desk.reply(ANN, "We found it.")

    for mail in desk.sent:
        parts = [part.get_content_type() for part in message_from_bytes(mail.raw).walk()]
        assert parts == ["multipart/alternative", "text/plain", "text/html"], mail.kind


def test_colleagues_on_copy_get_the_answer_too(desk):
    desk.mail(JO, cc=f"Kim Roe <{KIM}>")
    desk.reply(ANN, "We found it.")

    assert [person.address for person in desk.case().participants] == [KIM]
    assert "We found it." in desk.last(KIM, "relay").text
    assert desk.last(KIM, "relay").reply_to != desk.last(JO, "relay").reply_to, "an address for each person"
    assert desk.kinds_to(KIM) == ["relay"], "the acknowledgment goes to who wrote"


def test_a_colleague_on_copy_can_write_on_the_case(desk):
    desk.mail(JO, cc=KIM)
    desk.reply(ANN, "We found it.")
    became = desk.reply(KIM, "It happens here too.")

    assert (became.outcome, became.case) == ("appended", 1)
    assert "It happens here too." in desk.last(ANN, "customer-message").text


def test_mail_without_any_words_still_becomes_a_case(desk):
    became = desk.receive(b"From: jo@acme.example\r\nTo: support@logik.example\r\n\r\n")

    assert became.outcome == "opened"
    assert desk.last(ANN, "assigned").subject.endswith("· (no subject)")


def test_mail_from_nobody_is_shown_to_the_agent_and_answered_to_nobody(desk):
    became = desk.receive(b"To: support@logik.example\r\nSubject: A manual\r\n\r\nWhere is the manual?\r\n")

    assert became.outcome == "opened"
    assert [mail.kind for mail in desk.sent] == ["assigned"]
    assert desk.facts("acknowledged")[0] == {"sent": False, "because": "there is nobody to answer"}


def test_mail_of_two_authors_is_answered_to_the_first_and_is_nobodys(desk):
    """A From with several mailboxes says whom to answer (RFC 5322 section 3.6.2) and not who wrote."""
    raw = f"From: {JO}, {STRANGER}\r\nTo: {LOGIK}\r\nSubject: A manual\r\n\r\nWhere is the manual?\r\n"
    desk.receive(raw.encode())

    assert desk.told() == [("ack", JO), ("assigned", ANN)]
    assert desk.case().customer == ""
    assert "not entitled: unknown sender" in desk.case().tags


def test_mail_to_an_ignored_mailbox_is_kept_in_the_log_and_makes_no_case(desk):
    became = desk.mail(JO, to="nothing@logik.example")

    assert (became.outcome, became.case) == ("ignored", None)
    assert desk.sent == []


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (
            "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
            "encrypted (S/MIME): the text cannot be read here",
        ),
        (
            "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
            "signed (S/MIME, opaque): the text is inside the attachment",
        ),
    ],
)
def test_an_encrypted_mail_is_not_taken_for_an_empty_one(desk, kind, told):
    """The agent is told, and has the file."""
    raw = f"From: {JO}\r\nTo: {LOGIK}\r\nSubject: Secret\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\nMIAG\r\n"
    desk.receive(raw.encode())

    shown = " ".join(desk.last(ANN, "assigned").text.split())
    assert f"not all of a mail was read: {told}" in shown
    assert "smime.p7m" in shown
