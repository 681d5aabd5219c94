"""STARTTLS: nothing said before it counts, and where it is required nothing goes without it (S08)."""

import shutil
import ssl
import subprocess
from contextlib import contextmanager

import pytest

from helpdesk.errors import ConfigurationError
from helpdesk.wires.smtp_in import Limits

from .dialog import serving


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """A server's context with a certificate signed by itself."""
    if not shutil.which("openssl"):
        pytest.skip("needs the openssl command to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    made = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=mx.desk.example"
    command = [*made.split(), "-keyout", folder / "key", "-out", folder / "cert"]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert", folder / "key")
    return context


@contextmanager
def upgraded(client):
    """The same client, inside TLS."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    client.lines.close()
    client.socket = context.wrap_socket(client.socket)
    client.lines = client.socket.makefile("rb")
    yield client


def test_a_mail_inside_tls_is_marked_so(tls):
    with serving(tls=tls) as served, served.client() as client:
        assert "250-STARTTLS" in client.ask("EHLO client.example").splitlines()
        assert client.ask("STARTTLS").startswith("220 ")
        with upgraded(client):
            assert client.ask("MAIL FROM:<a@client.example>") == "503 5.5.1 EHLO first"
            assert "STARTTLS" not in client.ask("EHLO client.example")
            assert client.ask("STARTTLS").startswith("503 ")
            big = b"line\r\n" * 100_000
            assert client.deliver(big) == "250 2.0.0 queued as 1"
            assert client.ask("QUIT").startswith("221")
            assert client.line() == "(closed)"
    raw, envelope = served.desk.mails[0]
    assert raw == big
    assert envelope.tls
    assert envelope.remote == "127.0.0.1"


def test_s08_what_is_said_behind_starttls_in_the_clear_is_never_heard(tls):
    with serving(tls=tls) as served, served.client() as client:
        client.ask("EHLO client.example")
        client.send(b"STARTTLS\r\nEHLO evil\r\nMAIL FROM:<x@evil.example>\r\nRCPT TO:<support@desk.example>\r\n")
        assert client.line().startswith("220 ")
        with upgraded(client):
            assert client.ask("NOOP") == "250 2.0.0 OK"  # the first answer inside is to the first command inside
            assert client.ask("RCPT TO:<support@desk.example>") == "503 5.5.1 MAIL first"
    assert served.desk.asked == []


def test_s08_a_transaction_begun_in_the_clear_does_not_go_on_inside(tls):
    with serving(tls=tls) as served, served.client() as client:
        client.ask("EHLO client.example")
        client.ask("MAIL FROM:<x@evil.example>")
        client.ask("RCPT TO:<support@desk.example>")
        assert client.ask("STARTTLS").startswith("220 ")
        with upgraded(client):
            assert client.ask("DATA") == "503 5.5.1 RCPT first"


def test_s08_where_tls_is_required_there_is_no_mail_and_no_question_without_it(tls):
    with serving(tls=tls, require_tls=True) as served, served.client() as client:
        assert client.ask("HELO client.example").startswith("530 5.7.0 ")
        assert client.ask("EHLO client.example").startswith("250")
        for command in (
            "MAIL FROM:<a@client.example>",
            "RCPT TO:<support@desk.example>",
            "DATA",
            "VRFY support",
        ):
            assert client.ask(command) == "530 5.7.0 STARTTLS first"
        assert client.ask("NOOP").startswith("250")
        assert client.ask("STARTTLS").startswith("220 ")
        with upgraded(client):
            assert client.deliver() == "250 2.0.0 queued as 1"


def test_s08_lmtp_can_be_required_to_use_tls_too(tls):
    with serving(listen="lmtp:127.0.0.1:0", tls=tls, require_tls=True) as served, served.client() as client:
        assert client.ask("LHLO client.example").startswith("250")
        assert client.ask("STARTTLS").startswith("220 ")
        with upgraded(client):
            client.begin(hello="LHLO")


def test_requiring_tls_without_a_certificate_is_a_mistake_of_the_operator():
    with pytest.raises(ConfigurationError, match="tls_cert"), serving(require_tls=True):
        pass


@pytest.mark.parametrize("said", [b"MAIL FROM:<a@client.example>\r\n", b"", b"\x16\x03\x01"])
def test_a_handshake_that_fails_ends_that_session_only(tls, said):
    with serving(tls=tls, limits=Limits(idle=0.2)) as served:
        with served.client() as client:
            client.ask("EHLO client.example")
            assert client.ask("STARTTLS").startswith("220 ")
            client.send(said)
            while client.lines.read(100):  # an alert, perhaps
                pass
        with served.client() as client:
            assert client.deliver() == "250 2.0.0 queued as 1"
        assert len(served.listener._reception.sessions) <= 1
        assert not served.desk.faults


@pytest.mark.parametrize("inside", [False, True])
def test_a_client_that_vanishes_in_or_after_the_handshake_leaves_nothing_behind(tls, inside):
    with serving(tls=tls) as served:
        with served.client() as client:
            assert client.ask("STARTTLS").startswith("220 ")
            if inside:
                with upgraded(client):
                    client.begin()
                    client.send(b"half a mai")
        with served.client() as client:
            assert client.ask("QUIT").startswith("221")
            assert client.line() == "(closed)"
        assert not served.desk.mails
        assert not served.desk.faults


def test_s09_whoever_is_silent_inside_tls_is_hung_up_on(tls):
    with serving(tls=tls, limits=Limits(idle=0.2)) as served, served.client() as client:
        assert client.ask("STARTTLS").startswith("220 ")
        with upgraded(client):
            assert client.reply().startswith("421 4.4.2 ")
            assert client.line() == "(closed)"
