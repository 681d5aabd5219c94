"""The bytes of a mail as SMTP carries them. Pure: the caller has the socket, feeds it and asks when it is done.

`Dotted` and `Counted` collect what DATA and BDAT send. Nothing but CR LF `.` CR LF ends a dotted mail, in
whatever pieces the network brings it. `checked` says whether a whole mail may come in; it never changes one.
"""

from __future__ import annotations

from typing import Protocol

from helpdesk.line_ends import are_crlf
from helpdesk.wires.smtp_syntax import Rejected

# RFC 5321 section 4.1.1.4, and nothing else: every looser reading has been a way to smuggle a second mail in.
_END = b"\r\n.\r\n"
_SLACK = 2**16  # octets beyond the limit that we take in, so that dot-stuffing never counts against a mail

TOO_BIG = "552 5.3.4 Message too big"


class Content(Protocol):
    """A mail, or a piece of one, that is coming in."""

    rest: bytes  # what came after its end: the next commands of a pipelining client

    @property
    def held(self) -> int:
        """Octets in memory so far."""

    def feed(self, data: bytes) -> bool:
        """Take what came; true when the end was in it. Not to be fed again after that."""

    def content(self) -> bytes:
        """Hand over the octets that were meant, once, after it has ended."""


class Dotted:
    """What follows DATA. `feed` raises `Rejected` when 64 KiB more than `limit` octets came (S04)."""

    def __init__(self, *, limit: int) -> None:
        self._limit = limit
        self._held = bytearray(b"\r\n")  # the line end of DATA itself, so that a lone dot may come first
        self._searched = 0
        self.rest = b""

    @property
    def held(self) -> int:
        """Octets in memory so far."""
        return len(self._held)

    def feed(self, data: bytes) -> bool:
        """Take what came; true when the end mark was in it."""
        self._held += data
        end = self._end()
        if end < 0:
            if len(self._held) > self._limit + _SLACK:
                raise Rejected(TOO_BIG)
            self._searched = len(self._held)
            return False
        self.rest = bytes(self._held[end + len(_END) :])
        del self._held[end + 2 :]
        return True

    def _end(self) -> int:
        """Where the end mark begins, -1 without. Base 64 has no dot at all, and one character is found fast."""
        start = max(0, self._searched - len(_END) + 1)
        dot = self._held.find(b".", start)
        return -1 if dot < 0 else self._held.find(_END, max(start, dot - 2))

    def content(self) -> bytes:
        """Hand over the mail without its transparency dots (RFC 5321 section 4.5.2)."""
        held, self._held = self._held, bytearray()
        last = held.rfind(b".") + 1
        with memoryview(held) as view:
            return b"".join((held[:last].replace(b"\r\n.", b"\r\n")[2:], view[max(last, 2) :]))


class Counted:
    """What follows BDAT: exactly `size` octets, whatever they are (RFC 3030 section 2)."""

    def __init__(self, *, size: int) -> None:
        self._size = size
        self._held = bytearray()
        self.rest = b""

    @property
    def held(self) -> int:
        """Octets in memory so far."""
        return len(self._held)

    def feed(self, data: bytes) -> bool:
        """Take what came; true when all of it is here."""
        self._held += data
        if len(self._held) < self._size:
            return False
        self.rest = bytes(self._held[self._size :])
        del self._held[self._size :]
        return True

    def content(self) -> bytes:
        """Hand over the octets."""
        return bytes(self._held)


def checked(raw: bytes, *, max_size: int, max_hops: int) -> bytes:
    """Return the mail if it may come in; raises `Rejected`."""
    if len(raw) > max_size:
        raise Rejected(TOO_BIG)
    if not are_crlf(raw):
        raise Rejected("550 5.5.2 Bare CR or LF in the message")  # RFC 5321 section 2.3.8
    if hops(raw) > max_hops:
        raise Rejected("554 5.4.6 Too many hops: this mail goes in circles")  # RFC 5321 section 6.3
    return raw


def hops(raw: bytes) -> int:
    """Return how many Received lines the header has."""
    ends = 0 if raw.startswith(b"\r\n") else raw.find(b"\r\n\r\n")
    header = raw[:ends] if ends >= 0 else raw
    return (b"\r\n" + header).lower().count(b"\r\nreceived:")
