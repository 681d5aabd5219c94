"""Files behind the words of a mail: every byte of them, and nothing else in the mail (threats C08, C09, P02)."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email import policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.core.words.enclosure import DECORATION, MACHINERY, SECRET, TOO_LARGE, described, sorted_out
from helpdesk.core.words.message import Attachment, Message
from helpdesk.mail.read.parse import parse
from helpdesk.mail.write.compose import Letter, compose
from helpdesk.mail.write.enclose import File, cut, enclose, naming
from helpdesk.person import Person

LETTER = Letter(
    from_=Person("support@desk.example", "Acme Support"),
    to=Person("kim@acme.example", "Kim Lee"),
    subject="Re: Drucker läuft nicht",
    message_id="<1.abc@desk.example>",
    date=datetime(2026, 5, 26, 9, 12, 13, tzinfo=UTC),
    text="Hello Kim,\n\nit is attached.\n",
    html="<p>Hello Kim,</p><p>it is attached.</p>",
)


def read(raw: bytes):
    return email.message_from_bytes(raw, policy=policy.default)


def test_without_files_a_mail_stays_as_it_is():
    raw = compose(LETTER)
    assert enclose(raw, []) is raw


@pytest.mark.parametrize("html", [None, "<p>Hello</p>"])
def test_the_words_and_the_headers_stay_what_they_were(html):
    from dataclasses import replace  # noqa: PLC0415

    raw = compose(replace(LETTER, html=html))
    whole = enclose(raw, [File("a.txt", "text/plain", b"x")])

    before, after = read(raw), read(whole)
    mime = {"content-type", "content-transfer-encoding", "mime-version"}
    assert [(k, v) for k, v in before.items() if k.lower() not in mime] == [
        (k, v) for k, v in after.items() if k.lower() not in mime
    ]
    assert parse(whole).text == parse(raw).text
    assert after.get_content_type() == "multipart/mixed"


@given(
    name=st.text(max_size=150),
    kind=st.one_of(st.sampled_from(["image/png", "message/rfc822", "text/html", "multipart/mixed"]), st.text()),
    data=st.binary(max_size=300),
    charset=st.text(max_size=20),
)
def test_any_name_and_type_adds_one_part_and_no_header(name, kind, data, charset):
    """C09: neither a name nor a type nor a charset of a stranger's ends a header line."""
    raw = compose(LETTER)
    whole = enclose(raw, [File(name, kind, data, charset)])

    assert whole.isascii()
    assert max(map(len, whole.split(b"\r\n"))) <= 998
    mail = read(whole)
    assert {name.lower() for name in mail} == {name.lower() for name in read(raw)}
    attached = list(mail.iter_attachments())
    assert len(attached) == 1
    assert attached[0].get_payload(decode=True) == data
    assert set(map(str.lower, attached[0].keys())) <= {
        "content-type",
        "content-disposition",
        "content-transfer-encoding",
    }


@pytest.mark.parametrize("name", ["report.pdf", "Übersicht 2026.xlsx", "见积书.docx", "a" * 140 + ".txt", "x'y%z.txt"])
def test_names_come_through_in_every_script(name):
    whole = enclose(compose(LETTER), [File(name, "application/pdf", b"%PDF")])

    assert [one.name for one in parse(whole).attachments] == [name]
    (attached,) = read(whole).iter_attachments()
    assert attached.get_filename() == name, "and the standard library reads the same"


def test_what_is_cut_out_is_what_was_put_in():
    files = [File("a.bin", "application/octet-stream", bytes(range(256)) * 50), File("b.txt", "text/plain", b"", "")]
    whole = enclose(compose(LETTER), files)

    assert cut(whole, [one.part for one in parse(whole).attachments]) == files
    assert cut(whole, [99, -1]) == []


def test_an_address_inside_a_file_is_found_whatever_its_case():
    """P02"""
    whole = enclose(
        compose(LETTER), [File("a.vcf", "text/vcard", b"EMAIL:Ann@Desk.Example"), File("b", "text/plain", b"")]
    )
    message = parse(whole)

    assert naming(whole, message, ["ann@desk.example"]) == {message.attachments[0].part}


def sorted_files(*attachments: Attachment, text: str = "", reply: str = "", secrets=(), up_to: int = 10**9):
    message = Message(text=text, reply=reply, attachments=attachments)
    return sorted_out(message, secrets=secrets, naming_staff=(), up_to=up_to, answers_us=False).attachments


def test_a_picture_is_of_the_signature_also_where_the_text_describes_it():
    """Exchange writes what a picture shows in its place, not what it is called: each mail brought its logo along."""
    page = (
        "<p>Look: <img alt='A broken\n total' src='cid:s1'></p><p>Kind regards<br>Kim<br><img src=cid:l1 alt=Acme></p>"
    )
    picture = "--b\nContent-Type: image/png; name={0}.png\nContent-Disposition: inline\nContent-ID: <{0}1>\n\n{1}\n"
    pictures = "".join(picture.format(name, "x" * 9_000) for name in "sl")
    plain = "--c\nContent-Type: text/plain\n\nLook: [A broken total]\n\nKind regards\nKim\n[Acme]\n"
    rich = f"--c\nContent-Type: text/html\n\n{page}\n--c--\n"
    for forms in (
        f"Content-Type: multipart/alternative; boundary=c\n\n{plain}{rich}",
        f"Content-Type: text/html\n\n{page}\n",
    ):
        message = parse(f"Content-Type: multipart/related; boundary=b\n\n--b\n{forms}{pictures}--b--\n".encode())
        shot, logo = sorted_files(*message.attachments, text=message.text, reply=message.reply)
        assert (shot.name, shot.kept, logo.name, logo.kept) == ("s.png", "", "l.png", DECORATION)


def test_what_mail_programs_add_by_themselves_does_not_go_along():
    signature, dot, logo, shot = sorted_files(
        Attachment("smime.p7s", "application/pkcs7-signature", 3_000, 1),
        Attachment("", "image/gif", 43, 2, inline=True),
        Attachment("logo.png", "image/png", 9_000, 3, inline=True),
        Attachment("shot.png", "image/png", 9_000, 4, inline=True),
        text="Look: [image: shot.png]\n-- \n[image: logo.png]",
        reply="Look: [image: shot.png]",
    )

    assert (signature.kept, dot.kept, logo.kept, shot.kept) == (MACHINERY, DECORATION, DECORATION, "")


def test_what_may_hold_a_secret_stays():
    """LAI-11: where so much was found that not all is told, every file is suspect."""
    file = Attachment("a.cfg", "text/plain", 100, 1)

    assert sorted_files(file, secrets=["password in a.cfg, line 2"])[0].kept == SECRET
    assert sorted_files(file, secrets=["password in b.cfg", "3 more"])[0].kept == SECRET
    assert sorted_files(file, secrets=["password in the text"])[0].kept == ""


def test_files_go_along_as_long_as_they_fit():
    small, large, last = sorted_files(
        Attachment("a", "text/plain", 60, 1),
        Attachment("b", "text/plain", 60, 2),
        Attachment("c", "text/plain", 40, 3),
        up_to=100,
    )

    assert (small.kept, large.kept, last.kept) == ("", TOO_LARGE, "")


def test_what_stays_is_told_with_its_reason_and_machinery_is_not_told():
    message = Message(
        attachments=(
            Attachment("a.zip", "application/zip", 30_000_000, 1, kept=TOO_LARGE),
            Attachment("smime.p7s", "application/pkcs7-signature", 3_000, 2, kept=MACHINERY),
            Attachment("b.txt", "text/plain", 20, 3),
        )
    )

    assert list(described(message)) == ["a.zip (30.0 MB, not sent along: too large to send along)", "b.txt (1 kB)"]
