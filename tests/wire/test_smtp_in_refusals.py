"""What is not taken leaves a trace: whoever misses a mail asks where it went."""

from __future__ import annotations

import pytest

from helpdesk.wires.smtp_in import Limits
from helpdesk.wires.smtp_reception import Untallied

from .dialog import serving


class Tally(Untallied):
    def __init__(self):
        self.told = []

    def refused(self, mail_from, rcpt_to, remote, reply):
        self.told.append((mail_from, rcpt_to, remote, reply))


def refused(*commands, mail=None, **how):
    """What is told of a session that says these."""
    tally = Tally()
    with serving(tally=tally, **how) as served, served.client() as client:
        client.ask("EHLO client.example")
        for command in commands:
            client.ask(command)
        if mail is not None:
            client.send(mail)
            client.reply()
    return tally.told


FROM, TO = "MAIL FROM:<a@b.example>", "RCPT TO:<support@desk.example>"


def test_a_recipient_who_is_not_here():
    [told] = refused(FROM, "RCPT TO:<sales-team@desk.example>", TO)
    assert told == ("a@b.example", ("sales-team@desk.example",), "127.0.0.1", "550 5.1.1 No such mailbox here")


def test_a_mail_that_says_it_is_too_big():
    [told] = refused("MAIL FROM:<a@b.example> SIZE=99999999999")
    assert told[0] == "a@b.example"
    assert told[3].startswith("552 ")


@pytest.mark.parametrize("mail", [b"x" * 5000 + b"\r\n.\r\n", b"Subject: a\nbare\r\n.\r\n"])
def test_a_mail_that_is_turned_down_behind_its_dot(mail):
    [told] = refused(FROM, TO, "DATA", mail=mail, limits=Limits(max_size=1000))
    assert told[:2] == ("a@b.example", ("support@desk.example",))
    assert told[3].startswith("5")


def test_words_that_are_about_no_mail_are_not_told():
    assert refused("EXPN x", "NOOP", "XYZZY", "VRFY a", TO.replace("RCPT", "RSET")) == []


def test_a_mail_that_is_taken_is_not_told():
    assert refused(FROM, TO, "DATA", mail=b"Subject: x\r\n\r\nHello.\r\n.\r\n") == []
