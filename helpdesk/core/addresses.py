"""Addresses as people type them, or as their mail program makes links of them.

Only what any server takes is read (RFC 5321 section 4.1.2, without quoted local parts): what is read here is mailed to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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


def _can_be_mailed_to(person: Person) -> bool:
    local, _, domain = person.address.rpartition("@")
    if not _ADDRESS.fullmatch(person.address) or len(local) > _LONGEST_LOCAL or "_" in domain:
        return False
    try:
        domain.encode("idna")
    except UnicodeError:
        return False
    return True
