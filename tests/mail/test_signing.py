"""DKIM: what we sign, and whose signatures hold (threat A05)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from helpdesk.core.words.message import Envelope
from helpdesk.desk import load_rules
from helpdesk.errors import ConfigurationError
from helpdesk.mail.proof.dkim_check import LOOKUP_SECONDS, proven_domain
from helpdesk.mail.proof.signing import Signing
from helpdesk.mail.write.compose import Letter, compose
from helpdesk.person import Person
from helpdesk.store.spool import Accepted
from tests.desk import ANN, JO, KEY, LOGIK, TestDesk, write_office
from tests.effort import at_most
from tests.mail.rsa_key import make_key

PRIVATE, RECORD = make_key(1)
ZONE = {"s1._domainkey.desk.example.": RECORD, "s1._domainkey.logik.example.": RECORD}
ANNS = Signing("desk.example", "s1", PRIVATE)


def lookup(name: str, _seconds: float = 5) -> bytes | None:
    return ZONE.get(name)


def letter(text: str = "#close\nDone.") -> bytes:
    return compose(
        Letter(
            from_=Person(ANN, "Ann"),
            to=Person(LOGIK),
            subject="Re: The rules",
            message_id="<1@desk.example>",
            date=datetime(2026, 5, 19, 14, tzinfo=UTC),
            text=text,
            automatic=False,
        )
    )


SIGNED = ANNS.signed(letter())


def test_what_we_sign_holds():
    assert proven_domain(SIGNED, "desk.example", lookup=lookup) == "desk.example"
    assert SIGNED.endswith(letter())


def test_a_relay_that_adds_its_trace_on_top_breaks_nothing():
    traced = b"Received: from a by b; Tue, 19 May 2026 14:00:00 +0000\r\n" + SIGNED
    assert proven_domain(traced, "desk.example", lookup=lookup) == "desk.example"


@pytest.mark.parametrize(
    "change",
    [
        (b"Done.", b"Done. #severity critical"),
        (b"Subject: Re: The rules", b"Subject: Re: Something else"),
        (b"Message-ID: <1@", b"Message-ID: <2@"),
        (b"To: support@", b"To: support+2.a@"),
        (b"Date: Tue, 19", b"Date: Tue, 26"),
        (b"d=desk.example", b"d=else.example"),
        (b"b=", b"l=5; b="),
    ],
)
def test_a_mail_that_was_changed_proves_nothing(change):
    """A05, A06"""
    changed = SIGNED.replace(*change)
    assert changed != SIGNED
    assert proven_domain(changed, "desk.example", lookup=lookup) == ""


@pytest.mark.parametrize(
    "field",
    [
        b"From: eve@else.example",
        b"Subject: x",
        b"Reply-To: eve@else.example",
        b"To: x@else.example",
        b"Cc: x@else.example",
    ],
)
@pytest.mark.parametrize("on_top", [True, False])
def test_a_field_that_is_added_breaks_the_signature(field, on_top):
    """A05: what stands once is signed once more than it stands."""
    changed = field + b"\r\n" + SIGNED if on_top else SIGNED.replace(b"\r\n\r\n", b"\r\n" + field + b"\r\n\r\n", 1)
    assert proven_domain(changed, "desk.example", lookup=lookup) == ""


def test_text_that_is_added_below_a_part_that_is_signed_is_not_signed():
    """A05: `l=` is refused, whatever the library says."""
    import dkim  # noqa: PLC0415

    partly = dkim.sign(letter(), b"s1", b"desk.example", PRIVATE, length=True) + letter() + b"#severity critical\r\n"
    assert dkim.DKIM(partly).verify(dnsfunc=lambda name, timeout=5: RECORD)
    assert proven_domain(partly, "desk.example", lookup=lookup) == ""


def test_a_signature_of_somebody_else_proves_nothing():
    other, record = make_key(2)
    foreign = Signing("else.example", "s1", other).signed(letter())
    assert proven_domain(foreign, "desk.example", lookup=lambda *_: record) == ""


def test_three_hundred_signatures_are_five_lookups():
    """A05: no amplifier of name lookups."""
    asked = []

    def count(name, seconds):
        asked.append(name)

    flood = (
        b"".join(SIGNED.partition(b"\r\nFrom:")[0].replace(b"s=s1", b"s=s%d" % n) + b"\r\n" for n in range(300))
        + letter()
    )
    assert proven_domain(flood, "desk.example", lookup=count) == ""
    assert len(asked) <= 5


def test_slow_name_servers_cost_a_mail_five_seconds_in_all(monkeypatch):
    """A05"""
    clock = [0.0]
    monkeypatch.setattr("helpdesk.mail.proof.dkim_check.time.monotonic", lambda: clock[0])
    granted = []

    def slow(name, seconds):
        granted.append(seconds)
        clock[0] += seconds

    flood = (
        b"".join(SIGNED.partition(b"\r\nFrom:")[0].replace(b"s=s1", b"s=s%d" % n) + b"\r\n" for n in range(5))
        + letter()
    )
    assert proven_domain(flood, "desk.example", lookup=slow) == ""
    assert sum(granted) <= LOOKUP_SECONDS


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"DKIM-Signature: x\r\n\r\n",
        b"DKIM-Signature: v=1; d=desk.example; h=from; b=\r\nFrom: a@desk.example\r\n\r\n",
        b"\x00" * 1000,
        b"DKIM-Signature:" + b";" * 100_000,
    ],
)
def test_no_bytes_make_it_fail(raw):
    assert proven_domain(raw, "desk.example", lookup=lookup) == ""


def test_signing_takes_a_moment():
    with at_most(2):
        for _ in range(5):
            ANNS.signed(letter())


# --- at the desk

SIGNING = '\n[smtp_out]\nurl = "maildir:outgoing"\ndkim_domain = "logik.example"\ndkim_selector = "s1"\ndkim_key_file = "dkim.pem"\n'


def signing_office(tmp_path):
    office = write_office(tmp_path)
    office.write_text(office.read_text().replace('\n[smtp_out]\nurl = "maildir:outgoing"\n', SIGNING))
    return office


def test_every_mail_that_leaves_the_desk_is_signed(tmp_path, story_databases, request):
    (tmp_path / "dkim.pem").write_bytes(PRIVATE)
    desk = TestDesk(
        load_rules(signing_office(tmp_path), environment={}, signing_key=KEY), story_databases.of("memory", request)
    )
    desk.mail(JO)
    desk.reply(ANN, "Über Ärger mit Regeln: wir sehen nach.")

    assert len(desk.sent) >= 3
    assert all(proven_domain(mail.raw, "logik.example", lookup=lookup) == "logik.example" for mail in desk.sent)


@pytest.mark.parametrize(("content", "said"), [(None, "readable key file"), (b"no key", "PEM private RSA key")])
def test_a_key_that_does_not_sign_is_refused_at_the_start(tmp_path, content, said):
    if content is not None:
        (tmp_path / "dkim.pem").write_bytes(content)
    with pytest.raises(ConfigurationError, match=said):
        load_rules(signing_office(tmp_path), environment={}, signing_key=KEY)


def test_a_part_of_the_setting_is_refused(tmp_path):
    office = signing_office(tmp_path)
    office.write_text(office.read_text().replace('dkim_selector = "s1"\n', ""))
    with pytest.raises(ConfigurationError, match="dkim_domain, dkim_selector and dkim_key_file together"):
        load_rules(office, environment={}, signing_key=KEY)


@pytest.fixture
def border(tmp_path, story_databases, request) -> TestDesk:
    """A desk that is its own border: agents' mail comes straight to its listener, and a proof is asked for."""
    office = write_office(tmp_path)
    office.write_text(office.read_text().replace("[desk]\n", '[desk]\nrequire_authentication = "always"\n'))
    rules = replace(load_rules(office, environment={}, signing_key=KEY), lookup=lookup)
    desk = TestDesk(rules, story_databases.of("memory", request))
    desk.mail(JO)
    return desk


@pytest.mark.parametrize(
    ("how", "acts"),
    [("signed", True), ("unsigned", False), ("changed", False), ("signed, two From", False), ("claimed", False)],
)
def test_where_we_are_the_border_an_agents_signature_is_checked_by_ourselves(border, how, acts):
    """A01, A05: the listener took it from a stranger's address; nobody else has looked at it."""
    raw = border.written_reply(ANN, "#severity low\nWe are on it.").replace(b"\n", b"\r\n").replace(b"\r\r", b"\r")
    signed = ANNS.signed(raw)
    sent = {
        "signed": signed,
        "unsigned": raw,
        "changed": signed.replace(b"low", b"urgent"),
        "signed, two From": b"From: eve@else.example\r\n" + signed,
        "claimed": b"Authentication-Results: desk; dmarc=pass header.from=desk.example\r\n" + raw,
    }[how]
    to = border.last(ANN, "assigned").reply_to
    border.laboratory.desk.accept([Accepted(LOGIK, sent, Envelope(ANN, (to,), "198.51.100.9"), "smtp", border.now)])
    border.work()

    assert (border.case().severity == "low") is acts
    assert (border.case().severity == "medium") is not acts
