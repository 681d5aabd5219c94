"""Whatever arrives becomes a case, or is accounted for: bombs, garbage, and text that would like to be something else."""

from __future__ import annotations

import random

import pytest

from helpdesk.report.casefile import case_text
from helpdesk.store import cases, spool
from helpdesk.unit import Units
from helpdesk.watch import Watch
from helpdesk.web.views import Views
from tests.console import served
from tests.desk import ANN, JO, LOGIK, OPS, TestDesk
from tests.mail.test_bombs import HTML, STRUCTURES, part
from tests.soak import amount, some

BOMBS = {**STRUCTURES, **{name: part("text/html", text.encode()) for name, text in HTML.items()}}


@pytest.fixture
def small(story_databases, request, rules) -> TestDesk:
    """In memory only: what a bomb does, it does before anything is stored."""
    return TestDesk(rules, story_databases.of("memory", request))


@pytest.mark.slow
@pytest.mark.parametrize("bomb", some(sorted(BOMBS), 10))
def test_a_bomb_opens_a_case_with_its_bytes_kept(small, bomb):
    """C01, C06: and the next mail is worked as ever."""
    raw = f"From: {JO}\r\nTo: {LOGIK}\r\n".encode() + BOMBS[bomb]
    became = small.laboratory.receive(raw, (LOGIK,), JO)[0]
    small.mail(JO, "Another thing", "It is slow.")

    assert became.outcome == "opened"
    with small.database.read() as connection:
        kept = cases.kept(connection, became.case)[0]
        assert spool.load(connection, kept.spool_id).raw == raw
    assert small.case_numbers() == [1, 2]


NASTY = (
    b"\0", b"\xff\xfe", b"\xed\xa0\x80", "\u202e".encode(), b"\x1b[2J", b"=?utf-8?q?=00=0ABcc:_x=40y.example?=", b"=?utf-8?b?7aCA?=",
    b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"--b", b"--b--", b"{{7*7}}", b"%s%n", b"'; DROP TABLE mail; --", "\U0001f4a9".encode(), b"\x85", "\u2028".encode(),
    b"From: a@b.example", b"From: <<<", b"Message-ID: <<<", b"Date: Tue, 26 May 0001 09:00:00 +9999", b"Subject: ", b"References: <a@b> <", b"To: ;:,",
    b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: text/html; charset=x-none", b"Content-Type: message/rfc822", b"Content-Type: text/plain; charset=utf-7",
    b"Content-Transfer-Encoding: base64", b"Content-Disposition: attachment; filename*=utf-8''%00%2e%2e%2f", b"Auto-Submitted: \0auto-replied", b"x",
)  # fmt: skip


@pytest.mark.parametrize("sender", ["", "From: \r\n", "From: <>\r\n"], ids=["none", "empty", "null"])
def test_a_mail_without_a_sender_is_shown_as_one(small, sender):
    """Kept and shown, and nowhere as "unknown sender <>"."""
    small.laboratory.receive(f"{sender}To: {LOGIK}\r\nSubject: Rules\r\n\r\nNo rule fires.\r\n".encode(), (LOGIK,), "")
    case, policy = small.case(), small.rules.book.policy("logik")
    with small.database.read() as connection:
        kept = cases.messages(connection, case.number)
    mail = small.last(case.assignee, "assigned").text
    units = Units(small.database, small.rules)
    with served(small, Views("Desk", units, Watch(lambda: small.now), lambda: small.now, small.now)) as site:
        page = site.get(f"/cases/{case.ref}", by=OPS).body
    seen = [mail, case_text(case, policy, kept, small.now), page]

    assert "From: unknown sender" in " ".join(mail.split())
    assert "from unknown sender, customer unknown" in seen[1]
    assert not [text for text in seen if "<>" in text or "&lt;&gt;" in text]


def garbage(rng: random.Random) -> bytes:
    pieces = [
        rng.choice(NASTY) if rng.random() < 0.8 else rng.randbytes(rng.randrange(20))
        for _ in range(rng.randrange(1, 40))
    ]
    return rng.choice((b"", b"\r\n", b" ")).join(pieces)


@pytest.mark.soak
def test_any_bytes_are_accounted_for_and_stored(desk):
    """C03, C12: on both databases, which refuse NUL and lone surrogates."""
    rng = random.Random(12)
    mails = [garbage(rng) for _ in range(amount(60, 2_000))]
    outcomes = [desk.laboratory.receive(raw, (LOGIK,), "x@y.example")[0].outcome for raw in mails]

    assert set(outcomes) <= {"opened", "robot", "bounce", "held", "loop", "duplicate"}
    assert outcomes.count("opened") > len(mails) / 2
    with desk.database.read() as connection:
        counts = spool.counts(connection)
    assert sum(count for (mailbox, _), count in counts.items() if mailbox == LOGIK) == len(mails)
    for number in desk.case_numbers():
        case = desk.case(number)
        for text in (case.subject, case.requester.name, case.requester.address, *case.tags):
            assert "\0" not in text
            text.encode("utf-8")


def test_who_takes_a_message_id_first_keeps_nobody_elses_mail_out(desk):
    """C12: the real mail comes second, with the id that an attacker has guessed."""
    squatted = {"Message-ID": "<invoice-7@acme.example>"}
    desk.mail("mallory@elsewhere.example", "Invoice", "Ignore this.", headers=squatted)
    became = desk.mail(JO, "Invoice", "Our invoice is wrong.", headers=squatted)

    assert became.outcome == "opened"
    assert desk.case(became.case).requester.address == JO


def test_what_reads_like_a_template_is_written_as_it_was(desk):
    """C11: name, subject, body, and what an agent answers."""
    text = "{{7*7}} {% for x in y %} ${7*7} <%= 7*7 %> %(secret)s {0.__class__}"
    desk.mail(f'"{{{{7*7}}}}" <{JO}>', f"The rules {text}", text)
    desk.reply(ANN, text)

    for mail in (desk.last(ANN, "assigned"), desk.last(JO, "ack"), desk.last(JO, "relay")):
        assert "49" not in mail.subject
        assert "{{7*7}}" in mail.text or "{{7*7}}" in mail.subject
    assert text in " ".join(desk.last(JO, "relay").text.split())
