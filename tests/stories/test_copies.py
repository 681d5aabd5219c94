"""One mail that comes over several ways is one; two mails under one Message-ID are two."""

from __future__ import annotations

import pytest

from helpdesk.desk import load_rules
from helpdesk.errors import StaleCase
from helpdesk.lab.mailer import Sheet, write
from helpdesk.report.traced import trace
from helpdesk.store import copies
from tests.desk import ANN, BOB, JO, KEY, KIM, LOGIK, STRANGER, THREEKIT, UTE, TestDesk, write_office

PASS = b"Authentication-Results: mx.desk.example; dmarc=pass header.from=acme.example\n"
FOOTER = "\n\n_______________________________________________\nhelp mailing list -- help@lists.logik.example\n"
LIST = {"List-Id": "<help.lists.logik.example>", "Precedence": "list"}


@pytest.fixture
def desk(story_databases, request, rules) -> TestDesk:
    return TestDesk(rules, story_databases.of("memory", request))


@pytest.fixture
def bordered(tmp_path, story_databases, request) -> TestDesk:
    path = write_office(tmp_path, more='\n[smtp_in]\nauthserv_id = "mx.desk.example"\n')
    return TestDesk(load_rules(path, environment={}, signing_key=KEY), story_databases.of("memory", request))


def mail(
    desk, from_=JO, subject="Doubled stock", body="The stock is doubled in shop 7.", *, to=LOGIK, cc="", **headers
):
    sheet = Sheet(from_, to, subject, body, cc, {name.replace("_", "-"): value for name, value in headers.items()})
    return write(sheet, at=desk.now, message_id="<stock@mail.acme.example>")


def attached(raw: bytes, name: str, content: bytes) -> bytes:
    head, _, body = raw.partition(b"\n\n")
    kept = b"\n".join(line for line in head.split(b"\n") if not line.lower().startswith((b"content-", b"mime-")))
    return (
        kept
        + b'\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\n'
        + body
        + b'\n--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename="'
        + name.encode()
        + b'"\n\n'
        + content
        + b"\n--b--\n"
    )


WAYS = {
    "over an alias": lambda raw, _desk: b"X-Forwarded-To: support@logik.example\nX-Received: by 2002:a05; x\n" + raw,
    "over Exchange": lambda raw, _desk: b"X-MS-Exchange-Organization-SCL: 1\nX-MS-Has-Attach: no\n" + raw,
    "resent": lambda raw, _desk: (
        b"Resent-From: ute@orion.example\nResent-Date: Tue, 19 May 2026 14:20:00 +0000\n" + raw
    ),
    "dated anew": lambda raw, _desk: raw.replace(b"Date: ", b"Date: Tue, 19 May 2026 20:00:00 +0000\nX-Date: "),
    "signed on the way": lambda raw, _desk: b"DKIM-Signature: v=1; d=relay.example\nARC-Seal: i=1\n" + raw,
    "broken anew": lambda raw, _desk: raw.replace(b"is wrong", b"is\nwrong"),
    "tagged by a list": lambda _raw, desk: mail(desk, subject="[Help] Doubled stock", **LIST),
    "with a list's footer": lambda _raw, desk: mail(desk, body=f"The stock is doubled in shop 7.{FOOTER}", **LIST),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("first", ["straight", "on its way"])
def test_one_mail_over_two_ways_is_one(desk, way, first):
    straight = mail(desk)
    both = [straight, WAYS[way](straight, desk)]
    became = [desk.receive(raw) for raw in (both if first == "straight" else reversed(both))]

    assert [one.outcome for one in became] == ["opened", "duplicate"]
    assert desk.kinds_to(JO) in (["ack"], [])  # what came by a list first is not acknowledged
    with desk.database.read() as connection:
        told = trace(connection, "stock@mail.acme.example", mailboxes=(LOGIK,), limit=9)
    assert [(one.outcome, one.case) for one in told] == [("opened", 1), ("duplicate", 1)]
    assert "the same mail as 1" in told[1].because


OTHERS = {
    "another word": lambda desk: mail(desk, body="The stock is doubled in shop 9."),
    "a word more": lambda desk: mail(desk, body="The stock is doubled in shop 7. And in shop 9."),
    "a word more below a line": lambda desk: mail(desk, body="The stock is doubled in shop 7.\n-----\nAnd in shop 9."),
    "another subject": lambda desk: mail(desk, subject="[urgent] Doubled stock"),
    "another author": lambda desk: mail(desk, from_=KIM),
    "a file": lambda desk: attached(mail(desk), "shop.bin", b"7"),
    "a list's word more above": lambda desk: mail(desk, body="Also shop 9.\nThe stock is doubled in shop 7.", **LIST),
    "other words by a list": lambda desk: mail(desk, body=f"The stock is doubled in shop 9.{FOOTER}", **LIST),
}


@pytest.mark.parametrize("other", OTHERS)
def test_two_mails_under_one_message_id_are_two(desk, other):
    desk.receive(mail(desk))

    assert desk.receive(OTHERS[other](desk)).outcome != "duplicate"


def test_files_tell_two_mails_apart(desk):
    desk.receive(attached(mail(desk), "shop.bin", b"7"))

    assert desk.receive(b"X-Hop: 1\n" + attached(mail(desk), "shop.bin", b"9")).outcome != "duplicate"
    assert desk.receive(b"X-Hop: 1\n" + attached(mail(desk), "shop.bin", b"7")).outcome == "duplicate"


def test_another_mailbox_another_day_and_a_mail_without_an_id_are_no_copies(desk):
    desk.receive(mail(desk))
    there = desk.receive(mail(desk, to=THREEKIT))
    nameless = [
        desk.receive(hop + mail(desk, subject="No id").replace(b"Message-ID: ", b"X-Id: "))
        for hop in (b"", b"X-Hop: 1\n")
    ]
    desk.at("2026-05-20 09:16")
    later = desk.receive(b"X-Hop: 1\n" + mail(desk))

    assert [one.outcome for one in (there, *nameless)] == ["opened"] * 3
    assert later.outcome != "duplicate"


def test_what_a_machine_answers_twice_is_each_time_an_answer_of_a_machine(desk):
    notice = mail(desk, subject="Automatic reply: Stock", body="I am away until Monday.", Auto_Submitted="auto-replied")
    assert [desk.receive(raw).outcome for raw in (notice, b"X-Hop: 1\n" + notice)] == ["robot", "robot"]


def test_a_held_copy_does_not_stand_in_for_the_mail(desk):
    """A stranger's copy by a list that is not ours is held; what comes straight is a person's."""
    held = desk.receive(mail(desk, from_=STRANGER, **LIST))
    straight = desk.receive(mail(desk, from_=STRANGER))
    again = desk.receive(mail(desk, from_=STRANGER, body=f"The stock is doubled in shop 7.{FOOTER}", **LIST))

    assert [one.outcome for one in (held, straight, again)] == ["held", "opened", "duplicate"]


def test_a_copy_that_proves_more_raises_the_first(bordered):
    """Whom the first could not bring in is there once the mail is proven."""
    raw = mail(bordered, cc=UTE)
    bordered.receive(raw)
    assert bordered.case().participants == ()
    became = bordered.receive(PASS + b"X-Hop: 1\n" + raw)

    assert became.outcome == "duplicate"
    assert [person.address for person in bordered.case().participants] == [UTE]
    assert not any("on copy, not added" in tag for tag in bordered.case().tags)
    assert bordered.kinds_to(JO) == ["ack"]
    assert bordered.kinds_to(UTE) == []


def test_a_copy_that_proves_no_more_changes_nothing(bordered):
    raw = mail(bordered, cc=UTE)
    bordered.receive(PASS + raw)
    events = len(bordered.case().events)
    bordered.receive(b"X-Hop: 1\n" + raw)

    assert len(bordered.case().events) == events


def test_an_agents_answer_sent_twice_by_a_relay_goes_once_and_worries_nobody(desk):
    desk.mail(JO)
    raw = desk.written_reply(ANN, "It is fixed.")
    first = desk.receive(raw)
    second = desk.receive(b"X-MS-Exchange-Transport: 2\nX-Received: by relay\n" + raw)

    assert (first.outcome, second.outcome) == ("appended", "duplicate")
    assert desk.kinds_to(JO) == ["ack", "relay"]
    assert "customer-message" not in desk.kinds_to(ANN) + desk.kinds_to(BOB)


def test_an_agents_answer_that_was_not_obeyed_is_when_its_proof_comes(bordered):
    bordered.receive(PASS + mail(bordered))
    raw = bordered.written_reply(ANN, "It is fixed.")
    bordered.receive(raw)
    assert "relay" not in bordered.kinds_to(JO)
    proof = b"Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example\n"
    bordered.receive(proof + b"X-Hop: 1\n" + raw)

    assert bordered.kinds_to(JO) == ["ack", "relay"]


@pytest.mark.slow
def test_two_workers_never_take_two_copies_for_two_mails(story_databases, request, rules):
    """PostgreSQL: who comes second waits for what the first makes of it."""
    desk = TestDesk(rules, story_databases.of("postgresql", request))
    raw = mail(desk)
    assert [desk.receive(one).outcome for one in (raw, b"X-Hop: 1\n" + raw)] == ["opened", "duplicate"]
    with desk.database.write() as one, desk.database.write() as two:
        copies.alone(one, LOGIK, "<stock@mail.acme.example>")
        copies.alone(two, THREEKIT, "<stock@mail.acme.example>")
        with pytest.raises(StaleCase):
            copies.alone(two, LOGIK, "<stock@mail.acme.example>")
