"""What tells, before a mail is read, which others it has to be worked after: who wrote it, and in which thread.

Digests of the author's address and of the thread's first Message-ID. They say nothing about where a mail belongs, only
that an answer is not worked before what it answers while both wait; so a guess is good enough, and any bytes will do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b

_FIELD = re.compile(
    rb"^(From|Message-ID|In-Reply-To|References)[ \t]*:([^\n]*\n(?:[ \t][^\n]*\n)*)", re.IGNORECASE | re.MULTILINE
)
HEAD_ENDS = re.compile(rb"\n\r?\n")
_BRACKETED = re.compile(rb"<([^<>]*)>")
_ADDRESS = re.compile(rb"[^\s<>,;:\"()]+@[^\s<>,;:\"()]+")


@dataclass(frozen=True, slots=True)
class Strand:
    """Hex digests, "" where a mail does not say."""

    author: str
    thread: str


def strand_of(raw: bytes, mail_from: str) -> Strand:
    """By From, else by the envelope; by the first of References, else In-Reply-To, else its own Message-ID."""
    fields = _fields(raw)
    author = _address(fields.get(b"from", b"")) or mail_from.encode("utf-8", "replace")
    ids = (_first(fields.get(name, b"")) for name in (b"references", b"in-reply-to", b"message-id"))
    return Strand(_digest(author.lower()), _digest(next(filter(None, ids), b"")))


def message_id_of(raw: bytes) -> str:
    """Its Message-ID as it stands there, in brackets; "" where a mail has none."""
    found = _BRACKETED.search(_fields(raw).get(b"message-id", b""))
    return found[0].decode("ascii", "replace") if found else ""


def _fields(raw: bytes) -> dict[bytes, bytes]:
    ends = HEAD_ENDS.search(raw)
    head = raw[: ends.start() + 1].replace(b"\r\n", b"\n") if ends else raw.replace(b"\r\n", b"\n") + b"\n"
    fields: dict[bytes, bytes] = {}
    for found in _FIELD.finditer(head):
        fields.setdefault(found[1].lower(), found[2])
    return fields


def _address(field: bytes) -> bytes:
    bracketed = _BRACKETED.findall(field)
    plain = _ADDRESS.search(field)
    return bracketed[-1].strip() if bracketed else plain[0] if plain else b""


def _first(field: bytes) -> bytes:
    """The first Message-ID of a field, also one that lost its brackets."""
    bracketed = _BRACKETED.search(field)
    words = field.split()
    return bracketed[1] if bracketed else words[0] if words else b""


def _digest(what: bytes) -> str:
    return blake2b(what, digest_size=16).hexdigest() if what else ""
