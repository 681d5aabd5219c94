"""Machines that answer machines: loops stop, floods are of no use, and what we write by ourselves says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpdesk.core.receive.acknowledgment import EVERYWHERE_A_MINUTE, TO_A_STRANGER
from tests.desk import ANN, FORUM, JO, KIM, LOGIK, OPS, STRANGER, TestDesk
from tests.soak import amount

PEER = "helpdesk@peer.example"


@pytest.fixture
def desk(story_databases, request, rules) -> TestDesk:
    """In memory only: what is decided here is decided before anything is stored."""
    return TestDesk(rules, story_databases.of("memory", request))


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied",
        "AUTO-SUBMITTED: AUTO-GENERATED",
        "Auto-Submitted: auto-notified; owner-email=a@b.example (a comment)",
        "auto-submitted:\r\n auto-replied",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "X-Auto-Response-Suppress: DR, RN, All",
        "Precedence: first-class\r\nPrecedence: bulk",
        "Precedence: junk",
        "PRECEDENCE: LIST",
        "List-Id: Offers <offers.shop.example>",
        "List-Unsubscribe: <https://shop.example/u>",
        "X-Autoreply: yes",
        "X-Autorespond: x",
        "X-Loop: somebody@shop.example",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
    ],
)
@pytest.mark.parametrize("fresh", [True, False])
def test_no_automatic_mail_is_answered_reopens_or_stops_anything(desk, head, fresh):
    """L02: however the sender says that nobody wrote it."""
    desk.mail(JO)
    desk.reply(ANN, "#close\nDone.")
    sent, to = len(desk.sent), LOGIK if fresh else desk.last(JO, "closed").reply_to
    raw = f"From: {JO}\r\nTo: {to}\r\nSubject: Re: The rules\r\n{head}\r\n\r\nI am away.\r\n"
    desk.receive(raw.encode())

    assert len(desk.sent) == sent
    assert desk.case_numbers() == [1]
    assert desk.case().status == "closed"


def peer_answers(desk, *, every: timedelta, words: str, peer: str = PEER) -> int:
    """For 72 hours a helpdesk answers each of our mails with a new mail, no header telling; how many did it get?"""
    ends, seen = desk.now + timedelta(hours=72), 0
    desk.mail(peer, "Ticket 1 opened", words.format(1))
    while desk.now < ends:
        got = desk.sent_to(peer)
        pause = every if got[seen:] else ends - desk.now
        desk.laboratory.advance(min(desk.now + pause, ends), inclusive=True)
        for _ in got[seen:]:
            seen += 1
            desk.mail(peer, f"Ticket {1000 + seen} opened", words.format(seen * 7919))
    return len(desk.sent_to(peer))


@pytest.mark.parametrize("every", [timedelta(minutes=1), timedelta(minutes=45), timedelta(hours=5)])
@pytest.mark.parametrize("words", ["Thanks!", "Thank you for your mail. Your request was given the number {}."])
def test_two_helpdesks_that_answer_each_other_stop_within_four_mails(desk, every, words):
    """L03: 72 hours, new subject and Message-ID each time, answered to our From and not to the reply address."""
    assert peer_answers(desk, every=every, words=words) <= 4
    assert len(desk.case_numbers()) <= 5
    assert len(desk.sent_to(OPS, "alert")) == 1


def test_a_customers_helpdesk_stops_as_soon(desk):
    """L03: it is known, and so only its own words give it away."""
    words = "Your request was given the number {} by us."
    assert peer_answers(desk, every=timedelta(minutes=5), words=words, peer="helpdesk@acme.example") <= 4


def test_a_helpdesk_that_answers_to_the_reply_address_gets_one_mail(desk):
    """L03"""
    desk.mail(PEER, "Ticket 1 opened", "We have your mail.")
    for number in range(5):
        desk.reply(PEER, f"Ticket updated: {number}", subject=f"Ticket {number}", to_kind="ack")

    assert desk.kinds_to(PEER) == ["ack"]
    assert desk.case_numbers() == [1]


@pytest.mark.parametrize(
    "sender",
    [
        LOGIK,
        LOGIK.upper(),
        f'"Somebody Else" <{LOGIK}>',
        "support+hello@logik.example",
        FORUM,
        "nothing@logik.example",
        "TOKEN",
        "BOUNCE",
    ],
)
def test_mail_from_any_form_of_our_own_addresses_is_somebodys_and_never_answered(desk, sender):
    """L04: a group or a relay has put our address there; what we wrote ourselves is known by what we signed."""
    desk.mail(JO)
    ack = desk.last(JO, "ack")
    sender = {"TOKEN": ack.reply_to, "BOUNCE": ack.envelope_from}.get(sender, sender)
    sent = len(desk.sent)
    became = desk.mail(sender, "Hello me", "This is I.")

    assert (became.outcome, became.case) == ("opened", 2)
    assert {mail.kind for mail in desk.sent[sent:]} == {"assigned"}
    assert desk.events("acknowledged", number=2)[0].sent is False


def test_our_own_mail_passed_on_by_a_machine_goes_nowhere(desk):
    """L04: under another From, but with our Message-ID."""
    desk.mail(JO)
    ack, sent = desk.last(JO, "ack"), len(desk.sent)
    passed_on = ack.raw.replace(b"From: Logik Support <support@logik.example>", b"From: list@acme.example")
    assert passed_on != ack.raw
    became = desk.laboratory.receive(b"Resent-From: list@acme.example\r\n" + passed_on, (LOGIK,), "list@acme.example")[
        0
    ]

    assert became.outcome == "loop"
    assert len(desk.sent) == sent


def flood(desk, mails: int) -> None:
    for number in range(mails):
        if number % 160 == 0:
            desk.laboratory.advance(desk.now + timedelta(seconds=1), inclusive=True)
        desk.mail(f"BUY-PILLS <{STRANGER}>", f"CHEAP-PILLS {number}", f"WATCHES {number} at http://pills.example")


def flood_is_of_no_use(desk, mails: int) -> None:
    theirs = desk.sent_to(STRANGER)
    assert len(theirs) <= 5
    for word in (b"PILLS", b"WATCHES", b"pills.example"):
        assert word not in b"".join(mail.raw for mail in theirs)
    assert len(desk.case_numbers()) == mails
    assert len(desk.sent_to(OPS, "alert")) == 1


def test_a_flood_in_somebodys_name_gives_them_few_mails_and_none_of_its_words(desk):
    """L05"""
    flood(desk, 60)
    flood_is_of_no_use(desk, 60)


@pytest.mark.slow
@pytest.mark.soak
def test_thousands_of_mails_in_somebodys_name_within_a_minute_give_them_few_mails(desk):
    """L05: hundreds, and ten thousand in `make soak`."""
    mails = amount(400, 10_000)
    flood(desk, mails)
    flood_is_of_no_use(desk, mails)


def test_acknowledgments_stop_for_everybody_when_too_many_go_out_in_a_minute(desk):
    """L05: the breaker over all addresses; it closes again by itself."""
    for number in range(EVERYWHERE_A_MINUTE + 5):
        desk.mail(f"victim{number}@elsewhere.example", f"Hello {number}", f"Text {number}")
    acknowledged = [mail for mail in desk.sent if mail.kind == "ack"]
    assert len(acknowledged) == EVERYWHERE_A_MINUTE
    assert len(desk.case_numbers()) == EVERYWHERE_A_MINUTE + 5

    desk.laboratory.advance(desk.now + timedelta(minutes=1), inclusive=True)
    desk.mail(JO)
    assert desk.kinds_to(JO) == ["ack"]


def test_a_customer_who_writes_often_is_acknowledged_five_times_a_day(desk):
    """L05"""
    for number in range(6):
        desk.mail(JO, f"Question {number}", f"How do I do the {'abcdef'[number] * 9} thing with the rules engine?")
    assert desk.kinds_to(JO) == ["ack"] * 5
    desk.at("2026-05-20 09:16")
    desk.mail(JO, "Next day", "Good morning, another question about layouts.")
    assert desk.kinds_to(JO).count("ack") == 6


def test_a_stranger_who_never_got_an_answer_is_acknowledged_four_times_in_three_days(desk):
    """L03"""
    for number in range(7):
        desk.mail(STRANGER, f"Question {number}", f"How do I do the {'abcdefg'[number] * 9} thing?")
        desk.laboratory.advance(desk.now + timedelta(hours=9), inclusive=True)
    assert desk.kinds_to(STRANGER) == ["ack"] * TO_A_STRANGER


def test_every_automatic_mail_says_so_and_no_answer_of_a_person_does(desk, rules):
    """L07: over all kinds of mail that a case causes."""
    desk.mail(JO, body="Priority: Critical\n\nEverything is down.", cc=KIM)
    desk.at("2026-05-19 11:30")
    desk.reply(ANN, "#severity urgent\n#wait 1d\nWe are on it.")
    desk.at("2026-05-21 09:15")
    desk.reply(JO, "Please go on.")
    desk.at("2026-05-21 09:20")  # Ann has seen it
    desk.reply(ANN, "#bogus")
    desk.reply(ANN, "#resolve")
    desk.mail(STRANGER, "Something else", "Hello")
    person = {"relay"}

    kinds = {mail.kind for mail in desk.sent}
    assert {
        "ack",
        "assigned",
        "customer-message",
        "relay",
        "breach",
        "escalation",
        "echo",
        "closed",
        "reminder",
    } <= kinds
    for mail in desk.sent:
        by_a_person = mail.kind in person
        assert bool(mail.message.header("Auto-Submitted")) is not by_a_person, mail.kind
        assert (mail.message.header("X-Auto-Response-Suppress") == "All") is not by_a_person, mail.kind
        assert mail.envelope_from == "" or ".b" in mail.envelope_from, mail.kind
        assert mail.message.header("Precedence") == ""
