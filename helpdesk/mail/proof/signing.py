"""DKIM signatures on our own mail (RFC 6376), where the operator gives a key: relaxed/relaxed, rsa-sha256.

Signed when a mail is handed to the courier, so that a row in the outbox costs nothing more. From and the other fields
that may stand only once are signed once more than they stand, so that nobody can add a second one (section 8.15).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from helpdesk.mail.read.headers import read_block

_ALWAYS = ("from", "to", "subject", "date", "message-id", "reply-to", "in-reply-to", "references")
_WHERE_PRESENT = ("mime-version", "content-type", "content-transfer-encoding", "auto-submitted")


@dataclass(frozen=True, slots=True)
class Signing:
    """What we sign with. `domain` must be that of our From addresses, or above it; `key` is a PEM private RSA key."""

    domain: str
    selector: str
    key: bytes = field(repr=False)

    def problem(self) -> str:
        """What is wrong with the key, "" if it signs."""
        try:
            self.signed(b"From: a@b.example\r\n\r\nx\r\n")
        except Exception as problem:  # noqa: BLE001 - the library raises many kinds for what is no key
            return f"expected a PEM private RSA key: {type(problem).__name__}"
        return ""

    def signed(self, raw: bytes) -> bytes:
        """The mail with a signature on top."""
        import dkim  # noqa: PLC0415 - only desks that sign pay for it

        there = {name.lower() for name in (field.name for field in read_block(raw).fields)}
        fields = [name for name in (*_ALWAYS, *_WHERE_PRESENT) if name in there]
        again = [name for name in _ALWAYS if name != "references"]
        signature = dkim.sign(
            raw,
            self.selector.encode(),
            self.domain.encode(),
            self.key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name.encode() for name in (*fields, *again)],
        )
        return bytes(signature) + raw
