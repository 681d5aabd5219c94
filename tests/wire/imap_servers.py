"""IMAP servers for tests: a real Dovecot (pymap where none is installed), a proxy to spoil it, and a liar.

    from tests.wire.imap_servers import Mailbox, mailbox     # mailbox is a fixture: an empty mailbox a test

`HELPDESK_REQUIRE_DOVECOT=1` makes a missing Dovecot a failure instead of a change to pymap;
`HELPDESK_TEST_IMAP=pymap` takes pymap although Dovecot is there.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import itertools
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest
from imapclient import IMAPClient

from helpdesk.wires.imap import Account
from tests.process import free_port

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Sequence

PASSWORD = "correct-horse"  # of servers that live as long as a test run
_SERIAL = itertools.count(1)


@dataclass(frozen=True)
class Mailbox:
    """One empty mailbox on a real server, and a plain client of its own to fill it and to look into it."""

    server: str  # "dovecot" or "pymap"
    port: int
    tls_port: int | None
    username: str
    folder: str
    processed: str
    authority: Path | None = None  # of the server's certificate

    def account(self, **changes: object) -> Account:
        facts = {
            "mailbox": "support@logik.example",
            "host": "127.0.0.1",
            "port": self.port,
            "tls": "none",
            "username": self.username,
            "password": lambda: PASSWORD,
            "folder": self.folder,
            "processed": self.processed,
        }
        return Account(**{**facts, **changes})  # type: ignore[arg-type]

    @contextlib.contextmanager
    def client(self) -> Iterator[IMAPClient]:
        with IMAPClient("127.0.0.1", self.port, ssl=False, timeout=120) as client:
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else 40 ms an APPEND
            client.login(f'"{self.username}"', PASSWORD)
            client.normalise_times = False
            yield client

    def fill(self, raws: Sequence[bytes], *, folder: str | None = None, flags: Sequence[bytes] = ()) -> None:
        with self.client() as client:
            for raw in raws:
                client.append(folder or self.folder, raw, flags=flags)

    def append(self, raw: bytes, *, received_at: datetime | None = None) -> None:
        with self.client() as client:
            client.append(self.folder, raw, msg_time=received_at)

    def flags(self, folder: str | None = None) -> dict[int, set[bytes]]:
        """The flags of all that lies in a folder, `\\Recent` left out; empty where there is no such folder."""
        with self.client() as client:
            folder = folder or self.folder
            if not client.folder_exists(folder):
                return {}
            client.select_folder(folder, readonly=True)
            found = client.search("ALL")
            return {uid: set(items[b"FLAGS"]) - {b"\\Recent"} for uid, items in client.fetch(found, ["FLAGS"]).items()}

    def raws(self, folder: str | None = None) -> list[bytes]:
        with self.client() as client:
            client.select_folder(folder or self.folder, readonly=True)
            return [items[b"BODY[]"] for items in client.fetch(client.search("ALL"), ["BODY.PEEK[]"]).values()]


def mail(number: int, body: str = "It does not work.") -> bytes:
    """A small mail that differs from every other number's."""
    lines = (
        f"From: Customer <c{number}@acme.example>",
        "To: support@logik.example",
        f"Subject: Outage {number}",
        f"Message-ID: <{number}@acme.example>",
        "",
        f"{number}: {body}",
        "",
    )
    return "\r\n".join(lines).encode()


# --- Dovecot -----------------------------------------------------------------------------------------------

_DOVECOT = """
base_dir = {home}/run
state_dir = {home}/run
instance_name = {name}
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain
auth_failure_delay = 0
default_internal_user = {internal}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:{home}/mail/%u
mail_fsync = never
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0  # otherwise one refused login delays those of all tests after it
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""


class Dovecot:
    """Debian's Dovecot with everything of its own in one short-named folder; for root and for others."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="dc"))
        self.port, self.tls_port = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._write_settings()

    def _write_settings(self) -> None:
        root = os.getuid() == 0
        owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())  # Dovecot serves no mail of root's
        self.home.chmod(0o755)
        (self.home / "mail").mkdir()
        os.chown(self.home / "mail", owner.pw_uid, owner.pw_gid)
        _make_certificate(self.home)
        settings = _DOVECOT.format(
            home=self.home,
            name=f"test{self.port}",
            internal="dovecot" if root else owner.pw_name,
            login="dovenull" if root else owner.pw_name,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            password=PASSWORD,
            port=self.port,
            tls_port=self.tls_port,
        )
        (self.home / "dovecot.conf").write_text(settings)

    def start(self) -> None:
        command = [_dovecot_program(), "-F", "-c", str(self.home / "dovecot.conf")]
        self._process = subprocess.Popen(command, start_new_session=True)
        _wait_for(self.port, self._process)

    def stop(self) -> None:
        """End it with all its processes: those in IDLE would outlive their master by some time."""
        if self._process:
            self._process.terminate()
            self._process.wait(120)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def mailbox(self, *, folder: str = "INBOX") -> Mailbox:
        """A new user's, hence empty."""
        user = f"user{next(_SERIAL)}"
        made = Mailbox("dovecot", self.port, self.tls_port, user, folder, "Processed", authority=self.home / "cert.pem")
        if folder != "INBOX":
            with made.client() as client:
                client.create_folder(folder)
        return made


def _dovecot_program() -> str:
    found = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin")
    if not found:
        raise FileNotFoundError("dovecot")
    return found


def _make_certificate(folder: Path) -> None:
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
        " -addext subjectAltName=IP:127.0.0.1,DNS:localhost -keyout key.pem -out cert.pem"
    )
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)


# --- pymap -------------------------------------------------------------------------------------------------


class Pymap:
    """An IMAP server from PyPI, in memory. It has one user: a mailbox of it is a folder."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = Path(sys.executable).with_name("pymap")
        words = f"{program} --host 127.0.0.1 --port {self.port} --no-tls dict --demo-user user --demo-password".split()
        self._process = subprocess.Popen([*words, PASSWORD], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _wait_for(self.port, self._process)

    def remove(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(120)

    def mailbox(self, *, folder: str = "INBOX") -> Mailbox:
        """A folder of its own, so that tests do not see each other's mail."""
        number = next(_SERIAL)
        made = Mailbox("pymap", self.port, None, "user", f"{folder}{number}", f"Processed{number}")
        with made.client() as client:
            client.create_folder(made.folder)
        return made


# --- which of them -----------------------------------------------------------------------------------------


@functools.cache
def real_server() -> Dovecot | Pymap:
    """The one real server of this test process, started when it is first asked for."""
    server = mail_server()
    server.start()
    atexit.register(server.remove)
    return server


def mail_server() -> Dovecot | Pymap:
    if os.environ.get("HELPDESK_TEST_IMAP") != "pymap":
        with contextlib.suppress(FileNotFoundError):
            _dovecot_program()
            return Dovecot()
    if os.environ.get("HELPDESK_REQUIRE_DOVECOT") == "1":
        pytest.fail("HELPDESK_REQUIRE_DOVECOT=1, but no dovecot is installed")
    return Pymap()


@pytest.fixture
def mailbox() -> Mailbox:
    """An empty mailbox on a real IMAP server."""
    return real_server().mailbox()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as sock:
            if sock.recv(1):
                return
        time.sleep(0.02)
    process.kill()
    raise RuntimeError(f"the IMAP server did not start (exit status {process.wait(120)})")


# --- a proxy that spoils the connection to a real server ---------------------------------------------------


class Proxy:
    """Passes octets on, until the client says `silent_at`: from then on that connection is a black hole.

    `spoiled` counts those; once `most` are, further connections are left alone. `hide` are octets that the
    server's answers lose, such as the name of a capability.
    """

    def __init__(self, port: int, *, silent_at: bytes | None = None, most: int = 1, hide: Sequence[bytes] = ()) -> None:
        self.spoiled = 0
        self.connections = 0
        self._target = port
        self._silent_at = silent_at
        self._most = most
        self._hide = hide
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._open = [self._listener]
        self._serving = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._serving.start()
        return self

    def __exit__(self, *_: object) -> None:
        for sock in self._open:
            _hang_up(sock)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._open += [near, far]
                self.connections += 1
                hole = threading.Event()
                for args in ((near, far, hole, True), (far, near, hole, False)):
                    threading.Thread(target=self._pump, args=args, daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, hole: threading.Event, ours: bool) -> None:  # noqa: FBT001
        with contextlib.suppress(OSError):
            while octets := source.recv(65536):
                if ours and self._silent_at and self._silent_at in octets and self.spoiled < self._most:
                    self.spoiled += 1
                    hole.set()
                for word in () if ours else self._hide:
                    octets = octets.replace(word, b"")
                if not hole.is_set():
                    sink.sendall(octets)
        if not hole.is_set():
            _hang_up(sink)


def _hang_up(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()


# --- a server that does as it is told ----------------------------------------------------------------------


@dataclass
class Lying:
    """A mail on the liar."""

    raw: bytes
    received_at: datetime = datetime(2026, 5, 22, 16, 40, tzinfo=UTC)
    flags: set[str] = field(default_factory=set)
    internaldate: str = ""  # said in its place


class Hangup(Exception):
    """Raised by a script to close the connection."""


class Liar:
    """A small IMAP server that is honest until a script says otherwise.

    `scripts[VERB]` is called with (talk, tag, arguments) before the honest answer: True means it has answered.
    `said` are all lines of all clients; `logins` the moments of their attempts.
    """

    def __init__(
        self,
        mails: Sequence[bytes] = (),
        *,
        capabilities: str = "IDLE UIDPLUS MOVE",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.mails = {uid: Lying(raw) for uid, raw in enumerate(mails, 1)}
        self.folders: dict[str, list[bytes]] = {}
        self.capabilities = capabilities
        self.uidvalidity = 1
        self.password = PASSWORD
        self.scripts: dict[str, Callable[[Talk, str, str], bool]] = {}
        self.said: list[str] = []
        self.logins: list[float] = []
        self.tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = [self._listener]

    def account(self, **changes: object) -> Account:
        return Mailbox("liar", self.port, None, "user", "INBOX", "Processed").account(**changes)

    def verbs(self) -> list[str]:
        """All commands in order, without tag and arguments: `LOGIN`, `UID FETCH`, ..."""
        words = [line.upper().split() for line in self.said]
        return [" ".join(line[1:3] if line[1] == "UID" else line[1:2]) for line in words if len(line) > 1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for sock in self._open:
            _hang_up(sock)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.append(sock)
                threading.Thread(target=Talk(self, sock).hold, daemon=True).start()


class Talk:
    """One connection to the liar."""

    def __init__(self, liar: Liar, sock: socket.socket) -> None:
        self.liar = liar
        self.sock = sock
        self.file = sock.makefile("rb")

    def hold(self) -> None:
        try:
            self.send("* OK ready")
            while line := self.line():
                tag, _, rest = line.partition(" ")
                self.answer(tag, rest)
        except (OSError, Hangup, ValueError):
            pass
        finally:
            self.file.close()
            _hang_up(self.sock)

    def line(self) -> str:
        line = self.file.readline().decode("latin-1").rstrip("\r\n")
        if line:
            self.liar.said.append(line)
        return line

    def send(self, line: str | bytes) -> None:
        self.sock.sendall((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def answer(self, tag: str, rest: str) -> None:
        verb, _, arguments = rest.partition(" ")
        if verb.upper() == "UID":
            verb, _, arguments = arguments.partition(" ")
        script = self.liar.scripts.get(verb.upper())
        if script and script(self, tag, arguments):
            return
        honest = getattr(self, f"do_{verb.lower()}", None)
        if not honest:
            self.send(f"{tag} BAD unknown command")
        elif honest(arguments) is not False:
            self.send(f"{tag} OK {verb} done")

    def do_noop(self, _: str) -> None:
        pass

    def do_create(self, name: str) -> None:
        self.liar.folders.setdefault(name.strip('"'), [])

    def do_capability(self, _: str) -> None:
        self.send(f"* CAPABILITY IMAP4rev1 {self.liar.capabilities}")

    def do_login(self, arguments: str) -> bool:
        self.liar.logins.append(time.monotonic())
        if f'"{self.liar.password}"' in arguments:
            return True
        self.send(f"{self.liar.said[-1].split()[0]} NO [AUTHENTICATIONFAILED] you sent {arguments}")
        return False

    def do_logout(self, _: str) -> None:
        self.send("* BYE")

    def do_select(self, _: str) -> None:
        self.send(f"* {len(self.liar.mails)} EXISTS")
        self.send(f"* OK [UIDVALIDITY {self.liar.uidvalidity}]")
        self.send(f"* OK [UIDNEXT {max(self.liar.mails, default=0) + 1}]")
        self.send(r"* OK [PERMANENTFLAGS (\Seen \Deleted \*)]")

    def do_search(self, arguments: str) -> None:
        first = int(re.search(r"UID (\d+):", arguments)[1])  # type: ignore[index]
        wanted = [uid for uid in sorted(self.liar.mails) if uid >= first or uid == max(self.liar.mails)]
        if "UNKEYWORD" in arguments:
            wanted = [uid for uid in wanted if "$HelpdeskTaken" not in self.liar.mails[uid].flags]
        self.send("* SEARCH " + " ".join(map(str, wanted)))

    def do_fetch(self, arguments: str) -> None:
        uids, _, items = arguments.partition(" ")
        for uid in self.existing(uids):
            self.send(self.fetched(uid, items))

    def fetched(self, uid: int, items: str) -> bytes:
        """The honest answer for one mail."""
        lying = self.liar.mails[uid]
        number = sorted(self.liar.mails).index(uid) + 1
        start = f"* {number} FETCH (UID {uid} ".encode()
        if "RFC822.SIZE" in items:
            date = lying.internaldate or lying.received_at.strftime('"%d-%b-%Y %H:%M:%S %z"')
            when = f" INTERNALDATE {date}" if "INTERNALDATE" in items else ""
            return start + f"RFC822.SIZE {len(lying.raw)}{when} FLAGS ({' '.join(sorted(lying.flags))}))".encode()
        if items == "(FLAGS)":
            return start + f"FLAGS ({' '.join(sorted(lying.flags))}))".encode()
        part = re.search(r"<0\.(\d+)>", items)
        raw = lying.raw[: int(part[1])] if part else lying.raw
        return start + b"BODY[]%s {%d}\r\n%s)" % (b"<0>" if part else b"", len(raw), raw)

    def do_store(self, arguments: str) -> None:
        uids, _, flags = arguments.partition(" ")
        for uid in self.existing(uids):
            self.liar.mails[uid].flags |= set(re.findall(r"[\\$\w]+", flags)) - {"FLAGS", "SILENT"}

    def do_copy(self, arguments: str) -> None:
        uids, _, folder = arguments.partition(" ")
        for uid in self.existing(uids):
            self.liar.folders.setdefault(folder.strip('"'), []).append(self.liar.mails[uid].raw)

    def do_move(self, arguments: str) -> None:
        self.do_copy(arguments)
        for uid in self.existing(arguments.partition(" ")[0]):
            del self.liar.mails[uid]

    def do_expunge(self, arguments: str) -> None:
        for uid in self.existing(arguments or "1:*"):
            if r"\Deleted" in self.liar.mails[uid].flags:
                del self.liar.mails[uid]

    def do_idle(self, _: str) -> None:
        self.send("+ idling")
        self.line()

    def existing(self, uids: str) -> list[int]:
        asked = {int(uid) for uid in uids.split(",")} if ":" not in uids else set(self.liar.mails)
        return sorted(asked & set(self.liar.mails))
