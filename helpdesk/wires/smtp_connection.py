"""One connection: bytes, time and farewells, but no verb.

aiosmtpd gives the protocol and STARTTLS. Replaced here, because with aiosmtpd 1.4.6 an
endless line eats all memory, one command now and then holds a connection for ever, and a peer that
half-closes loses its answer: how commands and mails are read, how long that may take, and how it ends.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, AnyStr

from aiosmtpd.smtp import SMTP, TLSSetupException

from helpdesk.wires.smtp_syntax import COMMAND_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.wires.smtp_content import Content
    from helpdesk.wires.smtp_reception import Reception

_PIECE = 2**16  # octets that the stream keeps before it lets the peer wait, twice over
_AT_ONCE = 2**18  # octets asked of it at once: all that asyncio reads from a socket in one turn
_LINGER = 1.0  # seconds that a peer may go on talking after our last word

# aiosmtpd tells this logger every connection and address. What the desk wants to know goes to `on_fault`.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class Over(Exception):
    """The session ends. `last` is the reply that is still owed, `""` where none is."""

    def __init__(self, last: str = "") -> None:
        self.last = last


class SmtpConnection(SMTP):
    """What a session stands on. `remote` is the peer's address."""

    line_length_limit = _PIECE  # aiosmtpd sizes the stream's buffer by this

    def __init__(self, reception: Reception) -> None:
        super().__init__(
            None,
            enable_SMTPUTF8=True,
            hostname=reception.hostname,
            tls_context=reception.tls,
            timeout=reception.limits.idle,
            loop=asyncio.get_running_loop(),
        )
        self.remote = ""
        self._limits = reception.limits
        self._pending = bytearray()  # read, not yet used
        self._too_late = f"421 4.4.2 {reception.hostname} You took too long"
        self._parting = False

    @property
    def secure(self) -> bool:
        """Whether TLS is in use."""
        return self.session is not None and self.session.ssl is not None

    def task(self) -> asyncio.Task[None]:
        """Return what runs the session; it is done when the session is over."""
        if self._handler_coroutine is None:
            raise RuntimeError("no connection was made")
        return self._handler_coroutine

    # -- beginning

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, or begin anew inside TLS, where nothing said before counts (RFC 3207 section 4.2)."""
        self._pending.clear()
        if not self.remote:
            peer = transport.get_extra_info("peername")  # None if they are gone again
            self.remote = peer[0] if peer else ""
        super().connection_made(transport)

    async def start_tls(self) -> None:
        """Say 220 and begin TLS; ends the connection where that fails."""
        self.allow(until=self.loop.time() + self._limits.idle)
        try:
            await super().smtp_STARTTLS("")
        except TLSSetupException as failed:
            raise Over from failed

    # -- bytes in, replies out

    def allow(self, *, until: float) -> None:
        """Give the peer time: `idle`, but never beyond `until` on the loop's clock."""
        left = until - self.loop.time()
        if left <= 0:
            raise Over(self._too_late)
        self._reset_timeout(min(self._limits.idle, left))

    def allow_all_time(self) -> None:
        """Stop the clock: what takes time now is on our side."""
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()

    async def next_line(self, *, until: float) -> bytes:
        """Return the next line with its end. The time is for the whole line, not for each octet."""
        self.allow(until=until)
        while not (end := self._pending.find(b"\n") + 1) and len(self._pending) <= COMMAND_LIMIT:
            self._pending += await self._receive()
        if not 0 < end <= COMMAND_LIMIT:
            raise Over("500 5.5.2 Line too long")
        line = bytes(self._pending[:end])
        del self._pending[:end]
        return line

    async def read_into(
        self, content: Content, *, until: Callable[[int], float], weigh: Callable[[int], None]
    ) -> bytes:
        """Read to the content's end and return it.

        `until` says how long that may take, given how much it is so far. `weigh` hears how much, and may raise.
        """
        data = bytes(self._pending)
        self._pending.clear()
        while not content.feed(data):
            weigh(content.held)
            self.allow(until=until(content.held))
            data = await self._receive()
        self._pending += content.rest
        return content.content()

    async def _receive(self) -> bytes:
        try:
            data = await self._reader.read(_AT_ONCE)
        except OSError as gone:
            raise Over from gone
        if not data:
            raise Over
        return data

    async def push(self, status: AnyStr) -> None:
        """Send a reply."""
        try:
            await super().push(status)
        except OSError as gone:
            raise Over from gone

    # -- ending

    def eof_received(self) -> bool | None:
        """Read on: a client that half-closes after the dot still gets an answer (S03). aiosmtpd would cancel."""
        keep_open = asyncio.StreamReaderProtocol.eof_received(self)
        return None if self.secure else keep_open  # TLS cannot be half open

    def hang_up(self, last: str) -> None:
        """End the session now, whatever is going on."""
        handshaking = self._original_transport is not None and not self.secure
        if not (self._parting or handshaking):
            self._writer.write(last.encode() + b"\r\n")
        self.task().cancel()

    def _timeout_cb(self) -> None:
        self.hang_up(self._too_late)

    async def part(self, last: str) -> None:
        """Say a last word so that it is heard.

        Closing a socket with unread input resets the connection, and a reset discards our reply over there.
        """
        with suppress(Over, OSError, TimeoutError):
            await self.push(last)
            self._parting = True
            if self._writer.can_write_eof():
                self._writer.write_eof()
            async with asyncio.timeout(_LINGER):
                while await self._reader.read(_PIECE):
                    pass

    def close(self) -> None:
        """Close, and see to it that a peer who does not read cannot keep the socket."""
        self.allow_all_time()
        if self.transport is not None:
            self.transport.close()
        bottom = self._original_transport or self.transport
        if isinstance(bottom, asyncio.Transport):
            self.loop.call_later(_LINGER, bottom.abort)
