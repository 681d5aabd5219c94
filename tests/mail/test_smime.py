"""Opaque-signed S/MIME is read: text and attachments as if nobody had signed it; nothing else inside is opened."""

from __future__ import annotations

import base64
import time

import pytest

from helpdesk.mail.read.parse import attachment, parse
from helpdesk.mail.read.smime import signed_content

SIGNED, DATA, ENVELOPED = (bytes.fromhex("06092a864886f70d01070" + digit) for digit in "213")
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nPriority: Critical\r\nNobody can order in Z\xc3\xbcrich.\r\n"
WHOLE = (
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Look at <b>this</b>.</p>\r\n'
    b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--b--\r\n"
)


def value(tag: int, content: bytes) -> bytes:
    """One element in DER."""
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def signed(content: bytes, *, octets: bytes = b"", kind: bytes = SIGNED) -> bytes:
    """Signed data (RFC 5652 section 5.1) without signers; `octets` is the content as it is encoded."""
    inner = value(0x30, DATA + value(0xA0, octets or value(0x04, content)))
    fields = value(0x02, b"\x01") + value(0x31, b"") + inner + value(0xA0, value(0x30, b"\x05\x00")) + value(0x31, b"")
    return value(0x30, kind + value(0xA0, value(0x30, fields)))


def in_pieces(content: bytes, size: int) -> bytes:
    """An octet string of indefinite length, as programs that stream write it (X.690 section 8.7)."""
    pieces = (value(0x04, content[at : at + size]) for at in range(0, len(content), size))
    return b"\x24\x80" + b"".join(pieces) + b"\x00\x00"


def mail(data: bytes, kind: str = "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m") -> bytes:
    """A mail that is nothing but these bytes."""
    return (
        f"From: jo@acme.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: {kind}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + base64.encodebytes(data)


@pytest.mark.parametrize(
    "kind",
    [
        "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
        "application/x-pkcs7-mime; smime-type=signed-data",
        "application/pkcs7-mime",
        "application/pkcs7-mime; smime-type=enveloped-data",
        'application/octet-stream; name="SMIME.P7M"',
    ],
)
def test_what_is_signed_is_read_whatever_its_type_says(kind):
    message = parse(mail(signed(TEXT), kind))

    assert message.text == "Priority: Critical\nNobody can order in Z\u00fcrich."
    assert message.reply == message.text
    assert (message.attachments, message.damage) == ((), ())


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_content_in_pieces_is_put_together(size):
    assert "Z\u00fcrich" in parse(mail(signed(b"", octets=in_pieces(TEXT, size)))).text


def test_text_and_files_inside_are_as_they_would_be_outside():
    raw = mail(signed(WHOLE))
    message = parse(raw)

    assert message.text == "Look at this."
    (file,) = message.attachments
    assert (file.name, file.type, file.size) == ("a.pdf", "application/pdf", 9)
    assert attachment(raw, file.part) == ("a.pdf", "application/pdf", b"%PDF-1.4\n")


def test_a_signed_part_beside_others_is_read_where_it_stands():
    part = mail(signed(TEXT)).partition(b"MIME-Version: 1.0\r\n")[2]
    raw = b'From: a@b.example\r\nContent-Type: multipart/mixed; boundary="o"\r\n\r\n--o\r\n\r\nabove\r\n--o\r\n' + part
    raw += b"\r\n--o\r\n\r\nbelow\r\n--o--\r\n"

    text = parse(raw).text
    assert text.split("\n") == ["above", "", "Priority: Critical", "Nobody can order in Z\u00fcrich.", "", "below"]


def nested(levels: int) -> bytes:
    raw = TEXT
    for _ in range(levels):
        part = (
            b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        )
        raw = part + base64.encodebytes(signed(raw))
    return b"From: a@b.example\r\nSubject: x\r\n" + raw


def test_three_levels_are_opened_and_no_more():
    assert "nobody can order" in parse(nested(3)).text.lower()
    deeper = parse(nested(4))
    assert deeper.text == ""
    assert deeper.damage == ("signed (S/MIME, opaque): the text is inside the attachment",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        signed(TEXT)[:60],
        signed(TEXT, kind=ENVELOPED),
        value(0x30, SIGNED),
        signed(b"", octets=value(0x30, b"x")),
        signed(TEXT).replace(value(0xA0, value(0x04, TEXT)), b""),
        b"\x30\x80" + SIGNED + b"\xa0\x80" * 300_000,
        signed(b"", octets=b"\x24\x80" * 100_000),
        signed(b"", octets=in_pieces(b"a" * 500_000, 1)),
    ],
    ids=["empty", "short", "cut", "encrypted", "bare", "no octets", "detached", "deep", "deep content", "dust"],
)
def test_what_cannot_be_opened_is_an_attachment_and_costs_nothing(data):
    """C01"""
    begun = time.thread_time()
    message = parse(mail(data))
    assert time.thread_time() - begun < 2.0

    assert message.text == ""
    assert [file.name for file in message.attachments] == ["smime.p7m"]


def test_a_signed_bomb_of_parts_is_not_opened_beyond_the_limit_of_a_mail():
    """C01"""
    bomb = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 5_000 + b"--b--\r\n"

    assert parse(mail(signed(bomb))).attachments
    assert signed_content(signed(bomb)) == bomb


def test_a_signature_proves_nothing_about_who_wrote():
    inner = b"From: ann@desk.example\r\nSubject: other\r\nReply-To: x@y.example\r\n" + TEXT
    message = parse(mail(signed(inner)))

    assert message.senders[0].address == "jo@acme.example"
    assert (message.subject, message.reply_to) == ("x", ())
