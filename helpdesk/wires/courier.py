"""A courier takes one mail to one recipient and says whether to try again.

The values that every courier shares and the addresses that none of them takes. A courier knows nothing of cases and
decides nothing: the desk stores what it says. `wires.outgoing` opens one from its URL.

`Retry` is the answer to everything unknown (design law 2); `Failed` is only ever said with proof. `uncertain`
means that the far side may have the mail although we never heard so (RFC 1047): a second try may make a copy,
which the receiver can fold because the Message-ID stays the same.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.wires.refusal import Refusal


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
    """Not delivered, or not known to be. `uncertain`: the connection was lost after the final dot.

    `slower`: the far side has said that we ask too much of it.
    """

    reason: str
    uncertain: bool = False
    slower: bool = field(default=False, compare=False)

    @property
    def stage(self) -> str:
        """How far it came: what the reason begins with."""
        return self.reason.partition(":")[0]

    @property
    def unreached(self) -> bool:
        """Whether the far side was not reached at all: no fault of the mail."""
        return self.stage in _BEFORE_ANY_MAIL


_BEFORE_ANY_MAIL = frozenset({"connect", "TLS", "greeting", "EHLO", "STARTTLS", "AUTH", "Maildir"})  # stages


@dataclass(frozen=True, slots=True)
class Failed:
    """Proven permanent: refused with 5xx for this mail or recipient, or not possible to say in SMTP.

    `refusal` is what a server said, where it did: the desk compares it with others (`wires.refusal`).
    """

    reason: str
    refusal: Refusal | None = field(default=None, compare=False)


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

    def probe(self) -> bytes | None:
        """Try the way to the far side without sending anything; raises `Unavailable` and says why.

        Returns the certificate that it showed (DER), None without TLS.
        """
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
    oauth2: bool = False  # the password is an access token


@dataclass(frozen=True, slots=True)
class Smarthost:
    """Where mail is handed over, whether that is encrypted, and who we say we are."""

    host: str
    port: int
    tls: TLS = "none"
    login: Login | None = None
    greet_as: str | None = None  # our name in EHLO; None: what the system calls this host


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
