"""Whose DKIM signature a mail carries, checked by ourselves: only for mail that no border of ours has checked before.

Stricter than RFC 6376 asks (threat A05): a signature over a part of the body is none, every field that says who wrote
what to whom must be covered, at most `MAX_SIGNATURES` are looked at, and all name lookups together take at most
`LOOKUP_SECONDS`. Whatever fails, fails to prove; nothing is refused for it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from helpdesk.mail.proof.authenticity import aligned
from helpdesk.mail.read.headers import Block, read_block

if TYPE_CHECKING:
    from collections.abc import Callable

    Lookup = Callable[[str, float], bytes | None]

MAX_SIGNATURES = 5
LOOKUP_SECONDS = 5.0
MAX_BYTES = 30 * 2**20
_COVERED = ("from", "to", "cc", "reply-to", "subject", "date", "message-id", "content-type")


def dns_txt(name: str, seconds: float) -> bytes | None:
    """The TXT record of a name, asked of the system's resolver; None where there is none."""
    from dkim.dnsplug import get_txt  # noqa: PLC0415 - only where a mail is to be checked

    found: bytes | None = get_txt(name, seconds)
    return found


def proven_domain(raw: bytes, domain: str, *, lookup: Lookup = dns_txt) -> str:
    """The domain of a signature that holds and is aligned with `domain`; "" where none does. Never raises."""
    block = read_block(raw)
    if len(raw) > MAX_BYTES or not domain:
        return ""
    asked = _Resolver(lookup)
    for index, value in enumerate(block.all("dkim-signature")[:MAX_SIGNATURES]):
        tags = _tags(value)
        if "l" in tags or not aligned(tags.get("d", "").lower(), domain) or not _covers(tags.get("h", ""), block):
            continue
        if _holds(raw, index, asked):
            return tags["d"].lower()
    return ""


def _tags(value: bytes) -> dict[str, str]:
    pieces = (piece.partition("=") for piece in value[:8_000].decode("ascii", "replace").split(";"))
    return {name.strip(): "".join(content.split()) for name, _, content in pieces}


def _covers(signed: str, block: Block) -> bool:
    """Whether every field of these that stands in the mail is signed as often as it stands."""
    names = signed.lower().split(":")
    return all(names.count(name) >= len(block.all(name)) for name in _COVERED)


def _holds(raw: bytes, index: int, lookup: _Resolver) -> bool:
    import dkim  # noqa: PLC0415 - as above

    try:
        return bool(dkim.DKIM(raw, minkey=1024).verify(idx=index, dnsfunc=lookup))
    except Exception:  # noqa: BLE001 - the library raises many kinds for what is no signature, no key or no answer
        return False


class _Resolver:
    """Looks names up until the time for all of them is over."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._ends = time.monotonic() + LOOKUP_SECONDS

    def __call__(self, name: bytes | str, timeout: float = LOOKUP_SECONDS) -> bytes | None:
        left = min(timeout, self._ends - time.monotonic())
        text = name.decode("ascii", "replace") if isinstance(name, bytes) else name
        return self._lookup(text, left) if left > 0 else None
