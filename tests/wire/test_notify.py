"""Calls beyond mail, over real sockets: what a service may do to them, and where they never go."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.wires import notify
from helpdesk.wires.courier import Failed, Outgoing, Retry, Sent
from helpdesk.wires.notify import SERVICES, NotifyCourier, look, url_problem
from helpdesk.wires.notify_process import Resolution
from tests.certificates import make_certificate
from tests.wire.https_service import endless, https_service, said, silent, status

CALL = Outgoing(
    "",
    "notify:agent/ann@desk.example/1",
    b"Subject: HD-7: Urgent\r\n\r\nFirst response is due 17:10.\r\nAcknowledge: x\r\n",
    "<1@desk>",
)
PRIVATE = "its host is at an address that is not public; if that is meant: [desk] notify_private = true"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    now = datetime.now(UTC)
    return make_certificate(tmp_path_factory.mktemp("tls"), now - timedelta(days=1), now + timedelta(days=2))


@pytest.fixture
def service(certificate, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with https_service(certificate) as open_service:
        yield open_service


def called(service, *, private=True, url=""):
    return NotifyCourier(lambda _name: url or service.url, lambda: private).deliver(CALL)


def test_a_call_is_taken(service):
    assert called(service) == Sent("answered 200")
    ((path, body),) = service.requests
    assert path == "/"
    assert said(body) == {
        "topic": "sEcReTtOpIc",
        "title": "HD-7: Urgent",
        "message": "First response is due 17:10.\nAcknowledge: x",
    }


ANSWERS = {
    "no such topic": (status(404), Failed("answered 404")),
    "a wrong token": (status(401, b'{"error": "http://127.0.0.1/ sEcReTtOpIc"}'), Failed("answered 401")),
    "too often": (status(429), Retry("answered 429")),
    "it is ill": (status(503), Retry("answered 503")),
    "elsewhere": (status(302, Location="https://127.0.0.1:1/"), Failed("answered 302: redirects are not followed")),
    "elsewhere, with the body": (status(307, Location="/again"), Failed("answered 307: redirects are not followed")),
    "to a file": (status(301, Location="file:///etc/passwd"), Failed("answered 301: redirects are not followed")),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_what_a_service_answers_is_told_without_the_url(service, case):
    service.answer, expected = ANSWERS[case]

    assert called(service) == expected
    assert len(service.requests) == 1  # nobody went where it pointed


def test_what_is_no_json_was_taken_all_the_same(service):
    service.answer = status(200, b"\xff\x00<html>" * 100)

    assert called(service) == Sent("answered 200")


@pytest.mark.parametrize("how", ["nothing", "drop by drop"])
def test_a_slow_service_costs_one_call_and_that_is_uncertain(service, monkeypatch, how):
    monkeypatch.setattr(notify, "_WITHIN", 1)
    service.answer = silent(service) if how == "nothing" else endless(b"x", 0.2, service)

    outcome = called(service)

    assert isinstance(outcome, Retry)
    assert outcome.uncertain
    assert "sEcReT" not in outcome.reason


def test_an_endless_answer_fills_no_memory_of_ours(service, monkeypatch):
    monkeypatch.setattr(notify, "_WITHIN", 3)
    service.answer = endless(b"x" * (1 << 24), 0, service)

    outcome = called(service)

    assert isinstance(outcome, Retry)
    assert outcome.uncertain


def test_who_hangs_up_is_tried_again(service):
    service.answer = lambda handler: handler.connection.close()

    assert isinstance(called(service), Retry)


def test_a_certificate_that_nobody_vouches_for_is_not_believed(service, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")

    outcome = called(service)

    assert outcome == Retry("its certificate is not believed")
    assert service.requests == []


def test_nobody_there_is_tried_again(service):
    outcome = called(service, url="ntfys://127.0.0.1:1/topic")

    assert isinstance(outcome, Retry)
    assert not outcome.uncertain
    assert not outcome.unreached  # that is said of the smarthost, and would hasten mail


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433"])
def test_a_private_address_is_not_connected_to(service, host):
    assert called(service, private=False, url=f"ntfys://{host}:{service.port}/topic") == Failed(PRIVATE)
    assert service.requests == []


def test_a_look_makes_no_connection(service):
    assert look([service.url], private=True) == [None]
    assert [fault.why for fault in look([service.url, service.url], private=False)] == [PRIVATE, PRIVATE]
    assert service.requests == []
    assert look([], private=False) == []


def test_no_proxy_and_no_password_of_the_desk_is_used(service, monkeypatch, tmp_path):
    """A proxy would look names up by itself; ~/.netrc holds passwords that the service is not to get."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password secret\n")
    netrc.chmod(0o600)
    for name, value in {"HTTPS_PROXY": "http://127.0.0.1:1", "NETRC": str(netrc), "HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    heard = []
    service.answer = lambda handler: (heard.append(handler.headers["Authorization"]), status(200)(handler))[1]

    assert called(service) == Sent("answered 200")
    assert heard == [None]


# --- a name that means one address when it is looked at, and another when it is connected to


def resolution(monkeypatch, *addresses, private=False):
    found = iter(addresses)

    def once(*_args, **_options):
        address = next(found)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]

    monkeypatch.setattr(socket, "getaddrinfo", once)
    return Resolution(private=private, connects=True)


def test_a_name_is_looked_up_once_for_the_look_and_the_connection(monkeypatch):
    rebinding = resolution(monkeypatch, "93.184.216.34", "10.0.0.1")

    assert socket.getaddrinfo("evil.example", 443)[0][4] == ("93.184.216.34", 443)
    with pytest.raises(OSError):
        socket.getaddrinfo("evil.example", 443)
    assert rebinding.found == "private"
    rebinding.close()


NOT_PUBLIC = [
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "127.0.0.1",
    "169.254.169.254",
    "0.0.0.0",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "fe80::1%eth0",
    "fc00::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
    "ff02::1",
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_no_kind_of_private_address_is_let_through(monkeypatch, address):
    guard = resolution(monkeypatch, address)
    with pytest.raises(OSError):
        socket.getaddrinfo("evil.example", 443)
    guard.close()


@pytest.mark.parametrize("address", ["10.1.2.3", "8.8.8.8", "2606:4700::1111"])
def test_where_private_is_meant_all_is_let_through(monkeypatch, address):
    guard = resolution(monkeypatch, address, private=True)
    assert socket.getaddrinfo("ntfy.lan", 443)[0][4][0] == address
    guard.close()


# --- URLs as they are written

READ = {
    "ntfys": "ntfys://ntfy.example/topic?priority=max",
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general",
    "workflows": "workflows://prod-1.westeurope.logic.azure.com:443/WORKFLOWID/SIGNATURE/",
    "twilio": f"twilio://AC{'a' * 32}:{'b' * 32}@15551234567/15557654321",
    "vonage": "vonage://abcdefgh:abcdefghijklmnop@15551234567/15557654321",
    "msgbird": f"msgbird://{'a' * 25}/15551234567/15557654321",
    "sinch": f"sinch://{'a' * 32}:{'b' * 32}@15551234567/15557654321",
    "clicksend": "clicksend://user:password@15557654321",
    "seven": "seven://apikey/15557654321",
}
REFUSED = {
    "": "expected URLs such as",
    "ntfy.sh/sEcReT": "expected URLs such as",
    "ntfys:// sEcReT": "expected URLs such as",
    "ntfys://a\nsEcReT": "expected URLs such as",
    "ntfy://ntfy.example/sEcReT": "expected one of ntfys://",
    "https://hooks.slack.com/services/sEcReT": "expected one of ntfys://",
    "json://127.0.0.1/sEcReT": "expected one of ntfys://",
    "file:///etc/sEcReT": "expected one of ntfys://",
    "ntfys://ntfy.example/sEcReT?verify=no": "expected no other options of ntfy",
    "ntfys://ntfy.example/sEcReT?redirect=yes": "expected no other options of ntfy",
    "ntfys://ntfy.example/sEcReT?attach=http://10.0.0.1/": "expected no other options of ntfy",
    "slack://T1JJ3T3L2/A1BRTD4JD/sEcReT?template=/etc/passwd": "expected no other options of Slack",
    "slack://T1JJ3T3L2/A1BRTD4JD/sEcReT/#general?template=/etc/passwd": "expected no other options of Slack",
    "slack://T1JJ3T3L2/A1BRTD4JD/sEcReT/?%2BX=1": "expected no other options of Slack",
}


def test_every_service_has_a_url_that_apprise_reads():
    """Of none of them a connection is made, wherever names can be looked up and wherever they cannot."""
    assert READ.keys() == SERVICES.keys()
    assert {url_problem(url) for url in READ.values()} == {""}
    assert not [fault for fault in look([*READ.values()], private=False) if fault and fault.sure]


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_no_url_for_calls_is_refused_without_being_repeated(url):
    problem = url_problem(url)

    assert problem.startswith(REFUSED[url])
    assert "sEcReT" not in problem


def test_what_apprise_makes_of_too_little_is_found_by_a_look():
    (fault,) = look(["slack://x"], private=False)

    assert fault is not None
    assert fault.sure


def test_without_apprise_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr(notify, "find_spec", lambda _name: None)

    assert url_problem(READ["ntfys"]) == notify.MISSING
    assert "pip install 'helpdesk[notify]'" in notify.MISSING


def test_the_process_leaves_nothing_in_the_environment():
    before = dict(os.environ)
    look([READ["ntfys"]], private=False)
    assert dict(os.environ) == before
