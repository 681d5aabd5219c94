"""SPF as RFC 7208 has it, with its limits; and what it proves of an agent's mail where we are the border (A01, A02)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.core.words.message import Envelope
from helpdesk.desk import load_rules
from helpdesk.errors import Unavailable
from helpdesk.mail.proof import spf
from helpdesk.mail.proof.spf import MAX_LOOKUPS, SECONDS, check
from helpdesk.report.verify import verify_shape
from helpdesk.store.spool import Accepted
from helpdesk.unit import Unit
from tests.desk import ANN, JO, KEY, LOGIK, OPS, TestDesk, write_office

# The zone of RFC 7208 appendix A.
ZONE = {
    ("example.com", "A"): ["192.0.2.10", "192.0.2.11"],
    ("example.com", "MX"): ["mail-a.example.com", "mail-b.example.com"],
    ("mail-a.example.com", "A"): ["192.0.2.129"],
    ("mail-b.example.com", "A"): ["192.0.2.130"],
    ("amy.example.com", "A"): ["192.0.2.65"],
    ("bob.example.com", "A"): ["192.0.2.66"],
    ("joel.example.com", "A"): ["192.0.2.5"],
    ("example.org", "MX"): ["mail-c.example.org"],
    ("mail-c.example.org", "A"): ["192.0.2.140"],
    ("10.2.0.192.in-addr.arpa", "PTR"): ["example.com"],
    ("65.2.0.192.in-addr.arpa", "PTR"): ["amy.example.com"],
    ("140.2.0.192.in-addr.arpa", "PTR"): ["mail-c.example.org"],
    ("4.0.0.10.in-addr.arpa", "PTR"): ["bob.example.com"],
    ("gmail-like.example.net", "TXT"): ["v=spf1 ip4:203.0.113.0/24 ip6:2001:db8::/32 ~all"],
    ("open.example.net", "TXT"): ["v=spf1 +all"],
    ("wide.example.net", "TXT"): ["v=spf1 ip4:0.0.0.0/0 -all"],
    ("mary.mobile-users._spf.example.com", "A"): ["127.0.0.2"],
    ("15.15.168.192.joel.remote-users._spf.example.com", "A"): ["127.0.0.2"],
}


def asked_of(record: str, **more: list[str]):
    zone = {**ZONE, ("example.com", "TXT"): ["google-site-verification=x", record]}
    zone |= {tuple(key.rsplit(" ", 1)): value for key, value in more.items()}
    return lambda name, kind, _seconds: zone.get((name.rstrip(".").lower(), kind), [])


def result(record: str, remote: str, *, mail_from: str = "jo@example.com", **more: list[str]) -> str:
    return check(remote, mail_from=mail_from, helo="mx.example.com", resolver=asked_of(record, **more)).result


@pytest.mark.parametrize(
    ("record", "remote", "expected"),
    [
        ("v=spf1 +all", "192.0.2.1", "pass"),
        ("v=spf1 a -all", "192.0.2.10", "pass"),
        ("v=spf1 a -all", "192.0.2.65", "fail"),
        ("v=spf1 a:example.org -all", "192.0.2.10", "fail"),
        ("v=spf1 mx -all", "192.0.2.129", "pass"),
        ("v=spf1 mx:example.org -all", "192.0.2.140", "pass"),
        ("v=spf1 mx mx:example.org -all", "192.0.2.140", "pass"),
        ("v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.131", "pass"),
        ("v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.143", "pass"),
        ("v=spf1 mx/30 -all", "192.0.2.140", "fail"),
        ("v=spf1 ptr -all", "192.0.2.10", "pass"),
        ("v=spf1 ptr -all", "192.0.2.140", "fail"),
        ("v=spf1 ptr -all", "10.0.0.4", "fail"),
        ("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.129", "pass"),
        ("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.65", "fail"),
        ("v=spf1 IP4:192.0.2.128/28 -ALL", "::ffff:192.0.2.129", "pass"),
        ("v=spf1 ip6:2001:db8::/32 ~all", "2001:db8::7", "pass"),
        ("v=spf1 ip6:2001:db8::/32 ~all", "192.0.2.1", "softfail"),
        ("v=spf1 ?all", "192.0.2.1", "neutral"),
        ("v=spf1 a", "192.0.2.99", "neutral"),
        ("v=spf1 include:gmail-like.example.net -all", "203.0.113.9", "pass"),
        ("v=spf1 include:gmail-like.example.net -all", "198.51.100.9", "fail"),
        ("v=spf1 include:nowhere.example.net -all", "198.51.100.9", "permerror"),
        ("v=spf1 redirect=gmail-like.example.net", "203.0.113.9", "pass"),
        ("v=spf1 redirect=gmail-like.example.net", "198.51.100.9", "softfail"),
        ("v=spf1 redirect=nowhere.example.net", "198.51.100.9", "permerror"),
        ("v=spf1 -all redirect=gmail-like.example.net", "203.0.113.9", "fail"),
        ("v=spf1 exists:%{ir}.%{l1r+}.remote-users._spf.%{d} -all", "192.168.15.15", "fail"),
        ("v=spf1 a exp=explain._spf.%{d} unknown=%{x} -all", "192.0.2.10", "pass"),
        ("v=spf10 a -all", "192.0.2.10", "none"),
        ("V=SPF1 A -ALL", "192.0.2.10", "pass"),
        ("v=spf1", "192.0.2.10", "neutral"),
        ("v=spf1 a -al", "192.0.2.10", "permerror"),
        ("v=spf1 -all ip4:192.0.2", "192.0.2.10", "permerror"),
        ("v=spf1 ip4:2001:db8:: -all", "192.0.2.10", "permerror"),
        ("v=spf1 a/33 -all", "192.0.2.10", "permerror"),
        ("v=spf1 a: -all", "192.0.2.10", "permerror"),
        ("v=spf1 include: -all", "192.0.2.10", "permerror"),
        ("v=spf1 exists:%{z}.x -all", "192.0.2.10", "permerror"),
        ("v=spf1 redirect=a.example redirect=b.example", "192.0.2.10", "permerror"),
        ("v=spf1 include:example.com -all", "192.0.2.10", "permerror"),
        ("v=spf1 redirect=example.com", "192.0.2.10", "permerror"),
        ("no record", "192.0.2.10", "none"),
    ],
)
def test_a_record_says_of_a_host(record, remote, expected):
    assert result(record, remote) == expected


def test_macros_are_filled_in_as_the_standard_has_it():
    """RFC 7208 section 7.4: the examples of the standard."""
    asked = []

    def expanded(spec: str, remote: str = "192.0.2.3") -> str:
        asked.clear()
        check(
            remote,
            mail_from="strong-bad@email.example.com",
            helo="mx.example.org",
            resolver=lambda name, kind, _: (
                asked.append(name) or ([f"v=spf1 exists:{spec} -all"] if kind == "TXT" else [])
            ),
        )
        return asked[-1]

    for spec, name in {
        "%{o}.x": "email.example.com.x",
        "%{d1}.x": "com.x",
        "%{dr}.x": "com.example.email.x",
        "%{d2r}.x": "example.email.x",
        "%{l}.x": "strong-bad.x",
        "%{l-}.x": "strong.bad.x",
        "%{lr}.x": "strong-bad.x",
        "%{lr-}.x": "bad.strong.x",
        "%{l1r-}.x": "strong.x",
        "%{ir}.%{v}._spf.%{d2}": "3.2.0.192.in-addr._spf.example.com",
        "%{h}.%{s}.x": "mx.example.org.strong-bad@email.example.com.x",
        "%%%-.x": "%%20.x",
        "%{p}.x": "unknown.x",
    }.items():
        assert expanded(spec) == name
    assert expanded("%{ir}.%{v}.x", "2001:db8::cb01").startswith("1.0.b.c.0.0")
    assert expanded("%{ir}.%{v}.x", "2001:db8::cb01").endswith("8.b.d.0.1.0.0.2.ip6.x")
    assert len(expanded("%{s}." * 30 + "end.x")) <= 253


def test_at_most_ten_terms_ask_a_name_server():
    """RFC 7208 section 4.6.4, A05."""
    asked = []

    def endless(name, kind, _seconds):
        asked.append(name)
        return [f"v=spf1 include:n{len(asked)}.example.com -all"] if kind == "TXT" else []

    assert check("192.0.2.1", mail_from="jo@example.com", helo="", resolver=endless).result == "permerror"
    assert len(asked) <= MAX_LOOKUPS + 1
    assert result("v=spf1 " + "a:mail-a.example.com " * 11 + "+all", "198.51.100.1") == "permerror"


def test_names_that_do_not_exist_may_be_asked_for_twice():
    """RFC 7208 section 4.6.4"""
    assert result("v=spf1 a:n1.example.com a:n2.example.com +all", "198.51.100.1") == "pass"
    assert result("v=spf1 a:n1.example.com a:n2.example.com a:n3.example.com +all", "198.51.100.1") == "permerror"
    assert result("v=spf1 mx:many.example.com -all", "192.0.2.1", **{"many.example.com MX": [f"m{n}.example.com" for n in range(11)]}) == "permerror"  # fmt: skip


def test_two_records_are_none():
    assert result("v=spf1 +all", "192.0.2.1", **{"example.com TXT": ["v=spf1 +all", "v=spf1 a -all"]}) == "permerror"


def test_slow_name_servers_cost_a_mail_five_seconds_in_all(monkeypatch):
    """A05"""
    clock = [0.0]
    monkeypatch.setattr(spf.time, "monotonic", lambda: clock[0])
    granted = []

    def slow(name, kind, seconds):
        granted.append(min(seconds, 2))
        clock[0] += granted[-1]
        return ["v=spf1 mx mx:example.org a ptr -all"] if kind == "TXT" else ["x.example.com"]

    assert check("192.0.2.1", mail_from="jo@example.com", helo="", resolver=slow).result == "temperror"
    assert sum(granted) <= SECONDS


def test_a_server_that_does_not_answer_is_not_a_server_that_says_no():
    def silent(name, kind, seconds):
        raise Unavailable("timeout")

    assert check("192.0.2.1", mail_from="jo@example.com", helo="", resolver=silent).result == "temperror"


@pytest.mark.parametrize("domain", ["open.example.net", "wide.example.net"])
def test_a_pass_that_everybody_gets_proves_nothing(domain):
    """A02: `+all`, also behind an include."""
    for record in (f"v=spf1 include:{domain} -all", f"v=spf1 redirect={domain}"):
        found = check("198.51.100.66", mail_from="jo@example.com", helo="", resolver=asked_of(record))
        assert (found.result, found.proves) == ("pass", False)


PIECES = st.sampled_from(["v=spf1", "all", "-", "+", "?", "~", "a", "mx", "ptr", "include:", "exists:", "ip4:", "ip6:", "redirect=", "exp=", "example.com", "%{", "d", "l", "1", "r", "-", "}", "%%", "%", "/", "24", "//64", "192.0.2.0", "::", "=", ":", ".", "\x00", "é"])  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join), st.lists(PIECES, max_size=8).map("".join), st.text(max_size=40))
def test_no_record_and_no_sender_make_it_fail(record, more, sender):
    for remote in ("192.0.2.1", "2001:db8::1", "", "somewhere"):
        check(remote, mail_from=sender, helo=sender, resolver=asked_of(f"v=spf1 {record} {more}"))
        check(remote, mail_from="a@example.com", helo=sender, resolver=asked_of(f"v=spf1 {record} {more}"))


# --- at the desk

DESKS = {
    ("desk.example", "TXT"): ["v=spf1 ip4:198.51.100.9 -all"],
    ("mail.desk.example", "TXT"): ["v=spf1 +ip4:203.0.113.7 -all"],
}


def resolver(name, kind, _seconds):
    return DESKS.get((name, kind), [])


@pytest.fixture
def border(tmp_path, story_databases, request) -> TestDesk:
    """A desk that is its own border: agents' mail comes straight to its listener, and a proof is asked for."""
    office = write_office(tmp_path)
    office.write_text(office.read_text().replace("[desk]\n", '[desk]\nrequire_authentication = "always"\n'))
    rules = replace(load_rules(office, environment={}, signing_key=KEY), lookup=lambda *_: None, resolver=resolver)
    desk = TestDesk(rules, story_databases.of("memory", request))
    desk.mail(JO)
    return desk


def arrives(desk, raw: bytes, *, mail_from: str, remote: str, helo: str = "") -> None:
    to = desk.last(ANN, "assigned").reply_to
    envelope = Envelope(mail_from, (to,), remote, helo)
    desk.laboratory.desk.accept([Accepted(LOGIK, raw, envelope, "smtp", desk.now)])
    desk.work()


@pytest.mark.parametrize(
    ("mail_from", "remote", "acts", "why"),
    [
        (ANN, "198.51.100.9", True, "spf=pass smtp.mailfrom=ann@desk.example (ip4:198.51.100.9), checked by the desk"),
        ("bounces@desk.example", "198.51.100.9", True, "spf=pass smtp.mailfrom=bounces@desk.example"),
        (
            ANN,
            "203.0.113.66",
            False,
            "no DKIM signature of desk.example holds; spf=fail smtp.mailfrom=ann@desk.example (-all)",
        ),
        ("x@mail.desk.example", "203.0.113.7", False, "smtp.mailfrom=x@mail.desk.example is not of desk.example"),
        ("mallory@elsewhere.example", "203.0.113.66", False, "is not of desk.example"),
        ("ann@notdesk.example", "203.0.113.66", False, "is not of desk.example"),
        ("", "203.0.113.66", False, "smtp.mailfrom=<> is not of desk.example"),
        ('"@desk.example"@elsewhere.example', "198.51.100.9", False, "is not of desk.example"),
    ],
)
def test_where_we_are_the_border_the_host_that_sent_an_agents_mail_is_checked_by_ourselves(
    border, mail_from, remote, acts, why
):
    """A01, A02: the domain of MAIL FROM, exactly that of From; `case verify` says why."""
    arrives(border, border.written_reply(ANN, "#severity low\nWe are on it."), mail_from=mail_from, remote=remote, helo="desk.example")  # fmt: skip

    assert (border.case().severity == "low") is acts
    assert bool(border.sent_to(JO, "relay")) is acts
    with border.database.read() as connection:
        shape = verify_shape(Unit(connection, border.rules, border.now), 1, 2)
    shown = next(check for check in shape["checks"] if check["check"] == "authentication")
    assert shown["holds"] is acts
    assert why in shown["why"]


def test_a_host_that_may_send_does_not_make_two_senders_one(border):
    """A02, A03: what From says must allow of one reading."""
    raw = b"From: eve@elsewhere.example\r\n" + border.written_reply(ANN, "#severity low\nWe are on it.")
    arrives(border, raw, mail_from=ANN, remote="198.51.100.9")

    assert border.case().severity != "low"


def test_customers_mail_is_worth_no_question_to_a_name_server(tmp_path, story_databases, request, border):
    """A05: whoever writes to us does not decide whom we ask."""
    asked = []
    rules = replace(border.rules, resolver=lambda name, *_: asked.append(name) or [])
    border.laboratory.desk.exchange(rules)
    arrives(border, border.written_reply(JO, "It still fails."), mail_from=JO, remote="203.0.113.5")
    assert asked == []
    arrives(border, border.written_reply(ANN, "We look."), mail_from=ANN, remote="203.0.113.5")
    arrives(border, border.written_reply(ANN, "#help", holder=ANN).replace(ANN.encode(), OPS.encode()), mail_from=OPS, remote="203.0.113.5")  # fmt: skip
    assert asked == ["desk.example", "desk.example"]


@pytest.mark.parametrize("remote", ["127.0.0.1", "10.1.2.3"])
def test_what_a_relay_of_ours_hands_on_is_not_the_peers(tmp_path, story_databases, request, remote):
    """The address of our own server says nothing about who wrote."""
    office = write_office(tmp_path, more='\n[smtp_in]\ntrusted_relays = ["10.0.0.0/8"]\n')
    office.write_text(office.read_text().replace("[desk]\n", '[desk]\nrequire_authentication = "always"\n'))
    asked = []
    rules = replace(
        load_rules(office, environment={}, signing_key=KEY), resolver=lambda name, *_: asked.append(name) or []
    )
    desk = TestDesk(rules, story_databases.of("memory", request))
    desk.mail(JO)
    arrives(desk, desk.written_reply(ANN, "#severity low\nWe are on it."), mail_from=ANN, remote=remote)

    assert desk.case().severity != "low"
    assert asked == []
