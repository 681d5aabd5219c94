"""Addresses: which can be written to, and how people type them, or their mail programs make links of them.

Mail comes from more addresses than any server takes: telephone companies hand out `a..b@`, local parts come in quotes
or with umlauts, and all of them are read, kept and shown. Written to are those that every server takes (RFC 5321
section 4.1.2, without quoted local parts; threat O04), and there is one rule about which these are: `address_spec`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import normalize

from helpdesk.person import Person

if TYPE_CHECKING:
    from collections.abc import Collection

# What an HTML mail shows of a linked address: `kim@acme.example<mailto:kim@acme.example>`.
_LINK = re.compile(r"\s*[<(\[]mailto:[^<>()\[\]\s]*[>)\]]", re.IGNORECASE)
_NAMED = re.compile(r'(?:"([^"<>]*)"|([^"<>,;@]*?))\s*<([^<>\s]+@[^<>\s]+)>')
_BARE = re.compile(r"[^\s<>,;]+@[^\s<>,;]+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(
    r"(?=.{1,253}\Z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
_NAMED_HOST = re.compile(r"\.[^\W\d_][^.]*\Z")  # what somebody means to type has a top-level domain
_DOTS = re.compile("[.\u3002\uff0e\uff61]")  # RFC 3490 section 3.1
_DEVIATION = re.compile("[\u00df\u1e9e\u03c2\u200c\u200d]")  # UTS 46 section 7
_LONGEST, _LONGEST_LOCAL = 254, 64  # octets; RFC 5321 section 4.5.3.1
_AROUND = "'\"<>,;"


@lru_cache(maxsize=512)  # a letter is from, and answered to, the same few; its reader is looked at several times
def address_spec(address: str) -> str:
    """The address as it stands on the wire, proven to be one that any server takes; its domain in IDNA form.

    Raises ValueError that says what is wrong, without the address.
    """
    local, at, domain = address.rpartition("@")
    if not (at and local and domain):
        raise ValueError("local@domain was expected")
    if not local.isascii():
        raise ValueError("plain letters before the @ were expected: few servers take others (SMTPUTF8)")
    if not _ATOMS.fullmatch(local):
        raise ValueError("letters, digits and signs with single dots between them were expected before the @")
    if len(local) > _LONGEST_LOCAL:
        raise ValueError(f"at most {_LONGEST_LOCAL} characters were expected before the @")
    domain = _idna(domain)
    if not _DOMAIN.fullmatch(domain):
        raise ValueError("the name of a host was expected behind the @")
    if len(local) + 1 + len(domain) > _LONGEST:
        raise ValueError(f"at most {_LONGEST} characters were expected")
    return f"{local}@{domain}"


def comparable(address: str) -> str:
    """An address or a domain in the one form that all its spellings have: a name in IDNA form is the same name."""
    local, at, domain = address.lower().rpartition("@")
    return f"{local}{at}{_idna(domain) or domain}"


def _idna(domain: str) -> str:
    """A domain in ASCII; "" where it has no such form."""
    if domain.isascii():
        return domain
    try:
        return ".".join(map(_label, _DOTS.split(domain)))
    except UnicodeError:
        return ""


def _label(label: str) -> str:
    # IDNA 2003, which the codec is, makes `strasse` of `straße`; by RFC 5891 that is a name of its own, of others.
    if _DEVIATION.search(label):
        return "xn--" + normalize("NFC", label.lower()).encode("punycode").decode("ascii")
    return label.encode("idna").decode("ascii")


def unwritable(address: str) -> str:
    """Why no mail can be written to an address; "" where it can."""
    try:
        address_spec(address)
    except ValueError as problem:
        return str(problem)
    return ""


@dataclass(frozen=True, slots=True)
class Named:
    """Who is named, each once, and in order all that stands there besides and is no address that takes mail."""

    people: tuple[Person, ...]
    wrong: tuple[str, ...]


def read_people(text: str) -> Named:
    """Everybody who is named, and everything that names nobody."""
    text = _LINK.sub("", text.strip())
    found = [Person(match[3].lower(), (match[1] or match[2] or "").strip()) for match in _NAMED.finditer(text)]
    rest = _NAMED.sub(",", text)
    found += [Person(match[0].removeprefix("mailto:").lower()) for match in _BARE.finditer(rest)]
    left_over = (piece.strip() for piece in re.split("[,;]", _BARE.sub(",", rest)))
    unmailable = (person.address for person in found if not _can_be_mailed_to(person))
    wrong = dict.fromkeys((*unmailable, *filter(None, left_over)))
    people = {person.address: person for person in found if person.address not in wrong}
    return Named(tuple(people.values()), tuple(sorted(wrong, key=text.lower().find)))


def read_known(text: str, known: Collection[str]) -> tuple[tuple[Person, ...], str]:
    """Those of the known addresses that are named, however odd they are, and the text that is left.

    An address in quotes, or in brackets, is the one inside as well.
    """
    found: list[Person] = []
    text = _LINK.sub("", text)
    for address in sorted(filter(None, known), key=len, reverse=True):
        spelled = rf"(?<![^\s{_AROUND}]){re.escape(address)}(?![^\s{_AROUND}])"
        text, times = re.subn(rf"['\"<]?{spelled}['\">]?", " ", text, flags=re.IGNORECASE)
        found += [Person(address)] if times else []
    return tuple(found), text


def _can_be_mailed_to(person: Person) -> bool:
    return not unwritable(person.address) and _NAMED_HOST.search(person.address) is not None
