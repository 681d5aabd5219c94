"""Who files many cases on a day: a customer whose mail proves where it is from is acknowledged, up to fifty times."""

from __future__ import annotations

import pytest

from helpdesk.desk import load_rules
from tests.desk import JO, KEY, KIM, LOGIK, OPS, STRANGER, TestDesk, write_office

PASS = {"Authentication-Results": "mx.desk.example; dmarc=pass header.from=acme.example"}
FAIL = {"Authentication-Results": "mx.desk.example; dmarc=fail header.from=acme.example"}
ELSEWHERE = {"Authentication-Results": "mx.desk.example; dmarc=pass header.from=elsewhere.example"}


@pytest.fixture
def desk(story_databases, request, tmp_path) -> TestDesk:
    path = write_office(tmp_path, more='\n[smtp_in]\nauthserv_id = "mx.desk.example"\n')
    rules = load_rules(path, environment={}, signing_key=KEY)
    return TestDesk(rules, story_databases.of("memory", request))


def letters(number: int) -> str:
    """A word of its own for each number."""
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:03}") * 4


def files(desk: TestDesk, mails: int, sender: str, headers: dict[str, str], **how: str) -> None:
    for number in range(mails):
        what = f"How do I bring the {letters(number)} table into the layout of a quote?"
        desk.mail(sender, f"Question {number}", what, headers={**headers, **how})


@pytest.mark.parametrize(
    ("sender", "headers", "reply_to", "reader", "acknowledged"),
    [
        (JO, PASS, "", JO, 50),
        (JO, PASS, KIM, KIM, 50),  # a colleague reads the answers
        (JO, PASS, STRANGER, STRANGER, 3),  # somebody else may not want them
        (JO, FAIL, "", JO, 5),  # anybody can write this
        (JO, {}, "", JO, 5),
        (STRANGER, ELSEWHERE, "", STRANGER, 3),  # proven, and of nobody we know
        (STRANGER, ELSEWHERE, JO, JO, 3),
    ],
)
def test_l05_only_a_customers_proven_mail_is_acknowledged_more_often(
    desk, sender, headers, reply_to, reader, acknowledged
):
    files(desk, acknowledged + 3, sender, headers, **({"Reply-To": reply_to} if reply_to else {}))

    assert desk.kinds_to(reader) == ["ack"] * acknowledged
    assert len(desk.case_numbers()) == acknowledged + 3
    assert len(desk.sent_to(OPS, "alert")) == 1, "the operators hear once"


def test_l05_who_writes_with_the_words_of_a_form_is_acknowledged_as_often(desk):
    for number in range(8):
        desk.at(f"2026-05-19 09:{20 + number}")
        desk.mail(JO, f"New user {number}", f"Please add the user with the number {number} to our shop.", headers=PASS)

    assert desk.kinds_to(JO) == ["ack"] * 8


def test_l05_the_next_day_is_another(desk):
    files(desk, 53, JO, PASS)
    desk.at("2026-05-20 09:16")
    desk.mail(JO, "Good morning", "Where do I see the new tables?", headers=PASS)

    assert desk.kinds_to(JO).count("ack") == 51


def test_l03_a_customers_machine_that_answers_with_the_same_words_stops_as_soon_as_ever(desk):
    for number in range(10):
        desk.mail(JO, f"Ticket {number}", f"Your request was given the number {number} by our desk.", headers=PASS)

    assert desk.kinds_to(JO) == ["ack"] * 3
    assert desk.last(JO, "ack").from_ == LOGIK
