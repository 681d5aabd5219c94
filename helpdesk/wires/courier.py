"""A courier takes one mail to one recipient and says whether to try again.

The values that every courier shares, the addresses that none of them takes, and how one is opened from its
URL. A courier knows nothing of cases and decides nothing: the desk stores what it says.

`Retry` is the answer to everything unknown (design law 2); `Failed` is only ever said with proof. `uncertain`
means that the far side may have the mail although we never heard so (RFC 1047): a second try may make a copy,
which the receiver can fold because the Message-ID stays the same.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol
from urllib.parse import SplitResult, parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One mail for one recipient, composed to the last byte; `mail_from` is `""` for the null sender."""

    mail_from: str
    recipient: str
    raw: bytes = field(repr=False)
    message_id: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The far side has taken the mail. `detail` is its reply, one printable line."""

    detail: str


@dataclass(frozen=True, slots=True)
class Retry:
    """Not delivered, or not known to be. `uncertain`: the connection was lost after the final dot."""

    reason: str
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """Proven permanent: refused with 5xx for this mail or recipient, or not possible to say in SMTP."""

    reason: str


Outcome = Sent | Retry | Failed


def no_mark() -> None:
    """Mark nothing: the `before_dot` of callers that keep no phase."""


class Courier(Protocol):
    """Takes mails away, one after the other. Safe to share between threads; they wait for each other."""

    def deliver(self, mail: Outgoing, *, before_dot: Callable[[], None] = no_mark) -> Outcome:
        """Hand over one mail. Never raises for what the far side does.

        `before_dot` is called when all but the final dot was written. If it raises, the mail is not
        delivered and the exception goes to the caller.
        """
        ...

    def probe(self) -> None:
        """Try the way to the far side without sending anything; raises `Unavailable` and says why."""
        ...

    def close(self) -> None:
        """Hang up politely. A later `deliver` opens a new connection."""
        ...


TLS = Literal["none", "starttls", "implicit"]


@dataclass(frozen=True, slots=True)
class Login:
    """Credentials. The password is asked for at every connection, so a changed file or variable is seen."""

    username: str
    password: Callable[[], str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Smarthost:
    """Where mail is handed over, whether that is encrypted, and who we say we are."""

    host: str
    port: int
    tls: TLS = "none"
    login: Login | None = None
    greet_as: str | None = None  # our name in EHLO; None: what the system calls this host


_EXPECTED = "expected smtp://HOST:PORT, smtp://HOST:PORT?starttls=yes, smtps://HOST:PORT or maildir:PATH"
_DEFAULT_PORT: dict[TLS, int] = {"none": 25, "starttls": 587, "implicit": 465}


def open_courier(
    url: str,
    *,
    username: str | None = None,
    password: Callable[[], str] | None = None,
    hostname: str | None = None,
) -> Courier:
    """Make the courier for a URL; nothing is connected or written before the first mail or probe.

    `hostname` is how we greet, our own name by default. Raises `ValueError` saying what was expected;
    the text never repeats the URL, which may hold a password.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "maildir":
        return _open_maildir(rest)
    # Opened here and not at the top: the wires import this module for its values.
    from helpdesk.wires.smtp_out import SmtpCourier  # noqa: PLC0415

    smarthost = _smarthost(url)
    login = _login(smarthost, username, password)
    return SmtpCourier(replace(smarthost, login=login, greet_as=hostname))


def _open_maildir(path: str) -> Courier:
    from helpdesk.wires.maildir import MaildirCourier  # noqa: PLC0415

    if not path or "\0" in path:
        raise ValueError("a path was expected after maildir:")
    return MaildirCourier(Path(path))


def _smarthost(url: str) -> Smarthost:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(_EXPECTED) from None
    if parts.scheme not in {"smtp", "smtps"} or not host or not host.isascii() or port == 0:
        raise ValueError(_EXPECTED)
    if parts.username is not None or parts.password is not None:
        raise ValueError("a URL without credentials was expected: they have keys of their own")
    if parts.path not in {"", "/"} or parts.fragment:
        raise ValueError(f"nothing was expected after the port: {_EXPECTED}")
    tls = _tls(parts)
    return Smarthost(host, port or _DEFAULT_PORT[tls], tls)


def _tls(parts: SplitResult) -> TLS:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    starttls = options.pop("starttls", "no")
    if options or starttls not in {"yes", "no"}:
        raise ValueError("the only option expected after the ? is starttls=yes or starttls=no")
    if parts.scheme == "smtps":
        return "implicit"
    return "starttls" if starttls == "yes" else "none"


def _login(smarthost: Smarthost, username: str | None, password: Callable[[], str] | None) -> Login | None:
    if username is None and password is None:
        return None
    if username is None or password is None:
        raise ValueError("a username and a password were expected together, or neither")
    if smarthost.tls == "none" and not _names_loopback(smarthost.host):
        raise ValueError("smtps:// or ?starttls=yes was expected: no password leaves this host in clear")
    return Login(username, password)


def _names_loopback(host: str) -> bool:
    return host == "localhost" or is_loopback(host)


def is_loopback(address: str) -> bool:
    """Whether an IP address is this very host; a name is not an address."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


# RFC 5321 section 4.1.2: Dot-string and sub-domain, with RFC 6531's characters beyond ASCII judged below.
# Quoted local parts, source routes and address literals are left out: no customer has one, many an attack
# does.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+"
_LABEL = r"[A-Za-z0-9\x80-\U0010ffff](?:[A-Za-z0-9\x80-\U0010ffff-]{0,61}[A-Za-z0-9\x80-\U0010ffff])?"
_ADDRESS = re.compile(rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@(?P<domain>{_LABEL}(?:\.{_LABEL})*)")


def unsendable(mail: Outgoing) -> Failed | None:
    """Why no courier takes this mail to these addresses; None when they are fine as they stand.

    An address is used exactly as given or not at all: nothing is repaired, quoted, folded or cut
    (threat O04). The reason never repeats the address.
    """
    if mail.mail_from and (fault := _fault(mail.mail_from)):
        return Failed(f"the sender's address is not representable in SMTP: {fault}")
    if fault := _fault(mail.recipient):
        return Failed(f"the recipient's address is not representable in SMTP: {fault}")
    return None


def _fault(address: str) -> str | None:
    found = _ADDRESS.fullmatch(address)
    if not found:
        return "local-part@domain was expected"
    if not address.isascii() and not _is_plain_text(address):
        return "a letter that could be taken for another, or an invisible one"
    # RFC 5321 section 4.5.3.1: octets, not characters; a path of 256 includes its angle brackets.
    if len(found["local"].encode()) > 64:
        return "a local part of at most 64 octets was expected"
    if len(address.encode()) > 254:
        return "at most 254 octets were expected"
    return None


def _is_plain_text(address: str) -> bool:
    # NFKC turns every look-alike of @ . < > into the sign itself, so what it leaves alone holds none.
    return unicodedata.is_normalized("NFKC", address) and all(
        unicodedata.category(letter)[0] in "LMN" for letter in address if letter > "\x7f"
    )
