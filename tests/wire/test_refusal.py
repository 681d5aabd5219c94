"""O05: what a 5xx is about: us, one mail, or one recipient."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.wires.courier import Failed, Retry
from helpdesk.wires.refusal import Refusal, Refusals
from helpdesk.wires.smtp_out_link import DeliveryRefused, Reply, permanently

NOW = datetime(2026, 5, 22, 16, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stage", "reply", "expected"),
    [
        ("MAIL", "550 5.1.8 bad sender", Retry),
        ("MAIL", "550 5.7.60 not permitted to send as this sender", Retry),
        ("MAIL", "553 no", Retry),
        ("MAIL", "550 5.4.5 daily quota exceeded", Retry),
        ("MAIL", "530 5.7.0 authentication required", Retry),
        ("AUTH", "535 5.7.8 wrong", Retry),
        ("greeting", "554 go away", Retry),
        ("RCPT", "550 5.7.26 unauthenticated mail", Retry),
        ("RCPT", "550 5.4.5 daily quota exceeded", Retry),
        ("RCPT", "554 5.7.8 log in", Retry),
        ("final dot", "550 5.7.25 no reverse name", Retry),
        ("MAIL", "552 5.3.4 too big", Failed),
        ("MAIL", "552 too big", Failed),
        ("MAIL", "550 5.6.7 no SMTPUTF8", Failed),
        ("RCPT", "550 5.1.1 no such user", Failed),
        ("RCPT", "550 5.7.1 relaying denied", Failed),  # of a single one nobody can know
        ("RCPT", "550 no", Failed),
        ("RCPT", "552 5.2.2 full", Failed),
        ("final dot", "554 5.7.1 spam", Failed),
        ("final dot", "552 5.3.4 too big", Failed),
    ],
)
def test_what_one_refusal_means(stage, reply, expected):
    code, _, text = reply.partition(" ")
    said = Reply(int(code), text)
    outcome = permanently(said, stage) if stage == "final dot" else DeliveryRefused.by(said, stage).outcome
    assert type(outcome) is expected


SAME = [("550", "5.7.1"), ("554", ""), ("550", "5.7.708"), ("554", "5.0.0"), ("571", "")]
OF_ONE = [("550", "5.1.1"), ("550", "5.1.10"), ("552", "5.2.2"), ("552", "5.3.4"), ("550", "5.2.1"), ("552", "")]


def judged(codes, recipients, *, every=timedelta(minutes=1)):
    refusals = Refusals()
    return [
        refusals.is_about_us(Refusal("RCPT", int(code), status), recipient, number, now=NOW + number * every)
        for number, ((code, status), recipient) in enumerate(zip(codes, recipients, strict=True))
    ]


@pytest.mark.parametrize("code", SAME)
def test_the_same_refusal_for_recipients_of_two_domains_within_an_hour_is_about_us(code):
    recipients = ["jo@acme.example", "kim@ACME.example", "vic@vega.example", "jo@acme.example"]
    assert judged([code] * 4, recipients) == [False, False, True, True]
    assert judged([code] * 4, recipients, every=timedelta(hours=1)) == [False] * 4


@pytest.mark.parametrize("code", OF_ONE)
def test_what_is_about_an_address_or_a_mail_by_its_status_stays_so_however_often_it_comes(code):
    assert judged([code] * 3, ["a@one.example", "b@two.example", "c@three.example"]) == [False] * 3


def test_different_refusals_are_different():
    assert (
        judged([("550", "5.7.1"), ("554", ""), ("550", "")], ["a@one.example", "b@two.example", "c@three.example"])
        == [False] * 3
    )


def test_it_names_the_mails_that_were_refused_in_the_same_way():
    refusals = Refusals()
    for number, domain in enumerate(("one", "one", "two")):
        refusals.is_about_us(Refusal("RCPT", 550, "5.7.1"), f"a@{domain}.example", number, now=NOW)
    refusals.is_about_us(Refusal("RCPT", 550, "5.1.1"), "a@one.example", 9, now=NOW)
    assert refusals.like(Refusal("final dot", 554, "5.7.1")) == {0, 1, 2}
    assert refusals.like(Refusal("RCPT", 550, "5.1.1")) == set()
