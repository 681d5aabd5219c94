"""How much, how long and from whom (S09, S13). Real sockets with short times; nothing sleeps."""

import asyncio
import select
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack, suppress

import pytest

from helpdesk.wires.smtp_in import Limits
from helpdesk.wires.smtp_reception import _origin

from .dialog import PATIENCE, serving

MIB = 2**20


def drip(client, octet):
    """Send one octet after the other until they answer; the answer."""
    for _ in range(1000):
        if select.select([client.socket], [], [], 0.005)[0]:
            return client.reply()
        client.send(octet)
    raise AssertionError("they listen for ever")


def test_s09_whoever_says_nothing_is_hung_up_on():
    with serving(limits=Limits(idle=0.1)) as served, served.client() as client:
        assert client.reply() == "421 4.4.2 mx.desk.example You took too long"
        assert client.line() == "(closed)"


def test_s09_an_octet_of_a_command_now_and_then_buys_no_time():
    with serving(limits=Limits(idle=0.2)) as served, served.client() as client:
        assert drip(client, b"N").startswith("421 4.4.2 ")


def test_s09_noop_buys_no_time():
    limits = Limits(command_total=0.2, max_idle_commands=10**9)
    with serving(limits=limits) as served, served.client() as client:
        started = time.monotonic()
        while (answer := client.ask("NOOP")) == "250 2.0.0 OK" and time.monotonic() < started + PATIENCE:
            pass
        assert answer.startswith("421 4.4.2 ")


def test_s09_a_mail_that_drips_is_cut_off_at_its_deadline():
    with serving(limits=Limits(data_total=0.2)) as served, served.client() as client:
        client.begin()
        assert drip(client, b"a") == "421 4.4.2 mx.desk.example You took too long"
    assert not served.desk.mails


@pytest.mark.parametrize("command", ["NOOP", "RSET", "EHLO x", "VRFY a", "MAIL FROM:<a@b.example>", "EXPN x"])
def test_s09_words_in_whatever_verb_and_inside_a_mail_together_get_no_more_than_the_time_of_one_phase(command):
    limits = Limits(command_total=0.4, data_total=0.4, slowest=10**9, max_idle_commands=10**9, max_errors=10**9)
    with serving(limits=limits) as served, served.client() as client:
        started = time.monotonic()
        while time.monotonic() < started + 0.3 and client.ask(command)[:3] != "421":
            pass
        client.ask("RSET")
        client.begin()
        (session,) = served.listener._reception.sessions
        granted = session._commands_until
        assert drip(client, b"word\r\n") == "421 4.4.2 mx.desk.example You took too long"
        assert session._mail_until(0) == session._commands_until == granted  # the mail has no time of its own
    assert not served.desk.mails


def test_s09_pieces_of_a_mail_that_drip_have_one_deadline_together():
    limits = Limits(command_total=0.3, data_total=0.3, slowest=10**9)
    with serving(limits=limits) as served, served.client() as client:
        for command in ("EHLO client.example", "MAIL FROM:<a@client.example>", "RCPT TO:<support@desk.example>"):
            client.ask(command)
        started = time.monotonic()
        answer = "250"
        while answer[:3] == "250" and time.monotonic() < started + PATIENCE:
            client.send(b"BDAT 1\r\nx")
            answer = client.reply()
        assert answer.startswith("421 4.4.2 ")


@pytest.mark.parametrize("verb", ["DATA", "BDAT"])
def test_a_large_mail_that_comes_slowly_but_steadily_is_taken_after_the_deadline(verb):
    limits = Limits(command_total=0.3, data_total=0.3, slowest=5_000)  # two seconds a piece: no machine is so busy
    head, piece, count = b"Subject: x\r\n\r\n", b"a" * 9998 + b"\r\n", 8
    with serving(limits=limits) as served, served.client() as client:
        for command in ("EHLO client.example", "MAIL FROM:<a@client.example>", "RCPT TO:<support@desk.example>"):
            client.ask(command)
        if verb == "DATA":
            client.ask("DATA")
        client.send(head if verb == "DATA" else b"BDAT %d\r\n%s" % (len(head), head))
        started = time.monotonic()
        for number in range(count):
            # The pace of the sender, never faster than 10 kB in 60 ms, is what this test is about.
            select.select([], [], [], max(0.0, started + number * 0.06 - time.monotonic()))
            client.send(piece if verb == "DATA" else b"BDAT %d\r\n%s" % (len(piece), piece))
        client.send(b".\r\n" if verb == "DATA" else b"BDAT 0 LAST\r\n")
        assert time.monotonic() - started > 0.3
        answers = [client.reply() for _ in range(1 if verb == "DATA" else count + 2)]
        assert answers[-1] == "250 2.0.0 queued as 1"
    assert served.desk.mails[0][0] == head + piece * count


def test_s09_a_mail_that_stops_in_the_middle_is_cut_off():
    with serving(limits=Limits(idle=2)) as served, served.client() as client:
        client.begin()
        client.send(b"half a mai")
        assert client.reply().startswith("421 4.4.2 ")
    assert not served.desk.mails


def fill(client):
    """Ask without reading until no more goes out."""
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.socket.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            client.socket.send(b"EHLO x\r\n" * 1000)


async def closed(end):
    """Wait until the socket is closed."""
    while end.fileno() >= 0:  # noqa: ASYNC110  (the kernel sets no event for it)
        await asyncio.sleep(0.005)


def test_s09_whoever_does_not_read_is_hung_up_on(monkeypatch):
    monkeypatch.setattr("helpdesk.wires.smtp_connection._LINGER", 0.05)
    limits = Limits(idle=0.2, max_idle_commands=10**9)
    with serving(limits=limits) as served, served.client() as client:
        fill(client)
        (session,) = served.listener._reception.sessions
        their_end = session.transport.get_extra_info("socket")
        served.run(asyncio.wait([session.task()], timeout=PATIENCE))
        assert not served.listener._reception.sessions
        assert not served.desk.faults
        served.run(closed(their_end))  # though what was said is still unread


def test_s09_many_commands_without_a_mail_are_enough():
    with serving(limits=Limits(max_idle_commands=3)) as served, served.client() as client:
        assert [client.ask("NOOP")[:3], client.ask("RSET")[:3]] == ["250", "250"]
        assert client.deliver() == "250 2.0.0 queued as 1"  # EHLO was the third; a mail makes good
        assert [client.ask("NOOP")[:3] for _ in range(4)] == ["250", "250", "250", "421"]
        assert client.line() == "(closed)"


def test_s09_many_errors_are_enough():
    with serving(limits=Limits(max_errors=2)) as served, served.client() as client:
        assert [client.ask("EXPN x")[:9] for _ in range(3)] == ["500 5.5.1", "500 5.5.1", "421 4.7.0"]
        assert client.line() == "(closed)"


def test_more_recipients_than_the_limit_are_told_to_come_later_and_that_is_no_error():
    limits = Limits(max_recipients=2, max_errors=2)
    with serving(limits=limits) as served, served.client() as client:
        client.ask("EHLO client.example")
        client.ask("MAIL FROM:<a@client.example>")
        replies = [client.ask("RCPT TO:<support@desk.example>")[:9] for _ in range(8)]
        assert replies == ["250 2.1.5"] * 2 + ["452 4.5.3"] * 6


def test_s09_one_session_too_many_is_turned_away_until_another_ends():
    with serving(limits=Limits(max_sessions=2, max_per_address=2)) as served, served.client() as first, served.client():
        with served.client(greeted=False) as third:
            assert third.reply().startswith("421 4.3.2 ")
            assert third.line() == "(closed)"
        assert first.ask("QUIT").startswith("221")
        assert first.line() == "(closed)"
        with served.client() as fourth:
            assert fourth.deliver() == "250 2.0.0 queued as 1"


def test_s09_one_address_does_not_take_the_place_of_the_others():
    with serving(limits=Limits(max_per_address=2)) as served, served.client(), served.client():
        with served.client(greeted=False) as third:
            assert third.reply().startswith("421 4.7.0 ")
        with served.client(source="127.0.0.2") as other:
            assert other.deliver() == "250 2.0.0 queued as 1"


def test_s09_a_relay_of_ours_has_as_many_sessions_as_it_likes():
    with (
        serving(limits=Limits(max_per_address=1), trusted_relays=["127.0.0.0/31"]) as served,
        served.client(),
    ):
        with served.client() as second:
            assert second.deliver() == "250 2.0.0 queued as 1"
        with served.client(source="127.0.0.2"), served.client("127.0.0.2", greeted=False) as stranger:
            assert stranger.reply().startswith("421 4.7.0 ")


def test_s09_strangers_can_not_use_up_the_places_of_a_relay_of_ours_nor_a_relay_theirs():
    limits = Limits(max_sessions=3, max_per_address=2)
    with serving(limits=limits, trusted_relays=["127.0.0.9"]) as served, ExitStack() as stack:
        for source in ("127.0.0.1", "127.0.0.2", "127.0.0.3"):
            stack.enter_context(served.client(source))
        with served.client("127.0.0.4", greeted=False) as stranger:
            assert stranger.reply().startswith("421 4.3.2 ")
        relay, *_ = [stack.enter_context(served.client("127.0.0.9")) for _ in range(3)]
        assert relay.deliver() == "250 2.0.0 queued as 1"
        with served.client("127.0.0.9", greeted=False) as one_too_many:
            assert one_too_many.reply().startswith("421 4.3.2 ")


def test_s09_what_strangers_hold_in_memory_leaves_room_for_the_large_mail_of_a_relay_of_ours():
    large = b"Subject: x\r\n\r\n" + (b"a" * 998 + b"\r\n") * 700
    with (
        serving(limits=Limits(max_in_transit=MIB), trusted_relays=["127.0.0.9"]) as served,
        served.client() as first,
        served.client("127.0.0.2") as second,
        served.client("127.0.0.9") as relay,
    ):
        for stranger in (first, second):
            stranger.begin()
            stranger.send(large)
        refused = select.select([first.socket, second.socket], [], [], PATIENCE)[0]
        assert len(refused) == 1  # so what the other one holds is all that strangers may
        assert relay.deliver(large) == "250 2.0.0 queued as 1"


def test_an_ipv6_household_counts_as_one_address():
    assert _origin("2001:db8:1:2:aaaa::1") == _origin("2001:db8:1:2:bbbb::2") == "2001:db8:1:2::/64"
    assert _origin("2001:db8:1:3::1") != _origin("2001:db8:1:2::1")
    assert _origin("::ffff:192.0.2.1") == _origin("192.0.2.1") == "192.0.2.1"


def flood(connections):
    """Connect so many times from one address; a normal client from another delivers. The processor time of both sides."""
    with serving(limits=Limits(max_per_address=20)) as served, ExitStack() as stack:
        started = time.process_time()
        clients = [stack.enter_context(served.client(greeted=False)) for _ in range(connections)]
        replies = [client.reply()[:9] for client in clients]
        took = time.process_time() - started
        assert replies.count("421 4.7.0") == connections - 20
        with served.client(source="127.0.0.2") as other:
            assert other.deliver() == "250 2.0.0 queued as 1"
        return took


def test_s09_a_flood_from_one_address_leaves_room_for_the_others():
    assert flood(100) < 1


@pytest.mark.slow
def test_s09_a_thousand_connections_from_one_address_leave_room_for_the_others():
    assert flood(1000) < 5  # the connecting included; each is answered at once


def test_s13_a_full_disk_is_452_and_mail_is_taken_again_when_there_is_room():
    room = [2 * 1000 - 1]
    with (
        serving(limits=Limits(max_size=1000), free_space=lambda: room[0]) as served,
        served.client() as client,
    ):
        client.ask("EHLO client.example")
        assert client.ask("MAIL FROM:<a@client.example>").startswith("452 4.3.1 ")
        room[0] += 1
        assert client.deliver() == "250 2.0.0 queued as 1"


def test_s13_a_small_disk_that_fills_up_and_is_emptied(tmp_path):
    if (
        not shutil.which("mount")
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", tmp_path], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("needs the right to mount a tmpfs (root in a private mount namespace)")
    try:
        ballast = tmp_path / "ballast"
        limits = Limits(max_size=2 * MIB)
        free = lambda: shutil.disk_usage(tmp_path).free  # noqa: E731
        with serving(limits=limits, free_space=free) as served, served.client() as client:
            assert client.deliver() == "250 2.0.0 queued as 1"
            ballast.write_bytes(b"\0" * 5 * MIB)
            assert client.ask("MAIL FROM:<a@client.example>").startswith("452 4.3.1 ")
            ballast.unlink()
            assert client.deliver() == "250 2.0.0 queued as 2"
    finally:
        subprocess.run(["umount", tmp_path], check=True)
