"""`helpdesk mailbox login`: one sign-in for reading and sending, and what the desk says when it is over."""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from helpdesk.cli import main
from helpdesk.config import load_configuration
from helpdesk.credentials import imap_account, open_outgoing, sign_ins
from helpdesk.errors import Unavailable
from helpdesk.watch.mailboxes import MailboxWatch
from helpdesk.wires.courier import Outgoing, Retry, Sent
from helpdesk.wires.imap import Failing
from helpdesk.wires.refresh_token import RefreshToken, write_whole
from tests.process import until
from tests.wire.imap_desk import Desk, running
from tests.wire.imap_servers import Liar, Talk, mail
from tests.wire.smarthost import ScriptedSmarthost, authority, server_context
from tests.wire.token_servers import Server, response

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

BOX = "support@desk.example"
MAIL = Outgoing(BOX, "bob@client.example", b"Subject: x\r\n\r\nx\r\n", "<1@desk.example>")
DESK = """
[desk]
operators = ["ops@desk.example"]
[smtp_out]
url = "{smtp}"
username = "{sender}"
oauth2 = {{ token_url = "{url}", {way} = "{url}", client_id = "desk", scope = "smtp offline", {token} }}
[[mailbox]]
address = "help@desk.example"
policy = "logik"
team = "support"
  [mailbox.imap]
  host = "127.0.0.1"
  port = {imap}
  tls = "none"
  username = "support@desk.example"
  oauth2 = {{ token_url = "{url}", {way} = "{url}", client_id = "desk", scope = "imap offline", {token} }}
[[mailbox]]
address = "sales@desk.example"
policy = "logik"
team = "support"
[[team]]
name = "support"
"""


class Provider:
    """A token server with a person who types the code, and the mail servers that believe its tokens."""

    def __init__(self, folder: Path) -> None:
        tls = server_context("localhost")
        self.refresh, self.error = "", ""
        self.number = 0
        self.tokens = Server(self.answer, tls=tls)
        self.liar = Liar(capabilities="AUTH=XOAUTH2 MOVE")
        self.liar.scripts["AUTHENTICATE"] = self.authenticate
        self.smarthost = ScriptedSmarthost(tls="starttls", users={BOX: "nothing yet"}, auth=("XOAUTH2",))
        self.folder = folder

    def answer(self, posted: dict[str, str], _: socket.socket) -> bytes:
        if "grant_type" not in posted:
            url = "https://login.example/device"
            return response({"device_code": "d", "user_code": "AB-CD", "verification_uri": url, "interval": 0.01})
        if self.error:
            return response({"error": self.error, "error_description": "AADSTS50173: the grant was revoked"}, 400)
        if posted.get("refresh_token", self.refresh) != self.refresh:
            return response({"error": "invalid_grant"}, 400)
        self.number += 1
        self.refresh, self.smarthost.users[BOX] = f"r{self.number}", f"a{self.number}"
        return response({"access_token": f"a{self.number}", "refresh_token": self.refresh})

    def authenticate(self, talk: Talk, tag: str, _: str) -> bool:
        talk.send("+ ")
        said = base64.b64decode(talk.line()).decode()
        good = said == f"user={BOX}\x01auth=Bearer a{self.number}\x01\x01"
        talk.send(f"{tag} OK in" if good else f"{tag} NO no")
        return True

    def desk(self, **changes: str) -> Path:
        facts = {"smtp": self.smarthost.url, "sender": BOX, "url": self.tokens.url, "imap": str(self.liar.port)}
        facts |= {"way": "device_url", "token": 'refresh_token_file = "refresh-token"'}
        file = self.folder / "helpdesk.toml"
        file.write_text(DESK.format(**facts | changes))
        return file


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    (tmp_path / "authority.pem").write_text(authority())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    provider = Provider(tmp_path)
    with provider.tokens, provider.liar, provider.smarthost:
        yield provider


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def command(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["helpdesk", *map(str, words)])
        try:
            main()
        except SystemExit as left:
            return int(left.code or 0), *capsys.readouterr()
        return 0, *capsys.readouterr()

    return command


@pytest.mark.parametrize("name", ["help@desk.example", "Support@Desk.example"])
def test_one_sign_in_opens_the_mailbox_and_the_smarthost(
    provider: Provider, run: Callable[..., tuple[int, str, str]], name: str
) -> None:
    file = provider.desk()
    code, out, err = run("mailbox", "login", name, "--config", file, "--json")
    assert (code, json.loads(out)["ok"]) == (0, True)
    assert "Open https://login.example/device in any browser, and type the code AB-CD" in err
    assert f"Sign in as {BOX}." in err
    kept = file.with_name("refresh-token")
    assert (kept.read_text(), stat.S_IMODE(kept.stat().st_mode)) == ("r1\n", 0o600)
    assert provider.tokens.asked[0]["scope"] == "imap offline smtp"
    configuration = load_configuration(file)
    courier = open_outgoing(configuration)
    assert isinstance(courier.deliver(MAIL), Sent)  # with a token that was renewed thrice since
    courier.close()
    assert provider.smarthost.accepted[0].user == BOX


def test_a_grant_that_was_revoked_says_how_to_mend_it_and_a_new_sign_in_does(
    provider: Provider, run: Callable[..., tuple[int, str, str]]
) -> None:
    file = provider.desk()
    assert run("mailbox", "login", BOX, "--config", file)[0] == 0
    provider.error = "invalid_grant"
    configuration = load_configuration(file)
    courier = open_outgoing(configuration)
    todo = "sign in with: helpdesk mailbox login"
    refused = "the token server refused: invalid_grant (AADSTS50173: the grant was revoked)"
    assert courier.deliver(MAIL) == Retry(f"AUTH: {todo} {BOX}: {refused}")
    account = imap_account(configuration, "help@desk.example", configuration.file.mailbox[0].imap, max_size=1)
    with pytest.raises(Unavailable) as caught:
        account.oauth2()
    assert str(caught.value) == f"{todo} help@desk.example: {refused}"
    provider.error = ""
    assert run("mailbox", "login", BOX, "--config", file)[0] == 0
    assert isinstance(courier.deliver(MAIL), Sent)  # without a restart
    courier.close()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("interaction_required", "sign in with: helpdesk mailbox login support@desk.example: "),
        ("invalid_client", "look at client_id and the client secret: "),
        ("temporarily_unavailable", "AUTH: the token server refused: temporarily_unavailable"),
    ],
)
def test_what_is_to_be_done_depends_on_what_was_refused(
    provider: Provider, run: Callable[..., tuple[int, str, str]], error: str, said: str
) -> None:
    file = provider.desk()
    assert run("mailbox", "login", BOX, "--config", file)[0] == 0
    provider.error = error
    outcome = open_outgoing(load_configuration(file)).deliver(MAIL)
    assert said in outcome.reason


def test_before_the_first_sign_in_it_says_that_there_was_none(provider: Provider) -> None:
    outcome = open_outgoing(load_configuration(provider.desk())).deliver(MAIL)
    assert outcome.reason.startswith(f"AUTH: sign in with: helpdesk mailbox login {BOX}: expected a secret in ")


@pytest.mark.parametrize(
    ("changes", "words", "code", "said"),
    [
        ({}, ["nobody@desk.example"], 2, "expected an account with oauth2, of these: help@desk.example, support@"),
        ({"token": 'refresh_token_env = "R"'}, [BOX], 2, "expected refresh_token_file"),
        ({"way": "authorize_url"}, ["x"], 2, "expected an account"),
        (
            {"token": 'refresh_token_file = ""'},
            [BOX],
            2,
            "smtp_out.oauth2: expected exactly one of refresh_token_env, refresh_token_file",
        ),
        ({"sender": ""}, [BOX], 2, "smtp_out.username: expected the one that oauth2 signs in as"),
        ({"url": "http://login.example/token"}, [BOX], 2, "token_url: expected an address that begins with https://"),
        (
            {"token": 'refresh_token_file = "r", authorize_url = "https://x.example"'},
            [BOX],
            2,
            "expected one way to sign in, device_url or authorize_url",
        ),
    ],
)
def test_what_cannot_be_signed_in_to_is_said(
    provider: Provider,
    run: Callable[..., tuple[int, str, str]],
    changes: dict[str, str],
    words: list[str],
    code: int,
    said: str,
) -> None:
    got, _, err = run("mailbox", "login", *words, "--config", provider.desk(**changes))
    assert (got, said in err) == (code, True), err
    assert not (provider.folder / "refresh-token").exists()


def test_a_server_that_gives_no_refresh_token_and_an_account_that_does_not_open_are_failures(
    provider: Provider, run: Callable[..., tuple[int, str, str]]
) -> None:
    file = provider.desk()
    provider.smarthost.auth = ("PLAIN",)
    code, _, err = run("mailbox", "login", BOX, "--config", file)
    assert code == 1
    assert "ok: mailbox help@desk.example" in err
    assert "the server does not offer XOAUTH2" in err.partition("FAILED: outgoing mail: ")[2]
    file.with_name("refresh-token").unlink()
    answer = provider.tokens.answer
    provider.tokens.answer = lambda posted, connection: (
        response({"access_token": "a"}) if "grant_type" in posted else answer(posted, connection)
    )
    code, _, err = run("mailbox", "login", BOX, "--config", file)
    assert (code, "gave no refresh token" in err, file.with_name("refresh-token").exists()) == (1, True, False)


def test_a_browser_that_is_elsewhere_ends_on_an_address_that_is_pasted(provider: Provider) -> None:
    """In a process of its own, with what a person types on its standard input."""
    file = provider.desk(way="authorize_url")
    words = [sys.executable, "-m", "helpdesk", "mailbox", "login", BOX, "--config", str(file)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stderr
        url = next(line for line in process.stderr if line.startswith("https://"))
        asked = parse_qs(urlsplit(url.strip()).query)
        process.stdin.write(f"{asked['redirect_uri'][0]}/?code=c&state={asked['state'][0]}\n")
        process.stdin.flush()
        said = process.stderr.read()
    assert (process.returncode, "ok: outgoing mail" in said) == (0, True), said
    assert file.with_name("refresh-token").read_text() == "r1\n"
    assert provider.tokens.asked[0]["grant_type"] == "authorization_code"


def test_where_one_grant_is_over_its_operators_hear_what_to_type_and_other_mailboxes_go_on(
    provider: Provider, run: Callable[..., tuple[int, str, str]]
) -> None:
    file = provider.desk()
    assert run("mailbox", "login", BOX, "--config", file)[0] == 0
    provider.error = "invalid_grant"
    configuration = load_configuration(file)
    account = imap_account(configuration, "help@desk.example", configuration.file.mailbox[0].imap, max_size=10**6)
    desk = Desk()
    with Liar([mail(1)]) as other, running(desk.poller(account)), running(desk.poller(other.account())):
        until(lambda: desk.cases and desk.reports)
    (report,) = {one.mailbox: one for one in desk.reports}.values()
    assert report.mailbox == "help@desk.example"
    watch = MailboxWatch(lambda: datetime.now(UTC), lambda: 0.0)
    watch.heard(None, Failing(report.mailbox, report.cause, report.detail, timedelta(minutes=15), 9))
    (cause,) = watch.causes()
    assert "sign in with: helpdesk mailbox login help@desk.example" in cause.text
    reading = watch.reading("help@desk.example", read=True)
    assert reading.fails
    assert dict(reading.details)["Detail"].startswith("sign in with: helpdesk mailbox login help@desk.example: ")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
@pytest.mark.parametrize("there", [False, True])
def test_what_root_signs_in_to_is_still_the_daemons(tmp_path: Path, *, there: bool) -> None:
    file = tmp_path / "token"
    if there:
        file.write_text("old")
        os.chown(file, 65534, 65534)
    else:
        os.chown(tmp_path, 65534, 65534)
    write_whole(file, "new")
    with RefreshToken(file, str)._turn():
        assert file.with_name("token.lock").stat().st_uid == tmp_path.stat().st_uid
    assert (file.read_text(), file.stat().st_uid, file.stat().st_mode & 0o777) == ("new", 65534, 0o600)


def test_a_token_file_that_is_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "token").symlink_to(tmp_path / "elsewhere" / "token")
    write_whole(tmp_path / "token", "new")
    assert (tmp_path / "elsewhere" / "token").read_text() == "new"
    assert (tmp_path / "token").is_symlink()


def test_what_init_writes_for_microsoft_needs_one_sign_in_a_mailbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., tuple[int, str, str]]
) -> None:
    monkeypatch.setattr("helpdesk.cli.init.look_at", lambda _rules, **_: [])
    monkeypatch.setattr("helpdesk.cli.init.check_shapes", lambda _: {"ok": False})
    desk = tmp_path / "desk"
    boxes = ["--mailbox", "a@x.example", "--mailbox", "b@x.example"]
    code, out, _ = run("init", desk, "--yes", "--provider", "microsoft", "--client-id", "c", "--tenant", "t", *boxes)
    assert code == 0
    configuration = load_configuration(desk / "helpdesk.toml")
    for box in ("a@x.example", "b@x.example"):
        (one,) = sign_ins(configuration, box)
        assert f"mailbox login {box}" in out
        assert (one.file.name, one.account.username) == (f"{box}.token", box)
        assert "SMTP.Send" in one.application.scope
        assert "/t/oauth2/v2.0/devicecode" in one.account.table.device_url
    assert configuration.file.smtp_out.username == "a@x.example"
