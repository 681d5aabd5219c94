"""Mail to a smarthost, verb by verb, so that we always know how far a mail has got (threats O01, O02).

    connect, greeting, EHLO, [STARTTLS, EHLO], [AUTH]   once a connection; whatever goes wrong: Retry
    MAIL, one RCPT, DATA, content                       4xx, lost, garbled: Retry; 5xx for this mail: Failed
    before_dot()                                        the caller writes down that the dot comes now
    dot, reply                                          lost, garbled: Retry(uncertain); 2xx: Sent

Promises: no TLS where it was asked for means no mail and no password on the wire (O08); an address goes out
as it stands or not at all (O04); one recipient a transaction, so nothing is refused in part (O03); every
stretch of dialogue has one deadline over all of it, which a dripping server cannot stretch; content leaves
with CRLF line ends, dots stuffed and no bare CR or LF; reasons are one printable line without secrets and
without what the server repeats of the mail.

It does not queue, retry, log or choose recipients. `smtp_out_dial` opens a connection, `smtp_out_link` is
one.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.errors import Unavailable
from helpdesk.failpoints import failpoint
from helpdesk.plural import plural
from helpdesk.wires.courier import Failed, Outcome, Outgoing, Retry, Sent, Smarthost, no_mark, unsendable
from helpdesk.wires.smtp_out_dial import Dialler
from helpdesk.wires.smtp_out_link import DeliveryRefused, Link, Lost, Reply, canonical, permanently

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long each stretch of dialogue may take in total, and how long a connection may lie idle.

    The smarthost is ours and near, so all but the last are shorter than RFC 5321 section 4.5.3.2 grants
    strangers. `verdict` is not: giving up after the dot is what makes second copies (RFC 1047).
    """

    opening: timedelta = timedelta(seconds=30)  # connect to AUTH
    envelope: timedelta = timedelta(seconds=60)  # MAIL to the 354
    content: timedelta = timedelta(minutes=5)
    verdict: timedelta = timedelta(minutes=10)  # the final dot to its reply
    goodbye: timedelta = timedelta(seconds=2)  # RSET and QUIT, on whose replies nothing depends
    idle: timedelta = timedelta(seconds=20)

    @property
    def longest(self) -> timedelta:
        """The longest that one `deliver` takes, name lookup and waiting for other threads aside."""
        # Twice the envelope: a connection found dead at MAIL is replaced once.
        return self.opening + 2 * self.envelope + self.content + self.verdict + 2 * self.goodbye


class SmtpCourier:
    """Delivers to one smarthost over one connection, which is kept while it is in use. See `Courier`."""

    def __init__(
        self,
        smarthost: Smarthost,
        *,
        deadlines: Deadlines | None = None,
        tls_context: ssl.SSLContext | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._deadlines = deadlines or Deadlines()
        self._monotonic = monotonic
        self._dialler = Dialler(smarthost, tls_context=tls_context, monotonic=monotonic)
        self._lock = threading.Lock()
        self._link: Link | None = None
        self._used_at = 0.0
        self._timer: threading.Timer | None = None

    def deliver(self, mail: Outgoing, *, before_dot: Callable[[], None] = no_mark) -> Outcome:
        """Hand over one mail; see `Courier`."""
        if failed := unsendable(mail):
            return failed
        with self._lock:
            try:
                started = self._write_all_but_the_dot(mail)
                if not isinstance(started, Link):
                    return started
                before_dot()
                return self._write_the_dot(started, mail)
            except BaseException:
                self._drop()  # and no QUIT: before the dot it would be read as content
                raise
            finally:
                self._rest()

    def probe(self) -> bytes | None:
        """Connect, encrypt and log in on a connection of its own; raises `Unavailable` and says why."""
        try:
            link = self._dialler.dial(self._deadlines.opening)
        except (DeliveryRefused, Lost) as stopped:
            raise Unavailable(str(stopped)) from None
        certificate = link.certificate
        link.hang_up(self._deadlines.goodbye)
        return certificate

    def close(self) -> None:
        """Hang up politely; waits for a mail on its way."""
        with self._lock:
            self._hang_up()

    # One mail

    def _write_all_but_the_dot(self, mail: Outgoing) -> Link | Retry | Failed:
        content = canonical(mail.raw)
        try:
            link = self._begin(mail, content)
            link.expect("2", "RCPT", f"TO:<{mail.recipient}>")
            failpoint("out.pre_data")
            link.expect("3", "DATA")
            link.write_content(content, within=self._deadlines.content)
        except DeliveryRefused as refused:
            self._forget_transaction(refused)
            return refused.outcome
        except Lost as lost:
            self._drop()
            return Retry(str(lost))
        return link

    def _begin(self, mail: Outgoing, content: bytes) -> Link:
        """Say MAIL on the connection we have or, where the server has given that one up, on a new one."""
        if self._link is not None and self._is_fresh(self._link):
            try:
                return self._say_mail(self._link, mail, content)
            except DeliveryRefused as refused:
                if refused.code != 421:
                    raise
            except Lost:
                pass
        self._drop()
        self._link = self._dialler.dial(self._deadlines.opening)
        return self._say_mail(self._link, mail, content)

    def _is_fresh(self, link: Link) -> bool:
        idle = self._monotonic() - self._used_at
        return idle < self._deadlines.idle.total_seconds() and not link.has_spoken()

    def _say_mail(self, link: Link, mail: Outgoing, content: bytes) -> Link:
        link.within(self._deadlines.envelope)
        link.expect("2", "MAIL", f"FROM:<{mail.mail_from}>{_parameters(link.esmtp_features, mail, content)}")
        return link

    def _write_the_dot(self, link: Link, mail: Outgoing) -> Outcome:
        if link.has_spoken():
            return self._answer_before_the_dot(link, mail)
        link.within(self._deadlines.verdict)
        try:
            link.stage = "final dot"
            link.send(b".\r\n")
            failpoint("out.post_dot")
            reply = link.reply()
        except Lost as lost:
            self._drop()
            return Retry(str(lost), uncertain=True)
        failpoint("out.post_250")
        if reply.ends_the_dialogue:
            self._drop()
        return _verdict(reply.without_words_of(mail.raw))

    def _answer_before_the_dot(self, link: Link, mail: Outgoing) -> Outcome:
        """Take a refusal in the middle of the content; not a 250, which would be believed for the dot."""
        link.within(self._deadlines.goodbye)
        try:
            return DeliveryRefused.by(link.reply().without_words_of(mail.raw), "content").outcome
        except Lost as lost:
            return Retry(str(lost))
        finally:
            self._drop()

    # The connection

    def _forget_transaction(self, refused: DeliveryRefused) -> None:
        """Leave the connection ready for the next mail, or leave it altogether."""
        if self._link is None or refused.ends_the_dialogue:
            self._drop()
            return
        self._link.within(self._deadlines.goodbye)
        try:
            self._link.expect("2", "RSET")
        except (DeliveryRefused, Lost):
            self._drop()

    def _rest(self) -> None:
        """Note that the connection was used just now, and see to it that it is closed when it lies idle."""
        self._used_at = self._monotonic()
        if self._link is not None and self._timer is None:
            self._watch(self._deadlines.idle.total_seconds())

    def _watch(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._close_when_idle)
        self._timer.name, self._timer.daemon = "smtp-out-idle", True
        self._timer.start()

    def _close_when_idle(self) -> None:
        with self._lock:
            if threading.current_thread() is not self._timer:
                return  # hung up, and perhaps opened anew, while this timer waited for the lock
            self._timer = None
            left = self._deadlines.idle.total_seconds() - (self._monotonic() - self._used_at)
            if left > 0:
                self._watch(left)
            else:
                self._hang_up()

    def _hang_up(self) -> None:
        if self._link is not None:
            self._link.hang_up(self._deadlines.goodbye)
        self._drop()

    def _drop(self) -> None:
        if self._link is not None:
            self._link.close()
        self._link = None
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None


def _parameters(offered: dict[str, str], mail: Outgoing, content: bytes) -> str:
    """Announce what MAIL has to; raises `DeliveryRefused` when the server does not take mail of this kind."""
    parameters = ""
    if "size" in offered:  # RFC 1870 section 4; 0 or nothing: no limit is told
        limit = int(offered["size"]) if re.fullmatch(r"[0-9]{1,20}", offered["size"]) else 0
        if 0 < limit < len(content):
            raise DeliveryRefused(Failed(f"the mail has {plural(len(content), 'byte')} and the server takes {limit}"))
        parameters += f" SIZE={len(content)}"
    if not content.isascii():  # RFC 6152
        if "8bitmime" not in offered:
            raise DeliveryRefused(Failed("the mail has 8-bit content and the server does not offer 8BITMIME"))
        parameters += " BODY=8BITMIME"
    if _needs_utf8(mail, content):  # RFC 6531
        if "smtputf8" not in offered:
            raise DeliveryRefused(Failed("an address or header is not ASCII and the server does not offer SMTPUTF8"))
        parameters += " SMTPUTF8"
    return parameters


def _needs_utf8(mail: Outgoing, content: bytes) -> bool:
    if not (mail.mail_from + mail.recipient).isascii():
        return True
    return not content.isascii() and not content.partition(b"\r\n\r\n")[0].isascii()


def _verdict(reply: Reply) -> Outcome:
    """Say what the reply to the final dot means."""
    if reply.kind == "2":
        return Sent(str(reply))
    if reply.kind == "5":
        return permanently(reply, "final dot")
    # 3xx and garbage are no answer to a dot: whether the mail was taken is not known.
    return Retry(f"final dot: {reply}", uncertain=reply.kind != "4", slower=reply.asks_for_less)
