"""Addresses as people type them, or as their mail program makes links of them.

Only what any server takes is read (RFC 5321 section 4.1.2, without quoted local parts): what is read here is mailed to.
"""

from __future__ import annotations

import re

from helpdesk.core.message import Person

# What an HTML mail shows of a linked address: `kim@acme.example<mailto:kim@acme.example>`.
_LINK = re.compile(r"\s*[<(\[]mailto:[^<>()\[\]\s]*[>)\]]", re.IGNORECASE)
_NAMED = re.compile(r'(?:"([^"<>]*)"|([^"<>,;@]*?))\s*<([^<>\s]+@[^<>\s]+)>')
_BARE = re.compile(r"[^\s<>,;]+@[^\s<>,;]+")
_ADDRESS = re.compile(
    r"(?=.{3,254}\Z)[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+){0,31}"
    r"@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_](?:[\w-]{0,61}[^\W_])?"
)
_LONGEST_LOCAL = 64  # RFC 5321 section 4.5.3.1.1


def read_people(text: str) -> tuple[Person, ...] | None:
    """Everybody who is named, each once; None where anything else stands there, or nobody is."""
    text = _LINK.sub("", text.strip())
    found = [Person(match[3].lower(), (match[1] or match[2] or "").strip()) for match in _NAMED.finditer(text)]
    rest = _NAMED.sub(" ", text)
    found += [Person(match[0].removeprefix("mailto:").lower()) for match in _BARE.finditer(rest)]
    left_over = _BARE.sub(" ", rest).replace(",", " ").replace(";", " ").strip()
    if not found or left_over or not all(map(_can_be_mailed_to, found)):
        return None
    return tuple({person.address: person for person in found}.values())


def _can_be_mailed_to(person: Person) -> bool:
    local, _, domain = person.address.rpartition("@")
    if not _ADDRESS.fullmatch(person.address) or len(local) > _LONGEST_LOCAL or "_" in domain:
        return False
    try:
        domain.encode("idna")
    except UnicodeError:
        return False
    return True
