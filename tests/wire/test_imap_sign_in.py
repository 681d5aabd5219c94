"""Signing in to an IMAP server: TLS, passwords, tokens, and how often we knock."""

from __future__ import annotations

import ast
import base64
import logging
import ssl
from datetime import timedelta
from pathlib import Path

import pytest

import helpdesk
from helpdesk.wires.imap import (
    Account,
    Backoff,
    Failing,
    Interrupted,
    MailboxUnavailable,
    Patience,
    Recovered,
    Report,
)
from helpdesk.wires.imap_reports import Outage
from tests.process import until
from tests.wire.imap_desk import Desk, desk, running
from tests.wire.imap_servers import PASSWORD, Hangup, Liar, Mailbox, Talk, mail, mailbox

__all__ = ["desk", "mailbox"]  # fixtures

IMPATIENT = Patience(silence=timedelta(seconds=0.3))


def trusting(mailbox: Mailbox) -> ssl.SSLContext:
    if mailbox.authority is None:
        pytest.skip("pymap is started without TLS: this test needs Dovecot")
    return ssl.create_default_context(cafile=str(mailbox.authority))


# --- TLS ---------------------------------------------------------------------------------------------------


def test_mail_is_taken_over_implicit_tls(mailbox: Mailbox, desk: Desk) -> None:
    large = mail(1, body="x" * 3_000_000)
    mailbox.fill([large])
    tls = trusting(mailbox)
    with running(desk.poller(mailbox.account(tls="implicit", port=mailbox.tls_port, poll=timedelta(hours=1)), tls=tls)):
        until(lambda: desk.cases == [large])
        mailbox.fill([mail(2)])
        until(lambda: len(desk.cases) == 2)  # IDLE, over TLS: the next poll is an hour away
    assert desk.reports == []


def test_mail_is_taken_over_starttls(mailbox: Mailbox, desk: Desk) -> None:
    mailbox.fill([mail(1)])
    assert desk.poll(mailbox.account(tls="starttls"), tls=trusting(mailbox)) == 1


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_that_nobody_vouches_for_ends_it_before_the_password(
    mailbox: Mailbox, desk: Desk, tls: str
) -> None:
    trusting(mailbox)
    port = mailbox.tls_port if tls == "implicit" else mailbox.port

    def never() -> str:
        raise AssertionError("the password was asked for")

    with pytest.raises(MailboxUnavailable, match="certificate") as caught:
        desk.poll(mailbox.account(tls=tls, port=port, password=never))
    assert caught.value.cause == "connection"


def test_a_server_without_starttls_never_sees_the_password(desk: Desk) -> None:
    with Liar([mail(1)]) as liar, pytest.raises(MailboxUnavailable):
        desk.poll(liar.account(tls="starttls"))
    assert "LOGIN" not in liar.verbs()


def test_what_was_slipped_in_before_tls_began_is_not_believed(desk: Desk) -> None:
    """CVE-2011-0411, from the client's side."""
    with Liar(capabilities="STARTTLS") as liar:

        def inject(talk: Talk, tag: str, arguments: str) -> bool:
            talk.send(f"{tag} OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN")
            return True

        liar.scripts["STARTTLS"] = inject
        with pytest.raises(MailboxUnavailable, match="between STARTTLS and TLS"):
            desk.poll(liar.account(tls="starttls"))


def test_silence_in_the_middle_of_the_tls_handshake_has_an_end(desk: Desk) -> None:
    """I06."""
    with Liar() as liar, pytest.raises(MailboxUnavailable) as caught:  # it waits for a line that never comes
        desk.poll(liar.account(tls="implicit"), patience=IMPATIENT)
    assert caught.value.cause in {"silent", "connection"}


def test_a_server_that_lets_nobody_in_without_tls_is_understood(desk: Desk) -> None:
    with Liar(capabilities="LOGINDISABLED") as liar, pytest.raises(MailboxUnavailable, match="without TLS"):
        desk.poll(liar.account())
    assert "LOGIN" not in liar.verbs()


# --- secrets -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["open-sesame", 'open-"\\sesame', "open-sesame" * 30])
def test_a_secret_is_in_no_log_and_no_report_even_if_the_server_says_it_back(
    desk: Desk, caplog: pytest.LogCaptureFixture, secret: str
) -> None:
    """I11."""
    caplog.set_level(logging.DEBUG)
    with Liar() as liar:
        liar.password = "another"
        with running(desk.poller(liar.account(password=lambda: secret))):
            until(lambda: desk.reports)
    (report,) = desk.reports
    assert isinstance(report, Interrupted)
    assert report.cause == "login"
    assert "you sent" in report.detail
    assert "sesame" not in repr(desk.reports) + caplog.text


def test_odd_usernames_and_passwords_arrive_as_they_are(desk: Desk) -> None:
    with Liar([mail(1)]) as liar:
        desk.poll(liar.account(username='a "b" \\c'))
        assert liar.said[1].split(" ", 1)[1] == rf'LOGIN "a \"b\" \\c" "{PASSWORD}"'


def test_a_password_beyond_ascii_goes_through_where_the_server_knows_plain(desk: Desk) -> None:
    with Liar([mail(1)], capabilities="AUTH=PLAIN MOVE") as liar:
        seen = []

        def authenticate(talk: Talk, tag: str, arguments: str) -> bool:
            talk.send("+ ")
            seen.append(base64.b64decode(talk.line()))
            talk.send(f"{tag} OK in")
            return True

        liar.scripts["AUTHENTICATE"] = authenticate
        desk.poll(liar.account(password=lambda: "Grüße"))
    assert seen == ["\0user\0Grüße".encode()]


@pytest.mark.parametrize(
    "wrong",
    [{"password": None}, {"oauth2": str}, {"username": "a\r\nb"}, {"folder": "a\nb"}, {"processed": "INBOX"}],
)
def test_an_account_that_could_not_work_is_refused_when_it_is_made(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Mailbox("none", 1, None, "user", "INBOX", "Processed").account(**wrong)


# --- tokens ------------------------------------------------------------------------------------------------


class TokenServer:
    """An IMAP server's side of XOAUTH2: only the last of these tokens is valid."""

    def __init__(self, liar: Liar, valid: str) -> None:
        self.valid = valid
        self.answers: list[str] = []
        liar.scripts["AUTHENTICATE"] = self.authenticate

    def authenticate(self, talk: Talk, tag: str, arguments: str) -> bool:
        assert arguments == "XOAUTH2"
        talk.send("+ ")
        said = base64.b64decode(talk.line()).decode()
        self.answers.append(said)
        if said == f"user=user\x01auth=Bearer {self.valid}\x01\x01":
            talk.send(f"{tag} OK in")
            return True
        talk.send("+ " + base64.b64encode(b'{"status":"401"}').decode())
        self.answers.append(talk.file.readline().decode())
        talk.send(f"{tag} NO [AUTHENTICATIONFAILED] expired")
        return True


def test_a_token_is_asked_for_at_every_connection_and_an_expired_one_is_replaced(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """I11: the error challenge is answered with an empty line, not with the token once more."""
    caplog.set_level(logging.DEBUG)
    tokens = iter(["stale-token", "fresh-token", "fresh-token"])
    with Liar([mail(1)], capabilities="AUTH=XOAUTH2 MOVE IDLE") as liar:
        server = TokenServer(liar, "fresh-token")
        liar.scripts["IDLE"] = lambda talk, tag, _: talk.sock.shutdown(2) or True  # a reason to connect again
        with running(desk.poller(liar.account(password=None, oauth2=lambda: next(tokens)))):
            until(lambda: len(server.answers) >= 4)
    assert server.answers[1] == "\r\n"
    assert desk.cases == [mail(1)]
    assert "-token" not in repr(desk.reports) + caplog.text


@pytest.mark.parametrize("failure", [OSError("token server: 500 client_secret=hunter2"), KeyError("hunter2")])
def test_a_token_server_that_fails_is_an_outage_without_its_words(desk: Desk, failure: Exception) -> None:
    """I11."""

    def ask() -> str:
        raise failure

    with (
        Liar(capabilities="AUTH=XOAUTH2") as liar,
        running(desk.poller(liar.account(password=None, oauth2=ask))),
    ):
        until(lambda: desk.reports)
    (report,) = desk.reports
    assert isinstance(report, Interrupted)
    assert (report.cause, report.detail) == ("credentials", type(failure).__name__)


def test_a_connection_that_breaks_during_the_login_is_no_refusal(desk: Desk) -> None:
    with Liar() as liar:

        def hang_up(talk: Talk, tag: str, arguments: str) -> bool:
            raise Hangup

        liar.scripts["LOGIN"] = hang_up
        with pytest.raises(MailboxUnavailable) as caught:
            desk.poll(liar.account())
    assert caught.value.cause == "closed"


# --- how often, and who is told ----------------------------------------------------------------------------


def test_refused_logins_are_at_most_two_a_minute() -> None:
    """I11."""
    pauses = [
        Backoff().pause(cause, failures=n, jitter=0.0) for n in range(1, 20) for cause in ("login", "credentials")
    ]
    assert min(pauses) >= 30
    assert max(Backoff().pause("login", failures=n, jitter=0.999) for n in range(1, 20)) <= 180


def test_the_pause_doubles_up_to_a_minute() -> None:
    """I07: four reconnections in the first minute, then one a minute at least and two at most."""
    longest = [Backoff().pause("closed", failures=n, jitter=0.0) for n in (1, 2, 3, 4, 5, 50, 5000)]
    shortest = [Backoff().pause("closed", failures=n, jitter=0.999) for n in range(1, 6)]
    assert longest == [5, 10, 20, 40, 60, 60, 60]
    assert sum(shortest[:5]) > 60


def test_an_outage_is_told_when_it_begins_when_it_lasts_and_when_it_is_over() -> None:
    """I06, I11: one line for the log, one alert after a quarter of an hour, one all-clear."""
    now = 1000.0
    told: list[Report] = []
    outage = Outage("support@logik.example", told.append, retry=Backoff(), clock=lambda: now)

    for minute in range(30):
        now = 1000.0 + 60 * minute
        outage.failed("login", "expired")
    outage.over()
    outage.over()

    assert told == [
        Interrupted("support@logik.example", "login", "expired"),
        Failing("support@logik.example", "login", "expired", lasted=timedelta(minutes=15), attempts=16),
        Recovered("support@logik.example", lasted=timedelta(minutes=29), alerted=True),
    ]


def test_only_a_connection_that_held_makes_the_next_pause_short_again() -> None:
    outage = Outage("support@logik.example", lambda report: None, retry=Backoff())
    for _ in range(5):
        outage.failed("closed", "at IDLE")
        outage.over()
        outage.held(timedelta(seconds=59))
    assert outage.failed("closed", "at IDLE") >= 30
    outage.held(timedelta(seconds=60))
    assert outage.failed("closed", "at IDLE") <= 5


# --- one gate ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("octet", [*range(32), 127])
def test_no_control_character_leaves(desk: Desk, octet: int) -> None:
    """I10: CVE-2025-15366; imaplib puts it on the wire."""
    with Liar() as liar:
        poller = desk.poller(liar.account())
        poller.poll()
        assert poller._session
        client = poller._session._connection
        before = list(liar.said)
        for call in (
            lambda evil: client.search(["SUBJECT", evil]),
            lambda evil: client.add_flags([1], [evil]),
        ):
            with pytest.raises(ValueError, match="control character"):
                call(f"x{chr(octet)}A999 DELETE INBOX")
        assert liar.said == before
        poller.close()


def test_only_the_imap_wire_speaks_imap() -> None:
    """I10: one gate is enough only if nobody goes round it."""
    package = Path(helpdesk.__file__).parent
    for path in package.rglob("*.py"):
        names = {
            alias.name.partition(".")[0] if isinstance(node, ast.Import) else (node.module or "").partition(".")[0]
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        if names & {"imapclient", "imaplib"}:
            assert path.relative_to(package).as_posix().startswith("wires/imap"), path


def test_a_password_is_not_in_the_account_that_somebody_prints() -> None:
    assert "secret" not in repr(
        Account("support@logik.example", "imap.example", 993, "implicit", "support", password=lambda: "secret")
    )
