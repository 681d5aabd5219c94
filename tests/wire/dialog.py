"""A listener over a real socket, a desk that remembers everything, and the reader of `dialogs/*.dialog`.

# why this dialog exists
@ lmtp                       listen as LMTP (SMTP is the default)
C: EHLO client.example       the client says this and CR LF
C! NOOP\\n                    the client says exactly this (Python's escapes)
S: 250-SIZE *                the server says this; * is anything
S: (closed)                  the server closes the connection
M: a@b.example > support@desk.example | Subject: x\\r\\n      the next mail that reached the desk
M: none                      no (further) mail reached it
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import re
import socket
import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from helpdesk.wires.smtp_in import Limits, SmtpListener

PATIENCE = 120  # seconds until a test gives up on an answer


@dataclass
class Desk:
    """Takes every mail at once, and keeps it."""

    mails: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    mailboxes: frozenset = frozenset({"support@desk.example", "sales@desk.example", "postmaster@mx.desk.example"})

    def accept(self, raw, envelope):
        taken = concurrent.futures.Future()
        self.mails.append((raw, envelope))
        taken.set_result(str(len(self.mails)))
        return taken

    def knows(self, address):
        self.asked.append(address)
        return address.lower() in self.mailboxes


class Client:
    """The other end: a plain socket."""

    def __init__(self, port, source="127.0.0.1"):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE, source_address=(source, 0))
        self.lines = self.socket.makefile("rb")

    def close(self):
        self.lines.close()
        self.socket.close()

    def send(self, octets):
        self.socket.sendall(octets)

    def line(self):
        """The next line without its end, or `(closed)`."""
        try:
            return self.lines.readline().decode().removesuffix("\r\n") or "(closed)"
        except ConnectionError:
            return "(closed)"

    def reply(self):
        """The next reply, of one line or several."""
        lines = [self.line()]
        while lines[-1][3:4] == "-":
            lines.append(self.line())
        return "\n".join(lines)

    def ask(self, command):
        self.send(command.encode() + b"\r\n")
        return self.reply()

    def begin(self, *, sender="a@client.example", to=("support@desk.example",), hello="EHLO"):
        """Up to DATA's 354."""
        for command in (
            f"{hello} client.example",
            f"MAIL FROM:<{sender}>",
            *(f"RCPT TO:<{one}>" for one in to),
        ):
            answer = self.ask(command)
            assert answer.startswith("250"), answer
        answer = self.ask("DATA")
        assert answer.startswith("354"), answer

    def deliver(self, mail=b"Subject: x\r\n\r\nHello.\r\n"):
        """One whole mail; the last reply."""
        self.begin()
        self.send(mail + b".\r\n")
        return self.reply()


class Served:
    """A listener on its own event loop, in a thread."""

    def __init__(self, desk, listener):
        self.desk, self.listener = desk, listener
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE)

    @contextmanager
    def client(self, source="127.0.0.1", *, greeted=True):
        with closing(Client(self.listener.port, source)) as client:
            if greeted:
                assert client.reply().startswith("220 mx.desk.example ")
            yield client

    def close(self):
        try:
            self.run(self.listener.stop(grace=0))
        finally:
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join()
            self.loop.close()


@contextmanager
def serving(desk=None, *, listen="127.0.0.1:0", limits=None, **options):
    """A running listener; `.desk` remembers."""
    desk = desk or Desk()
    settings = {"accept": desk.accept, "knows": desk.knows, "on_fault": desk.faults.append} | options
    listener = SmtpListener(listen=listen, hostname="mx.desk.example", limits=limits or Limits(), **settings)
    with closing(Served(desk, listener)) as served:
        served.run(listener.start())
        yield served


def play(path):
    """Hold the dialog of the file; fails at the first line that goes otherwise."""
    script = path.read_text().splitlines()
    listen = "lmtp:127.0.0.1:0" if "@ lmtp" in script else "127.0.0.1:0"
    with serving(listen=listen) as served, served.client(greeted=False) as client:
        unread = iter(served.desk.mails)
        for number, line in enumerate(script, 1):
            if line[:1] not in {"", "#", "@"}:
                _step(f"{path.name}:{number}", line, client, unread)


def _step(where, line, client, unread):
    role, said = line[:2], line[3:]
    if role == "C:":
        client.send(said.encode() + b"\r\n")
    elif role == "C!":
        client.send(_octets(said))
    elif role == "S:":
        heard = client.line()
        assert re.fullmatch(re.escape(said).replace(r"\*", ".*"), heard), f"{where}: {heard!r} instead of {said!r}"
    elif role == "M:":
        assert _mail(next(unread, None)) == said, where
    else:
        raise ValueError(f"{where}: a line begins with C: C! S: M: @ or #")


def _octets(written):
    return written.encode().decode("unicode_escape").encode("latin-1")


def _mail(mail):
    if mail is None:
        return "none"
    raw, envelope = mail
    written = raw.decode("latin-1").encode("unicode_escape").decode()
    return f"{envelope.mail_from} > {', '.join(envelope.rcpt_to)} | {written}"
