"""The real daemon in a process of its own, to be killed at any instant, and a sender who keeps a ledger.

    desk = Premises(folder, smarthost=smarthost.url)           # helpdesk.toml, a policy of one minute, a free port
    daemon = desk.start("accept.post_commit=kill")             # python -m helpdesk serve, HELPDESK_FAILPOINTS
    sender = Mta(desk.port, folder / "ledger"); sender.deliver([letter(1)])

`Foundry` starts it without the two seconds of imports: it forks a process that has imported everything and opened
nothing. What runs is the same command line.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import queue
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
MAILBOX = "support@desk.example"
SECRET = "canary-smtp-password"  # of accounts that exist for one test


PATIENCE = 120.0  # seconds: no promise, only when to give a test up; a busy machine takes its time


def until(condition: Callable[[], object], what: str = "it happened", *, seconds: float = PATIENCE) -> None:
    """Wait for something another process or thread does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} seconds"
        time.sleep(0.01)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


# --- where the daemon lives --------------------------------------------------------------------------------

# Everything is due within seconds: a warning when a hundredth of the minute has passed, an escalation soon after.
_POLICY = """
key = "quick"
name = "Quick"
[plans.standard]
name = "Standard"
[regions.everywhere]
name = "Everywhere"
calendar = "always"
[calendars.always]
timezone = "Europe/Berlin"
hours = "24x7"
[severities.normal]
rank = 3
name = "Normal"
definition = "Any."
[targets.standard.first_response]
normal = "1m"
[classifier]
default = "normal"
[[ladder]]
at = "1%"
send = "warning"
to = ["assignee"]
[[ladder]]
at = "2%"
send = "escalation"
to = ["lead"]
"""

_DESK = """
[desk]
name = "Desk"
policies = "policies"
operators = ["ops@desk.example"]
[database]
url = "{database}"
[smtp_in]
listen = "127.0.0.1:{port}"
trusted_relays = ["127.0.0.1"]
[web]
listen = "127.0.0.1:{console}"
[smtp_out]
url = "{smarthost}"
{login}
[[mailbox]]
address = "{mailbox}"
policy = "quick"
team = "first line"
{imap}
[[team]]
name = "first line"
lead = "lena@desk.example"
[[agent]]
name = "Ann Berg"
email = "ann@desk.example"
teams = ["first line"]
[[agent]]
name = "Bob Cole"
email = "bob@desk.example"
teams = ["first line"]
"""


class Premises:
    """A desk's folder, and starting its daemon there. Several daemons of one desk have a `name` each in one folder.

    `imap` is the table of the mailbox, `more` further tables of the configuration.
    """

    def __init__(
        self,
        folder: Path,
        *,
        smarthost: str = "maildir:out",
        database: str = "",
        imap: str = "",
        login: str = "",
        more: str = "",
        name: str = "helpdesk",
        starter: Starter | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder, self.port, self.console = folder, free_port(), free_port()
        self.database = database or f"sqlite:///{folder / 'helpdesk.db'}"
        self.log, self.starter = folder / f"{name}.log", starter or Fresh()
        self.environment = dict(environment or {})
        (folder / "policies").mkdir(exist_ok=True)
        (folder / "policies" / "quick.toml").write_text(_POLICY)
        values = {"database": self.database, "port": self.port, "console": self.console, "smarthost": smarthost}
        self.config = folder / f"{name}.toml"
        self.config.write_text(_DESK.format(**values, mailbox=MAILBOX, imap=imap, login=login) + more)

    def spawn(
        self,
        failpoints: str = "",
        *,
        command: Sequence[str] = ("serve",),
        starter: Starter | None = None,
        log: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Running:
        """Start it and do not wait; otherwise than usual, where that is said."""
        variables = {**self.environment, **(environment or {}), "HELPDESK_FAILPOINTS": failpoints}
        return (starter or self.starter).start([*command, "--config", str(self.config)], variables, log or self.log)

    def start(self, failpoints: str = "") -> Running:
        """Start it and wait until it greets."""
        running = self.spawn(failpoints)
        until(lambda: self.greets() or running.status() is not None, "the daemon greets")
        assert running.status() is None, self.log.read_text()
        return running

    def greets(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 2) as sock:
            sock.settimeout(2)
            return sock.recv(3) == b"220"
        return False

    def logged(self) -> str:
        return self.log.read_text() if self.log.exists() else ""


class Running(Protocol):
    """A daemon that was started."""

    pid: int

    def status(self) -> int | None:
        """Its exit status as `subprocess` counts it, None while it lives."""

    def signal(self, number: int) -> None:
        """Send it a signal."""


class Starter(Protocol):
    """A way to start the daemon."""

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Running:
        """Run `helpdesk ARGUMENTS` with these variables over ours; what it prints is appended to `log`."""


def kill(running: Running) -> None:
    """kill -9, and wait until it is gone."""
    running.signal(signal.SIGKILL)
    until(lambda: running.status() is not None, "the daemon is gone")


def stop(running: Running) -> int:
    """SIGTERM, and the exit status."""
    running.signal(signal.SIGTERM)
    until(lambda: running.status() is not None, "the daemon stopped")
    status = running.status()
    assert status is not None
    return status


_STARTED: list[Running] = []


def reap() -> None:
    """End whatever was started and still runs, as it does after a test that failed."""
    while _STARTED:
        if (running := _STARTED.pop()).status() is None:
            kill(running)


@dataclass
class _Child:
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    def status(self) -> int | None:
        return self.process.poll()

    def signal(self, number: int) -> None:
        self.process.send_signal(number)


class Fresh:
    """A new interpreter each time: what an operator starts. `prefix` is put before it, such as strace."""

    def __init__(self, prefix: Sequence[str] = ()) -> None:
        self.prefix = prefix

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Running:
        command = [*self.prefix, sys.executable, "-m", "helpdesk", *arguments]
        with log.open("ab") as file:
            child = _Child(
                subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=file, env={**os.environ, **environment})
            )
        _STARTED.append(child)
        return child


class Foundry:
    """A process that has imported the daemon, forks when asked, and says how its children ended."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.process"]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            start_new_session=True,  # Ctrl-C is for who started us, and they end us in order
        )
        self._lock = threading.Lock()

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Running:
        pid = self.ask({"start": list(arguments), "environment": dict(environment), "log": str(log)})
        child = _Forked(int(pid), self)
        _STARTED.append(child)
        return child

    def ask(self, question: dict[str, Any]) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        with self._lock:
            self._process.stdin.write(json.dumps(question) + "\n")
            return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(PATIENCE)


@dataclass
class _Forked:
    pid: int
    foundry: Foundry
    ended: int | None = None

    def status(self) -> int | None:
        if self.ended is None:
            self.ended = self.foundry.ask({"status": self.pid})
        return self.ended

    def signal(self, number: int) -> None:
        if self.status() is None:  # a child that ended stays a zombie until asked for: the number is still its own
            os.kill(self.pid, number)


def _forge() -> None:
    """What the foundry's process does until its standard input ends."""
    for module in ("cli", "daemon", "wires.smtp_out", "wires.maildir"):
        importlib.import_module(f"helpdesk.{module}")
    children = set()
    for line in sys.stdin:
        question = json.loads(line)
        if "start" in question:
            pid = os.fork()
            if not pid:
                _become_daemon(question)
            children.add(pid)
            answer: int | None = pid
        else:
            answer = _ended(question["status"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in children:
        if _ended(pid) is None:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _ended(pid: int) -> int | None:
    with contextlib.suppress(ChildProcessError):
        done, status = os.waitpid(pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if done else None
    return 0


def _become_daemon(question: dict[str, Any]) -> None:
    from helpdesk import cli, failpoints  # noqa: PLC0415 - only here: whoever starts processes needs none of it

    log = os.open(question["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(question["environment"])
    importlib.reload(failpoints)  # it reads its variable when it is imported
    sys.argv = ["helpdesk", *question["start"]]
    status = 1
    try:
        cli.main()
        status = 0
    except SystemExit as asked:
        status = int(asked.code or 0)
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):  # a log that cannot be written
                stream.flush()
        os._exit(status)


# --- who sends ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letter:
    """A mail to the desk."""

    number: int
    raw: bytes = field(repr=False)
    sender: str
    recipient: str = MAILBOX
    sort: str = "opens"  # a case; or it `appends` to one, `answers` one, or is a `note` on one
    about: int = 0  # the letter that opened that case

    @property
    def message_id(self) -> str:
        return f"<{self.number}@client.example>"


def letter(number: int, body: str = "Nothing works since nine o'clock.") -> Letter:
    """A mail that differs from every other number's, from a sender of its own."""
    sender = f"c{number}@client.example"
    lines = (
        f"From: Customer {number} <{sender}>",
        f"To: {MAILBOX}",
        f"Subject: Outage {number}",
        f"Message-ID: <{number}@client.example>",
        "",
        body,
        "",
    )
    return Letter(number, "\r\n".join(lines).encode(), sender)


class Ledger:
    """What got its 250, fsynced line by line: mail's number, queue ids."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def note(self, number: int, queue_id: str) -> None:
        with self._lock, self.path.open("a") as file:
            file.write(f"{number} {queue_id}\n")
            file.flush()
            os.fsync(file.fileno())

    def entries(self) -> list[tuple[int, int]]:
        """(mail's number, queue id) for each 250."""
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        return [(int(number), int(each)) for number, ids in map(str.split, lines) for each in ids.split("+")]

    def numbers(self) -> set[int]:
        return {number for number, _ in self.entries()}


class Mta:
    """Sends as a mail server does: until it reads a 250 it sends the same bytes again. Plain sockets, nothing else."""

    def __init__(self, ports: Sequence[int], ledger: Ledger, *, sessions: int = 4) -> None:
        self.ports, self.ledger = ports, ledger
        self.deferred = 0  # how often a mail was not taken yet
        self.refused: list[str] = []  # replies that say never
        self._waiting: queue.SimpleQueue[Letter] = queue.SimpleQueue()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(sessions)]
        for thread in self._threads:
            thread.start()

    def send(self, letters: Iterable[Letter]) -> None:
        """Queue letters."""
        for each in letters:
            self._waiting.put(each)

    def close(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                with contextlib.suppress(OSError, _ResetError):
                    self._session()
            except AssertionError as never:
                self.refused.append(str(never))
            self._over.wait(0.02)

    def _session(self) -> None:
        with Dialogue(random.choice(self.ports)) as dialogue:
            while not self._over.is_set():
                try:
                    mail = self._waiting.get(timeout=0.05)
                except queue.Empty:
                    continue
                try:
                    self._one(dialogue, mail)
                except (OSError, _ResetError):
                    self._waiting.put(mail)
                    raise

    def _one(self, dialogue: Dialogue, mail: Letter) -> None:
        reply = dialogue.deliver(mail)
        if found := re.match(r"250 2\.0\.0 queued as (\S+)", reply):
            self.ledger.note(mail.number, found[1])
        elif reply.startswith("4"):
            self.deferred += 1
            self._waiting.put(mail)
            self._over.wait(0.05)
        else:
            self.refused.append(f"mail {mail.number}: {reply}")


class _ResetError(Exception):
    """The far side is gone, in the middle of a sentence."""


class Dialogue:
    """One SMTP session, said word by word."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._replies = self.sock.makefile("rb")
        try:
            self.expect("220")
            self.say("EHLO client.example", "250")
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._replies.close()
        self.sock.close()

    def reply(self) -> str:
        """The last line of the next reply."""
        while line := self._replies.readline():
            if line[3:4] != b"-":
                return line.decode().rstrip("\r\n")
        raise _ResetError

    def expect(self, code: str) -> str:
        reply = self.reply()
        if reply.startswith("4"):  # not now: whoever sends comes again
            raise _ResetError
        assert reply.startswith(code), reply
        return reply

    def say(self, line: str, code: str) -> str:
        self.sock.sendall(f"{line}\r\n".encode())
        return self.expect(code)

    def ask(self, line: str) -> str:
        self.sock.sendall(f"{line}\r\n".encode())
        return self.reply()

    def begin(self, mail: Letter) -> None:
        """All but the final dot."""
        self.say(f"MAIL FROM:<{mail.sender}>", "250")
        self.say(f"RCPT TO:<{mail.recipient}>", "250")
        self.say("DATA", "354")
        self.sock.sendall(re.sub(rb"(?m)^\.", b"..", mail.raw))

    def deliver(self, mail: Letter) -> str:
        """Send it; returns the reply to the dot."""
        self.begin(mail)
        self.sock.sendall(b".\r\n")
        return self.reply()


if __name__ == "__main__":
    _forge()
