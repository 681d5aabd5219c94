"""Whatever goes wrong on our side is temporary, and what the desk began it finishes (S02, S03, V01)."""

import concurrent.futures
import queue
import socket
import struct
import threading

import pytest

from helpdesk.wires.smtp_in import Limits

from .dialog import PATIENCE, Desk, serving

SECRET = "could not connect: password=hunter2"


class DatabaseError(ConnectionError):
    """What a driver raises; a ConnectionError, to be mistaken for the peer's."""


class PendingDesk(Desk):
    """Takes mails and leaves it to the test when they are durable."""

    def __init__(self):
        super().__init__()
        self.arrived = queue.Queue()

    def accept(self, raw, envelope):
        self.mails.append((raw, envelope))
        taken = concurrent.futures.Future()
        self.arrived.put(taken)
        return taken


def raising(*_):
    raise DatabaseError(SECRET)


def failed(*_):
    taken = concurrent.futures.Future()
    taken.set_exception(DatabaseError(SECRET))
    return taken


def cancelled(*_):
    taken = concurrent.futures.Future()
    taken.cancel()
    return taken


def never(*_):
    return concurrent.futures.Future()


@pytest.mark.parametrize("accept", [raising, failed, cancelled, never])
def test_s02_a_mail_that_the_desk_cannot_keep_gets_451_without_detail_and_the_session_goes_on(accept):
    desk = Desk()
    accepting = [accept]

    def as_of_now(raw, envelope):
        return accepting[-1](raw, envelope)

    with serving(desk, limits=Limits(accept=0.05), accept=as_of_now) as served, served.client() as client:
        assert client.deliver() == "451 4.3.0 Local trouble, please try again later"
        assert len(desk.faults) == 1
        accepting.append(desk.accept)
        assert client.ask("MAIL FROM:<b@client.example>").startswith("250")
        assert client.ask("RSET").startswith("250")
        assert client.deliver() == "250 2.0.0 queued as 1"


def test_s02_a_recipient_that_cannot_be_looked_up_gets_451_and_so_does_the_rest_of_the_pipeline():
    desk = Desk()
    with serving(desk, knows=raising) as served, served.client() as client:
        client.ask("EHLO client.example")
        client.send(
            b"MAIL FROM:<a@client.example>\r\nRCPT TO:<support@desk.example>\r\n"
            b"RCPT TO:<sales@desk.example>\r\nDATA\r\nMAIL FROM:<b@client.example>\r\n"
        )
        replies = [client.reply() for _ in range(5)]
    fault = "451 4.3.0 Local trouble, please try again later"
    assert replies == ["250 2.1.0 OK", fault, fault, fault, "250 2.1.0 OK"]
    assert [str(fault) for fault in desk.faults] == [SECRET]


def test_s02_a_disk_that_cannot_be_measured_is_a_451():
    with serving(free_space=raising) as served, served.client() as client:
        client.ask("EHLO client.example")
        assert client.ask("MAIL FROM:<a@client.example>").startswith("451 4.3.0 ")
        assert client.ask("RCPT TO:<support@desk.example>").startswith("451 4.3.0 ")


def test_s02_lmtp_gives_each_recipient_the_451():
    with serving(listen="lmtp:127.0.0.1:0", accept=failed) as served, served.client() as client:
        client.begin(to=("support@desk.example", "sales@desk.example"), hello="LHLO")
        client.send(b"x\r\n.\r\n")
        assert [client.reply()[:9], client.reply()[:9]] == ["451 4.3.0", "451 4.3.0"]


def test_a_250_waits_until_the_mail_is_durable():
    desk = PendingDesk()
    with serving(desk, limits=Limits(idle=2)) as served, served.client() as client:
        client.begin()
        client.send(b"x\r\n.\r\n")
        durable = desk.arrived.get(timeout=PATIENCE)
        client.socket.settimeout(2.5)  # longer than the peer may be idle: it is not the peer who is
        with pytest.raises(TimeoutError):
            client.socket.recv(1)
        client.socket.settimeout(PATIENCE)
        durable.set_result("42")
        assert client.socket.recv(100) == b"250 2.0.0 queued as 42\r\n"


def test_s03_whoever_half_closes_after_the_dot_still_gets_the_answer():
    desk = PendingDesk()
    with serving(desk) as served, served.client() as client:
        client.begin()
        client.send(b"x\r\n.\r\n")
        client.socket.shutdown(socket.SHUT_WR)
        desk.arrived.get(timeout=PATIENCE).set_result("7")
        assert client.reply() == "250 2.0.0 queued as 7"
        assert client.line() == "(closed)"


def _reset(client):
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


@pytest.mark.parametrize("vanish", [lambda client: client.close(), _reset], ids=["closed", "reset"])
def test_s03_the_desk_finishes_what_it_began_when_the_client_vanishes_after_the_dot(vanish):
    desk = PendingDesk()
    with serving(desk) as served:
        with served.client() as client:
            client.begin()
            client.send(b"x\r\n.\r\n")
            durable = desk.arrived.get(timeout=PATIENCE)
            vanish(client)
        with served.client() as another:  # by the time it is answered, the loop has seen the first one go
            assert another.ask("NOOP").startswith("250")
        assert durable.set_running_or_notify_cancel()  # nobody cancelled it
        durable.set_result("1")
        assert len(desk.mails) == 1
        assert not desk.faults


def test_s03_a_client_that_sends_everything_and_leaves_has_delivered_once():
    desk = PendingDesk()
    with serving(desk) as served:
        for _ in range(3):
            with served.client() as client:
                client.begin()
                client.send(b"same\r\n.\r\n")
            desk.arrived.get(timeout=PATIENCE).set_result("1")
    assert [raw for raw, _ in desk.mails] == [b"same\r\n"] * 3  # one a try: folding them is the desk's


def test_v01_stop_lets_the_mail_that_is_coming_in_finish_and_tells_the_others_to_come_back():
    with serving() as served, served.client() as busy, served.client() as idle:
        busy.begin()
        busy.send(b"first half, ")
        assert idle.deliver() == "250 2.0.0 queued as 1"
        stopping = threading.Thread(target=lambda: served.run(served.listener.stop(grace=PATIENCE)))
        stopping.start()
        assert idle.reply().startswith("421 4.3.2 ")
        assert idle.line() == "(closed)"
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", busy.socket.getpeername()[1]))
        busy.send(b"second half\r\n.\r\n")
        assert busy.reply() == "250 2.0.0 queued as 2"
        assert busy.reply().startswith("421 4.3.2 ")
        busy.close()
        stopping.join()
    assert served.desk.mails[1][0] == b"first half, second half\r\n"


def test_v01_a_mail_that_takes_longer_than_the_grace_gets_421_and_is_not_accepted():
    with serving() as served, served.client() as client:
        client.begin()
        client.send(b"never finis")
        served.run(served.listener.stop(grace=0))
        assert client.reply().startswith("421 4.3.2 ")
        assert client.line() == "(closed)"
    assert not served.desk.mails
