"""The mail itself: its end, its size, its lines (S04, S05, S06, S07)."""

import itertools
import os
import select
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.wires.smtp_content import Counted, Dotted, checked, hops
from helpdesk.wires.smtp_in import Limits
from helpdesk.wires.smtp_syntax import Rejected

from .dialog import PATIENCE, serving

MIB = 2**20
PIECE = b"a" * 2**16

# What some server somewhere takes for the end of a mail (hannob/smtpsmug and the reports behind CVE-2023-51764 ff.).
NOT_THE_END = [
    b"\n.\n",
    b"\n.\r\n",
    b"\n.\r",
    b"\r.\r",
    b"\r.\n",
    b"\r.\r\n",
    b"\r\n.\r",
    b"\r\n.\n",
    b"\r\n.\r\r\n",
    b"\r\r\n.\r\r\n",
    b"\r\n\x00.\r\n",
    b"\r\n.\x00\r\n",
    b"\r\n\x0b.\r\n",
    b"\r\n. \r\n",
    b"\r\n.\xc2\x85\r\n",
]
SMUGGLED = (
    b"MAIL FROM:<boss@desk.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\nSubject: pay this\r\n\r\nnow\r\n"
)


def stuffed(mail):
    """As a client sends it (RFC 5321 section 4.5.2)."""
    return (b"\r\n" + mail).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


def in_pieces(content, octets, cuts):
    """Feed the octets cut at these places; where it ended, the rest was still to come."""
    edges = [0, *sorted(cut % (len(octets) + 1) for cut in cuts), len(octets)]
    for start, end in itertools.pairwise(edges):
        if content.feed(octets[start:end]):
            return content.rest + octets[end:]
    raise AssertionError("no end seen")


lines = st.lists(st.sampled_from([b"", b".", b"..", b"x", b".x", b"\x00", b"\r", b"\n", b"\n.", b".\r"]))


@given(lines, st.lists(st.integers(min_value=0, max_value=10**6), max_size=8), st.binary(max_size=8))
def test_s07_a_mail_is_read_back_whatever_pieces_it_comes_in(written, cuts, behind):
    mail = b"".join(line + b"\r\n" for line in written)
    content = Dotted(limit=MIB)
    assert in_pieces(content, stuffed(mail) + behind, cuts) == behind
    assert content.content() == mail


@given(
    st.binary(max_size=40),
    st.lists(st.integers(min_value=0, max_value=99), max_size=5),
    st.binary(max_size=9),
)
def test_counted_octets_are_just_counted(octets, cuts, behind):
    content = Counted(size=len(octets))
    assert in_pieces(content, octets + behind, cuts) == behind
    assert content.content() == octets


@pytest.mark.parametrize("sequence", NOT_THE_END, ids=repr)
def test_s07_one_mail_stays_one_mail(sequence):
    with serving() as served, served.client() as client:
        client.begin()
        client.send(b"Subject: innocent\r\n\r\nhello" + sequence + SMUGGLED + b".\r\n")
        reply = client.reply()
        client.send(b"QUIT\r\n")
        assert client.reply() == "221 2.0.0 Goodbye"  # nothing of it was taken for a command
    if b"\r" in sequence.replace(b"\r\n", b"") or b"\n" in sequence.replace(b"\r\n", b""):
        assert reply == "550 5.5.2 Bare CR or LF in the message"
        assert not served.desk.mails
    else:
        assert reply == "250 2.0.0 queued as 1"
        sent = b"Subject: innocent\r\n\r\nhello" + sequence + SMUGGLED
        assert served.desk.mails[0][0] == sent.replace(b"\r\n.", b"\r\n")


def test_s07_the_end_is_found_when_it_comes_octet_by_octet_with_the_next_mail_behind_it():
    with serving() as served, served.client() as client:
        client.begin()
        for octet in b"one\r\n.\r\nMAIL FROM:<b@client.example>\r\n":
            client.send(bytes([octet]))
        assert [client.reply(), client.reply()] == ["250 2.0.0 queued as 1", "250 2.1.0 OK"]
    assert served.desk.mails[0][0] == b"one\r\n"


@pytest.mark.parametrize("length", [998, 1100, 10_000, 64 * 1024, 300_000])
def test_s06_a_long_line_is_kept_octet_by_octet(length):
    mail = b"Content-Type: text/html\r\n\r\n<p>" + b"\xe4" * length + b"</p>\r\n"
    with serving() as served, served.client() as client:
        assert client.deliver(mail) == "250 2.0.0 queued as 1"
    assert served.desk.mails[0][0] == mail


def test_s05_a_declared_size_that_is_too_big_is_refused_at_once():
    with serving() as served, served.client() as client:
        client.ask("EHLO client.example")
        assert client.ask("MAIL FROM:<a@client.example> SIZE=99999999").startswith("552 5.3.4 ")
        assert client.ask("MAIL FROM:<a@client.example> SIZE=10").startswith("250 ")


def test_s05_a_mail_that_is_a_little_too_big_is_refused_and_the_session_goes_on():
    with serving(limits=Limits(max_size=1000)) as served, served.client() as client:
        assert client.deliver(b"a" * 999 + b"\r\n") == "552 5.3.4 Message too big"
        assert client.deliver(b"a" * 998 + b"\r\n") == "250 2.0.0 queued as 1"
        assert client.deliver(b"..\r\n" * 333) == "250 2.0.0 queued as 2"  # doubled dots do not count


def test_s05_a_mail_of_three_times_the_limit_is_refused_and_the_sender_gets_to_read_why():
    with serving(limits=Limits(max_size=16 * MIB)) as served, served.client() as client:
        client.begin()
        client.send(PIECE * 3 * 16 * 16)  # more than all buffers between us hold
        assert client.reply() == "552 5.3.4 Message too big"
        assert client.line() == "(closed)"
    assert not served.desk.mails


@pytest.mark.parametrize("command", ["BDAT 2000 LAST", "BDAT 2000"])
def test_s05_a_chunk_that_is_too_big_is_not_read(command):
    with serving(limits=Limits(max_size=1000)) as served, served.client() as client:
        client.ask("EHLO client.example")
        assert client.ask(command) == "552 5.3.4 Message too big"
        assert client.line() == "(closed)"


def test_s05_lmtp_answers_a_mail_that_is_too_big_once_for_each_recipient_and_at_least_once():
    with serving(listen="lmtp:127.0.0.1:0", limits=Limits(max_size=1000)) as served:
        with served.client() as client:
            assert client.ask("BDAT 2000 LAST") == "552 5.3.4 Message too big"
            assert client.line() == "(closed)"
        with served.client() as client:
            client.begin(to=("support@desk.example", "sales@desk.example"), hello="LHLO")
            client.send(PIECE * 3)
            assert [client.reply()[:9] for _ in range(3)] == ["552 5.3.4", "552 5.3.4", "(closed)"]


def test_s05_chunks_that_are_too_big_together_are_not_read():
    with serving(limits=Limits(max_size=1000)) as served, served.client() as client:
        for command in (
            "HELO client.example",
            "MAIL FROM:<a@client.example>",
            "RCPT TO:<support@desk.example>",
        ):
            client.ask(command)
        client.send(b"BDAT 600\r\n" + b"a" * 600)
        assert client.reply() == "250 2.0.0 600 octets taken"
        assert client.ask("BDAT 401 LAST") == "552 5.3.4 Message too big"


def resident():
    """Octets of memory that this process has now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def endless_line(served):
    """Send until they hang up; whether they did."""
    with served.client() as client:
        client.begin()
        started = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() < started + PATIENCE:
                client.send(PIECE)
            return False
        return True


def test_s04_an_endless_line_costs_no_memory_and_is_hung_up_on():
    with serving(limits=Limits(max_size=MIB)) as served:
        endless_line(served)  # the first one also warms up the allocator
        before = resident()
        assert endless_line(served)
        assert resident() - before < 16 * MIB
    assert not served.desk.mails


@pytest.mark.slow
def test_s04_twenty_endless_lines_at_once_leave_a_normal_client_its_place():
    with serving(limits=Limits(max_size=MIB, max_per_address=30)) as served:
        before = resident()
        streams = [threading.Thread(target=endless_line, args=(served,)) for _ in range(20)]
        for thread in streams:
            thread.start()
        with served.client() as client:
            assert client.deliver() == "250 2.0.0 queued as 1"
        for thread in streams:
            thread.join()
        assert resident() - before < 20 * 2 * MIB + 16 * MIB


def test_s04_an_endless_command_is_hung_up_on():
    with serving() as served, served.client() as client:
        client.send(b"a" * 3000)
        assert client.reply() == "500 5.5.2 Line too long"
        assert client.line() == "(closed)"


def test_all_mails_in_transit_together_are_bounded_but_small_ones_always_pass():
    with (
        serving(limits=Limits(max_in_transit=MIB)) as served,
        served.client() as first,
        served.client() as second,
        served.client() as third,
    ):
        first.begin()
        first.send(PIECE * 12)
        second.begin()
        second.send(PIECE * 12)
        refused, other = _who_is_refused(first, second)
        assert refused.startswith("452 4.3.1 ")
        assert third.deliver() == "250 2.0.0 queued as 1"
        other.send(b"\r\n.\r\n")
        assert other.reply() == "250 2.0.0 queued as 2"
        assert third.deliver(PIECE * 12 + b"\r\n") == "250 2.0.0 queued as 3"  # what is done takes no room


def _who_is_refused(first, second):
    """The reply of the one of them who is sent away, and the other one."""
    readable, _, _ = select.select([first.socket, second.socket], [], [], 10)
    refused = first if readable[0] is first.socket else second
    return refused.reply(), second if refused is first else first


def test_s13_a_mail_that_goes_in_circles_is_refused():
    line = b"Received: from a by b; Mon, 1 Jun 2026 10:00:00 +0000\r\n"
    with serving() as served, served.client() as client:
        assert client.deliver(line * 51 + b"\r\nx\r\n").startswith("554 5.4.6 ")
        assert client.deliver(line * 50 + b"\r\n" + line * 9) == "250 2.0.0 queued as 1"


def test_only_received_lines_of_the_header_are_hops():
    assert hops(b"RECEIVED: a\r\nX-Received: b\r\nreceived: c\r\n\tReceived: d\r\n\r\nReceived: e\r\n") == 2
    assert hops(b"\r\nReceived: a\r\n\r\n") == 0
    assert hops(b"") == 0
    with pytest.raises(Rejected, match=r"^554 5\.4\.6 "):
        checked(b"Received: a\r\n", max_size=100, max_hops=0)
