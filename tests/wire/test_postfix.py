"""The recipes of docs/postfix.md, each run on a real Postfix of its own in front of a real desk.

Postfix starts as root only. Where it is missing, or we are not root, these tests are skipped;
`HELPDESK_REQUIRE_POSTFIX=1` makes that a failure.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import smtplib
import sqlite3
import subprocess
import tempfile
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

from tests.process import MAILBOX, Premises, free_port, reap, stop, until
from tests.wire.smarthost import KEY, ScriptedSmarthost, authority

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.wire.smarthost import AcceptedMail

pytestmark = pytest.mark.slow
DOCUMENT = Path(__file__).parents[2] / "docs" / "postfix.md"
_BINARIES = "/usr/sbin", "/usr/lib/postfix/sbin", "/usr/libexec/postfix"
CUSTOMER = "jo@client.example"

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = /
myhostname = mx.here.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
relayhost = [127.0.0.1]:{sink}
smtp_host_lookup = native
smtpd_tls_security_level = may
smtpd_tls_chain_files = {folder}/chain.pem
"""
_DOMAIN_IN = {
    "mydestination": "mydestination = mx.here.example, desk.example",
    "relay_domains": "relay_domains = desk.example\nmydestination = mx.here.example",
    "virtual_mailbox_domains": "virtual_mailbox_domains = desk.example\nmydestination = mx.here.example",
}
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
local unix - n n - - local
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


def recipe(heading: str) -> str:
    """The block of the document that begins with this comment."""
    found = re.search(rf"```\n# {re.escape(heading)}\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found, heading
    return found[1]


class Postfix:
    """One Postfix in a folder, on a port of 127.0.0.1; what it relays goes to `sink`."""

    def __init__(self, folder: Path, domain_in: str, wire: str, *, desk: int, sink: int, without: str = "") -> None:
        self.folder, self.port = folder, free_port()
        lines = "".join(recipe(f"/etc/postfix/main.cf{which}") for which in ("", f", with desk.example in {domain_in}"))
        lines += recipe("/etc/postfix/main.cf, for another host") if wire == "another host" else ""
        transport = recipe(f"/etc/postfix/transport, for {wire}")
        lines = "\n".join(line for line in lines.splitlines() if not without or not line.startswith(without))

        def there(text: str) -> str:
            return re.sub(r":2525|:2424", f":{desk}", text).replace("desk-host.example", "localhost")

        facts = {"folder": folder, "sink": sink}
        self._write("chain.pem", KEY + authority(), 0o600)
        self._write("authorities.pem", authority())
        self._write("transport", there(transport))
        self._write("mailboxes", "ann@desk.example ann/\n")
        main = _MAIN.format(**facts) + f"{_DOMAIN_IN[domain_in]}\n" + there(lines).replace("/etc/postfix", str(folder))
        self._write("main.cf", f"{main}\n")
        self._write("master.cf", _MASTER.format(port=self.port))

    def __enter__(self) -> Self:
        for folder in ("queue", "data"):
            (self.folder / folder).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        for table in ("transport", "mailboxes"):
            self._run("postmap", f"hash:{self.folder / table}")
        self._run("postfix", "start")
        until(self._greets, "Postfix greets")
        return self

    def __exit__(self, *_: object) -> None:
        self._run("postfix", "abort")

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def send(self, recipient: str, subject: str, body: str = "x", **fields: str) -> None:
        """A mail of the customer's, as it comes from outside."""
        head = {"From": CUSTOMER, "To": recipient, "Subject": subject, "Message-ID": f"<{subject}@client.example>"}
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in (head | fields).items()]
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as client:
            client.sendmail(CUSTOMER, [recipient], "\r\n".join([*lines, "", body, ""]))

    def _greets(self) -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=10):
                return True
        except OSError:
            return False

    def _run(self, command: str, *arguments: str) -> None:
        done = subprocess.run([command, "-c", self.folder, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def _write(self, name: str, text: str, mode: int = 0o644) -> None:
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(mode)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """One that Postfix's own user can go through to."""
    monkeypatch.setenv("PATH", os.pathsep.join([os.environ["PATH"], *_BINARIES]))
    missing = "no Postfix is installed" if shutil.which("postfix") is None else "" if os.geteuid() == 0 else "not root"
    if missing and os.environ.get("HELPDESK_REQUIRE_POSTFIX") == "1":
        pytest.fail(f"HELPDESK_REQUIRE_POSTFIX=1, but {missing}")
    if missing:
        pytest.skip(f"Postfix cannot be started: {missing}")
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)
    reap()


@pytest.mark.parametrize(
    ("domain_in", "wire"),
    [
        ("mydestination", "SMTP"),
        ("relay_domains", "another host"),
        ("virtual_mailbox_domains", "LMTP"),
    ],
)
def test_mail_comes_in_goes_out_and_is_answered_by_the_recipe(
    tmp_path: Path, folder: Path, domain_in: str, wire: str
) -> None:
    """Out with TLS that a private authority vouches for, as from another host."""
    (tmp_path / "authority.pem").write_text(authority())
    listen = free_port()
    with (
        ScriptedSmarthost() as world,
        Postfix(folder, domain_in, wire, desk=listen, sink=world.port) as postfix,
    ):
        desk = Premises(
            tmp_path,
            smarthost=f"smtp://localhost:{postfix.port}?starttls=yes",
            environment={"SSL_CERT_FILE": str(tmp_path / "authority.pem")},
        )
        if wire == "another host":
            (tmp_path / "chain.pem").write_text(KEY + authority())
            tls = 'require_tls = true\ntls_cert = "chain.pem"\ntls_key = "chain.pem"\n[web]'
            desk.config.write_text(desk.config.read_text().replace("[web]", tls))
        scheme = "lmtp:" if wire == "LMTP" else ""
        config = desk.config.read_text().replace(f'"127.0.0.1:{desk.port}"', f'"{scheme}127.0.0.1:{listen}"')
        desk.config.write_text(re.sub(r"(ann|bob|lena|ops)@desk", r"\1@team", config))  # whose mail lies elsewhere
        desk.port = listen
        daemon = desk.start()
        postfix.send(MAILBOX, "first", "Nothing works.")
        until(lambda: to_customer(world), "the acknowledgment goes out")
        ack = message_from_bytes(to_customer(world)[0].content, policy=policy.default)
        (reply_to,) = ack["Reply-To"].addresses
        assert reply_to.addr_spec.startswith("support+")
        postfix.send(reply_to.addr_spec, "second", "Still nothing.", In_Reply_To=str(ack["Message-ID"]))
        until(lambda: outcomes(desk) == ["opened", "appended"], "the answer is on the case")
        with pytest.raises(smtplib.SMTPRecipientsRefused, match="550"):
            postfix.send("stranger-77@desk.example", "third")
        postfix.send(MAILBOX, "large", f"{'x' * 70}\r\n" * 170_000)  # 12 MB
        until(lambda: len(outcomes(desk)) > 2, "the large one is there")
        until(lambda: any(mail.rcpt_to == ("ann@team.example",) for mail in world.accepted), "the agent has the case")
        stop(daemon)


def to_customer(world: ScriptedSmarthost) -> list[AcceptedMail]:
    return [mail for mail in world.accepted if mail.rcpt_to == (CUSTOMER,)]


def outcomes(desk: Premises) -> list[str]:
    with contextlib.closing(sqlite3.connect(desk.folder / "helpdesk.db", timeout=10)) as database:
        return [row[0] for row in database.execute("SELECT outcome FROM spool WHERE outcome <> '' ORDER BY id")]


@pytest.mark.parametrize(
    ("without", "recipient", "kib", "said"),
    [
        ("local_recipient_maps", MAILBOX, 1, r"550, b.5\.1\.1 .*User unknown in local recipient table"),
        ("recipient_delimiter", "support+7.c0@desk.example", 1, r"550, b.5\.1\.1 .*User unknown in local"),
        ("message_size_limit", MAILBOX, 12_000, r"552, b.5\.3\.4 Message size exceeds fixed limit"),
    ],
)
def test_each_line_of_the_recipe_is_needed(folder: Path, without: str, recipient: str, kib: int, said: str) -> None:
    with (
        Postfix(folder, "mydestination", "SMTP", desk=1, sink=1, without=without) as postfix,
        pytest.raises(smtplib.SMTPException, match=said),
    ):
        postfix.send(recipient, "first", f"{'x' * 62}\r\n" * 16 * kib)
