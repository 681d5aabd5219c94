"""What people attach reaches who is to read it: an agent has nothing but their mail program, nor has a customer."""

from __future__ import annotations

import json

import pytest

from helpdesk.mail.write.enclose import File, cut, enclose
from helpdesk.report.attached import load_attachment
from helpdesk.report.casefile import case_text
from helpdesk.store import cases, outbox
from helpdesk.wires.courier import Failed, Sent
from tests.desk import ANN, BOB, JO, LOGIK, OPS, STRANGER

LOG = File("error.log", "text/plain", b"12:04 rule 7 did not fire\n", "utf-8")
SCREENSHOT = File("Übersicht Büro.png", "image/png", b"\x89PNG" + bytes(range(256)) * 40)
PATCH = File("fix.diff", "text/x-diff", b"- old\n+ new\n")


@pytest.fixture
def sends(desk):
    """Somebody writes a fresh mail with files."""

    def send(from_: str, *files: File, body: str = "See the files.", headers: str = "", to: str = LOGIK):
        raw = f"From: {from_}\r\nTo: {to}\r\nSubject: Rules\r\n{headers}Content-Type: text/plain\r\n\r\n{body}\r\n"
        return desk.receive(enclose(raw.encode(), files))

    return send


def files_in(sent) -> list[tuple[str, bytes]]:
    return [(file.name, file.data) for file in cut(sent.raw, [one.part for one in sent.message.attachments])]


def answers(desk, body: str, *files: File, kind: str = "", from_: str = ANN):
    """An agent answers with files."""
    return desk.receive(enclose(desk.written_reply(from_, body, to_kind=kind), files))


def test_what_a_customer_attached_comes_with_the_agents_mail_byte_for_byte(desk, sends):
    sends(JO, LOG, SCREENSHOT)

    told = desk.last(ANN, "assigned")
    assert files_in(told) == [(LOG.name, LOG.data), (SCREENSHOT.name, SCREENSHOT.data)]
    assert "Attached: error.log (1 kB), Übersicht Büro.png (10 kB)" in " ".join(told.text.split())
    assert not desk.last(JO, "ack").message.attachments, "nobody gets their own files back"


def test_case_show_names_them_by_the_number_that_case_attachment_takes(desk, sends):
    sends(JO, LOG, SCREENSHOT)
    with desk.database.read() as connection:
        messages = cases.messages(connection, 1)
        second = load_attachment(connection, 1, 2)
    shown = case_text(desk.case(), desk.rules.book.policy("logik"), messages, desk.now)

    assert second.data == SCREENSHOT.data
    assert f"  attachment 1: {LOG.name}, " in shown
    assert f"  attachment 2: {SCREENSHOT.name}, image/png, {len(SCREENSHOT.data)} bytes" in shown


def test_an_agents_files_reach_everybody_on_the_customers_side(desk, sends):
    sends(JO, headers="Cc: kim@acme.example\r\n")
    answers(desk, "Apply the patch.", PATCH)

    for person in (JO, "kim@acme.example"):
        assert files_in(desk.last(person, "relay")) == [(PATCH.name, PATCH.data)]
    assert desk.kinds_to(ANN).count("echo") == 0, "what went out needs no echo"


def test_a_file_without_a_word_is_an_answer(desk, sends):
    sends(JO)
    answers(desk, "", PATCH)

    assert files_in(desk.last(JO, "relay")) == [(PATCH.name, PATCH.data)]
    assert desk.state() == "met"


def test_the_file_of_a_closing_answer_goes_along(desk, sends):
    sends(JO)
    answers(desk, "#close\nHere it is.", PATCH)

    assert files_in(desk.last(JO, "closed")) == [(PATCH.name, PATCH.data)]


@pytest.mark.parametrize("orders", ["#note\nFor us only.", "#note\n#close\nFor us only."])
def test_the_file_of_a_note_stays_in_the_team_and_the_agent_is_told(desk, sends, orders):
    """P01"""
    sends(JO)
    answers(desk, orders, PATCH)

    assert not any(mail.message.attachments for mail in desk.sent_to(JO))
    assert "not sent to the customer: fix.diff" in " ".join(desk.last(ANN, "echo").text.split())


def test_a_mistaken_command_sends_no_file(desk, sends):
    sends(JO)
    answers(desk, "#clsoe\nHere it is.", PATCH)

    assert desk.kinds_to(JO) == ["ack"]
    told = " ".join(desk.last(ANN, "echo").text.split())
    assert "Attach again what was with it: fix.diff." in told, "what comes back does not bring the file"


def test_a_file_that_names_an_agent_does_not_go_to_the_customer(desk, sends):
    """P02: a visiting card that a mail program puts on by itself."""
    card = File("ann.vcf", "text/vcard", f"BEGIN:VCARD\r\nEMAIL:{ANN.upper()}\r\nEND:VCARD\r\n".encode())
    sends(JO)
    answers(desk, "Hello.", card, PATCH)

    assert files_in(desk.last(JO, "relay")) == [(PATCH.name, PATCH.data)]
    told = " ".join(desk.last(ANN, "echo").text.split())
    assert "not sent to the customer: ann.vcf (it names an address of ours)" in told


def test_a_file_that_holds_a_secret_is_named_and_stays_behind(desk, sends):
    """LAI-11: the agent is warned without the secret being repeated, in whatever form."""
    config = File("config.ini", "text/plain", b"[db]\npassword = hunter2-canary\n")
    sends(JO, config, LOG)

    told = desk.last(ANN, "assigned")
    assert files_in(told) == [(LOG.name, LOG.data)]
    assert "config.ini (1 kB, not sent along: it may hold what must not be repeated)" in " ".join(told.text.split())


def test_the_picture_of_a_signature_stays_and_the_one_in_the_text_comes(desk):
    """Mail programs name a picture where it stands."""
    shot, logo = (File(name, "image/png", bytes(range(256)) * 30) for name in ("shot.png", "logo.png"))
    text = "It looks like this:\n[image: shot.png]\n\n-- \nJo Park\n[image: logo.png]\n"
    raw = f"From: {JO}\r\nTo: {LOGIK}\r\nSubject: Look\r\nContent-Type: text/plain\r\n\r\n{text}".encode()
    pictures = enclose(raw, [shot, logo]).replace(b"Content-Disposition: attachment", b"Content-Disposition: inline")
    desk.receive(pictures)

    assert [name for name, _ in files_in(desk.last(ANN, "assigned"))] == ["shot.png"]


def test_files_that_are_more_than_a_mail_may_carry_are_named_and_stay(desk, sends):
    huge = File("dump.bin", "application/octet-stream", b"\0" * (16 << 20))
    sends(JO, huge, LOG)

    told = desk.last(ANN, "assigned")
    assert [name for name, _ in files_in(told)] == ["error.log"]
    assert "dump.bin (16.8 MB, not sent along: too large to send along)" in " ".join(told.text.split())


def test_who_takes_a_case_over_gets_its_files(desk, sends):
    sends(JO, LOG)
    desk.reply(ANN, "#assign bob")

    assert files_in(desk.last(BOB, "assigned")) == [(LOG.name, LOG.data)]


def test_the_files_of_a_mail_that_is_not_verified_are_shown_to_the_agent_alone(desk, sends):
    """P01, A08"""
    sends(JO)
    raw = desk.written_reply(STRANGER, "Look at this.", holder=JO)
    desk.receive(enclose(raw, [LOG]))

    assert files_in(desk.last(ANN, "customer-message")) == [(LOG.name, LOG.data)]
    assert not any(mail.message.attachments for mail in desk.sent_to(JO))


def test_nothing_is_stored_twice(desk, sends):
    sends(JO, SCREENSHOT)

    with desk.database.read() as connection:
        rows = outbox.rows(connection)
    assert all(len(row.raw) < 10_000 for row in rows)


def test_what_was_erased_meanwhile_does_not_go_out(desk, sends):
    """LAI-11: a mail that waits for its server must not bring back what was erased."""
    sends(JO)
    desk.laboratory.deliver = lambda: None  # the smarthost is away
    answers(desk, "Apply the patch.", PATCH)
    desk.reply(ANN, "#redact")
    del desk.laboratory.deliver
    desk.laboratory.deliver()

    assert not any(mail.message.attachments for mail in desk.sent_to(JO))


class Picky:
    """A smarthost that takes no files."""

    def __init__(self) -> None:
        self.taken = []

    def deliver(self, mail, *, before_dot=lambda: None):
        if b"Content-Disposition: attachment" in mail.raw:
            return Failed("552 5.3.4 message too big")
        before_dot()
        self.taken.append(mail)
        return Sent("250 ok")


def test_a_mail_that_is_refused_with_its_files_goes_without_them_and_somebody_is_told(desk):
    raw = f"From: {JO}\r\nTo: {LOGIK}\r\nSubject: Rules\r\nContent-Type: text/plain\r\n\r\nSee.\r\n".encode()
    desk.laboratory.deliver = lambda: None
    desk.receive(enclose(raw, [LOG]))
    smarthost = Picky()
    while desk.laboratory.desk.deliver(smarthost):
        pass

    to = {mail.recipient for mail in smarthost.taken}
    assert {ANN, JO, OPS} <= to
    alert = next(mail for mail in smarthost.taken if mail.recipient == OPS)
    assert b"a mail was refused with its attachments" in alert.raw


def test_the_case_shows_what_was_attached(desk, sends):
    sends(JO, LOG)

    with desk.database.read() as connection:
        (message,) = cases.messages(connection, 1)
    assert json.loads(json.dumps(message.attachments))[0]["kept"] == ""
