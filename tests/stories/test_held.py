"""Spam and who is blocked: held where everybody can see it, never lost, and never a customer's."""

from __future__ import annotations

import pytest

from helpdesk.config import load_configuration
from helpdesk.desk import load_rules
from helpdesk.errors import ConfigurationError
from helpdesk.mail.proof.spam import SpamMark, read_mark, spam_mark
from helpdesk.mail.read.parse import parse
from helpdesk.store import kept
from tests.desk import ANN, JO, KEY, LOGIK, OPS, STRANGER, TestDesk, write_office

MARKS = '\n[smtp_in]\nspam = ["X-Spam-Flag: YES", "X-Spam-Status: Yes"]\n'
BLOCKED = 'blocked = ["noise@ads.example", "bulk.example"]\n'
RECEIVED = (
    "Received: from client.example ([192.0.2.7]) by mx.desk.example with ESMTPS id 1; Tue, 19 May 2026 14:15:00 +0000"
)


@pytest.fixture
def desk(tmp_path, desk_database):
    path = write_office(tmp_path, more=MARKS)
    path.write_text(path.read_text(encoding="utf-8").replace("[desk]\n", f"[desk]\n{BLOCKED}", 1), encoding="utf-8")
    return TestDesk(load_rules(path, environment={}, signing_key=KEY), desk_database)


def mail(sender, *fields, subject="Grow your sales", message_id="<1@x.example>"):
    head = [*fields, f"From: {sender}", f"To: {LOGIK}", f"Subject: {subject}", f"Message-ID: {message_id}"]
    return "\r\n".join([*head, "", "Nobody can log in since this morning.", ""]).encode()


def test_spam_of_a_stranger_is_held_acknowledged_by_nothing_and_listed(desk):
    worked = desk.receive(mail(STRANGER, "X-Spam-Flag: YES", RECEIVED))

    assert (worked.outcome, worked.case) == ("held", None)
    assert worked.because == "marked as spam by our border (X-Spam-Flag: YES)"
    assert desk.sent == []
    with desk.database.read() as connection:
        [each], _ = kept.listed(connection, since=desk.now, limit=9)
    assert (each.author, each.subject, each.outcome) == (STRANGER, "Grow your sales", "held")


def test_a_customers_mail_that_is_marked_opens_its_case_and_the_case_says_so(desk):
    worked = desk.receive(mail(JO, "X-Spam-Flag: YES", RECEIVED))

    assert worked.outcome == "opened"
    assert "marked as spam by our border (X-Spam-Flag: YES)" in desk.case().tags
    assert "marked as spam by our border" in " ".join(desk.last(ANN, "assigned").text.split())


def test_what_answers_us_is_never_held(desk):
    desk.mail(STRANGER)
    reply = desk.written_reply(STRANGER, "It is the same in the other browser.")
    worked = desk.receive(b"X-Spam-Flag: YES\r\n" + RECEIVED.encode() + b"\r\n" + reply)

    assert (worked.outcome, worked.case) == ("appended", 1)


@pytest.mark.parametrize(
    "sender", ["noise@ads.example", "NOISE@ads.example", "jim@bulk.example", "jim@eu.bulk.example"]
)
def test_who_is_blocked_is_held_with_those_below_a_domain(desk, sender):
    worked = desk.mail(sender)

    assert worked.outcome == "held"
    assert worked.because.endswith("is blocked")


@pytest.mark.parametrize("sender", ["sales@ads.example", "jim@notbulk.example", "jim@bulk.example.org"])
def test_who_is_not_blocked_is_not_held(desk, sender):
    assert desk.mail(sender).outcome == "opened"


def test_a_held_mail_is_let_in_by_one_order(desk):
    worked = desk.receive(mail(STRANGER, "X-Spam-Flag: YES", RECEIVED))
    with desk.database.write() as connection:
        kept.release(connection, worked.spool_id, by=OPS)
    desk.work()

    assert desk.case().requester.address == STRANGER
    assert desk.sent_to(STRANGER) == []


# --- whose mark it is


@pytest.mark.parametrize(
    ("fields", "authserv_id", "found"),
    [
        (["X-Spam-Flag: YES", RECEIVED], "mx.desk.example", True),
        (["X-Spam-Flag: yes", RECEIVED], "", True),
        (["X-Spam-Status: Yes, score=9.1 required=5", RECEIVED], "", True),
        (["X-Spam-Status: Yesterday", RECEIVED], "", False),
        (["X-Spam-Status: No, score=0.1", RECEIVED], "", False),
        (["X-Spam-Flag: NO", "X-Spam-Flag: YES", RECEIVED], "", False),
        ([RECEIVED, "X-Spam-Flag: YES"], "", False),
        ([RECEIVED, "X-Spam-Flag: YES"], "mx.desk.example", False),
        (["Received: by inner.desk.example with LMTP id 2; x", "X-Spam-Flag: YES", RECEIVED], "mx.desk.example", True),
        (["Received: from a by mx.other.example; x", "X-Spam-Flag: YES"], "mx.desk.example", False),
        (["X-Other: YES", RECEIVED], "", False),
    ],
)
def test_only_the_topmost_field_above_our_borders_own_received_is_believed(fields, authserv_id, found):
    marks = (read_mark("X-Spam-Flag: YES"), read_mark("X-Spam-Status: Yes"))

    assert bool(spam_mark(parse(mail(STRANGER, *fields)), marks, authserv_id=authserv_id)) is found


def test_without_a_configured_field_none_is_believed(tmp_path, desk_database):
    desk = TestDesk(load_rules(write_office(tmp_path), environment={}, signing_key=KEY), desk_database)

    assert desk.receive(mail(STRANGER, "X-Spam-Flag: YES", RECEIVED)).outcome == "opened"


@pytest.mark.parametrize("text", ["X-Spam-Flag", "X-Spam-Flag:", ": YES", "X Spam: YES", ""])
def test_a_mark_that_is_none_is_refused_in_words(text):
    with pytest.raises(ValueError, match="expected a field and its value"):
        read_mark(text)
    assert str(SpamMark("X-A", "b")) == "X-A: b"


@pytest.mark.parametrize("blocked", ["lärm.example", "xn--lrm-qla.example"])
@pytest.mark.parametrize("sender", ["jim@LÄRM.example", "jim@lärm.example", "jim@eu.xn--lrm-qla.example"])
def test_a_blocked_domain_is_one_in_both_spellings(tmp_path, blocked, sender):
    path = write_office(tmp_path)
    text = path.read_text(encoding="utf-8").replace("[desk]\n", f'[desk]\nblocked = ["{blocked}"]\n', 1)
    path.write_text(text, encoding="utf-8")

    assert load_configuration(path).blocks(sender) == blocked


# --- what cannot be blocked


@pytest.mark.parametrize(
    ("blocked", "problem"),
    [
        ("logik.example", "'logik.example' is that of support@logik.example"),
        ("ann@desk.example", "'ann@desk.example' is that of ann@desk.example"),
        ("home.example", "'home.example' is that of ann.berg@home.example"),
        ("not a domain", "expected an address or a domain, not 'not a domain'"),
    ],
)
def test_nobody_of_ours_can_be_blocked(tmp_path, blocked, problem):
    path = write_office(tmp_path)
    text = path.read_text(encoding="utf-8").replace("[desk]\n", f'[desk]\nblocked = ["{blocked}"]\n', 1)
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError) as wrong:
        load_configuration(path)
    assert any(problem in told for told in wrong.value.problems)


@pytest.mark.parametrize("blocked", ["acme.example", "jo@acme.example", "partner@integrator.example", "example"])
def test_no_customer_can_be_blocked(tmp_path, blocked):
    path = write_office(tmp_path)
    text = path.read_text(encoding="utf-8").replace("[desk]\n", f'[desk]\nblocked = ["{blocked}"]\n', 1)
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError) as wrong:
        load_rules(path, environment={}, signing_key=KEY)
    assert any(told.startswith(("desk.blocked", str(path))) and "desk.blocked" in told for told in wrong.value.problems)


# --- #spam


def agent_of(desk):
    return next(mail.to for mail in desk.sent if mail.kind == "assigned")


def test_spam_closes_a_case_and_nobody_outside_hears_of_it(desk):
    desk.mail(STRANGER)
    outside = len(desk.sent_to(STRANGER))
    desk.reply(agent_of(desk), "#spam\nThe third of this kind.")

    assert desk.case().status == "closed"
    assert "spam" in desk.case().tags
    assert len(desk.sent_to(STRANGER)) == outside
    assert "closed as spam" in desk.last(agent_of(desk), "echo").text
    assert "#answer" not in desk.last(agent_of(desk), "echo").text.split("closed as spam")[0]
    assert desk.state() == "exempt"


def refusal(desk):
    return " ".join(desk.last(agent_of(desk), "echo").text.split())


def test_a_customers_case_is_no_spam(desk):
    desk.mail(JO)
    desk.reply(agent_of(desk), "#spam")

    assert desk.case().status == "open"
    assert "this one is of a customer, acme" in refusal(desk)


def test_what_was_answered_is_no_spam(desk):
    desk.mail(STRANGER)
    desk.reply(agent_of(desk), "Hello, which product is it?")
    desk.reply(agent_of(desk), "#spam", to_kind="assigned")

    assert desk.case().status == "open"
    assert "this one was answered" in refusal(desk)


def test_what_is_late_is_no_spam(desk):
    desk.mail(STRANGER)
    desk.at("2026-05-26 16:00")
    desk.reply(agent_of(desk), "#spam", to_kind="assigned")

    assert desk.case().status == "open"
    assert "a promise on this one was broken" in refusal(desk)


def test_spam_beside_an_answer_contradicts_it(desk):
    desk.mail(STRANGER)
    desk.reply(agent_of(desk), "#spam\n#resolve\nGoodbye.")

    assert desk.case().status == "open"
    assert "#spam or #resolve" in refusal(desk).replace("not both", "")
