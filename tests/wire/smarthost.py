"""A smarthost on a real socket that does as the test tells it: well-behaved, or wrong in one chosen place.

    with ScriptedSmarthost({"RCPT": "450 4.2.1 later"}) as smarthost:
        courier = open_courier(smarthost.url)

Without a script it accepts everything and remembers it in `accepted`. The script names a place and what happens
there: a text (the reply; after `421` it hangs up), bytes (sent as they are), `DROP`, `RESET`, `HANG`, `Drip`, or
a tuple of these, one after the other, or a list of turns, used up one by one, after which it behaves again; `OK`
is a turn of good behaviour.
Places: GREETING, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, CONTENT (some of it was read, no dot yet), DOT, RSET,
QUIT; `RCPT:bob@client.example` is for that recipient only. `Accepting(...)` at DOT takes the mail all the same.

It is strict where it matters: only CRLF.CRLF ends a mail, and what came is kept to the byte.
"""

import base64
import contextlib
import re
import socket
import ssl
import struct
import tempfile
import threading
import time
from dataclasses import dataclass, field
from enum import Enum, auto


class Deed(Enum):
    DROP = auto()  # closes the connection
    RESET = auto()  # closes it with a TCP reset
    HANG = auto()  # says nothing more
    OK = auto()  # behaves


DROP, RESET, HANG, OK = Deed


@dataclass(frozen=True)
class Drip:
    """Says a text one byte at a time, `gap` seconds apart, for ever from the beginning."""

    text: str
    gap: float = 0.02


@dataclass(frozen=True)
class Accepting:
    """At DOT: the mail is taken, then this happens to the reply."""

    action: object


@dataclass(frozen=True)
class AcceptedMail:
    mail_from: str
    rcpt_to: tuple
    content: bytes  # without the stuffed dots
    wire: bytes  # as it came between the 354 and the dot
    encrypted: bool
    user: str  # who had logged in, or ""
    connection: int  # counted from 1
    at: float = field(default_factory=time.monotonic, compare=False)
    answered: threading.Event = field(
        default_factory=threading.Event, compare=False, repr=False
    )  # what we said is sent

    @property
    def message_id(self):
        found = re.search(rb"(?im)^message-id:\s*(<[^>\r\n]*>)", self.content)
        return found[1].decode() if found else ""


class ScriptedSmarthost:
    def __init__(
        self,
        script=None,
        *,
        offers=("SIZE 10000000", "8BITMIME", "SMTPUTF8"),
        tls="none",
        certificate="localhost",
        users=None,
        auth=("PLAIN", "LOGIN"),
        asks_again=False,  # answers AUTH PLAIN with a challenge, whatever came along with it
    ):
        self._script = {place: _turns(told) for place, told in (script or {}).items()}
        self.offers, self.tls, self.users, self.auth = offers, tls, users or {}, auth
        self.asks_again = asks_again
        self.tls_context = server_context(certificate)
        self.accepted = []  # AcceptedMail, in order
        self.heard = []  # every command line as it came, of all connections
        self.broken_off = []  # contents whose dot never came
        self.connections = 0
        self.interrupted = threading.Event()  # what CONTENT asks for was done
        self.stopping = threading.Event()
        self.lock = threading.Condition()
        self.slowness = 0.0  # seconds between a mail's dot and the answer to it
        self._sessions = []

    @property
    def url(self):
        scheme = "smtps" if self.tls == "implicit" else "smtp"
        return f"{scheme}://127.0.0.1:{self.port}{'?starttls=yes' if self.tls == 'starttls' else ''}"

    @property
    def verbs(self):
        """What was said to it, in order, first words only."""
        return [line.split(" ")[0].rstrip("\r\n").upper() for line in self.heard]

    def wait_for(self, count, *, timeout=120):
        """Wait until that many mails were accepted; says whether they were."""
        with self.lock:
            return self.lock.wait_for(lambda: len(self.accepted) >= count, timeout)

    def hang_up_on_all(self):
        """Close every connection, as a restart does; new ones are welcome."""
        with self.lock:
            sessions = list(self._sessions)
        for session, thread in sessions:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(session.sock, socket.SHUT_RDWR)  # of the wire, below any TLS
            thread.join(120)

    def __enter__(self):
        self.port = 0
        self.come_back()
        return self

    def come_back(self):
        """Listen, at the port that it had before if it had one."""
        self.stopping.clear()
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, name="smarthost", daemon=True)
        self._thread.start()

    def __exit__(self, *_):
        self.go_away()

    def go_away(self):
        """Be gone, with every connection, until `come_back`; what was accepted is not forgotten."""
        self.stopping.set()
        with contextlib.suppress(OSError):  # wakes accept(), which closing the listener would not
            socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join(120)
        self._listener.close()
        self.hang_up_on_all()

    def _listen(self):
        while True:
            sock, _ = self._listener.accept()
            if self.stopping.is_set():
                sock.close()
                return
            self.connections += 1
            session = _Session(self, sock, self.connections)
            thread = threading.Thread(target=session.run, name="smarthost-session", daemon=True)
            with self.lock:
                thread.start()
                self._sessions.append((session, thread))

    def turn(self, *places):
        """What the script says about the first of these places that it names."""
        with self.lock:
            for place in places:
                if place in self._script:
                    return next(self._script[place], OK)
        return OK

    def accept(self, mail):
        with self.lock:
            self.accepted.append(mail)
            self.lock.notify_all()


class _GoneError(Exception):
    """This connection is over."""


class _Session:
    def __init__(self, smarthost, sock, number):
        self.smarthost, self.sock, self.number = smarthost, sock, number
        self.file = sock.makefile("rb")
        self.encrypted, self.user = False, ""
        self.mail_from, self.rcpt_to = None, ()

    def run(self):
        try:
            if self.smarthost.tls == "implicit":
                self._encrypt()
            self._say("220 smarthost.example ESMTP", "GREETING")
            while line := self.file.readline():
                said = line.decode("utf-8", "replace")
                self.smarthost.heard.append(said)
                self._obey(said.strip())
        except (OSError, ValueError, _GoneError):
            pass
        finally:
            self._close()

    def _close(self):
        with contextlib.suppress(OSError):
            self.file.close()
        self.sock.close()

    def _obey(self, line):
        verb, _, rest = line.partition(" ")
        command = getattr(self, f"_{verb.lower()}", None)
        if command is None:
            self._reply("500 5.5.2 what?")
        else:
            command(rest)

    def _ehlo(self, _):
        offers = list(self.smarthost.offers)
        if self.smarthost.tls == "starttls" and not self.encrypted:
            offers.append("STARTTLS")
        if self.smarthost.users:
            offers.append(f"AUTH {' '.join(self.smarthost.auth)}")
        lines = ["smarthost.example", *offers]
        self._say("\r\n".join([f"250-{each}" for each in lines[:-1]] + [f"250 {lines[-1]}"]), "EHLO")

    def _starttls(self, _):
        if self._say("220 2.0.0 go ahead", "STARTTLS").startswith("220"):
            self._encrypt()

    def _encrypt(self):
        # What the client may have sent behind STARTTLS in clear would be in the old file: it is forgotten.
        self.file.close()
        self.sock = self.smarthost.tls_context.wrap_socket(self.sock, server_side=True)
        self.file = self.sock.makefile("rb")
        self.encrypted = True

    def _auth(self, rest):
        mechanism, _, initial = rest.partition(" ")
        if mechanism == "PLAIN":
            _, user, password = (
                _decoded(initial) if initial and not self.smarthost.asks_again else self._challenge("")
            ).split("\0")
        elif mechanism == "XOAUTH2":
            user, password = self._bearer(_decoded(initial) if initial else self._challenge(""))
        else:
            user, password = self._challenge("VXNlcm5hbWU6"), self._challenge("UGFzc3dvcmQ6")
        good = user in self.smarthost.users and self.smarthost.users[user] == password
        if self._say("235 2.7.0 welcome" if good else "535 5.7.8 no", "AUTH").startswith("235"):
            self.user = user

    def _bearer(self, response):
        """Who, and the access token; an error is told in a challenge of its own, which is answered with nothing."""
        user, token = re.fullmatch("user=(.*)\x01auth=Bearer (.*)\x01\x01", response).groups()
        if self.smarthost.users.get(user) != token:
            assert self._challenge("eyJzdGF0dXMiOiI0MDAifQ==") == ""
        return user, token

    def _challenge(self, text):
        self._reply(f"334 {text}")
        line = self.file.readline().decode()
        self.smarthost.heard.append(line)
        return _decoded(line)

    def _mail(self, rest):
        if self._say("250 2.1.0 ok", "MAIL").startswith("2"):
            self.mail_from, self.rcpt_to = _path(rest), ()

    def _rcpt(self, rest):
        if self._say("250 2.1.5 ok", f"RCPT:{_path(rest)}", "RCPT").startswith("2"):
            self.rcpt_to = (*self.rcpt_to, _path(rest))

    def _data(self, _):
        usual = "354 go on" if self.rcpt_to else "503 5.5.1 to whom?"
        if self._say(usual, "DATA").startswith("354"):
            self._take(self._read_content())

    def _read_content(self):
        lines = []
        while (line := self.file.readline()) != b".\r\n" or (lines and not lines[-1].endswith(b"\r\n")):
            if not line:
                self.smarthost.broken_off.append(b"".join(lines))
                raise _GoneError
            lines.append(line)
            if len(lines) == 1:
                self._interrupt()
        return b"".join(lines)

    def _interrupt(self):
        try:
            self._do(self.smarthost.turn("CONTENT"))
        except _GoneError:
            self._close()
            raise
        finally:
            self.smarthost.interrupted.set()

    def _take(self, wire):
        content = re.sub(rb"(?m)^\.", b"", wire)
        mail = AcceptedMail(self.mail_from, self.rcpt_to, content, wire, self.encrypted, self.user, self.number)
        self.mail_from, self.rcpt_to = None, ()
        action = self.smarthost.turn("DOT")
        if action is OK:
            action = f"250 2.0.0 Ok: queued as {self.number}-{len(self.smarthost.accepted) + 1}"
        if isinstance(action, Accepting) or (isinstance(action, str) and action.startswith("2")):
            self.smarthost.accept(mail)
        self.smarthost.stopping.wait(self.smarthost.slowness)
        self._do(action.action if isinstance(action, Accepting) else action)
        mail.answered.set()

    def _rset(self, _):
        self.mail_from, self.rcpt_to = None, ()
        self._say("250 2.0.0 ok", "RSET")

    def _noop(self, _):
        self._reply("250 2.0.0 ok")

    def _quit(self, _):
        self._say("221 2.0.0 bye", "QUIT")
        raise _GoneError

    def _say(self, usual, *places):
        """Do what the script says, or say the usual; returns the reply, "" where it was none."""
        action = self.smarthost.turn(*places)
        return self._do(usual if action is OK else action)

    def _do(self, action):
        match action:
            case str():
                self._reply(action)
                return action
            case bytes():
                self.sock.sendall(action)
            case Drip(text, gap):
                while True:
                    self._drip(text, gap)
            case tuple():
                for each in action:
                    self._do(each)
            case Deed.HANG:
                self.smarthost.stopping.wait(60)
                raise _GoneError
            case Deed.RESET:
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                raise _GoneError
            case Deed.DROP:
                raise _GoneError
        return ""

    def _drip(self, text, gap):
        for letter in text:
            self.sock.sendall(letter.encode())
            if self.smarthost.stopping.wait(gap):
                raise _GoneError

    def _reply(self, text):
        self.sock.sendall(f"{text}\r\n".encode())
        if text.startswith("421"):
            raise _GoneError


def closed_port():
    """A port of this host where nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def trusting(certificate="localhost"):
    """A client's TLS context that believes in this one of the smarthost's certificates, and no other."""
    return ssl.create_default_context(cadata=_CERTIFICATES[certificate])


def authority(certificate="localhost"):
    """That certificate, as a file of authorities has it."""
    return _CERTIFICATES[certificate]


def _turns(told):
    return iter(told) if isinstance(told, list) else iter(lambda: told, None)


def _path(argument):
    return argument.partition("<")[2].partition(">")[0]


def _decoded(text):
    return base64.b64decode(text).decode()


def server_context(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(KEY + _CERTIFICATES[certificate])
        file.flush()
        context.load_cert_chain(file.name)
    return context


# A key for these tests: it opens nothing else. The certificates are valid from 2020 to 2120.
KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg/jsLatMY6MmHsirK
5IX6qsQdWT4xTptWuuFOCpz9GjahRANCAARLp7p/b1W4tvvn8lQ4We6OTSViWAl6
bQPAqLSTx27vvu8aEhmkdQyWgw5KyfDpAmPfemPeT0u1RlbyzJIHol4d
-----END PRIVATE KEY-----
"""

_CERTIFICATES = {
    "localhost": """\
-----BEGIN CERTIFICATE-----
MIIBdzCCAR2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEunun9vVbi2++fy
VDhZ7o5NJWJYCXptA8CotJPHbu++7xoSGaR1DJaDDkrJ8OkCY996Y95PS7VGVvLM
kgeiXh2jXjBcMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAPBgNVHRMBAf8E
BTADAQH/MA4GA1UdDwEB/wQEAwIChDAdBgNVHQ4EFgQUJpImFExY5DXMnAtzGnl0
1RTniZgwCgYIKoZIzj0EAwIDSAAwRQIhANf//FZyLF28SfhioLNMI1RuKq0p8nqe
Rxayk+dIp2kbAiBR892e03Q6rBxH5JFa2pFkwxK0TG5fYSr3SSnzRH2fgQ==
-----END CERTIFICATE-----
""",
    "elsewhere.example": """\
-----BEGIN CERTIFICATE-----
MIIBijCCAS+gAwIBAgIBATAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFlbHNld2hl
cmUuZXhhbXBsZTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowHDEa
MBgGA1UEAwwRZWxzZXdoZXJlLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMB
BwNCAARLp7p/b1W4tvvn8lQ4We6OTSViWAl6bQPAqLSTx27vvu8aEhmkdQyWgw5K
yfDpAmPfemPeT0u1RlbyzJIHol4do2AwXjAcBgNVHREEFTATghFlbHNld2hlcmUu
ZXhhbXBsZTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIChDAdBgNVHQ4E
FgQUJpImFExY5DXMnAtzGnl01RTniZgwCgYIKoZIzj0EAwIDSQAwRgIhAIFUYHTF
51AJy7m1ktBGkIU90gyTIlf5MHlz5nMP/KedAiEA6Y2xy2oFNa7i6EUekIaMfQOT
dqhWZLhprL5duq9MO2k=
-----END CERTIFICATE-----
""",
}
