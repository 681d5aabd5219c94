"""Mail of ours that comes back: it finds its case, marks its address, and is told once to who is to know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from helpdesk.cli import app
from helpdesk.core.words.events import MailBounced
from helpdesk.core.words.message import Envelope
from helpdesk.desk import Desk, load_rules
from helpdesk.mail.read.bounces import bounce
from helpdesk.store import migrate, outbox, queue, undeliverable
from helpdesk.store.engine import Database
from helpdesk.store.spool import Accepted
from helpdesk.wires.courier import Sent
from tests.desk import ANN, JO, KEY, KIM, LENA, LOGIK, OPS, STRANGER, TestDesk, wall, write_office

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"


def report(to: str, *, returned: str = "", about: str = JO, action: str = "failed", status: str = "5.1.1") -> bytes:
    """A delivery report as RFC 3464 has it; `returned` is the Message-ID of the mail that it encloses, if any."""
    enclosed = f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {returned}\r\n\r\n" if returned else ""
    return (
        f"From: MAILER-DAEMON@mx.acme.example\r\nTo: {to}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.acme.example\r\n\r\n"
        f"Final-Recipient: rfc822; {about}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n{enclosed}--b--\r\n"
    ).encode()


def comes_back(desk, raw: bytes, to: str):
    """The report arrives with the null sender, as RFC 5321 section 4.5.5 has it."""
    return desk.laboratory.receive(raw, (to,), "")[0]


def states(desk, address: str) -> list[tuple[str, str]]:
    with desk.database.read() as connection:
        return [(row.kind, row.state) for row in outbox.rows(connection) if row.recipient == address]


def marked(desk) -> dict[str, str]:
    with desk.database.read() as connection:
        return undeliverable.marked(connection)


@pytest.fixture
def answered(desk):
    desk.mail(JO)
    desk.reply(ANN, "We are on it.")
    return desk


def test_an_answer_that_comes_back_is_marked_and_its_agent_is_told_once(answered):
    """L01: by the address that the report comes to; the report returns nothing of the mail."""
    answer = answered.last(JO, "relay")
    became = comes_back(answered, report(answer.envelope_from), answer.envelope_from)
    comes_back(answered, report(answer.envelope_from, status="5.1.0"), answer.envelope_from)

    assert (became.outcome, became.case) == ("bounce", 1)
    assert states(answered, JO) == [("ack", "sent"), ("relay", "bounced")]
    assert marked(answered) == {JO: "5.1.1"}
    told = answered.sent_to(ANN, "alert")
    assert len(told) == 1
    assert told[0].subject.startswith(f"[HD-1] Medium · {JO} gets no mail")
    assert "Status: 5.1.1" in told[0].text
    assert f"undeliverable: {JO}" in answered.case().tags
    assert answered.sent_to(OPS) == []


def test_the_returned_message_id_names_the_very_mail(answered):
    """L01: by what the report returns, wherever it is sent."""
    ack = answered.last(JO, "ack")
    became = comes_back(answered, report(LOGIK, returned=ack.message.message_id), LOGIK)

    assert (became.outcome, became.case) == ("bounce", 1)
    assert states(answered, JO) == [("ack", "bounced"), ("relay", "sent")]


def test_a_delay_is_told_and_marks_no_address(answered):
    answer = answered.last(JO, "relay")
    comes_back(answered, report(answer.envelope_from, action="delayed", status="4.4.1"), answer.envelope_from)

    assert states(answered, JO) == [("ack", "sent"), ("relay", "sent")]
    assert marked(answered) == {}
    assert "late or never" in answered.last(ANN, "alert").subject


def test_a_report_about_what_is_no_answer_moves_no_clock_and_reopens_nothing(answered):
    """L01: a closing mail without a word of an agent's is none."""
    answered.reply(ANN, "#close", to_kind="assigned")
    before = answered.clocks()
    closing = answered.last(JO, "closed")
    comes_back(answered, report(closing.envelope_from), closing.envelope_from)

    assert answered.case().status == "closed"
    assert answered.clocks() == before


@pytest.mark.parametrize("forgery", ["guessed address", "guessed id", "number", "another case", "another purpose"])
def test_a_forged_report_changes_nothing(answered, forgery):
    """L06: nothing in it was signed by us for that mail."""
    answer, mine = answered.last(JO, "relay"), answered.last(JO, "relay").reply_to
    own_id = answer.message.message_id
    to, returned, subject = {
        "guessed address": (re.sub(r"\.b.{4}", ".baaaa", answer.envelope_from), "", ""),
        "guessed id": (LOGIK, own_id[:-20] + "aaaa" + own_id[-16:], ""),
        "number": (LOGIK, "", "HD-1"),
        "another case": (answer.envelope_from.replace("+1.", "+2."), "", ""),
        "another purpose": (mine, "", ""),
    }[forgery]
    answered.mail(KIM, "Another thing")
    case, rows = answered.case(), states(answered, JO)
    raw = report(to, returned=returned).replace(b"Undelivered Mail", f"Undelivered Mail [{subject}]".encode())
    became = comes_back(answered, raw, to)

    assert became.outcome == "bounce"
    assert states(answered, JO) == rows
    assert marked(answered) == {}
    assert answered.case().status == case.status
    assert answered.case().of_type(MailBounced) == ()
    assert answered.sent_to(ANN, "alert") == []


def test_what_comes_back_from_one_of_us_is_told_to_the_operators_alone(desk):
    """L08: the bounce of an escalation never escalates."""
    desk.mail(JO, body="Priority: Critical\n\nEverything is down.")
    desk.at("2026-05-19 11:30")
    escalation = desk.last(LENA, "escalation")
    sent, clocks = len(desk.sent), desk.clocks()
    raw = report(escalation.envelope_from, about=LENA)
    became = comes_back(desk, raw, escalation.envelope_from)

    assert (became.outcome, became.case) == ("bounce", 1)
    assert [(mail.kind, mail.to) for mail in desk.sent[sent:]] == [("alert", OPS)]
    assert "lena@desk.example" in desk.last(OPS, "alert").subject
    assert desk.clocks() == clocks
    assert desk.last(OPS, "alert").envelope_from == "", "nothing can come back from an alert"


def test_an_address_that_answers_a_mail_of_ours_is_delivered_again(answered):
    answer = answered.last(JO, "relay")
    comes_back(answered, report(answer.envelope_from, status="5.2.2"), answer.envelope_from)
    answered.reply(JO, "My mailbox was full.", to_kind="relay")

    assert marked(answered) == {}


def test_a_complaint_ends_acknowledgments_to_that_address_and_tells_the_operators(desk):
    """L06, RFC 5965: somebody pressed the spam button on our acknowledgment."""
    desk.mail(STRANGER)
    ack = desk.last(STRANGER, "ack")
    feedback = (
        f"From: fbl@provider.example\r\nTo: {LOGIK}\r\nSubject: complaint\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n--b\r\n\r\nAbuse\r\n'
        "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {ack.message.message_id}\r\n\r\nx\r\n--b--\r\n"
    )
    became = comes_back(desk, feedback.encode(), LOGIK)
    desk.mail(STRANGER, "Hello again", "I have another question.")

    assert (became.outcome, became.case) == ("robot", 1)
    assert desk.kinds_to(STRANGER) == ["ack"]
    assert desk.events("acknowledged", number=2)[0].because == "this address called our mail spam"
    assert desk.kinds_to(OPS) == ["alert"]


QMAIL = "Hi. This is the qmail-send program at mx.acme.example.\nI'm afraid I wasn't able to deliver your message.\n\n<{who}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nMessage-ID: {id}\nSubject: x\n\nx\n"
EXIM = "This message was created automatically by mail delivery software.\n\n  {who}\n    all relevant MX records point to non-existent hosts\n\n------ This is a copy of the message, including all the headers. ------\n\nMessage-ID: {id}\n"
GOOGLE = "Delivery to the following recipient failed permanently:\n\n     {who}\n\n----- Original message -----\n\nMessage-ID: {id}\n"
EXCHANGE = "Your message did not reach some or all of the intended recipients.\n\n{who}\nThe e-mail account does not exist.\n#550 5.1.1 RESOLVER.ADR.RecipNotFound\n\nMessage-ID: {id}\n"
SHAPES = {
    "qmail": ("MAILER-DAEMON@mx.acme.example", "failure notice", QMAIL),
    "Exim": ("Mailer-Daemon@mx.acme.example", "Mail delivery failed: returning message to sender", EXIM),
    "Google": ("mailer-daemon@googlemail.example", "Delivery Status Notification (Failure)", GOOGLE),
    "Exchange": ("postmaster@acme.example", "Undeliverable: Re: Printer", EXCHANGE),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_reports_in_prose_find_their_mail_too(answered, shape):
    """L01: what qmail, Exim, Google and Exchange write instead of RFC 3464."""
    sender, subject, text = SHAPES[shape]
    answer = answered.last(JO, "relay")
    body = text.format(who=JO, id=answer.message.message_id)
    raw = f"From: {sender}\r\nTo: {LOGIK}\r\nSubject: {subject}\r\n\r\n{body}".encode()
    became = comes_back(answered, raw, LOGIK)

    assert (became.outcome, became.case) == ("bounce", 1)
    assert states(answered, JO)[-1] == ("relay", "bounced")


@pytest.mark.skipif(not CORPORA.is_dir(), reason=f"the shared real mails are not at {CORPORA}: nothing to send back")
def test_real_reports_of_many_kinds_find_their_case_and_nobody_outside_hears_of_them(story_databases, request, rules):
    """L01: each as it came, with the Message-ID of a mail of ours in place of the one it returned."""
    desk = TestDesk(rules, story_databases.of("memory", request))
    desk.mail(JO)
    ack = desk.last(JO, "ack")
    raws = map(Path.read_bytes, sorted((CORPORA / "sisimai-set-of-emails").glob("*.eml"))[::6])
    found = [(raw, told) for raw in raws if (told := bounce(raw)) and told.message_id]
    before = len(desk.sent)
    outcomes = []
    for raw, told in found:
        ours = raw.replace(told.message_id.encode(), ack.message.message_id.encode())
        outcomes.append(comes_back(desk, ours, LOGIK))

    placed = [became for became in outcomes if became.outcome == "duplicate" or became.case == 1]
    assert len(found) >= 50
    assert len(placed) / len(found) >= 0.95
    assert {mail.to for mail in desk.sent[before:]} <= {ANN}
    assert len(desk.sent[before:]) <= 2, "once for good, once for a delay"


def test_the_list_of_the_outbox_shows_what_came_back(tmp_path):
    """`outbox list` names the address that takes no mail."""
    office = write_office(tmp_path)
    (tmp_path / "secret").write_text(KEY.decode() * 2, encoding="ascii")
    rules = load_rules(office, environment={})
    database = Database(f"sqlite:///{tmp_path}/helpdesk.db")
    migrate.upgrade(database)
    desk = Desk(database=database, rules=rules, now=lambda: wall("2026-05-19 09:15"))
    desk.begin()

    class Notes:
        mails: list = []  # noqa: RUF012

        def deliver(self, mail, *, before_dot=lambda: None):
            before_dot()
            self.mails.append(mail)
            return Sent("noted")

    raw = b"From: jo@acme.example\r\nTo: support@logik.example\r\nSubject: x\r\n\r\nHello\r\n"
    desk.accept([Accepted(LOGIK, raw, Envelope(JO, (LOGIK,)), "smtp", desk.now())])
    desk.work()
    notes = Notes()
    desk.deliver(notes)
    own = next(mail.mail_from for mail in notes.mails if mail.recipient == JO)
    desk.accept([Accepted(LOGIK, report(own), Envelope("", (own,)), "smtp", desk.now())])
    desk.work()
    with database.read() as connection:
        assert [*queue.numbers(connection)] == [1]
    database.close()
    listed = CliRunner().invoke(app, ["outbox", "list", "--config", str(office), "--json"])

    assert listed.exit_code == 0
    assert '"state": "bounced"' in listed.stdout
    assert '"undeliverable": true' in listed.stdout


def test_a_report_about_a_customers_list_names_the_readers_whom_it_did_not_reach(answered):
    """The others behind that address have the mail: it is not taken for an address that gets none."""
    raw = report(answered.last(JO, "relay").envelope_from, about="lou@acme.example")
    more = b"Final-Recipient: rfc822; max@acme.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--"
    comes_back(answered, raw.replace(b"--b--", more), answered.last(JO, "relay").envelope_from)

    told = answered.last(ANN, "alert").text
    assert "Not reached: lou@acme.example, max@acme.example" in told
    assert marked(answered) == {}
