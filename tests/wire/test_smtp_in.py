"""The listener: where it listens, and what it says when it cannot."""

import socket

import pytest

from helpdesk.errors import ConfigurationError, Unavailable
from helpdesk.wires.smtp_in import SmtpListener

from .dialog import Client, Desk, serving


def listener(listen, **options):
    desk = Desk()
    return SmtpListener(listen=listen, accept=desk.accept, knows=desk.knows, **options)


def test_a_port_that_is_taken_gives_an_error_that_names_it():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with (
            pytest.raises(Unavailable, match=f"cannot listen on {address}: the port is taken"),
            serving(listen=address),
        ):
            pass


def test_a_host_that_is_not_ours_gives_an_error_that_names_it():
    with (
        pytest.raises(Unavailable, match=r"cannot listen on 192\.0\.2\.1:2525: "),
        serving(listen="192.0.2.1:2525"),
    ):
        pass


@pytest.mark.parametrize(
    "listen", ["", "2525", ":2525", "localhost:", "localhost:smtp", "localhost:65536", "lmtp:2424"]
)
def test_an_address_that_is_none_is_a_mistake_of_the_operator(listen):
    with pytest.raises(ConfigurationError, match="smtp_in: listen: expected HOST:PORT"):
        listener(listen)


def test_networks_that_are_none_are_named_all_at_once():
    with pytest.raises(ConfigurationError) as mistakes:
        listener("127.0.0.1:0", trusted_relays=["10.0.0.0/8", "mx", "10.0.0.0/33"])
    assert mistakes.value.problems == (
        "smtp_in: trusted_relays: expected an address or a network, not 'mx'",
        "smtp_in: trusted_relays: expected an address or a network, not '10.0.0.0/33'",
    )


def test_there_is_no_port_before_the_start():
    with pytest.raises(Unavailable, match="not listening"):
        _ = listener("127.0.0.1:0").port


def test_it_listens_on_ipv6_too():
    with (
        serving(listen="[::1]:0") as served,
        socket.create_connection(("::1", served.listener.port), timeout=120) as client,
    ):
        assert client.recv(100).startswith(b"220 ")


def test_it_can_stop_without_having_started_and_twice():
    with serving() as served:
        served.run(served.listener.stop())
        served.run(served.listener.stop())
        served.run(listener("127.0.0.1:0").stop())


def test_many_clients_at_once_each_get_their_own_answer():
    with serving() as served:
        clients = [Client(served.listener.port) for _ in range(15)]
        for client in clients:
            client.reply()
            client.begin(sender=f"{client.socket.getsockname()[1]}@client.example")
        for client in clients:
            client.send(b"%d\r\n.\r\n" % client.socket.getsockname()[1])
        for client in clients:
            assert client.reply().startswith("250 2.0.0 queued as ")
            client.close()
    assert len(served.desk.mails) == 15
    assert all(raw == envelope.mail_from.partition("@")[0].encode() + b"\r\n" for raw, envelope in served.desk.mails)
