"""One SMTP or LMTP session (RFC 5321, RFC 2033): who speaks when, and what is answered.

A verb raises `Rejected` to refuse. Anything else that it raises is our fault, and that is always temporary:
left to aiosmtpd it would be a permanent 500 that shows the exception's text.
"""
# ruff: noqa: N802  (aiosmtpd finds the verbs by these names)

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from helpdesk.core.words.message import Envelope
from helpdesk.errors import Unavailable
from helpdesk.failpoints import failpoint
from helpdesk.wires import smtp_syntax
from helpdesk.wires.smtp_connection import Over, SmtpConnection
from helpdesk.wires.smtp_content import TOO_BIG, Counted, Dotted, checked
from helpdesk.wires.smtp_syntax import Rejected

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from helpdesk.wires.smtp_content import Content
    from helpdesk.wires.smtp_reception import Reception

LOCAL_FAULT = "451 4.3.0 Local trouble, please try again later"

_SMTP_GREETINGS = frozenset({"EHLO", "HELO"})
_LMTP_GREETINGS = frozenset({"LHLO"})
_IDLE = frozenset({"RSET", "NOOP", "VRFY", "HELP"}) | _SMTP_GREETINGS | _LMTP_GREETINGS
_VERBS = frozenset({"MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP", "VRFY", "HELP", "STARTTLS", "QUIT"})
_BEFORE_TLS = frozenset({"EHLO", "LHLO", "NOOP", "STARTTLS", "QUIT"})  # RFC 3207 section 4
_OF_A_MAIL = frozenset({"MAIL", "RCPT", "DATA", "BDAT"})
_NOT_SMTP = frozenset({"PROXY", "CONNECT", "GET", "HEAD", "POST", "PUT", "OPTIONS"})  # a liar or an abused browser


@dataclass(slots=True)
class _Transaction:
    """What MAIL begins and the end of DATA finishes (RFC 5321 section 3.3)."""

    mail_from: str | None = None
    rcpt_to: list[str] = field(default_factory=list)
    chunks: bytearray | None = None  # what BDAT brought; None before the first
    began: float | None = None  # when the mail itself began to come, on the loop's clock
    # A fault of ours ended it. What a pipelining peer has sent already gets 451 too: a 503 would be a bounce.
    failed: bool = False


class SmtpSession(SmtpConnection):
    """A peer and us, from greeting to farewell."""

    def __init__(self, reception: Reception) -> None:
        super().__init__(reception)
        self.origin = ""  # whom Reception counts this session against
        self._reception = reception
        self._transaction = _Transaction()
        self._helo = self._author = self._asked = ""  # what the last MAIL and RCPT named, taken or not
        self._errors = self._idle_commands = 0
        self._commands_until = 0.0
        self._busy = False  # with a mail
        self._dismissed_with = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, or begin anew inside TLS."""
        self._helo = ""
        super().connection_made(transport)

    def dismiss(self, last: str) -> None:
        """End the session with this reply: now, or once the mail coming in has been answered (V01)."""
        if self._busy:
            self._dismissed_with = last
        else:
            self.hang_up(last)

    # -- the loop

    async def _handle_client(self) -> None:
        try:
            last = await self._until_over()
            self._set_rset_state()  # what came of a mail that was refused is not to be kept while they read why
            if last:
                await self.part(last)
        finally:
            self._reception.leave(self)
            self.close()

    async def _until_over(self) -> str:
        """Hold the session; return the reply that is still owed at its end."""
        try:
            await self._converse()
        except Rejected as refusal:
            return refusal.reply
        except Over as over:
            return over.last
        except Exception as error:  # noqa: BLE001  (a defect of ours, and nobody else is left to hear of it)
            self._reception.fault(error)
        return ""

    async def _converse(self) -> None:
        self._reception.admit(self)
        self._grant_time()
        await self.push(f"220 {self.hostname} {'LMTP' if self._reception.lmtp else 'ESMTP'}")
        while not self._dismissed_with:
            await self._obey(await self.next_line(until=self._next_command_until()))
        raise Over(self._dismissed_with)

    def _grant_time(self) -> None:
        """A client that has just come, or just delivered, may go on for a while."""
        self._idle_commands = 0
        self._commands_until = self.loop.time() + self._limits.command_total

    async def _obey(self, line: bytes) -> None:
        verb = ""
        try:
            verb, argument = smtp_syntax.command(line)
            await self._method(verb)(argument)
        except Rejected as refusal:
            self._tell_refused(verb, refusal.reply)
            await self._refuse(refusal.reply)
        except Over as over:
            self._tell_refused(verb, over.last)
            raise
        except Exception as error:  # noqa: BLE001  (whatever it is, it is ours)
            await self.push(await self.handle_exception(error))
        self._busy = False

    def _method(self, verb: str) -> Callable[[str], Awaitable[None]]:
        if verb in _NOT_SMTP:
            raise Over("554 5.7.0 This is a mail server")
        if verb not in _VERBS | (_LMTP_GREETINGS if self._reception.lmtp else _SMTP_GREETINGS):
            raise Rejected("500 5.5.1 Command not recognised")
        if self._reception.require_tls and not self.secure and verb not in _BEFORE_TLS:
            raise Rejected("530 5.7.0 STARTTLS first")
        if verb in _IDLE:
            self._idle_commands += 1
        if self._idle_commands > self._limits.max_idle_commands:
            raise Over(f"421 4.7.0 {self.hostname} Too many commands without a mail")
        method: Callable[[str], Awaitable[None]] = self._smtp_methods[verb]
        return method

    def _tell_refused(self, verb: str, reply: str) -> None:
        """Leave a trace of a mail that is not taken, for those who ask where it went."""
        if verb in _OF_A_MAIL and reply:
            asked = (*self._transaction.rcpt_to, *([self._asked] if verb == "RCPT" else []))
            self._reception.tally.refused(self._author, asked, self.remote, reply.partition("\r\n")[0])

    async def _refuse(self, reply: str) -> None:
        if reply.startswith("5"):  # a 4xx is no error of theirs
            self._errors += 1
        if self._errors > self._limits.max_errors:
            raise Over(f"421 4.7.0 {self.hostname} Too many errors")
        await self.push(reply)

    async def handle_exception(self, error: Exception) -> str:
        """Tell the desk what went wrong, and the peer only to try again (design law 2, S02)."""
        self._reception.fault(error)
        self._set_rset_state()
        self._transaction.failed = True
        return LOCAL_FAULT

    # -- the verbs, in the order a session uses them

    async def smtp_EHLO(self, hostname: str) -> None:
        """Greet, and say what we can do (RFC 5321 section 4.1.1.1)."""
        self._greet(hostname)
        offers = ["SIZE " + str(self._limits.max_size), "8BITMIME", "PIPELINING", "CHUNKING", "SMTPUTF8"]
        if self._reception.tls and not self.secure:
            offers.append("STARTTLS")
        lines = [f"250-{line}" for line in (self.hostname, *offers)]
        await self.push("\r\n".join([*lines, "250 ENHANCEDSTATUSCODES"]))

    async def smtp_LHLO(self, hostname: str) -> None:
        """Greet in LMTP (RFC 2033 section 4.1)."""
        await self.smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:
        """Greet the old way."""
        self._greet(hostname)
        await self.push(f"250 {self.hostname}")

    def _greet(self, hostname: str) -> None:
        if not hostname:
            raise Rejected("501 5.5.4 Say your name")
        self._set_rset_state()
        self._helo = hostname

    async def smtp_STARTTLS(self, arg: str) -> None:
        """Begin TLS (RFC 3207)."""
        if self._reception.tls is None or self.secure:
            raise Rejected("503 5.5.1 TLS is not to be had now")
        if arg:
            raise Rejected("501 5.5.4 STARTTLS takes no argument")
        await self.start_tls()

    async def smtp_MAIL(self, arg: str | None) -> None:
        """Begin a transaction."""
        if not self._helo:
            raise Rejected(f"503 5.5.1 {'LHLO' if self._reception.lmtp else 'EHLO'} first")
        if self._transaction.mail_from is not None:
            raise Rejected("503 5.5.1 One MAIL at a time")
        sender = smtp_syntax.sender(arg or "")
        self._author = sender.address
        if sender.size > self._limits.max_size:  # RFC 1870 section 6.1
            raise Rejected(TOO_BIG)
        self._reception.check_disk()
        self._set_rset_state()
        self._transaction.mail_from = sender.address
        await self.push("250 2.1.0 OK")

    async def smtp_RCPT(self, arg: str | None) -> None:
        """Take one more recipient, if the desk has it: a bounce later would be backscatter (S10)."""
        self._need(self._transaction.mail_from is not None, "MAIL")
        self._need(self._transaction.chunks is None, "BDAT LAST or RSET")
        address = self._asked = smtp_syntax.recipient(arg or "")
        if len(self._transaction.rcpt_to) >= self._limits.max_recipients:
            raise Rejected("452 4.5.3 Too many recipients")
        if "@" not in address:
            address = f"{address}@{self.hostname}"
        if not self._reception.knows(address):
            raise Rejected("550 5.1.1 No such mailbox here")
        self._transaction.rcpt_to.append(address)
        await self.push("250 2.1.5 OK")

    async def smtp_DATA(self, arg: str) -> None:
        """Take a mail."""
        self._need(bool(self._transaction.rcpt_to), "RCPT")
        self._need(self._transaction.chunks is None, "BDAT LAST or RSET")
        if arg:
            raise Rejected("501 5.5.4 DATA takes no argument")
        await self.push("354 End with <CR><LF>.<CR><LF>")
        await self._finish(await self._read(Dotted(limit=self._limits.max_size)))

    async def smtp_BDAT(self, arg: str) -> None:
        """Take a mail or a piece of one; its octets come whether wanted or not (RFC 3030 section 2)."""
        try:
            chunk = smtp_syntax.chunk(arg)
        except Rejected as refusal:
            raise Over(refusal.reply) from None
        if len(self._transaction.chunks or b"") + chunk.size > self._limits.max_size:
            raise Over(self._for_each(TOO_BIG) if chunk.last else TOO_BIG)
        octets = await self._read(Counted(size=chunk.size))
        self._need(bool(self._transaction.rcpt_to), "RCPT")
        self._transaction.chunks = (self._transaction.chunks or bytearray()) + octets
        if chunk.last:
            await self._finish(bytes(self._transaction.chunks))
        else:
            await self.push(f"250 2.0.0 {chunk.size} octets taken")

    async def smtp_RSET(self, arg: str) -> None:  # noqa: ARG002
        """Forget the transaction."""
        self._set_rset_state()
        await self.push("250 2.0.0 OK")

    async def smtp_NOOP(self, arg: str) -> None:  # noqa: ARG002
        """Do nothing."""
        await self.push("250 2.0.0 OK")

    async def smtp_VRFY(self, arg: str) -> None:  # noqa: ARG002
        """Tell nobody who is here (RFC 5321 section 7.3)."""
        await self.push("252 2.0.0 Send it and see")

    async def smtp_HELP(self, arg: str | None) -> None:  # noqa: ARG002
        """Point to the standard."""
        await self.push("214 2.0.0 RFC 5321 has it all")

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: ARG002
        """Say goodbye."""
        await self.push("221 2.0.0 Goodbye")
        raise Over

    # -- the transaction

    def _set_rset_state(self) -> None:
        self._transaction = _Transaction()
        self._reception.release(self)

    def _need(self, condition: bool, first: str) -> None:  # noqa: FBT001  (a sentence where used)
        if self._transaction.failed:
            raise Rejected(LOCAL_FAULT)
        if not condition:
            raise Rejected(f"503 5.5.1 {first} first")

    def _for_each(self, reply: str) -> str:
        """One reply for the mail; in LMTP one for each recipient that was taken (RFC 2033 section 4.2)."""
        recipients = len(self._transaction.rcpt_to) if self._reception.lmtp else 1
        return "\r\n".join([reply] * max(1, recipients))

    async def _read(self, content: Content) -> bytes:
        """Read to the content's end. Where it may not go on we hang up: the next command is anywhere."""
        self._busy = True
        before = len(self._transaction.chunks or b"")
        if self._transaction.began is None:
            self._transaction.began = self.loop.time()
        try:
            return await self.read_into(
                content,
                until=lambda held: self._mail_until(before + held),
                weigh=lambda held: self._reception.hold(self, before + held),
            )
        except Rejected as refusal:
            raise Over(self._for_each(refusal.reply)) from None

    def _next_command_until(self) -> float:
        """When the next command must be here; between the pieces of a mail, as if it were a part of it."""
        pieces = self._transaction.chunks
        return self._commands_until if pieces is None else self._mail_until(len(pieces))

    def _mail_until(self, octets: int) -> float:
        """When a mail of which so much has come must be here: soon, or for as long as it comes at a sane pace.

        A client that drips has the time that is left from the greeting, or from the last mail accepted, and no more.
        """
        began = self._transaction.began or self.loop.time()
        return max(
            min(self._commands_until, began + self._limits.data_total),
            began + octets / self._limits.slowest,
        )

    async def _finish(self, raw: bytes) -> None:
        """Answer a whole mail and end the transaction."""
        reply = self._for_each(await self._taken(raw))
        if not reply.startswith("2"):
            self._tell_refused("DATA", reply)
        self._set_rset_state()
        await self.push(reply)

    async def _taken(self, raw: bytes) -> str:
        """Hand a whole mail to the desk. Only what is durable gets a 250 (design law 1)."""
        limits = self._limits
        try:
            queue_id = await self._durable(checked(raw, max_size=limits.max_size, max_hops=limits.max_hops))
        except Rejected as refusal:
            return refusal.reply
        except Exception as error:  # noqa: BLE001  (whatever it is, it is ours)
            self._reception.fault(error)
            return LOCAL_FAULT
        self._reception.tally.taken()
        self._grant_time()
        return f"250 2.0.0 queued as {queue_id}"

    async def _durable(self, raw: bytes) -> str:
        """Wait for the desk. Should the peer vanish meanwhile, the desk goes on all the same (S03)."""
        failpoint("smtp.data_read")
        self.allow_all_time()
        accepted = asyncio.wrap_future(self._reception.accept(raw, self._envelope()))
        accepted.add_done_callback(lambda future: future.cancelled() or future.exception())
        # Awaiting it would hand our own cancellation on to the desk; waiting for it does not.
        await asyncio.wait({accepted}, timeout=self._limits.accept)
        if not accepted.done() or accepted.cancelled():
            raise Unavailable("the desk did not take the mail in time")
        queue_id = accepted.result()
        failpoint("smtp.pre_250")
        return queue_id

    def _envelope(self) -> Envelope:
        return Envelope(
            mail_from=self._transaction.mail_from or "",
            rcpt_to=tuple(dict.fromkeys(self._transaction.rcpt_to)),
            remote=self.remote,
            helo=self._helo,
            tls=self.secure,
        )
