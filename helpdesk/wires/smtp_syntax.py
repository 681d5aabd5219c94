"""What one SMTP command line says, or the reply that refuses it. Pure: text in, values out.

Strict about recipients: only a dot-atom at a host name, in ASCII, is ever asked of the desk. Lenient about
senders, because real customers have odd addresses and a sender is only somewhere to answer to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from helpdesk.errors import Refused

COMMAND_LIMIT = 2048  # octets; RFC 5321 section 4.5.3.1.4 asks for 512, extensions add to it
ADDRESS_LIMIT = 254  # octets of a path without its brackets (RFC 5321 section 4.5.3.1.3)


class Rejected(Refused):
    """The peer gets this reply line, code and all; the session goes on."""

    @property
    def reply(self) -> str:
        """The line to send, without its CRLF."""
        return str(self)


@dataclass(frozen=True, slots=True)
class Sender:
    """The argument of MAIL FROM. `address` is `""` for the null sender; `size` is what SIZE= says: octets."""

    address: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Chunk:
    """The argument of BDAT (RFC 3030 section 2)."""

    size: int
    last: bool


# A quoted string may hold `>`; outside of it neither bracket may stand, so `<a@` and `<"` match nothing.
_PATH = r'(?:<(?P<path>(?:"(?:[^"\\]|\\.)*"|[^<>"])*)>|(?P<bare>[^\s<>"]+))(?P<params>(?: .*)?)'
_FROM = re.compile(rf"FROM: *{_PATH}", re.IGNORECASE | re.ASCII)
_TO = re.compile(rf"TO: *{_PATH}", re.IGNORECASE | re.ASCII)

_ATEXT = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~\-"
_UTF8 = "\u00a1-\U0010ffff"  # RFC 6531 section 3.3, less the control characters of ISO 8859-1
_QUOTED = rf'"(?:[ -!#-\[\]-~{_UTF8}]|\\[ -~])*"'
_LITERAL = r"\[[!-Z^-~]+\]"

# Telephone companies hand out `a..b@` and `a.@`, some hosts are called `mail_1`: a sender need not be pretty.
_SENDER = re.compile(rf"(?:[{_ATEXT}{_UTF8}.]+|{_QUOTED})@(?:[A-Za-z0-9._{_UTF8}-]+|{_LITERAL})")
_RECIPIENT = re.compile(rf"[{_ATEXT}]+(?:\.[{_ATEXT}]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_CHUNK = re.compile(r"(?P<size>[0-9]{1,18})(?P<last> LAST)?", re.IGNORECASE | re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def command(line: bytes) -> tuple[str, str]:
    """Verb in upper case and argument of a line with its line end; raises `Rejected`."""
    if not line.endswith(b"\r\n"):  # RFC 5321 section 2.3.8: a bare LF ends nothing
        raise Rejected("500 5.5.2 Lines end with CR LF")
    try:
        text = line[:-2].decode()
    except UnicodeDecodeError:
        raise Rejected("501 5.5.2 Neither ASCII nor UTF-8") from None
    if _CONTROL.search(text):
        raise Rejected("501 5.5.2 Control character in a command")
    verb, _, argument = text.partition(" ")
    return (verb.upper() if verb.isascii() else verb), argument.strip(" ")


def sender(argument: str) -> Sender:
    """Read `FROM:<path> params`; raises `Rejected`."""
    address, params = _path(_FROM, argument, "501 5.5.4 Syntax: MAIL FROM:<address>")
    size, utf8 = _mail_parameters(params)
    if address and (len(address) > 2 * ADDRESS_LIMIT or not _SENDER.fullmatch(address)):
        raise Rejected("553 5.1.7 Malformed sender address")
    if not address.isascii() and not utf8:
        raise Rejected("553 5.6.7 This address needs SMTPUTF8")  # RFC 6531 section 3.5
    return Sender(address=address, size=size)


def recipient(argument: str) -> str:
    """Read `TO:<path>`: a plain address, or `postmaster` (RFC 5321 section 4.5.1); raises `Rejected`."""
    address, params = _path(_TO, argument, "501 5.5.4 Syntax: RCPT TO:<address>")
    if params:
        raise Rejected("555 5.5.4 RCPT parameter not recognised")
    if address.lower() == "postmaster":
        return address
    if not address.isascii():
        raise Rejected("553 5.6.7 No such address here")
    if any(trick in address for trick in '%!"[:,') or address.startswith("@"):
        raise Rejected("550 5.7.1 We do not relay")  # RFC 5321 appendix C: routes; section 4.1.3: literals
    if len(address) > ADDRESS_LIMIT or not _RECIPIENT.fullmatch(address):
        raise Rejected("553 5.1.3 Malformed recipient address")
    return address


def chunk(argument: str) -> Chunk:
    """Read `size [LAST]`; raises `Rejected`."""
    found = _CHUNK.fullmatch(argument)
    if not found:
        raise Rejected("501 5.5.4 Syntax: BDAT size [LAST]")
    return Chunk(size=int(found["size"]), last=bool(found["last"]))


def _path(form: re.Pattern[str], argument: str, syntax: str) -> tuple[str, str]:
    found = form.fullmatch(argument)
    if not found:
        raise Rejected(syntax)
    return found["path"] if found["bare"] is None else found["bare"], found["params"]


def _mail_parameters(params: str) -> tuple[int, bool]:
    """Return the declared size and whether SMTPUTF8 was said; refuse what we do not offer."""
    size, utf8 = 0, False
    for param in params.upper().split():
        keyword, _, value = param.partition("=")
        if keyword == "SIZE" and re.fullmatch("[0-9]{1,20}", value):  # RFC 1870 section 3
            size = int(value)
        elif param == "SMTPUTF8":
            utf8 = True
        elif param not in {"BODY=7BIT", "BODY=8BITMIME"}:
            raise Rejected("555 5.5.4 MAIL parameter not recognised")
    return size, utf8
