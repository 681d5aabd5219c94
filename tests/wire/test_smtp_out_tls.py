"""Encryption and passwords on the way to the smarthost (threat O08, rule: no credentials in clear)."""

import base64
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from helpdesk.errors import Unavailable
from helpdesk.wires import smtp_out_dial
from helpdesk.wires.courier import Login, Outgoing, Retry, Sent, Smarthost
from helpdesk.wires.smtp_out import Deadlines, SmtpCourier
from tests.wire.smarthost import DROP, HANG, ScriptedSmarthost, trusting

MAIL = Outgoing("support@desk.example", "bob@client.example", b"Subject: x\r\n\r\nx\r\n", "<1@desk.example>")
PASSWORD = "correct horse 🔑"
USERS = {"desk": PASSWORD}


@pytest.fixture
def courier_to():
    couriers = []

    def make(smarthost, *, password=None, oauth2=False, tls=None, context=trusting, opening=timedelta(seconds=120)):
        login = Login("desk", password if callable(password) else lambda: password, oauth2) if password else None
        where = Smarthost("127.0.0.1", smarthost.port, tls or smarthost.tls, login, greet_as="desk.example")
        deadlines = replace(Deadlines(), opening=opening)
        couriers.append(SmtpCourier(where, deadlines=deadlines, tls_context=context()))
        return couriers[-1]

    yield make
    for courier in couriers:
        courier.close()


def said(smarthost):
    """Everything the smarthost was told before or outside a mail, credentials decoded."""
    lines = "".join(smarthost.heard)
    return lines + "".join(
        base64.b64decode(word + "==").decode("utf-8", "replace")
        for word in re.findall(r"[A-Za-z0-9+/]{8,}={0,2}", lines)
    )


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_mail_goes_encrypted_where_that_was_asked_for(courier_to, tls):
    with ScriptedSmarthost(tls=tls, users=USERS) as smarthost:
        courier = courier_to(smarthost, password=PASSWORD)
        assert [type(courier.deliver(MAIL)) for _ in range(2)] == [Sent] * 2
    assert [(mail.encrypted, mail.user) for mail in smarthost.accepted] == [(True, "desk")] * 2
    assert smarthost.connections == 1


def test_nothing_is_believed_that_was_said_before_tls(courier_to):
    """RFC 3207 section 4.2: EHLO is said again, and the first offer is forgotten."""
    with ScriptedSmarthost(
        {"EHLO": ["250-x\r\n250-SIZE 1\r\n250-AUTH LOGIN\r\n250 STARTTLS"]}, tls="starttls"
    ) as smarthost:
        assert isinstance(courier_to(smarthost).deliver(MAIL), Sent)
    assert smarthost.verbs[:4] == ["EHLO", "STARTTLS", "EHLO", "MAIL"]


STRIPPED = [
    (
        "not offered",
        {"EHLO": "250-smarthost.example\r\n250 AUTH PLAIN LOGIN"},
        "STARTTLS: the server does not offer it",
    ),
    (
        "offer overwritten",
        {"EHLO": "250-x\r\n250-XXXXXXXA\r\n250 AUTH PLAIN"},
        "STARTTLS: the server does not offer it",
    ),
    ("refused for now", {"STARTTLS": "454 4.7.0 TLS not available"}, "STARTTLS: 454 4.7.0 TLS not available"),
    ("refused for good", {"STARTTLS": "500 5.5.1 what?"}, "STARTTLS: 500 5.5.1 what?"),
    ("dropped", {"STARTTLS": DROP}, "STARTTLS: the server closed the connection"),
    (
        "plain talk behind the 220",
        {"STARTTLS": "220 go\r\n250 2.0.0 injected"},
        "STARTTLS: the server spoke on in clear",
    ),
    ("no handshake follows", {"STARTTLS": (b"220 go\r\n", HANG)}, "STARTTLS: timed out"),
    ("no TLS follows", {"STARTTLS": (b"220 go\r\n", DROP)}, "STARTTLS: "),
]


@pytest.mark.parametrize(("what", "script", "reason"), STRIPPED, ids=[row[0] for row in STRIPPED])
def test_where_tls_was_asked_for_and_is_stripped_neither_mail_nor_password_goes_out(courier_to, what, script, reason):
    """O08: STARTTLS missing: deferred, and no AUTH on the wire."""
    opening = timedelta(seconds=1 if "timed out" in reason else 120)
    with ScriptedSmarthost(script, tls="starttls", users=USERS) as smarthost:
        outcome = courier_to(smarthost, password=PASSWORD, opening=opening).deliver(MAIL)
    assert isinstance(outcome, Retry)
    assert outcome.reason.startswith(reason)
    assert not {"AUTH", "MAIL"} & set(smarthost.verbs)
    assert PASSWORD not in said(smarthost)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize(
    ("certificate", "context", "why"),
    [
        ("elsewhere.example", trusting, "self-signed certificate"),
        ("localhost", lambda: None, "self-signed certificate"),  # what the system trusts
        ("elsewhere.example", lambda: trusting("elsewhere.example"), "IP address mismatch"),
    ],
    ids=["unknown issuer", "known only to these tests", "another's name"],
)
def test_a_certificate_that_is_not_the_smarthosts_stops_everything(courier_to, tls, certificate, context, why):
    """O08: worth another try, since operators repair it; the reason says what is wrong with it."""
    with ScriptedSmarthost(tls=tls, certificate=certificate, users=USERS) as smarthost:
        courier = courier_to(smarthost, password=PASSWORD, context=context)
        outcome = courier.deliver(MAIL)
        with pytest.raises(Unavailable, match=why):
            courier.probe()
    assert isinstance(outcome, Retry)
    assert re.match(r"(STARTTLS|TLS): the certificate is not accepted: ", outcome.reason)
    assert why in outcome.reason
    assert not {"AUTH", "MAIL"} & set(smarthost.verbs)


def test_a_port_that_does_not_speak_tls_is_told_from_one_that_refuses(courier_to):
    with ScriptedSmarthost() as smarthost:
        outcome = courier_to(smarthost, tls="implicit").deliver(MAIL)
    assert isinstance(outcome, Retry)
    assert outcome.reason.startswith("TLS: TLS failed: ")


# Logging in


@pytest.mark.parametrize("auth", [("PLAIN",), ("LOGIN",), ("XOAUTH2", "LOGIN", "PLAIN")], ids=" ".join)
def test_it_logs_in_with_what_the_smarthost_offers(courier_to, auth):
    with ScriptedSmarthost(tls="starttls", users=USERS, auth=auth) as smarthost:
        assert isinstance(courier_to(smarthost, password=PASSWORD).deliver(MAIL), Sent)
    assert smarthost.accepted[0].user == "desk"


def test_the_initial_response_may_be_asked_for_again(courier_to):
    """RFC 4954 section 4: a server may ignore it and send an empty challenge."""

    with ScriptedSmarthost(tls="implicit", users=USERS, asks_again=True) as smarthost:
        assert isinstance(courier_to(smarthost, password=PASSWORD).deliver(MAIL), Sent)
    assert smarthost.accepted[0].user == "desk"


NO_LOGIN = [
    ("wrong password", {}, "wrong", "AUTH: 535 5.7.8"),
    ("echoing", {"AUTH": "535 5.7.8 wrong password: {}"}, PASSWORD, "AUTH: 535 5.7.8"),
    ("echoing a code only", {"AUTH": "454 {}"}, PASSWORD, "AUTH: 454"),
    ("garbage", {"AUTH": "welcome {}"}, PASSWORD, "AUTH: the reply is not SMTP"),
    ("drops", {"AUTH": DROP}, PASSWORD, "AUTH: the server closed the connection"),
]


@pytest.mark.parametrize(("what", "script", "password", "reason"), NO_LOGIN, ids=[row[0] for row in NO_LOGIN])
def test_a_login_that_fails_is_about_no_mail_and_shows_no_secret(courier_to, what, script, password, reason):
    """O05, P04: 535 is permanent for the login, not for the mail; the reply's text may repeat what we said."""
    secret = base64.b64encode(f"\0desk\0{PASSWORD}".encode()).decode()
    script = {place: told.format(secret) if isinstance(told, str) else told for place, told in script.items()}
    with ScriptedSmarthost(script, tls="starttls", users=USERS) as smarthost:
        courier = courier_to(smarthost, password=password)
        assert courier.deliver(MAIL) == Retry(reason)
        with pytest.raises(Unavailable) as unavailable:
            courier.probe()
    assert str(unavailable.value) == reason
    assert unavailable.value.__cause__ is None


def test_a_smarthost_without_a_login_we_know_gets_no_password(courier_to):
    with ScriptedSmarthost(tls="starttls", users=USERS, auth=("CRAM-MD5", "XOAUTH2")) as smarthost:
        outcome = courier_to(smarthost, password=PASSWORD).deliver(MAIL)
    assert outcome == Retry("AUTH: the server offers neither PLAIN nor LOGIN")
    assert "AUTH" not in smarthost.verbs


@pytest.mark.parametrize("token", ["short", "x" * 2000], ids=["initial response", "too long for one"])
def test_an_access_token_is_said_as_the_servers_ask_for_it(courier_to, token):
    """RFC 4954 section 4: a command of more than 512 octets is none."""
    with ScriptedSmarthost(tls="starttls", users={"desk": token}, auth=("LOGIN", "XOAUTH2")) as smarthost:
        assert isinstance(courier_to(smarthost, password=token, oauth2=True).deliver(MAIL), Sent)
    (auth,) = [line for line in smarthost.heard if line.startswith("AUTH")]
    assert (auth == "AUTH XOAUTH2\r\n") == (len(token) > 500)
    assert smarthost.accepted[0].user == "desk"


@pytest.mark.parametrize("token", ["stale", "x" * 2000])
def test_a_refused_access_token_is_a_refusal_and_shows_nothing(courier_to, token):
    """The error comes as a challenge, and is answered with an empty line, not with the token once more."""
    with ScriptedSmarthost(tls="starttls", users={"desk": "fresh"}, auth=("XOAUTH2",)) as smarthost:
        outcome = courier_to(smarthost, password=token, oauth2=True).deliver(MAIL)
    assert outcome == Retry("AUTH: 535 5.7.8")


def test_an_access_token_goes_to_nobody_who_does_not_ask_for_it_or_in_clear(courier_to, monkeypatch):
    with ScriptedSmarthost(tls="starttls", users=USERS) as smarthost:
        outcome = courier_to(smarthost, password="token", oauth2=True).deliver(MAIL)
    assert outcome == Retry("AUTH: the server does not offer XOAUTH2")
    assert "AUTH" not in smarthost.verbs
    monkeypatch.setattr(smtp_out_dial, "is_loopback", lambda _: False)
    with ScriptedSmarthost(users=USERS, auth=("XOAUTH2",)) as smarthost:
        assert courier_to(smarthost, password="token", oauth2=True).deliver(MAIL) == Retry("AUTH: not without TLS")
    assert "AUTH" not in smarthost.verbs


def test_why_there_is_no_access_token_is_told_in_our_words(courier_to):
    def refused():
        raise Unavailable("sign in with: helpdesk mailbox login desk: the token server refused: invalid_grant")

    with ScriptedSmarthost(tls="starttls", users=USERS, auth=("XOAUTH2",)) as smarthost:
        outcome = courier_to(smarthost, password=refused, oauth2=True).deliver(MAIL)
    assert outcome.reason.startswith("AUTH: sign in with: helpdesk mailbox login desk")


def test_the_password_is_read_at_every_connection_and_its_failure_is_ours(courier_to):
    """A password file that is being replaced costs a retry and shows no path."""
    told = [FileNotFoundError("/etc/helpdesk/secret"), PASSWORD]

    def password():
        answer = told.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with ScriptedSmarthost(tls="starttls", users=USERS) as smarthost:
        courier = courier_to(smarthost, password=password)
        assert courier.deliver(MAIL) == Retry("AUTH: the password cannot be read: FileNotFoundError")
        assert isinstance(courier.deliver(MAIL), Sent)


def test_without_tls_a_password_goes_to_this_very_host_and_nowhere_else(courier_to, monkeypatch):
    """O08: judged by the address we are connected to, whatever name it has."""
    with ScriptedSmarthost(users=USERS) as smarthost:
        assert isinstance(courier_to(smarthost, password=PASSWORD).deliver(MAIL), Sent)
        monkeypatch.setattr(smtp_out_dial, "is_loopback", lambda address: address != "127.0.0.1")
        heard = len(smarthost.heard)
        outcome = courier_to(smarthost, password=PASSWORD).deliver(MAIL)
    assert outcome == Retry("AUTH: not without TLS")
    assert not any(line.startswith("AUTH") for line in smarthost.heard[heard:])


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_with_tls_a_password_goes_to_any_host(courier_to, monkeypatch, tls):
    monkeypatch.setattr(smtp_out_dial, "is_loopback", lambda _: False)
    with ScriptedSmarthost(tls=tls, users=USERS) as smarthost:
        assert isinstance(courier_to(smarthost, password=PASSWORD).deliver(MAIL), Sent)


def test_a_probe_logs_in_and_sends_nothing(courier_to):
    with ScriptedSmarthost(tls="starttls", users=USERS) as smarthost:
        courier_to(smarthost, password=PASSWORD).probe()
    assert smarthost.verbs == ["EHLO", "STARTTLS", "EHLO", "AUTH", "QUIT"]
