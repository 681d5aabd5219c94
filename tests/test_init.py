"""`helpdesk init` writes a desk that is right and works, whatever is said of it, and overwrites nothing."""

from __future__ import annotations

import json
import os
import pty
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from helpdesk.cli import main
from helpdesk.config import load_configuration
from helpdesk.starter import password_file, providers

TOP = Path(__file__).parents[1]
MAIL = "From: Jo <jo@acme.example>\r\nTo: {to}\r\nSubject: All is down\r\nMessage-ID: <1@acme.example>\r\n\r\nNothing works.\r\n"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a command in an empty folder, where nobody is at a terminal; gives (exit code, output, errors)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HELPDESK_CONFIG", raising=False)
    monkeypatch.delenv("HELPDESK_LISTEN", raising=False)

    def command(*words):
        monkeypatch.setattr(sys, "argv", ["helpdesk", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as left:
            code = left.code or 0
        return code, *capsys.readouterr()

    return command


NOBODY = ["--imap", "127.0.0.1:1", "--smtp", "127.0.0.1:1"]  # no check of these tests looks for a server elsewhere
PLACES = {"incoming mail", "console", "domains"}  # ports and name servers are what they are where tests run
DESKS = {
    "nothing": [],
    "yes": ["--yes"],
    "shipped": ["--policy", "threekit"],
    "two mailboxes": ["--mailbox", "help@blue.example", "--mailbox", "sales@blue.example", "--company", "Blue"],
    "odd names": ["--company", 'S\u00f6hne & "Co" #1', "--agent", '"Berg, Ann" <ann@x.example>', "--agent", "bo.lee@x.example"],
    "no letter of a key": ["--company", "\u6771\u4eac", "--plan", "\u677e", "--severity", "\u9ad8=1h"],
    "an offering": ["--plan", "Basic,Gold", "--hours", "24x7", "--zone", "Asia/Tokyo", "--country", "none", "--severity", "down=2h/1h"],
    "everywhere": ["--listen", "0.0.0.0"],
    "everywhere, IPv6": ["--listen", "[::]"],
    "elsewhere": ["--state", "var lib/desk"],
    "postfix": ["--provider", "postfix", *NOBODY],
    "imap": ["--provider", "imap", *NOBODY],
    "imap with STARTTLS": ["--provider", "imap", "--imap", "127.0.0.1:143", "--smtp", "127.0.0.1:25"],
}  # fmt: skip


@pytest.mark.parametrize("words", DESKS.values(), ids=DESKS)
def test_what_it_writes_is_checked_starts_and_serves_a_mail(run, tmp_path, words):
    code, out, err = run("init", "desk", *words, "--json")
    assert (code, err) == (0, "")
    shape = json.loads(out)
    here = [one for one in shape["checks"] if one["part"] not in PLACES]
    failed = {one["part"].partition(" ")[0] for one in here if not one["ok"]}
    assert failed <= ({"outgoing", "mailbox"} if "--provider" in words else set()), shape["checks"]
    assert [one["warnings"] for one in here if one["warnings"]] == []
    assert all((tmp_path / file).is_file() for file in shape["files"])

    config = ["--config", "desk/helpdesk.toml"]
    desk = load_configuration(tmp_path / "desk" / "helpdesk.toml")
    assert desk.file.web.listen
    (tmp_path / "mail.eml").write_text(MAIL.format(to=desk.mailboxes[-1].address), newline="")
    assert run("db", "upgrade", *config)[0] == 0
    assert json.loads(run("import", "mail.eml", *config, "--json")[1])["outcome"] == "opened"
    sent = {one["kind"]: one["to"] for one in json.loads(run("outbox", "list", *config, "--json")[1])}
    assert sent["ack"] == "jo@acme.example"
    assert sent["assigned"] in desk.staff
    private = {"helpdesk.db", "secret", "token", *map(password_file, desk.mailbox_addresses)}
    for file in (tmp_path / "desk").rglob("*"):
        assert file.name not in private or stat.S_IMODE(file.stat().st_mode) == 0o600, file


@pytest.mark.parametrize("provider", providers().values(), ids=lambda one: one.key)
def test_every_provider_makes_a_valid_desk(tmp_path, monkeypatch, run, provider):
    """Whose servers nobody asks here."""
    monkeypatch.setattr("helpdesk.cli.init.look_at", lambda _rules, **_: [])
    monkeypatch.setattr("helpdesk.cli.init.check_shapes", lambda _: {"ok": False})
    code, out, _ = run("init", "desk", "--yes", "--provider", provider.key)
    assert code == 0
    desk = load_configuration(tmp_path / "desk" / "helpdesk.toml")
    assert bool(desk.file.smtp_in.listen) == provider.listens
    assert (desk.file.mailbox[0].imap is None) == provider.listens
    assert desk.file.smtp_in.authserv_id == provider.border
    assert desk.file.smtp_in.trusted_relays == list(provider.relays)
    assert ("(umask 077; cat > desk/support@our-company.example.password)" in out) == bool(provider.password)
    for line in provider.next:
        ours = "support@our-company.example"
        assert line.format(address=ours, addresses=ours, domain="our-company.example") in out


def test_each_mailbox_has_its_line_for_postfix(run, monkeypatch):
    monkeypatch.setattr("helpdesk.cli.init.look_at", lambda _rules, **_: [])
    monkeypatch.setattr("helpdesk.cli.init.check_shapes", lambda _: {"ok": True})
    boxes = ["help@a.example", "billing@a.example", "help@b.example"]
    code, out, _ = run("init", "desk", "--yes", "--provider", "postfix", *(f"--mailbox={one}" for one in boxes))
    assert code == 0
    assert [out.count(f"In its transport: {one}    smtp:[127.0.0.1]:2525\n") for one in boxes] == [1, 1, 1]
    assert [out.count(f"Where {one} is in its mydestination") for one in ("a.example", "b.example")] == [1, 1]
    assert out.count("postmap /etc/postfix/transport") == 1


def test_no_desk_listens_to_others_without_a_token_or_trusts_a_network(run, tmp_path):
    for number, listen in enumerate(("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::]", "10.1.2.3", "desk.example")):
        assert run("init", f"desk{number}", "--listen", listen)[0] == 0
        file = tomllib.loads((tmp_path / f"desk{number}" / "helpdesk.toml").read_text())
        closed = listen in {"127.0.0.1", "localhost", "[::1]"}
        assert ("token_file" in file["web"]) == (not closed)
        assert "trusted_relays" not in file["smtp_in"]
        # Where all of it stays on this host, who opens the console can sign in at once.
        assert file["desk"].get("public_url") == (f"http://{listen}:8080" if closed else None)
        if not closed:
            assert re.fullmatch(r"[\w-]{32}\n", (tmp_path / f"desk{number}" / "token").read_text())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--company", "?!"], "Company: expected a name"),
        (["--mailbox", "support"], "Mailboxes: expected an address such as support@desk.example"),
        (["--mailbox", "a+b@x.example"], "without +"),
        (["--mailbox", "a@x.example", "--mailbox", "A@x.example"], "expected different addresses"),
        (["--provider", "hotmail"], "Provider: expected one of trial, postfix"),
        (["--provider", "imap", "--imap", "no host"], "IMAP server: expected a host"),
        (["--provider", "imap", "--imap", "mail.x.example:99999"], "IMAP server: expected a host"),
        (["--smtp", "mail:0"], "Smarthost: expected a host"),
        (["--agent", "Ann Berg"], "expected people such as Ann Berg"),
        (["--agent", "a@x.example", "--agent", "A <a@x.example>"], "expected different addresses"),
        (["--agent", "support@our-company.example"], "somebody's own address, not a mailbox"),
        (["--policy", "gold"], "expected own, or one of celigo"),
        (["--zone", "Mars/Base"], "Time zone: expected a zone"),
        (["--severity", "urgent"], "expected minutes, hours or business days"),
        (["--listen", "0.0.0.0:80"], "without a port"),
    ],
)  # fmt: skip
def test_what_makes_no_desk_is_told_and_nothing_is_written(run, tmp_path, words, said):
    code, _, err = run("init", "desk", *words)
    assert code == 2
    assert said in " ".join(err.replace("\u2502", " ").split())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("file", ["helpdesk.toml", "customers.toml", "policies/our-company.toml", "token"])
def test_it_overwrites_nothing(run, tmp_path, file):
    (tmp_path / "desk" / "policies").mkdir(parents=True)
    (tmp_path / "desk" / file).write_text("mine")
    code, _, err = run("init", "desk", "--listen", "0.0.0.0")
    assert (code, (tmp_path / "desk" / file).read_text()) == (2, "mine")
    assert f"{file}: expected no file here yet" in err
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == 1


# The first terminal that the leader of a session opens is the session's, where passwords are asked for.
_TAKES_THE_TERMINAL = """
import os, sys
os.close(os.open(os.ttyname(0), os.O_RDWR))
os.execv(sys.executable, [sys.executable, "-m", "helpdesk", *sys.argv[1:]])
"""


class Dialogue:
    """The command at a terminal of its own."""

    def __init__(self, folder, *words):
        ours, theirs = pty.openpty()
        environment = {**os.environ, "COLUMNS": "200", "TERM": "dumb", "PYTHONPATH": str(TOP)}
        environment.pop("HELPDESK_LISTEN", None)
        self.process = subprocess.Popen(
            [sys.executable, "-c", _TAKES_THE_TERMINAL, *words],
            cwd=folder,
            env=environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.terminal, self.said = ours, ""

    def _read(self):
        """What is said next; "" at the end."""
        try:
            piece = os.read(self.terminal, 4096).decode()
        except OSError:  # EIO: nobody has it open any more
            piece = ""
        self.said += piece
        return piece

    def answer(self, question, text):
        """Wait for a question and answer it; gives what was said since the last one."""
        before = len(self.said)
        while question not in self.said[before:]:
            assert self._read(), f"{question!r} was not asked: {self.said}"
        os.write(self.terminal, f"{text}\n".encode())
        return self.said[before:]

    def end(self):
        while self._read():
            pass
        os.close(self.terminal)
        return self.process.wait()


def test_a_session_at_a_terminal(tmp_path):
    """Wrong answers are asked for again, passwords do not show, and what comes next has the paths in it."""
    (tmp_path / "tree").mkdir()
    talk = Dialogue(tmp_path / "tree", "init", "desk", "--zone", "Europe/Vienna")
    talk.answer("Company [Our Company]: ", "Blue Mill")
    talk.answer("Mailboxes [support@blue-mill.example]: ", "help@blue-mill.example, billing")
    talk.answer("Mailboxes [support@blue-mill.example]: ", "help@blue-mill.example")
    assert "gmail" in talk.answer("Provider [trial]: ", "imap")
    talk.answer("IMAP server [mail.blue-mill.example:993]: ", "127.0.0.1:1")
    talk.answer("Smarthost [127.0.0.1:587]: ", "127.0.0.1:1")
    talk.answer("Agents, the lead first [agent@blue-mill.example]: ", "Ann Berg <ann@blue-mill.example>")
    talk.answer("Policy: own, or the key of a shipped one [own]: ", "")
    talk.answer("Plans [Standard]: ", "Basic, Gold")
    talk.answer("Opening hours [mon-fri 09:00-17:00]: ", "")
    talk.answer("Public holidays of (country, or none) [AT]: ", "")
    talk.answer("Severities, the worst first, with the time to a first response [", "")
    talk.answer("Languages that customers are written to in, the usual first [de, en]: ", "")
    talk.answer("Password of help@blue-mill.example, unseen (empty: later): ", "hunter2 is long")
    assert talk.end() == 0
    assert "hunter2" not in talk.said
    assert "FAILED: mailbox help@blue-mill.example" in talk.said
    assert f"{sys.executable} -m helpdesk serve --config desk/helpdesk.toml" in talk.said
    assert "install -m 600" not in talk.said, "the password is there"
    desk = tmp_path / "tree" / "desk"
    assert (desk / "help@blue-mill.example.password").read_text() == "hunter2 is long\n"
    read = load_configuration(desk / "helpdesk.toml")
    assert [(team.lead.name, len(team.agents)) for team in read.teams.values()] == [("Ann Berg", 1)]
    assert [box.policy for box in read.mailboxes] == ["blue-mill"]


@pytest.mark.parametrize("option", ["--yes", "--json"])
def test_who_wants_no_questions_gets_none_at_a_terminal_either(tmp_path, option):
    talk = Dialogue(tmp_path, "init", "desk", option)
    assert talk.end() == 0
    assert (tmp_path / "desk" / "helpdesk.toml").exists()
    assert "[trial]" not in talk.said
