"""The content arrives as it was composed: lines, dots and sizes (threat S07 seen from the sending side)."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.wires.courier import Failed, Outgoing, Sent
from helpdesk.wires.outgoing import open_courier
from helpdesk.wires.smtp_out_link import canonical, stuffed
from tests.wire.smarthost import ScriptedSmarthost

MAIL = Outgoing("support@desk.example", "bob@client.example", b"", "<1@desk.example>")
MAIL_LINE = "MAIL FROM:<support@desk.example>"


@pytest.fixture(scope="module")
def smarthost():
    with ScriptedSmarthost() as smarthost:
        yield smarthost


@pytest.fixture(scope="module")
def courier(smarthost):
    courier = open_courier(smarthost.url, hostname="desk.example")
    yield courier
    courier.close()


@pytest.mark.parametrize(
    ("raw", "arrived", "wire"),
    [
        (b"A: b\r\n\r\ntext\r\n", b"A: b\r\n\r\ntext\r\n", b"A: b\r\n\r\ntext\r\n"),
        (b"A: b\r\n\r\n.\r\n", b"A: b\r\n\r\n.\r\n", b"A: b\r\n\r\n..\r\n"),
        (b"A: b\r\n\r\n.\r\n.\r\n..\r\n.x\r\n", b"A: b\r\n\r\n.\r\n.\r\n..\r\n.x\r\n", None),
        (b".leading: dot\r\n\r\n", b".leading: dot\r\n\r\n", b"..leading: dot\r\n\r\n"),
        (b"A: b\r\n\r\nmid.dle\r\n", b"A: b\r\n\r\nmid.dle\r\n", b"A: b\r\n\r\nmid.dle\r\n"),
        (b"A: b\r\n\r\nno end", b"A: b\r\n\r\nno end\r\n", None),
        (b"A: b\n\nunix\n.\nlines\n", b"A: b\r\n\r\nunix\r\n.\r\nlines\r\n", None),
        (b"A: b\r\rold mac\r", b"A: b\r\n\r\nold mac\r\n", None),
        (b"A: b\r\n\r\nmixed\r\r\n.\n\r.\r\n", b"A: b\r\n\r\nmixed\r\n\r\n.\r\n\r\n.\r\n", None),
        (b"", b"", b""),
        (b".", b".\r\n", b"..\r\n"),
        (b"A: b\r\n\r\n" + b"x" * 5000 + b"\r\n", b"A: b\r\n\r\n" + b"x" * 5000 + b"\r\n", None),
        (bytes(range(256)) + b"\r\n", None, None),
    ],
)
def test_content_arrives_byte_for_byte_with_crlf_line_ends(smarthost, courier, raw, arrived, wire):
    assert isinstance(courier.deliver(replace(MAIL, raw=raw)), Sent)
    mail = smarthost.accepted[-1]
    assert mail.content == (canonical(raw) if arrived is None else arrived)
    assert wire is None or mail.wire == wire
    assert mail.wire.count(b"\r") == mail.wire.count(b"\n") == mail.wire.count(b"\r\n")


@pytest.mark.parametrize(
    "end",
    [b"\r\n.\r\n", b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r\n.\r", b"\r\n\0.\r\n", b"\r.\n"],
    ids=repr,
)
def test_no_end_of_data_in_the_content_makes_two_mails_of_one(smarthost, courier, end):
    """S07, O04: a smuggled second mail stays text of the first, for whatever receiver comes behind."""
    before = len(smarthost.accepted)
    raw = b"A: b\r\n\r\nfirst" + end + b"MAIL FROM:<evil@desk.example>\r\nRCPT TO:<x@client.example>\r\nDATA\r\n"
    assert isinstance(courier.deliver(replace(MAIL, raw=raw)), Sent)
    assert len(smarthost.accepted) == before + 1
    assert b"MAIL FROM:<evil@desk.example>" in smarthost.accepted[-1].content
    assert b"\n.\r" not in smarthost.accepted[-1].wire


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=40) | st.lists(st.sampled_from([b"\r", b"\n", b".", b"a", b"\0"])).map(b"".join))
def test_any_bytes_are_made_of_whole_lines_none_of_which_is_a_lone_dot(raw):
    content = canonical(raw)
    assert canonical(content) == content
    lines = stuffed(content).split(b"\r\n")
    assert lines.pop() == b""
    assert not any(line == b"." or b"\r" in line or b"\n" in line for line in lines)
    assert [line.removeprefix(b".") for line in lines] == content.split(b"\r\n")[:-1]


def test_canonical_mail_is_not_even_copied():
    """What DKIM has signed stays as it was signed."""
    raw = b"A: b\r\n\r\n.text\r\n"
    assert canonical(raw) is raw


@pytest.mark.parametrize(
    ("offers", "outcome"),
    [
        (["SIZE 100"], Failed("the mail has 108 bytes and the server takes 100")),
        (["SIZE 108"], Sent),
        (["SIZE 0"], Sent),
        (["SIZE"], Sent),
        (["SIZE many"], Sent),
        ([], Sent),
    ],
    ids=str,
)
def test_a_mail_that_is_larger_than_the_smarthost_says_is_not_offered(offers, outcome):
    """RFC 1870; the size counts what arrives, so the stuffed dots are not in it."""
    raw = b"A: b\r\n\r\n" + b".x\r\n" * 25
    assert len(raw) == 108
    with ScriptedSmarthost(offers=offers) as smarthost:
        courier = open_courier(smarthost.url, hostname="desk.example")
        got = courier.deliver(replace(MAIL, raw=raw))
        courier.close()
    assert got == outcome or (isinstance(got, Sent) and outcome is Sent)
    announced = [line for line in smarthost.heard if line.startswith("MAIL")]
    assert announced == ([] if outcome is not Sent else [MAIL_LINE + (" SIZE=108\r\n" if offers else "\r\n")])


def test_eight_bit_content_fails_where_the_smarthost_does_not_take_it():
    """RFC 6152 leaves converting or returning it; we compose 7-bit, so this is a defect to be seen."""
    with ScriptedSmarthost(offers=[]) as smarthost:
        courier = open_courier(smarthost.url, hostname="desk.example")
        outcome = courier.deliver(replace(MAIL, raw="A: b\r\n\r\nGrüße\r\n".encode()))
        courier.close()
    assert outcome == Failed("the mail has 8-bit content and the server does not offer 8BITMIME")


def test_a_large_mail_arrives_whole(smarthost, courier):
    raw = b"A: b\r\n\r\n" + b".dots and lines of an attachment\r\n" * 60_000
    assert isinstance(courier.deliver(replace(MAIL, raw=raw)), Sent)
    assert smarthost.accepted[-1].content == raw
