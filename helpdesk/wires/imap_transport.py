"""Octets to and from one IMAP server, and no wait without an end.

imaplib waits for as long as the peer likes and stores as much as the peer sends. Here every operation has an
`Allowance`: how long the peer may be silent, when the operation must be over although octets still trickle in,
and how many of them there may be. All waiting is done in one place, which also sees when we are to stop.

Every octet that leaves passes `ImapTransport.send`, which refuses control characters; imaplib sends them on
(CVE-2025-15366).
"""

from __future__ import annotations

import contextlib
import errno
import imaplib
import os
import re
import select
import socket
import ssl
import time
from typing import TYPE_CHECKING, Any

from imapclient import IMAPClient

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK = 0.25  # seconds between two looks at whether to stop
_LOOK_IDLE = 1.0  # the same while nothing is under way: each mailbox waits like this all day
_GRACE = 0.5  # seconds that an operation under way keeps when it is to stop
_RECEIVE = 256 * 1024  # octets asked of the socket at once
_ANSWER = 1024 * 1024  # octets that the answer to an ordinary command stays far below
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


class Hung(Exception):
    """The peer was silent for too long, or the operation's time is up."""


class TooMuch(Exception):
    """The peer sends more than the operation allows."""


class Allowance:
    """What the operation under way may still take. `grant` begins the next one."""

    def __init__(self, *, silence: float, stopping: Callable[[], bool]) -> None:
        self._silence = silence
        self._stopping = stopping
        self._seconds = self._until = 0.0
        self._octets = 0

    def grant(self, *, seconds: float, octets: int = _ANSWER) -> None:
        """Begin an operation that may take so long and receive so much."""
        self._seconds = seconds
        self._octets = octets
        self.renew()

    def renew(self) -> None:
        """Give the operation its whole time again: it begins anew, with another address of the host."""
        self._until = time.monotonic() + self._seconds

    def spend(self, octets: int) -> None:
        """Take note of octets received."""
        self.expect(octets)
        self._octets -= octets

    def expect(self, octets: int) -> None:
        """Raise TooMuch when so many octets more are not to be received."""
        if octets > self._octets:
            raise TooMuch(f"{octets} octets where {max(self._octets, 0)} were left")

    def wait(self, sock: socket.socket, event: int) -> None:
        """Return when the socket is ready for `event`; raise Hung when it is not in time."""
        until = min(self._until, time.monotonic() + self._silence)
        poll = _poll(sock, event)
        while not poll.poll(_milliseconds(until - time.monotonic())):
            if time.monotonic() >= until:
                raise Hung("no answer in time")
            if self._stopping():
                self._until = min(self._until, time.monotonic() + _GRACE)
                until = min(until, self._until)

    def linger(self, sock: socket.socket, seconds: float) -> None:
        """Return when the socket has something to read, when it is to stop, or after so long."""
        until = time.monotonic() + seconds
        poll = _poll(sock, select.POLLIN)
        while time.monotonic() < until and not self._stopping():
            if poll.poll(_milliseconds(until - time.monotonic(), look=_LOOK_IDLE)):
                return


def _poll(sock: socket.socket, event: int) -> select.poll:
    poll = select.poll()
    poll.register(sock, event)
    return poll


def _milliseconds(left: float, *, look: float = _LOOK) -> float:
    return min(max(left, 0.0), look) * 1000


class ImapTransport(imaplib.IMAP4):
    """imaplib's protocol over a socket that never blocks: the parts of IMAP4 that it calls overridable."""

    sock: socket.socket

    def __init__(self, host: str, port: int, *, tls: ssl.SSLContext | None, allowance: Allowance) -> None:
        self._tls = tls
        self._allowance = allowance
        self._received = bytearray()
        super().__init__(host, port)

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:  # noqa: ARG002
        """Connect, with TLS where it is implicit."""
        self.host, self.port = host, port
        self.sock = _connected(host, port, self._allowance)
        if self._tls:
            self._begin_tls(self._tls)

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> Any:
        """RFC 3501 section 6.2.1. What was sent before TLS began is not believed afterwards."""
        if ssl_context is None:
            raise ValueError("STARTTLS without a context would verify nothing")
        answer, data = self._simple_command("STARTTLS")
        if answer != "OK":
            raise self.error("STARTTLS refused")
        if self._received:  # CVE-2011-0411, seen from the client
            raise self.abort("octets between STARTTLS and TLS")
        self._begin_tls(ssl_context)
        self.untagged_responses.clear()
        self._get_capabilities()
        return answer, data

    def _begin_tls(self, context: ssl.SSLContext) -> None:
        try:
            wrapped = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = wrapped
            self._patiently(wrapped.do_handshake, select.POLLIN)
        except BaseException:
            self.sock.close()
            raise

    def read(self, size: int) -> bytes:
        """Read a literal; its size must fit the allowance before the first octet is read."""
        self._allowance.expect(size - len(self._received))
        while len(self._received) < size and self._receive():
            pass
        return self._take(size)

    def readline(self) -> bytes:
        """Read a line with its end; without it, or empty, where the peer closed the connection."""
        searched = 0
        while (end := self._received.find(b"\n", searched)) < 0:
            searched = len(self._received)
            if not self._receive():
                return self._take(searched)
        return self._take(end + 1)

    def send(self, data: Any) -> None:
        """Send one line or a part of one."""
        if _CONTROL.search(data.removesuffix(b"\r\n")):  # threat I10
            raise ValueError("control character in an IMAP command")
        rest = memoryview(data)
        while rest:
            rest = rest[self._patiently(self.sock.send, select.POLLOUT, rest) :]

    def shutdown(self) -> None:
        """Close the connection; whatever state it is in."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def linger(self, seconds: float) -> None:
        """Return when there is something to read, when it is to stop, or after so long."""
        held_back = self.sock.pending() if isinstance(self.sock, ssl.SSLSocket) else 0
        if not self._received and not held_back:
            self._allowance.linger(self.sock, seconds)

    def _receive(self) -> bool:
        octets = self._patiently(self.sock.recv, select.POLLIN, _RECEIVE)
        self._allowance.spend(len(octets))
        self._received += octets
        return bool(octets)

    def _take(self, size: int) -> bytes:
        with memoryview(self._received) as view:
            taken = bytes(view[:size])
        del self._received[:size]
        return taken

    def _patiently(self, operation: Callable[..., Any], event: int, *args: object) -> Any:
        """Call what must not block until it does not want to; TLS may want to write where we read."""
        while True:
            try:
                return operation(*args)
            except ssl.SSLWantReadError:
                event = select.POLLIN
            except ssl.SSLWantWriteError:
                event = select.POLLOUT
            except BlockingIOError:
                pass
            self._allowance.wait(self.sock, event)


def _connected(host: str, port: int, allowance: Allowance) -> socket.socket:
    """Connect to the first address of the host that answers; each has the same time."""
    failure: Exception = OSError(f"{host} has no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        sock = socket.socket(family, kind, protocol)
        try:
            allowance.renew()
            _connect(sock, address, allowance)
        except (OSError, Hung) as error:
            sock.close()
            failure = error
        else:
            return sock
    raise failure


def _connect(sock: socket.socket, address: Any, allowance: Allowance) -> None:
    sock.setblocking(False)
    # IMAPClient ends a command with a write of its own, which would else wait for a delayed acknowledgment.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    problem = sock.connect_ex(address)
    if problem == errno.EINPROGRESS:
        allowance.wait(sock, select.POLLOUT)
        problem = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if problem:
        raise OSError(problem, os.strerror(problem))


_RANGE = re.compile(rb"(\d{1,10})(?::(\d{1,10}))?")


def _ranges(sets: list[bytes]) -> list[tuple[int, int]]:
    """The ranges of a sequence set (RFC 3501 section 9), each with its lower end first."""
    found = []
    for one in sets:
        for first, last in _RANGE.findall(one):
            lower, upper = sorted((int(first), int(last or first)))
            found.append((lower, upper))
    return found


class ImapConnection(IMAPClient):  # type: ignore[misc]  # imapclient has no annotations
    """IMAPClient on our transport, with the parts of IDLE that it gets wrong written anew.

    Its `idle_check` returns at once and for ever after the server has closed the connection (threat I07), and
    its `idle` takes a report before the continuation for an error.
    """

    _imap: ImapTransport

    def __init__(self, host: str, port: int, *, tls: ssl.SSLContext | None, allowance: Allowance) -> None:
        self._allowance = allowance
        super().__init__(host, port, ssl=tls is not None, ssl_context=tls)
        self.normalise_times = False  # INTERNALDATE stays aware
        self._imap.debug = 0  # at IMAPClient's 5, imaplib formats every mail for the log

    def _create_IMAP4(self) -> ImapTransport:  # noqa: N802 - IMAPClient's name
        return ImapTransport(self.host, self.port, tls=self.ssl_context, allowance=self._allowance)

    def _set_read_timeout(self) -> None:
        """Nothing: the socket never blocks."""

    @property
    def certificate(self) -> bytes | None:
        """The server's (DER), as TLS showed it; None without TLS."""
        sock = self._imap.sock
        return sock.getpeercert(binary_form=True) if isinstance(sock, ssl.SSLSocket) else None

    def forget_news(self) -> None:
        """Drop what the server reported unasked, so that `news` speaks of what comes from now on.

        imaplib keeps all of it for as long as the connection lives, and reads only whether the folder is writable.
        """
        for kind in list(self._imap.untagged_responses):
            if kind != "READ-ONLY":
                del self._imap.untagged_responses[kind]

    @property
    def news(self) -> bool:
        """Whether the server has reported mail since `forget_news`."""
        return "EXISTS" in self._imap.untagged_responses

    def forget_copied(self) -> None:
        """Drop what the server said of mails that it copied, so that `copied` speaks of the next ones."""
        self._imap.untagged_responses.pop("COPYUID", None)

    @property
    def copied(self) -> list[tuple[int, int]]:
        """The UIDs that the server has said to have copied or moved since `forget_copied`, as ranges (RFC 4315)."""
        answers = self._imap.untagged_responses.get("COPYUID", [])
        said = [answer for answer in answers if isinstance(answer, bytes)]
        return [found for answer in said for found in _ranges(answer.split()[1:2])]

    def uids(self, *criteria: bytes) -> set[int]:
        """UID SEARCH. IMAPClient's own needs twice the memory, and fails where the answer has two lines."""
        lines = self._raw_command_untagged(b"SEARCH", list(criteria))
        return {int(uid) for line in lines if line for uid in line.split()}

    def begin_idle(self) -> None:
        """RFC 2177: from now on the server speaks first. `idle_done` ends it, and finds out if it hung up."""
        self._idle_tag = self._imap._command("IDLE")  # noqa: SLF001
        while self._imap._get_response() is not None:  # noqa: SLF001 - None is the continuation
            if self._imap.tagged_commands[self._idle_tag]:
                raise self.Error("IDLE refused")

    def linger(self, seconds: float) -> None:
        """Wait until the server says anything, or hangs up, or it is to stop; so long at most."""
        if not self.news:
            self._imap.linger(seconds)
