"""Mails built to hold a reader up: each is read in a moment, and still gives a message (threats C01 to C06)."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.mail.proof.authenticity import authenticity
from helpdesk.mail.read.attachments import attachment
from helpdesk.mail.read.html import to_text
from helpdesk.mail.read.parse import parse
from tests.effort import at_most
from tests.soak import amount

SECONDS = 4.0  # generous for a busy machine: the slowest takes a tenth of it on an idle one


def nested(levels: int) -> bytes:
    head = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(levels)
    )
    return b"Subject: nested\n" + head + b"\ninside\n"


def enclosed(levels: int) -> bytes:
    return b"Subject: enclosed\n" + b"Content-Type: message/rfc822\n\n" * levels + b"inside\n"


def many_parts(count: int) -> bytes:
    return b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * count + b"--b--\n"


def same_boundary(levels: int) -> bytes:
    return (
        b"Content-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * levels
    )


def part(kind: str, body: bytes) -> bytes:
    return f"Subject: x\nContent-Type: {kind}\n\n".encode() + body


STRUCTURES = {
    "nested-1000": nested(1_000),
    "nested-40000": nested(40_000),
    "enclosed-20000": enclosed(20_000),
    "parts-100000": many_parts(100_000),
    "same-boundary-20000": same_boundary(20_000),
    "headers-100000": b"X: y\n" * 100_000 + b"\nbody",
    "one-header-of-10-MB": b"Subject: " + b"a" * 10_000_000 + b"\n\nbody",
    "continuations-500000": b"Subject: a\n" + b" b\n" * 500_000 + b"\nbody",
    "boundary-lines-without-end": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--\n" * 300_000,
    "guessing-a-boundary": b"Content-Type: multipart/mixed\n\n" + b"--x\n" * 500_000,
    "references-100000": b"References: " + b"<a@b> " * 100_000 + b"\n\nbody",
    "base64-of-nothing": part("text/plain\nContent-Transfer-Encoding: base64", b"=" * 5_000_000),
    "quoted-printable": part("text/plain\nContent-Transfer-Encoding: quoted-printable", b"=" * 5_000_000),
    "uuencode": part("text/plain\nContent-Transfer-Encoding: x-uuencode", b"begin 644 x\n" * 300_000),
    "punycode": part("text/plain; charset=punycode", b"a" * 1_000_000 + b"-"),
    "flowed": part("text/plain; format=flowed", b"a \n" * 1_000_000),
    "digest": b"Content-Type: multipart/digest; boundary=b\n\n" + b"--b\n\nSubject: x\n\n" * 50_000,
    "tnef": part(
        "application/ms-tnef", b"\x78\x9f\x3e\x22\x00\x00" + b"\x02\x02\x90\x06\x00\x00\x00\x00\x00\x00\x00" * 90_000
    ),
    "nothing-but-newlines": b"\n" * 1_000_000,
    "nothing-but-zeros": b"\0" * 1_000_000,
}


@pytest.mark.parametrize("bomb", STRUCTURES)
def test_a_bomb_of_structure_gives_a_message_in_a_moment(bomb):
    """C01."""
    with at_most(SECONDS):
        message = parse(STRUCTURES[bomb])
    assert not any("could not be taken apart" in word for word in message.damage)


PATTERNS = (
    '"', ",", "<", "(", ")", "\\", ";", "; a=b", ";a*0=b", "=?utf-8?q?", "=?utf-8?q?a?= ", "a@b,", "<a@", ":;", "[", "'", "=?", "?=",
    "<a@b> ", "(a) ", '"a" ', 'a="', "<>", "\t", "=?a?q?", "%41", "*0",
)  # fmt: skip


@pytest.mark.parametrize("size", [20_000, pytest.param(200_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "name",
    [
        "From",
        "To",
        "Subject",
        "Content-Type",
        "Content-Disposition",
        "Message-ID",
        "Date",
        "References",
        "Authentication-Results",
    ],
)
def test_a_bomb_in_a_header_is_read_in_a_moment(name, size):
    """C02: quotation marks alone cost the standard library more than fifteen seconds."""
    for pattern in PATTERNS:
        raw = f"{name}: x {(pattern * size)[:size]}\nSubject: s\n\nbody".encode()
        with at_most(0.5, pattern):
            authenticity(parse(raw), authserv_id="x")


HTML = {
    "nested-div": "<div>" * 100_000,
    "open-a": "<a " * 100_000,
    "unclosed-quotes": '<a b="' * 100_000,
    "quotes-over-brackets": "<a b=\"'>" * 100_000,
    "unclosed-comments": "<!--" * 200_000,
    "unclosed-declarations": "<!" * 300_000,
    "attributes": "<p " + " ".join(f"a{number}=1" for number in range(100_000)) + ">x",
    "blockquotes": "<blockquote>" * 60_000 + "x",
    "blockquotes-with-text": "<blockquote>x" * 60_000,
    "lists": "<ul><li>" * 60_000,
    "links": "<a href=https://x.example>y" * 40_000,
    "closing-links": "<a href=https://x.example>y</a>" * 30_000,
    "tables": "<table><tr><td>" * 60_000,
    "scripts": "<script>" * 100_000,
    "unclosed-styles": "<style" * 150_000,
    "hidden": '<div style="display:none">' * 40_000,
    "numbers": "&#" + "1" * 500_000 + ";",
    "entities": "&amp" * 250_000,
    "less-than": "<" * 300_000,
    "long-words": "a" * 1_000_000,
    "spaces": " " * 1_000_000,
    "pre": "<pre>" + "\n" * 500_000,
    "hrefs": '<a href="' + "x" * 1_000_000 + '">y</a>',
}


@pytest.mark.parametrize("bomb", HTML)
def test_a_bomb_of_html_is_read_in_a_moment(bomb):
    """C06."""
    with at_most(SECONDS):
        parse(part("text/html", HTML[bomb].encode()))


def test_text_above_and_below_a_bomb_is_kept():
    html = "<p>above</p>" + "<div>" * 5_000 + "<p>below</p>"
    assert to_text(html).split() == ["above", "below"]


LEAVES = st.sampled_from(
    [
        b"", b"text\n", b"Content-Type: text/html\n\n<p>x<br>y</p>", b"Content-Type: text/plain; charset=utf-16\n\n\xff\xfea\0",
        b"Content-Type: application/ms-tnef\n\n\x78\x9f\x3e\x22\0\0\x01", b"Content-Type: message/rfc822\n\nSubject: in\n\nx",
        b"Content-Type: text/plain; charset=unicode_escape\n\n\\x41", b"Content-Transfer-Encoding: base64\n\n!!!=",
        b"Content-Disposition: attachment; filename*0*=utf-8''..%2f..; filename*1=x\n\n\0", b"Content-Type: multipart/mixed\n\n--q\n\n",
        b"Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n\n", b"Content-Type: application/rtf\n\n{\\rtf1 x}",
        b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR", b"Content-Type: text/enriched\n\n<bold>x</bold>",
    ]
)  # fmt: skip
KINDS = st.sampled_from([b"mixed", b"alternative", b"related", b"signed", b"encrypted", b"report", b"digest", b"x-odd"])


@st.composite
def multiparts(draw, children=LEAVES):
    mark = draw(st.sampled_from([b"b", b"bb", b"=_x", b" "]))
    inside = draw(st.lists(children, max_size=4))
    body = b"".join(b"--" + mark + b"\n" + child + b"\n" for child in inside)
    end = draw(st.sampled_from([b"--" + mark + b"--\n", b"--" + mark, b""]))
    return b"Content-Type: multipart/" + draw(KINDS) + b'; boundary="' + mark + b'"\n\n' + body + end


TREES = st.recursive(LEAVES, multiparts, max_leaves=12)
NAMES = st.sampled_from(
    [b"From", b"To", b"Subject", b"Date", b"Message-ID", b"References", b"Content-Type", b"Content-ID", b"X", b""]
)
FIELDS = st.lists(st.tuples(NAMES, st.binary(max_size=60)).map(b": ".join), max_size=6).map(b"\n".join)


def check(message, raw):
    assert not any("could not be taken apart" in word for word in message.damage), message.damage
    shown = [message.subject, message.text, message.reply, *(value for _, value in message.headers)]
    shown += [attached.name for attached in message.attachments]
    for text in shown:
        assert "\0" not in text
        assert "\r" not in text
        text.encode("utf-8")  # no lone surrogate
    for attached in message.attachments:
        name, kind, content = attachment(raw, attached.part)
        assert (name, kind, len(content)) == (attached.name, attached.type, attached.size)


@pytest.mark.soak
@settings(max_examples=amount(100, 100_000), deadline=None)
@given(st.tuples(FIELDS, TREES).map(b"\n".join))
def test_any_structure_gives_a_clean_message_and_its_attachments_can_be_cut_out(raw):
    """C03, C12."""
    check(parse(raw), raw)


@pytest.mark.soak
@settings(max_examples=amount(100, 100_000), deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_a_clean_message(raw):
    """C03, C12."""
    check(parse(raw), raw)


@pytest.mark.soak
@settings(max_examples=amount(100, 100_000), deadline=None)
@given(st.text(alphabet="<>/=\"'!-& \naphrefbrulitdscomnx;#1", max_size=120))
def test_any_markup_gives_text_without_a_crash(html):
    assert "\0" not in to_text(html)


TAGS = ("p", "div", "span", "td", "tr", "h2", "o:p", "b", "li", "a", "blockquote", "pre", "center", "s", "small")
ATTRIBUTES = (
    "",
    ' style="color:red"',
    " class='x y'",
    " width=208",
    ' style="display:none"',
    ' title="1 > 0"',
    ' a="<p>"',
    "/",
)
WORDS = ("word", " ", "\n", "two  words", "&amp;", "&#32;", "\u00a0", "none", "<br>", "<!-- no -->", "<", '"')
TAG = st.builds("<{}{}{}>".format, st.sampled_from(["", "", "/"]), st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES))


@settings(max_examples=amount(100, 50_000), deadline=None)
@given(st.lists(TAG | st.sampled_from(WORDS), max_size=25))
def test_a_tag_is_read_alike_in_capital_letters(pieces):
    """Small ones are read many at a time."""
    capitals = [re.sub(r"^</?[a-z0-9:]+", lambda found: found[0].upper(), piece) for piece in pieces]
    assert to_text("".join(capitals)) == to_text("".join(pieces))


def test_an_attachment_of_five_megabytes_is_listed_and_cut_out_whole():
    content = bytes(range(256)) * 20_000
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: application/pdf\r\n"
        b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\n"
        + base64.encodebytes(content).replace(b"\n", b"\r\n")
        + b"\r\n--b--\r\n"
    )
    message = parse(raw)
    assert message.text == "text"
    assert attachment(raw, message.attachments[0].part) == ("a.pdf", "application/pdf", content)
