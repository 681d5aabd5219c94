"""From the name of the smarthost to the point where it waits for MAIL: connect, greet, encrypt, log in.

Promises: where TLS was asked for, nothing but EHLO and STARTTLS is said before it; a password is never said
without TLS, except to this very host (threat O08). Whatever goes wrong here is about the smarthost or our
configuration and never about a mail, so it is always worth another try.
"""

from __future__ import annotations

import base64
import errno
import socket
import ssl
from typing import TYPE_CHECKING

from helpdesk.errors import Unavailable
from helpdesk.wires.courier import Login, Retry, Smarthost, is_loopback
from helpdesk.wires.smtp_out_link import DeliveryRefused, Link

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import timedelta

_LONGEST_COMMAND = 510  # octets without the line's end, RFC 5321 section 4.5.3.1.4


class Dialler:
    """Opens connections: from the name of the smarthost to the point where it waits for MAIL."""

    def __init__(
        self,
        smarthost: Smarthost,
        *,
        tls_context: ssl.SSLContext | None,
        monotonic: Callable[[], float],
    ) -> None:
        self._smarthost = smarthost
        self._hostname = smarthost.greet_as
        self._tls_context = tls_context
        self._monotonic = monotonic

    def dial(self, within: timedelta) -> Link:
        """Open a connection; raises `DeliveryRefused`, always with `Retry`, or `Lost`."""
        link = Link(self._our_name(), self._monotonic)
        link.within(within)
        try:
            self._connect(link)
            self._introduce(link)
        except BaseException:
            link.close()
            raise
        return link

    def _connect(self, link: Link) -> None:
        with link.losing():
            link.attach(_connected(self._smarthost.host, self._smarthost.port, link.remaining))
        if self._smarthost.tls == "implicit":
            link.stage = "TLS"
            link.encrypt(self._tls(), self._smarthost.host)
        link.stage = "greeting"
        greeting = link.reply()
        if greeting.kind != "2":
            raise DeliveryRefused.by(greeting, link.stage)

    def _introduce(self, link: Link) -> None:
        _say_hello(link)
        if self._smarthost.tls == "starttls":
            self._start_tls(link)
            _say_hello(link)
        if self._smarthost.login is not None:
            _log_in(link, self._smarthost.login)

    def _start_tls(self, link: Link) -> None:
        if "starttls" not in link.esmtp_features:
            raise DeliveryRefused(Retry("STARTTLS: the server does not offer it, and without TLS nothing is sent"))
        link.expect("2", "STARTTLS")
        if link.has_spoken():  # CVE-2011-0411: what somebody put behind the reply must not count after it
            raise DeliveryRefused(Retry("STARTTLS: the server spoke on in clear"))
        link.encrypt(self._tls(), self._smarthost.host)

    def _tls(self) -> ssl.SSLContext:
        if self._tls_context is None:
            self._tls_context = ssl.create_default_context()
        return self._tls_context

    def _our_name(self) -> str:
        if self._hostname is None:
            own = socket.getfqdn()  # asked once: without a name server it takes seconds
            self._hostname = own if "." in own else "[127.0.0.1]"  # RFC 5321 section 4.1.3
        return self._hostname


def _connected(host: str, port: int, remaining: Callable[[], float]) -> socket.socket:
    """Connect to the first address of the host that answers, all of them under one deadline."""
    failure = OSError(errno.EADDRNOTAVAIL, "the host has no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(remaining())
            sock.connect(address)
        except OSError as failed:
            sock.close()
            failure = failed
        else:
            return sock
    raise failure


def _say_hello(link: Link) -> None:
    # No retreat to HELO: it would be a way to lose STARTTLS, and RFC 5321 section 2.2.1 asks EHLO of all.
    reply = link.hello()
    if reply.kind != "2":
        raise DeliveryRefused.by(reply, link.stage)


def _log_in(link: Link, login: Login) -> None:
    """Say AUTH PLAIN, LOGIN or XOAUTH2 (RFC 4954, RFC 4616), never without TLS but to this very host."""
    assert link.sock is not None  # noqa: S101  for the type checker
    if not link.encrypted and not is_loopback(link.sock.getpeername()[0]):
        raise DeliveryRefused(Retry("AUTH: not without TLS"))
    lines = _credentials(link.esmtp_features.get("auth", ""), login)
    for line in lines:
        reply = link.ask(line, stage="AUTH")
        if reply.code != 334:
            break
    if reply.kind != "2":
        raise DeliveryRefused.by(reply.without_text(), link.stage)


def _credentials(mechanisms: str, login: Login) -> tuple[str, ...]:
    """Make the lines to say in turn for as long as the server answers 334."""
    try:
        password = login.password()
    except Unavailable as missing:  # in our own words: where it should be
        raise DeliveryRefused(Retry(f"AUTH: {missing}")) from None
    except Exception as failed:  # noqa: BLE001  a missing file or variable is ours, so it is temporary
        raise DeliveryRefused(Retry(f"AUTH: the password cannot be read: {type(failed).__name__}")) from None
    offered = mechanisms.upper().split()
    if login.oauth2:
        return _bearing(offered, f"user={login.username}\x01auth=Bearer {password}\x01\x01")
    if "PLAIN" in offered:
        response = _base64(f"\0{login.username}\0{password}")
        return f"AUTH PLAIN {response}", response
    if "LOGIN" in offered:
        return "AUTH LOGIN", _base64(login.username), _base64(password)
    raise DeliveryRefused(Retry("AUTH: the server offers neither PLAIN nor LOGIN"))


def _bearing(offered: Collection[str], response: str) -> tuple[str, ...]:
    """The lines of XOAUTH2. An error comes as a challenge, which an empty line answers."""
    if "XOAUTH2" not in offered:
        raise DeliveryRefused(Retry("AUTH: the server does not offer XOAUTH2"))
    line = f"AUTH XOAUTH2 {_base64(response)}"
    # RFC 4954 section 4: no initial response that makes the command too long, as tokens of two thousand octets do.
    return (line, "") if len(line) <= _LONGEST_COMMAND else ("AUTH XOAUTH2", _base64(response), "")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
