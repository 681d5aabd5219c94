"""Mail that was kept from cases is seen by somebody, and one order makes it a person's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpdesk.errors import NotFound
from helpdesk.store import kept, spool
from tests.desk import ANN, BOB, JO, LENA, OPS, STRANGER
from tests.stories.test_operators import echo, hears, order

AWAY = {"Auto-Submitted": "auto-replied"}


def taken_for_a_robots(desk, sender=JO, subject="Nobody can log in", **how):
    worked = desk.mail(sender, subject, headers=AWAY, **how)
    assert worked.outcome == "robot"
    return worked.spool_id


@pytest.fixture
def desk(desk):
    hears(desk)
    return desk


def test_an_order_makes_a_case_of_it_whose_clocks_count_from_its_receipt(desk):
    number = taken_for_a_robots(desk)
    received = desk.now
    desk.at("2026-05-19 11:00")
    assert order(desk, f"#person {number}").outcome == "ordered"
    desk.work()

    assert desk.case().requester.address == JO
    assert desk.first_response().started_at == received
    assert f"Mail {number} is worked as a person's" in echo(desk)
    assert desk.kinds_to(JO) == [], "it gets no acknowledgment: it may still be a machine"
    acknowledged = desk.facts("acknowledged")[0]
    assert acknowledged == {"sent": False, "because": f"{OPS} let it in by hand"}
    assert {ANN, BOB} & {mail.to for mail in desk.sent if mail.kind == "assigned"}


def test_what_was_missed_meanwhile_is_said_in_one_line_and_calls_nobody(desk):
    number = taken_for_a_robots(desk)
    desk.at("2026-05-22 16:00")
    before = len(desk.sent)
    order(desk, f"#person {number}")
    desk.work()
    desk.at("2026-05-22 16:05")

    assert desk.state() == "breached"
    told = [(mail.kind, mail.to) for mail in desk.sent[before:] if mail.to != OPS]
    assert [kind for kind, _ in told] == ["assigned"]
    assert desk.sent_to(LENA) == []
    [assigned] = [mail for mail in desk.sent[before:] if mail.kind == "assigned"]
    assert "steps that passed before it was let in: first response" in " ".join(assigned.text.split())


def test_on_a_case_it_becomes_what_the_customer_wrote_and_opens_it_again(desk):
    desk.mail(JO)
    agent = next(mail.to for mail in desk.sent if mail.kind == "assigned")
    desk.reply(agent, "#resolve\nMended.")
    assert desk.case().status == "resolved"
    raw = desk.written_reply(JO, "It happens again.", headers=AWAY)
    worked = desk.receive(raw)
    assert worked.outcome == "robot"
    order(desk, f"#person {worked.spool_id}")
    desk.work()

    assert desk.case().status == "open"
    assert [event.by for event in desk.events("customer_wrote")] == [JO, JO]


def test_what_was_not_kept_from_cases_cannot_be_let_in_twice(desk):
    number = taken_for_a_robots(desk)
    order(desk, f"#person {number}")
    desk.work()
    order(desk, f"#person {number}")

    assert "expected the number of a mail that was held or taken for a robot's" in echo(desk)
    assert desk.case_numbers() == [1]
    with desk.database.write() as connection, pytest.raises(NotFound):
        kept.release(connection, 4711, by=OPS)


def test_a_long_list_is_cut_and_counted(desk):
    for number in range(3):
        taken_for_a_robots(desk, STRANGER, f"Away {number}")
    with desk.database.read() as connection:
        found, number = kept.listed(connection, since=desk.now - timedelta(days=1), limit=2)

    assert (len(found), number) == (2, 3)


def test_every_mail_is_in_one_place_still(desk):
    number = taken_for_a_robots(desk)
    order(desk, f"#person {number}")
    desk.work()

    with desk.database.read() as connection:
        counts = spool.counts(connection)
    assert counts == {("support@logik.example", "opened"): 1, ("support@logik.example", "ordered"): 1}
