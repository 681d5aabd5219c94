"""What operators hear when a thing goes wrong again and again: a few of it, a count, and its end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpdesk.core.receive.acknowledgment import EVERYWHERE_A_MINUTE
from helpdesk.watch import Watch
from helpdesk.wires.courier import Failed
from helpdesk.wires.imap_reports import NotPutAway, Unfetchable
from tests.desk import LOGIK, OPS, TestDesk
from tests.soak import amount


@pytest.fixture
def desk(rules, database) -> TestDesk:
    return TestDesk(rules, database)


def subjects(desk: TestDesk) -> list[str]:
    return [mail.subject.removeprefix("[Acme Support] ") for mail in desk.sent_to(OPS, "alert")]


def hours_pass(desk: TestDesk, hours: int = 2) -> None:
    desk.laboratory.advance(desk.now + timedelta(hours=hours), inclusive=True)


@pytest.mark.soak
def test_any_number_of_unknown_senders_in_a_minute_are_one_alert_and_its_end(desk):
    """Of two hundred they were 140, each about one address."""
    senders = amount(EVERYWHERE_A_MINUTE + 10, 200)
    for number in range(senders):
        desk.mail(f"somebody{number}@elsewhere.example", f"Question {number}", f"What of {number}, please?")
        desk.laboratory.desk.go_round()
    hours_pass(desk)
    assert [words for words in subjects(desk) if "somebody" in words] == []
    title = "acknowledgments to unknown addresses are withheld"
    assert subjects(desk)[0] == title
    assert subjects(desk)[-1] == f"over, {senders - EVERYWHERE_A_MINUTE} in all: {title}"
    assert len(subjects(desk)) == 2


def test_many_addresses_that_answer_every_acknowledgment_are_a_few_alerts_and_a_count(desk):
    for person in range(12):
        for nth in range(5):
            desk.mail(f"machine{person}@m{person}.example", f"Re {person} {nth}", f"Word {nth} of machine {person}.")
        desk.laboratory.advance(desk.now + timedelta(minutes=2), inclusive=True)
    hours_pass(desk)
    assert [words.startswith("no more acknowledgments to machine") for words in subjects(desk)[:3]] == [True] * 3
    assert subjects(desk)[-1].startswith("over, 12 in all: no more acknowledgments to machine")
    assert len(subjects(desk)) <= 6


class Refusing:
    """A smarthost that takes nothing, for good."""

    def deliver(self, mail, *, before_dot):
        return Failed("550 5.7.1 relaying denied")


def test_a_smarthost_that_refuses_all_is_a_few_alerts_and_a_count(desk):
    for number in range(30):
        desk.mail(f"somebody{number}@elsewhere.example", f"Question {number}", f"What of {number}, please?")
    with desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET state = 'queued', next_at = created_at WHERE kind = 'ack'")
    while desk.laboratory.desk.deliver(Refusing()):
        pass
    with desk.database.write() as connection:  # the operators' own mail server takes theirs
        connection.exec_driver_sql("UPDATE outbox SET state = 'queued', next_at = created_at WHERE kind = 'alert'")
    hours_pass(desk)
    words = "a mail could not be sent"
    assert sorted(subjects(desk)) == [f"30 times: {words}", *[words] * 3, f"over, 30 in all: {words}"]
    assert subjects(desk)[-1].startswith("over, ")


@pytest.mark.parametrize("kind", ["unfetchable", "notputaway"])
def test_a_server_that_keeps_or_withholds_mail_again_and_again_is_a_few_alerts_and_a_count(desk, kind):
    watch = Watch(lambda: desk.now)
    for uid in range(50):
        report = Unfetchable(LOGIK, "INBOX", uid) if kind == "unfetchable" else NotPutAway(LOGIK, f"no room ({uid})")
        watch.mailboxes.heard(desk.laboratory.desk, report)
        desk.laboratory.advance(desk.now + timedelta(minutes=1), inclusive=True)
    hours_pass(desk)
    assert len(subjects(desk)) <= 7
    assert subjects(desk)[-1].startswith("over, 50 in all: ")


def test_three_in_an_hour_are_told_one_by_one_and_nothing_else(desk):
    watch = Watch(lambda: desk.now)
    for uid in range(3):
        watch.mailboxes.heard(desk.laboratory.desk, Unfetchable(LOGIK, "INBOX", uid))
    hours_pass(desk, 5)
    assert subjects(desk) == [f"{LOGIK} lists a mail that it does not give"] * 3
