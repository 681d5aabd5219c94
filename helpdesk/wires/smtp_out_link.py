"""One SMTP connection to a smarthost: what is said, what is answered, and when patience ends.

smtplib speaks; this adds what it lacks: deadlines that span a stretch of dialogue instead of one read, an end
to endless replies, an eye for replies that come before their question, and reasons that are safe to log.
"""

from __future__ import annotations

import contextlib
import errno
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helpdesk.line_ends import are_crlf
from helpdesk.wires.courier import Failed, Retry
from helpdesk.wires.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import timedelta

    from _typeshed import ReadableBuffer

_LINE_END = re.compile(rb"\r\n|\r|\n")


def canonical(raw: bytes) -> bytes:
    r"""Return the lines, each ended by CRLF (RFC 5321 section 2.3.8); canonical mail comes back as it is."""
    if not are_crlf(raw):
        raw = _LINE_END.sub(b"\r\n", raw)
    return raw if raw.endswith(b"\r\n") or not raw else raw + b"\r\n"


def stuffed(content: bytes) -> bytes:
    """Double every leading dot of canonical content (RFC 5321 section 4.5.2)."""
    last = content.rfind(b".") + 1  # base 64 has none, and one character is found fast
    first = b"." if content.startswith(b".") else b""
    if not first and content.find(b"\r\n.", 0, last) < 0:
        return content
    return b"".join((first, content[:last].replace(b"\r\n.", b"\r\n.."), memoryview(content)[last:]))


_UNPRINTABLE = re.compile(r"[^\x21-\x7e]+")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?= |$)")  # RFC 3463
_TELLING_WORD = re.compile(r"[^\s\"'<>()\[\],;:]{6,}")


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply; `text` is one printable line of at most 200 characters. Anything unreadable has code -1."""

    code: int
    text: str

    @classmethod
    def read(cls, code: int, text: bytes) -> Reply:
        """Make one of what smtplib read."""
        return cls(code, _UNPRINTABLE.sub(" ", text.decode("ascii", "replace")).strip()[:200])

    @property
    def kind(self) -> str:
        """The first digit, which is what a client goes by (RFC 5321 section 4.2.1); "" when there is none."""
        return str(self.code)[0] if 200 <= self.code <= 599 else ""

    @property
    def ends_the_dialogue(self) -> bool:
        """Whether client and server no longer agree on where they are, or the server takes its leave."""
        return self.kind in {"", "3"} or self.code in {221, 421}

    @property
    def asks_for_less(self) -> bool:
        """Whether the server has too much of us: it leaves (RFC 5321 section 3.8), or its policy says so (RFC 3463)."""
        return self.code == 421 or (self.kind == "4" and self.text.startswith("4.7."))

    @property
    def status(self) -> str:
        """RFC 3463's, "" where there is none."""
        found = _STATUS.match(self.text)
        return found[0] if found else ""

    def without_text(self) -> Reply:
        """Only the codes, for the answer to a line with a secret, which the text may repeat."""
        return replace(self, text=self.status)

    def without_words_of(self, content: bytes) -> Reply:
        """Without words of six letters and more that stand in the mail: content filters like to quote it."""

        def hide(word: re.Match[str]) -> str:
            found = word[0].encode()
            if found not in content:  # quick, and nearly always the end of it
                return word[0]
            whole = rb"(?<![\w.@-])" + re.escape(found) + rb"(?![\w@:-])"  # a header's name is no content
            return "..." if re.search(whole, content) else word[0]

        return replace(self, text=_TELLING_WORD.sub(hide, self.text))

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip() if self.kind else "the reply is not SMTP"


class DeliveryRefused(Exception):
    """This mail, or any mail, goes no further here and now; `outcome` is what that means for this one."""

    def __init__(self, outcome: Retry | Failed, *, code: int = 0, ends_the_dialogue: bool = False) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome
        self.code = code
        self.ends_the_dialogue = ends_the_dialogue

    @classmethod
    def by(cls, reply: Reply, stage: str) -> DeliveryRefused:
        """Say what an unexpected reply before the final dot means."""
        return cls(
            _refusal(reply, stage),
            code=reply.code,
            # A 2xx where it cannot be hoped for: the server answers something else than we asked.
            ends_the_dialogue=reply.kind == "2" or reply.ends_the_dialogue,
        )


class Lost(Exception):
    """The connection cannot be used any more; the text says in which stage and why, and may be logged."""


# Permanent, but about our dialogue, login or configuration and so no proof against this mail: syntax and
# order (RFC 5321 section 4.2.2), "takes no mail" (RFC 7504), authentication (RFC 4954 section 6).
_NOT_ABOUT_THE_MAIL = frozenset({500, 502, 503, 521, 530, 534, 535, 538})
_STAGES_OF_A_MAIL = frozenset({"MAIL", "RCPT", "DATA", "content"})


def permanently(reply: Reply, stage: str) -> Retry | Failed:
    """What a 5xx means: for good, unless it is plainly about us."""
    refusal = Refusal(stage, reply.code, reply.status)
    return Retry(f"{stage}: {reply}") if refusal.about_us else Failed(f"{stage}: {reply}", refusal)


def _refusal(reply: Reply, stage: str) -> Retry | Failed:
    reason = f"{stage}: {reply}"
    if reply.kind == "5" and stage in _STAGES_OF_A_MAIL and reply.code not in _NOT_ABOUT_THE_MAIL:
        return permanently(reply, stage)
    return Retry(reason, slower=reply.asks_for_less)


def _why(lost: Exception) -> str:
    """Why a connection was lost, in words that hold nothing but what the system and OpenSSL say."""
    if isinstance(lost, smtplib.SMTPServerDisconnected) and isinstance(lost.__context__, OSError):
        lost = lost.__context__  # smtplib's way of saying that the socket failed
    match lost:
        case TimeoutError():
            return "timed out"
        case smtplib.SMTPServerDisconnected():
            return "the server closed the connection"
        case ssl.SSLCertVerificationError():
            return f"the certificate is not accepted: {lost.verify_message}"
        case ssl.SSLError():
            return f"TLS failed: {(lost.reason or 'no reason given').lower().replace('_', ' ')}"
        case OSError(strerror=str(words)):
            return words
    return type(lost).__name__


_LONGEST_REPLY = 64 * 1024  # octets


class _Replies:
    """What the server says, line by line. smtplib reads from it as from a file.

    A line counts only with its end: half a `250` is no acceptance.
    """

    def __init__(self, sock: socket.socket, remaining: Callable[[], float]) -> None:
        self._sock = sock
        self._remaining = remaining
        self._unread = b""
        self._budget = _LONGEST_REPLY

    def begin(self) -> None:
        """Begin with the next reply, which may have 64 KiB in all its lines together."""
        self._budget = _LONGEST_REPLY

    def readline(self, limit: int) -> bytes:
        """Read to the end of a line, or `limit` octets of it; empty at the end of the connection."""
        while b"\n" not in self._unread and len(self._unread) < limit:
            self._sock.settimeout(self._remaining())
            received = self._sock.recv(4096)
            if not received:
                return b""
            self._budget -= len(received)
            if self._budget < 0:
                raise OSError(errno.EMSGSIZE, "the reply does not end")
            self._unread += received
        end = self._unread.find(b"\n", 0, limit) + 1 or limit
        line, self._unread = self._unread[:end], self._unread[end:]
        return line

    def has_more(self) -> bool:
        """Whether there is something to read at this moment, be it the end of the connection."""
        if self._unread:
            return True
        try:
            self._sock.settimeout(0)
            self._unread = self._sock.recv(4096)
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError:
            pass  # broken: the next read says how
        return True

    def close(self) -> None:
        """Do nothing: the socket is closed by its owner."""


class Link(smtplib.SMTP):
    """One connection. Every method may raise `Lost`; a deadline runs over all from `within` to `within`."""

    file: _Replies | None

    def __init__(self, hostname: str, monotonic: Callable[[], float]) -> None:
        super().__init__(local_hostname=hostname)
        self.command_encoding = "utf-8"  # ASCII, but for addresses that were announced with SMTPUTF8
        self.stage = "connect"
        self.encrypted = False
        self._monotonic = monotonic
        self._ends = 0.0

    def within(self, span: timedelta) -> None:
        """Begin a stretch of dialogue that may take `span` in total."""
        self._ends = self._monotonic() + span.total_seconds()

    def remaining(self) -> float:
        """Seconds to the deadline; raises `TimeoutError` at it."""
        left = self._ends - self._monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    @contextlib.contextmanager
    def losing(self) -> Iterator[None]:
        """Turn whatever a socket, a name or TLS can raise into `Lost`."""
        try:
            yield
        except (
            OSError,
            ValueError,
        ) as lost:  # smtplib's own and ssl's are OSErrors, a bad name is a ValueError
            self.close()
            raise Lost(f"{self.stage}: {_why(lost)}") from None

    def attach(self, sock: socket.socket) -> None:
        """Speak over this socket from now on."""
        self.sock = sock
        # The dot follows the content as a segment of its own, and Nagle would hold it back until the
        # content is acknowledged, which a delayed ACK puts off for 40 ms (measured: 22 mails/s, not 5700).
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = _Replies(sock, self.remaining)

    def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """Shake hands. What was said in clear is forgotten (RFC 3207 section 4.2)."""
        assert self.sock is not None  # noqa: S101  for the type checker
        with self.losing():
            self.sock.settimeout(self.remaining())
            self.attach(context.wrap_socket(self.sock, server_hostname=host))
        self.encrypted = True

    @property
    def certificate(self) -> bytes | None:
        """The server's (DER), as TLS showed it; None without TLS."""
        return self.sock.getpeercert(binary_form=True) if isinstance(self.sock, ssl.SSLSocket) else None

    def send(self, s: ReadableBuffer | str) -> None:
        """Write it all before the deadline."""
        with self.losing():
            if self.sock is not None:
                self.sock.settimeout(self.remaining())
            super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """Read the next reply for smtplib; `reply` reads it for us."""
        with self.losing():
            if self.file is not None:
                self.file.begin()
            return super().getreply()

    def reply(self) -> Reply:
        """Read the next reply."""
        return Reply.read(*self.getreply())

    def hello(self) -> Reply:
        """Say EHLO and note in `esmtp_features` what the server offers."""
        self.stage = "EHLO"
        with self.losing():  # smtplib raises here, too, when the reply is empty
            return Reply.read(*self.ehlo())

    def ask(self, verb: str, arguments: str = "", *, stage: str | None = None) -> Reply:
        """Say one command and return the reply."""
        self.stage = stage or verb
        self.putcmd(verb, arguments)
        return self.reply()

    def expect(self, kind: str, verb: str, arguments: str = "") -> None:
        """Say one command; raises `DeliveryRefused` when the reply is not of this kind (its first digit)."""
        reply = self.ask(verb, arguments)
        if reply.kind != kind:
            raise DeliveryRefused.by(reply, verb)

    def has_spoken(self) -> bool:
        """Whether the server has said something although it was not its turn, or has hung up."""
        return self.file is None or self.file.has_more()

    def write_content(self, content: bytes, *, within: timedelta) -> None:
        """Write canonical content, all but the final dot."""
        self.within(within)
        self.stage = "content"
        self.send(stuffed(content))

    def hang_up(self, within: timedelta) -> None:
        """Say QUIT if that is possible, and close."""
        self.within(within)
        with contextlib.suppress(Lost):
            self.ask("QUIT")
        self.close()
