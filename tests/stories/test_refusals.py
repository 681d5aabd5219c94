"""A way out that refuses everybody: nothing is lost, and what was given up first is tried again (O05)."""

from __future__ import annotations

from datetime import timedelta

from helpdesk.store import outbox
from helpdesk.wires.courier import Failed, Sent
from helpdesk.wires.refusal import Refusal
from tests.desk import JO, VIC


class Refusing:
    """Refuses whom it is told to, with one status."""

    def __init__(self, status):
        self.status = status

    def deliver(self, mail, *, before_dot):
        if self.status and mail.recipient in {JO, VIC}:
            return Failed(f"RCPT: 550 {self.status} no", Refusal("RCPT", 550, self.status))
        before_dot()
        return Sent("250 ok")

    def probe(self):
        pass

    def close(self):
        pass


def states(desk):
    with desk.database.read() as connection:
        return {row.recipient: row.state for row in outbox.rows(connection) if row.kind == "ack"}


def two_customers_write(desk):
    desk.laboratory.deliver = lambda: None
    desk.mail(JO)
    desk.mail(VIC, to="support@threekit.example")


def test_a_refusal_that_two_customers_get_is_about_us_and_both_mails_go_out_later(desk):
    two_customers_write(desk)
    courier = Refusing("5.7.1")
    desk.laboratory.desk.deliver(courier)
    assert states(desk) == {JO: "queued", VIC: "queued"}

    courier.status = ""
    desk.laboratory.now += timedelta(minutes=2)
    desk.laboratory.desk.deliver(courier)
    assert states(desk) == {JO: "sent", VIC: "sent"}


def test_two_addresses_that_do_not_exist_are_two_mistakes_and_over(desk):
    two_customers_write(desk)
    courier = Refusing("5.1.1")
    desk.laboratory.desk.deliver(courier)
    assert states(desk) == {JO: "failed", VIC: "failed"}

    courier.status = ""
    with desk.database.write() as connection:
        assert outbox.retry_all(connection, desk.laboratory.now) >= 2
    desk.laboratory.desk.deliver(courier)
    assert states(desk) == {JO: "sent", VIC: "sent"}
