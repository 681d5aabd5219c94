"""Letters as bytes: what the letter says and nothing else (threats C09, C10, L07, O04)."""

# ruff: noqa: RUF001  letters of many scripts are the point

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.core.words.addresses import address_spec
from helpdesk.mail.read.parse import parse
from helpdesk.mail.write import compose as compose_module
from helpdesk.mail.write.compose import Letter, compose
from helpdesk.person import Person
from tests.effort import at_most
from tests.soak import amount

AT = datetime(2026, 5, 26, 9, 12, 13, tzinfo=UTC)
LETTER = Letter(
    from_=Person("support@desk.example", "Acme Support"),
    to=Person("kim@acme.example", "Kim Lee"),
    subject="Re: Printer",
    message_id="<1.abc@desk.example>",
    date=AT,
    text="Hello Kim,\n\nit is being looked at.\n\n-- \nAcme\n",
)


def names(raw: bytes) -> list[str]:
    return [name for name, _ in email.message_from_bytes(raw).items()]


def sound(raw: bytes) -> None:
    """CRLF only, seven bits, short lines, one blank line between head and body."""
    assert raw.isascii()
    assert b"\0" not in raw
    lines = raw.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 998


def test_a_letter_reads_back_as_it_was_meant():
    message = parse(compose(replace(LETTER, subject="Ärger mit dem Drucker – schon wieder", text="Grüße aus Köln\n")))
    assert message.subject == "Ärger mit dem Drucker – schon wieder"
    assert message.text == "Grüße aus Köln"
    assert message.senders == (LETTER.from_,)
    assert message.to == (LETTER.to,)
    assert message.date == AT
    assert message.message_id == LETTER.message_id


def test_plain_text_goes_out_as_it_is():
    raw = compose(LETTER)
    sound(raw)
    assert raw.endswith(b"\r\n\r\nHello Kim,\r\n\r\nit is being looked at.\r\n\r\n-- \r\nAcme\r\n")
    assert b"Date: Tue, 26 May 2026 09:12:13 +0000\r\n" in raw


def test_an_html_part_stands_beside_the_text():
    message = email.message_from_bytes(compose(replace(LETTER, html="<p>Grüße</p>")), policy=policy.default)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message.get_body(("html",)).get_content().strip() == "<p>Grüße</p>"


def test_automatic_mail_says_so_and_an_agents_does_not():
    """L07, RFC 3834 section 5."""
    assert parse(compose(LETTER)).header("Auto-Submitted") == "auto-generated"
    answer = parse(compose(replace(LETTER, in_reply_to="<a@b.example>")))
    assert answer.header("Auto-Submitted") == "auto-replied"
    assert answer.header("X-Auto-Response-Suppress") == "All"
    assert answer.robot is not None
    human = parse(compose(replace(LETTER, automatic=False, in_reply_to="<a@b.example>")))
    assert not {"auto-submitted", "x-auto-response-suppress", "precedence"} & {
        name.lower() for name, _ in human.headers
    }
    assert human.robot is None


@pytest.mark.parametrize("length", [10, 100, 250, 800])
def test_long_message_ids_stay_whole(length):
    """C10: Outlook's ids are longer than a line should be; broken or encoded they thread nowhere."""
    one, two = f"<{'a' * length}@x.example>", f"<{'b' * length}@x.example>"
    raw = compose(replace(LETTER, in_reply_to=two, references=(one, two)))
    sound(raw)
    assert two.encode() in raw
    message = parse(raw)
    assert message.in_reply_to == (two,)
    assert message.references == (one, two)
    standard = email.message_from_bytes(raw)
    assert "".join(standard["References"].split()) == one + two


def test_of_very_many_references_the_first_and_the_newest_are_kept():
    ids = tuple(f"<{number}@x.example>" for number in range(500))
    references = parse(compose(replace(LETTER, references=ids))).references
    assert references[0] == ids[0]
    assert references[-1] == ids[-1]
    assert len(references) == 30


def test_an_id_that_is_none_is_left_out_rather_than_written():
    raw = compose(
        replace(LETTER, in_reply_to="<a b>\r\nBcc: x@y.example", references=("<ok@x.example>", "bad", "<a\nb@c>"))
    )
    assert b"Bcc" not in raw
    assert parse(raw).references == ("<ok@x.example>",)
    assert parse(raw).in_reply_to == ()


NASTY = [
    "x\r\nBcc: eve@else.example",
    "x\nBcc: eve@else.example\n\nbody",
    "=?utf-8?q?x=0ABcc:=20eve@else.example?=",
    "=?UTF-8?B?eApCY2M6IGV2ZUBlbHNlLmV4YW1wbGU=?=",
    "x\u2028Bcc: eve@else.example",
    "x\u0085Bcc: eve@else.example",
    "x\x0bBcc: eve@else.example",
    "x\0y",
    "\ud800",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3Fx=0ABcc=3A=3F=3D?=",
    "a" * 2_000,
    "ä" * 2_000,
    "word " * 300,
    " \t ",
    "",
]


@pytest.mark.parametrize("nasty", NASTY)
def test_no_text_of_a_stranger_becomes_a_header(nasty):
    """C09, CVE-2024-6923: an encoded line end in a customer's subject must not become a Bcc."""
    person = Person("kim@acme.example", nasty)
    raw = compose(replace(LETTER, subject=nasty, to=person, cc=(person,), text=nasty))
    sound(raw)
    clean = compose(replace(LETTER, cc=(LETTER.to,), text=nasty))
    assert names(raw) == names(clean)


ANY_TEXT = st.one_of(st.text(max_size=200), st.sampled_from(NASTY))


@pytest.mark.soak
@settings(max_examples=amount(100, 100_000), deadline=None)
@given(subject=ANY_TEXT, name=ANY_TEXT, body=ANY_TEXT, html=st.none() | ANY_TEXT)
def test_whatever_the_values_the_fields_are_the_same(subject, name, body, html):
    """C09: the names of the fields, and one blank line, whatever a subject, a name or a text holds."""
    person = Person("kim@acme.example", name)
    raw = compose(replace(LETTER, subject=subject, to=person, text=body, html=html))
    sound(raw)
    expected = [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "X-Helpdesk-ID",
        "x-ms-reactions",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "MIME-Version",
    ]
    expected += ["Content-Type"] if html is not None else ["Content-Type", "Content-Transfer-Encoding"]
    assert names(raw) == expected
    again = email.message_from_bytes(raw, policy=policy.default)
    assert again["To"].addresses[0].addr_spec == "kim@acme.example"
    assert not again.defects


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp")), max_size=2_000))
def test_text_survives_the_way_out_and_in(text):
    message = parse(compose(replace(LETTER, text=text)))
    assert message.text.strip() == text.strip("\n").strip()


@pytest.mark.parametrize(
    "address",
    ["", "x", "@", "a@", "@b", "a b@c.example", "a@b c", "a@b.example>\r\nRCPT TO:<evil", "a@b.example SIZE=1", "a..b@c.example",
     ".a@c.example", '"a b"@c.example', "a@[127.0.0.1]", "a@-b.example", "a@b-.example", "a@b..example", "ä@b.example", "a@b.example\n",
     "a,b@c.example", "a@b@c.example", "a" * 65 + "@c.example", "a@" + "b" * 64 + ".example", "a\0@b.example", "<a@b.example>"],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(address):
    """O04: servers and libraries mangle these into addresses of other people."""
    with pytest.raises(ValueError, match="expected"):
        address_spec(address)


@pytest.mark.parametrize(
    "address", ["a@b.example", "a.b+tag=x@sub.b-c.example", "support+1.cabc@desk.example", "o'neill@x.example"]
)
def test_a_plain_address_is_taken_as_it_is(address):
    assert address_spec(address) == address


def test_a_domain_with_umlauts_goes_out_in_its_ascii_form():
    assert address_spec("kim@bücher.example") == "kim@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("domain", "ascii_form"),
    [
        ("straße.example", "xn--strae-oqa.example"),
        ("STRAßE.Example", "xn--strae-oqa.Example"),
        ("βόλος.example", "xn--nxasmm1c.example"),
        ("große.bücher.example", "xn--groe-xna.xn--bcher-kva.example"),
        ("bücher。example", "xn--bcher-kva.example"),
    ],
)
def test_a_domain_goes_out_as_itself_and_not_as_one_that_sounds_like_it(domain, ascii_form):
    """RFC 5891: `straße` and `strasse` are two names, and two owners; an answer to one is none of the other's business."""
    assert address_spec(f"kim@{domain}") == f"kim@{ascii_form}"


def test_a_naive_date_and_a_message_id_without_brackets_are_refused():
    with pytest.raises(ValueError, match="aware"):
        compose(replace(LETTER, date=datetime(2026, 5, 26)))  # noqa: DTZ001  that is the point
    with pytest.raises(ValueError, match="Message-ID"):
        compose(replace(LETTER, message_id="1@desk.example"))


def test_the_date_keeps_its_zone():
    zone = timezone(timedelta(hours=-5, minutes=-30))
    assert b"Date: Tue, 26 May 2026 03:42:13 -0530\r\n" in compose(replace(LETTER, date=AT.astimezone(zone)))


def test_a_letter_is_written_fast():
    """A5 of the measured limits: an acknowledgment must not cost more than its SMTP dialogue."""
    with at_most(200 * 0.002):
        for _ in range(200):
            compose(LETTER)


def test_the_guard_tries_itself_before_a_daemon_starts(monkeypatch):
    """V05: an interpreter on which a subject becomes a header is no ground to send mail from."""
    assert compose_module.guard_holds()
    monkeypatch.setattr(compose_module, "encoded", lambda text, *, used: text)
    assert not compose_module.guard_holds()
